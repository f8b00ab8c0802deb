"""Write reports after the project's own model, as many as give N triples, as N-Triples or N-Quads.

Every report has what the first one has: a text with its passages, a publication with 7 sections, 10 fields
with 61 skills, 183 ratings, 4 themes with 12 hypotheses, 16 assessments, and 200 statements with their codes
and translations. The shared concepts are those of ``data/graph/ontology.ttl``. Words come from the report's
own text, drawn so that a few are frequent and many are rare. The same N and seed give the same bytes, and a
smaller N gives the beginning of the larger file; no triple occurs twice.

    python benchmarks/generate.py 10000000 --output large.nq
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import accumulate, chain, count, islice
from pathlib import Path
from random import Random

from pyoxigraph import NamedNode, RdfFormat, parse

from clustergraph.namespaces import BASE, PREFIXES

ROOT = Path(__file__).resolve().parent.parent
SKILLS = (5, 6, 7, 6, 6, 7, 6, 6, 6, 6)
"""Skills in each of the ten fields."""
HYPOTHESES = {"vernetzung": 4, "weiterbildung": 5, "qualitaetsmanagement": 2, "kompetenzprofil": 1}
STATEMENTS = 200
COLUMNS = ("de", "fr", "ch")
LEVELS = ("sehr-wichtig", "eher-wichtig", "eher-unwichtig", "unwichtig")
VERDICTS = ("supported", "majority-supported", "majority-confirmed", "shown", "collective-finding")
RELATIONS = ("supports", "opposes", "qualifies", "contextualises")
KINDS = ("DiscussionStatement", "DescriptionStatement", "ContextStatement", "ConclusionStatement")
TOPICS = ("networking", "professionalisation", "quality-management", "regional-economy")
QUANTIFIERS = ("majority", "most", "some", "unanimous")
TYPE = f"<{PREFIXES['rdf']}type>"
GRAPHS = ("stated", "coded", "translations")
Pair = tuple[str, str]


def main() -> None:
    """Write the file and say how many reports it holds."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("triples", type=int)
    arguments.add_argument("--format", choices=("nq", "nt"), default="nq")
    arguments.add_argument("--seed", type=int, default=2014)
    arguments.add_argument("--output", type=Path, required=True)
    given = arguments.parse_args()
    reports = write(given.output, given.triples, given.seed, quads=given.format == "nq")
    print(f"{given.output}: {given.triples} triples, {reports} reports", file=sys.stderr)


def write(path: Path, triples: int, seed: int = 2014, *, quads: bool = True) -> int:
    """Write the first ``triples`` statements; return the number of reports begun."""
    generator = Generator(seed, quads=quads)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(islice(generator.lines(), triples))
    return generator.reports


def iri(path: str) -> str:
    """Return an IRI below the project's base."""
    return f"<{BASE}{path}>"


def term(name: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def integer(value: int) -> str:
    """Return an xsd:integer."""
    return f'"{value}"^^<{PREFIXES["xsd"]}integer>'


class Generator:
    """Yields lines, report after report."""

    def __init__(self, seed: int, *, quads: bool) -> None:
        self.reports = 0
        self._random = Random(seed)  # noqa: S311 - the same bytes each time are the point
        self._ends = {
            name: f" {iri(f'graph/{name}')} .\n" if quads else " .\n" for name in ("ontology", *GRAPHS)
        }
        text = (ROOT / "data" / "sources" / "basel-2014" / "report.txt").read_text(encoding="utf-8")
        self._words = sorted({word for word in text.split() if word.isalpha()})
        self._random.shuffle(self._words)
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))

    def lines(self) -> Iterator[str]:
        """Yield the shared concepts, then reports without end."""
        return chain(self._concepts(), chain.from_iterable(self._report(number) for number in count()))

    def _concepts(self) -> Iterator[str]:
        source = ROOT / "data" / "graph" / "ontology.ttl"
        for quad in parse(path=str(source), format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode):
                yield f"{quad.triple}{self._ends['ontology']}"

    def _report(self, number: int) -> Iterator[str]:
        self.reports = number + 1
        report = f"report-{number:06}"
        text = Text(report)
        yield from self._publication(report, text)
        yield from self._fields(report, text)
        yield from self._hypotheses(report, text)
        for position in range(1, STATEMENTS + 1):
            yield from self._statement(report, text, position)

    def _node(self, graph: str, subject: str, *pairs: Pair) -> Iterator[str]:
        end = self._ends[graph]
        for predicate, value in pairs:
            yield f"{subject} {TYPE if predicate == 'a' else term(predicate)} {value}{end}"

    def _sentence(self, least: int, most: int) -> str:
        number = self._random.randint(least, most)
        words = self._random.choices(self._words, cum_weights=self._weights, k=number)
        return " ".join(words)

    def _passage(self, text: "Text", words: str) -> tuple[str, list[str]]:
        """Return a new passage's IRI and its lines."""
        start, end, line = text.add(words)
        passage = iri(f"text/{text.report}#char={start},{end}")
        lines = self._node(
            "stated",
            passage,
            ("a", term("clg:Passage")),
            ("a", term("nif:RFC5147String")),
            ("nif:anchorOf", f'"{words}"'),
            ("nif:beginIndex", integer(start)),
            ("nif:endIndex", integer(end)),
            ("nif:referenceContext", iri(f"text/{text.report}")),
            ("clg:firstLine", integer(line)),
            ("clg:lastLine", integer(line)),
        )
        return passage, list(lines)

    def _publication(self, report: str, text: "Text") -> Iterator[str]:
        publication = iri(f"id/{report}/publication")
        yield from self._node(
            "stated",
            iri(f"text/{report}"),
            ("a", term("clg:SourceText")),
            ("a", term("nif:Context")),
            ("dcterms:isFormatOf", publication),
            ("dcterms:title", f'"{self._sentence(3, 8)}"@de'),
        )
        yield from self._node(
            "stated",
            publication,
            ("a", term("bibo:Report")),
            ("dcterms:title", f'"{self._sentence(3, 8)}"@de'),
            ("dcterms:issued", f'"{self._random.randint(2000, 2024)}"^^{term("xsd:gYear")}'),
            ("dcterms:isPartOf", iri("id/series/diskussionspapiere")),
        )
        for position in range(1, 8):
            passage, lines = self._passage(text, self._sentence(1, 5))
            yield from lines
            yield from self._node(
                "stated",
                iri(f"id/{report}/section/{position}"),
                ("a", term("doco:Section")),
                ("dcterms:title", f'"{self._sentence(1, 4)}"@de'),
                ("dcterms:isPartOf", publication),
                ("schema:position", integer(position)),
                ("clg:anchoredIn", passage),
            )

    def _fields(self, report: str, text: "Text") -> Iterator[str]:
        scheme = iri(f"id/{report}/skills")
        yield from self._node("stated", scheme, ("a", term("skos:ConceptScheme")))
        for position, skills in enumerate(SKILLS, 1):
            field = iri(f"id/{report}/field/{position:02}")
            passage, lines = self._passage(text, self._sentence(3, 8))
            yield from lines
            yield from self._node(
                "stated",
                field,
                ("a", term("clg:FieldOfActivity")),
                ("a", term("skos:Concept")),
                ("skos:prefLabel", f'"{self._sentence(3, 8)}"@de'),
                ("skos:notation", f'"{position}"'),
                ("skos:topConceptOf", scheme),
                ("clg:anchoredIn", passage),
            )
            for number in range(1, skills + 1):
                yield from self._skill(report, text, field, (position, number))

    def _skill(self, report: str, text: "Text", field: str, place: tuple[int, int]) -> Iterator[str]:
        name = f"{place[0]:02}-{place[1]:02}"
        skill = iri(f"id/{report}/skill/{name}")
        passage, lines = self._passage(text, self._sentence(5, 15))
        yield from lines
        yield from self._node(
            "stated",
            skill,
            ("a", term("clg:Skill")),
            ("a", term("skos:Concept")),
            ("skos:prefLabel", f'"{self._sentence(5, 15)}"@de'),
            ("skos:notation", f'"{place[0]}.{place[1]}"'),
            ("skos:broader", field),
            ("skos:inScheme", iri(f"id/{report}/skills")),
            ("clg:inField", field),
            ("clg:anchoredIn", passage),
        )
        for column in COLUMNS:
            passage, lines = self._passage(text, self._random.choice(("++", "+", "-", "--")))
            yield from lines
            level = self._random.choices(LEVELS, weights=(45, 35, 15, 5))[0]
            yield from self._node(
                "stated",
                iri(f"id/{report}/rating/{name}-{column}"),
                ("a", term("clg:SkillRating")),
                ("a", term("qb:Observation")),
                ("qb:dataSet", iri(f"dataset/{report}/ratings")),
                ("clg:skill", skill),
                ("clg:countryColumn", iri(f"id/country/{column}")),
                ("clg:importance", iri(f"id/importance/{level}")),
                ("clg:anchoredIn", passage),
            )

    def _hypotheses(self, report: str, text: "Text") -> Iterator[str]:
        for theme, number in HYPOTHESES.items():
            for position in range(1, number + 1):
                name = f"{theme}-{position}"
                hypothesis = iri(f"id/{report}/hypothesis/{name}")
                passage, lines = self._passage(text, self._sentence(6, 14))
                yield from lines
                yield from self._node(
                    "stated",
                    hypothesis,
                    ("a", term("clg:Hypothesis")),
                    ("skos:prefLabel", f'"{self._sentence(6, 14)}"@de'),
                    ("skos:notation", f'"{name}"'),
                    ("clg:theme", iri(f"id/{report}/theme/{theme}")),
                    ("clg:anchoredIn", passage),
                )
                for place in ("chapter", "conclusions")[: 2 if position == 1 else 1]:
                    yield from self._assessment(report, name, hypothesis, place)

    def _assessment(self, report: str, name: str, hypothesis: str, place: str) -> Iterator[str]:
        yield from self._node(
            "stated",
            iri(f"id/{report}/assessment/{place}-{name}"),
            ("a", term("clg:Assessment")),
            ("clg:assesses", hypothesis),
            ("clg:verdict", iri(f"id/verdict/{self._random.choice(VERDICTS)}")),
            ("clg:verdictPlace", iri(f"id/verdict-place/{place}")),
        )

    def _statement(self, report: str, text: "Text", position: int) -> Iterator[str]:
        statement = iri(f"id/{report}/statement/{position:04}")
        theme = self._random.choice(tuple(HYPOTHESES))
        hypothesis = iri(f"id/{report}/hypothesis/{theme}-{self._random.randint(1, HYPOTHESES[theme])}")
        passage, lines = self._passage(text, self._sentence(8, 30))
        yield from lines
        yield from self._node(
            "stated",
            statement,
            ("a", term("clg:Statement")),
            ("a", term(f"clg:{self._random.choices(KINDS, weights=(50, 25, 15, 10))[0]}")),
            ("schema:position", integer(position)),
            ("clg:inSection", iri(f"id/{report}/section/{self._random.randint(1, 7)}")),
            ("clg:standsUnder", hypothesis),
            ("clg:anchoredIn", passage),
        )
        yield from self._node(
            "coded",
            statement,
            (f"clg:{self._random.choices(RELATIONS, weights=(50, 15, 20, 15))[0]}", hypothesis),
            ("clg:bearsOn", hypothesis),
            ("clg:speakerQuantifier", iri(f"id/quantifier/{self._random.choice(QUANTIFIERS)}")),
            ("clg:concernsCountry", iri(f"id/country/{self._random.choice(COLUMNS)}")),
            ("clg:topic", iri(f"id/topic/{self._random.choice(TOPICS)}")),
        )
        yield from self._node(
            "translations",
            statement,
            ("clg:translation", f'"{self._sentence(8, 30)}"@fr'),
            ("clg:translation", f'"{self._sentence(8, 30)}"@en'),
        )


class Text:
    """The running length of a report's text, so that passages have their places."""

    def __init__(self, report: str) -> None:
        self.report = report
        self._end = 0
        self._line = 0

    def add(self, words: str) -> tuple[int, int, int]:
        """Return begin, end and line of further words."""
        start = self._end
        self._end += len(words) + 1
        self._line += 1
        return start, start + len(words), self._line


if __name__ == "__main__":
    main()
