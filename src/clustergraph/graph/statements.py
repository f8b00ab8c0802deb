"""Statements, their codes and translations in, triples out; each into a graph of its own."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rdflib import DCTERMS, RDF, RDFS, SKOS, Literal, URIRef

from clustergraph import iris
from clustergraph.curation.statements import text_of
from clustergraph.graph.anchors import Triple, anchored_in_parts
from clustergraph.graph.hypotheses import stands_under
from clustergraph.graph.report import SCHEMA, words
from clustergraph.records import Coding, Contents, Contradiction, Statement, SubjectTopics, Translation
from clustergraph.vocabulary import CLG

_CLASSES: Final = MappingProxyType(
    {
        "assessment": CLG.ConclusionStatement,
        "conclusion": CLG.ConclusionStatement,
        "context": CLG.ContextStatement,
        "description": CLG.DescriptionStatement,
        "discussion": CLG.DiscussionStatement,
    }
)
_LABELS: Final = MappingProxyType(
    {
        "assessment": (SCHEMA.text,),
        "document": (DCTERMS.title, RDFS.label),
        "figure": (SCHEMA.caption, RDFS.label),
        "publication": (DCTERMS.title, RDFS.label),
        "section": (DCTERMS.title, RDFS.label),
        "series": (DCTERMS.title, RDFS.label),
        "statement": (SCHEMA.text,),
    }
)
"""Where a translation stands beside the German, by the first part of the subject; elsewhere it is a label."""

_STANCES: Final = MappingProxyType(
    {
        "contextualises": CLG.contextualises,
        "opposes": CLG.opposes,
        "qualifies": CLG.qualifies,
        "supports": CLG.supports,
    }
)


def statement_triples(contents: Contents, statement: Statement) -> Iterator[Triple]:
    """Yield a statement with its words, its place in reading order and what it stands under."""
    slug = contents.report.record.slug
    node = iris.statement(slug, statement.passages[0])
    yield node, RDF.type, CLG.Statement
    yield node, RDF.type, _CLASSES[statement.role]
    yield node, SCHEMA.position, Literal(statement.position)
    yield node, CLG.inSection, iris.section(slug, statement.section)
    yield from stands_under(contents, node, statement)
    if not statement.hypotheses:
        for theme in contents.themes:
            if theme.section == statement.section:
                yield node, CLG.standsUnder, iris.theme(slug, theme.slug)
    yield node, SCHEMA.text, words(contents, text_of(contents, statement.passages))
    yield from _footnotes(contents, node, statement)
    yield from anchored_in_parts(contents, node, statement.passages)


def _footnotes(contents: Contents, node: URIRef, statement: Statement) -> Iterator[Triple]:
    """Yield the footnotes whose markers stand in the words of a statement or right behind them."""
    for footnote in contents.footnotes:
        if any(part.start <= footnote.marker.start <= part.end for part in statement.passages):
            yield node, CLG.footnote, iris.footnote(contents.report.record.slug, footnote.number)


def coding_triples(contents: Contents, coding: Coding) -> Iterator[Triple]:
    """Yield a reader's codes for a statement, with the evidence for its stance."""
    node = iris.statement(contents.report.record.slug, coding.statement.passages[0])
    yield from code_triples(contents, node, coding)
    if coding.basis:
        yield node, CLG.codingBasis, iris.resource(f"coding-basis/{coding.basis}")
    if coding.cue:
        yield node, CLG.cue, Literal(coding.cue)
    stances = {stance for stance, _ in coding.stances}
    if len(stances) == 1:
        yield node, CLG.stance, iris.resource(f"stance/{stances.pop()}")


def code_triples(contents: Contents, node: URIRef, coding: Coding) -> Iterator[Triple]:
    """Yield stances, with the general link beside each, and what the words name and ask for."""
    for stance, notation in coding.stances:
        hypothesis = iris.hypothesis(contents.report.record.slug, notation)
        yield node, _STANCES[stance], hypothesis
        yield node, CLG.bearsOn, hypothesis
    yield node, CLG.modality, iris.resource(f"modality/{coding.modality}")
    if coding.quantifier:
        yield node, CLG.speakerQuantifier, iris.resource(f"quantifier/{coding.quantifier}")
    for term, paths in (
        (CLG.concernsCountry, [f"country/{country}" for country in coding.countries]),
        (CLG.mentionsActor, coding.actors),
        (CLG.topic, [f"topic/{topic}" for topic in coding.topics]),
        (CLG.mentions, coding.mentions),
        (CLG.addressee, coding.addressees),
        (CLG.payer, coding.payers),
    ):
        for path in paths:
            yield node, term, iris.resource(path)


def topic_triples(_: Contents, subject: SubjectTopics) -> Iterator[Triple]:
    """Yield what a hypothesis or a skill is about."""
    for topic in subject.topics:
        yield iris.resource(subject.subject), CLG.topic, iris.resource(f"topic/{topic}")


def contradiction_triples(contents: Contents, found: Contradiction) -> Iterator[Triple]:
    """Yield that a statement contradicts an earlier one, as readers understood them."""
    slug = contents.report.record.slug
    one, other = (iris.statement(slug, part.passages[0]) for part in (found.statement, found.other))
    yield one, CLG.contradicts, other


def translation_triples(contents: Contents, translation: Translation) -> Iterator[Triple]:
    """Yield a label in another language, or the words of a statement in another language."""
    node = iris.resource(translation.subject)
    kind = translation.subject.removeprefix(f"{contents.report.record.slug}/").partition("/")[0]
    for term in _LABELS.get(kind, (SKOS.prefLabel,)):
        yield node, term, Literal(translation.words, lang=translation.language)
