"""One report with the ontology in, its words and labels in three languages out."""

from rdflib import SKOS, Graph, Literal

from clustergraph import iris
from clustergraph.curation import Curated
from clustergraph.records import Contents
from clustergraph.source import Passage
from clustergraph.tables.schema import LANGUAGES
from clustergraph.vocabulary import CLG


class Labels:
    """A report's records, and how its things are called; a label that is missing is an empty string."""

    def __init__(self, contents: Contents, curated: Curated, ontology: Graph) -> None:
        """Keep the records and index the translations."""
        self.contents = contents
        self.curated = curated
        self.ontology = ontology
        self.slug = contents.report.record.slug
        self._ranks = {
            str(level): int(str(rank)) for level, rank in ontology.subject_objects(CLG.ordinalRank)
        }
        self._translated = {(t.subject, t.language): t.words for t in curated.translations}

    def own(self, path: str, label: str) -> tuple[str, ...]:
        """Return the label of a thing of the report, in its own words where it speaks the language."""
        subject = f"{self.slug}/{path}"
        spoken = self.contents.report.record.language
        return tuple(
            label if language == spoken else self._translated.get((subject, language), "")
            for language in LANGUAGES
        )

    def shared(self, path: str) -> tuple[str, ...]:
        """Return the label of a concept that the ontology defines."""
        found = [
            label
            for label in self.ontology.objects(iris.resource(path), SKOS.prefLabel)
            if isinstance(label, Literal)
        ]
        by_language = {label.language: str(label) for label in found}
        return tuple(by_language.get(language, "") for language in LANGUAGES)

    @property
    def columns(self) -> tuple[str, ...]:
        """The report's rating columns, as its tables order them."""
        used = {rating.column for rating in self.contents.ratings}
        return tuple(head for head in self.contents.report.record.columns.values() if head in used)

    def rank(self, level: str) -> int:
        """Return the rank of a level of importance by its slug."""
        return self._ranks[str(iris.resource(f"importance/{level}"))]

    def words(self, passages: tuple[Passage, ...]) -> str:
        """Return the report's words in one line; ``[…]`` stands where a page break cuts the sentence."""
        text = self.contents.report.text
        return " […] ".join(" ".join(text.words(passage).split()) for passage in passages)

    def line(self, passage: Passage) -> str:
        """Return the line of the text on which a passage begins."""
        return str(self.contents.report.text.line(passage.start))
