"""Editors' notes in, triples out: what the project remarks, in each of its languages."""

from collections.abc import Iterator, Mapping

from rdflib import SKOS, Literal, URIRef

from clustergraph import iris
from clustergraph.curation import Curated
from clustergraph.graph.anchors import Triple
from clustergraph.graph.facts import noted_node
from clustergraph.graph.profile import recorded_notes
from clustergraph.records import Contents


def note_triples(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield every note of the tables; one that is translated stands in each language.

    A translation is found by the words of the note, so that one row serves all the rows that repeat them.
    """
    own = contents.report.record.language
    translated = {note.words[own]: note.words for note in curated.notes if own in note.words}
    for node, words in _noted(contents, curated):
        yield from _in_each_language(node, translated.get(words, {own: words}))
    for note in curated.notes:
        yield from _in_each_language(iris.resource(note.subject), note.words)
    if contents.ratings:
        cube = iris.ratings(contents.report.record.slug)
        yield from recorded_notes(contents, "ratings-open", ((cube, SKOS.editorialNote),))


def _noted(contents: Contents, curated: Curated) -> Iterator[tuple[URIRef, str]]:
    """Yield what has a note in a table of facts, verdicts or quantities, and the note."""
    slug = contents.report.record.slug
    for fact in curated.facts:
        if fact.note:
            yield noted_node(contents, fact), fact.note
    for assessment in curated.assessments:
        if assessment.note:
            yield iris.assessment(slug, assessment.slug), assessment.note
    for quantity in curated.quantities:
        if quantity.note:
            yield iris.quantity(slug, quantity.passage), quantity.note


def _in_each_language(node: URIRef, words: Mapping[str, str]) -> Iterator[Triple]:
    for language, text in words.items():
        yield node, SKOS.editorialNote, Literal(text, lang=language)
