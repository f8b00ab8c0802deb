"""Statements, their codes and translations in, triples out; each into a graph of its own."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rdflib import DCTERMS, RDF, SKOS, Literal

from clustergraph import iris
from clustergraph.graph.anchors import Triple, anchored_in_parts
from clustergraph.graph.report import SCHEMA
from clustergraph.graph.theses import stands_under
from clustergraph.records import Coding, Contents, Contradiction, Statement, Translation
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
        "assessment": CLG.translation,
        "document": DCTERMS.title,
        "figure": SCHEMA.caption,
        "publication": DCTERMS.title,
        "section": DCTERMS.title,
        "series": DCTERMS.title,
        "statement": CLG.translation,
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
    yield from anchored_in_parts(contents, node, statement.passages)


def coding_triples(contents: Contents, coding: Coding) -> Iterator[Triple]:
    """Yield a reader's codes for a statement; the general link to a hypothesis stands beside the stance."""
    slug = contents.report.record.slug
    node = iris.statement(slug, coding.statement.passages[0])
    for stance, notation in coding.stances:
        yield node, _STANCES[stance], iris.hypothesis(slug, notation)
        yield node, CLG.bearsOn, iris.hypothesis(slug, notation)
    if coding.basis:
        yield node, CLG.codingBasis, iris.resource(f"coding-basis/{coding.basis}")
    if coding.cue:
        yield node, CLG.cue, Literal(coding.cue)
    if coding.quantifier:
        yield node, CLG.speakerQuantifier, iris.resource(f"quantifier/{coding.quantifier}")
    for country in coding.countries:
        yield node, CLG.concernsCountry, iris.country(country)
    for actor in coding.actors:
        yield node, CLG.mentionsActor, iris.resource(actor)
    for topic in coding.topics:
        yield node, CLG.topic, iris.resource(f"topic/{topic}")
    yield node, CLG.modality, iris.resource(f"modality/{coding.modality}")
    for term, paths in (
        (CLG.addressee, coding.addressees),
        (CLG.payer, coding.payers),
        (CLG.mentions, coding.mentions),
    ):
        for path in paths:
            yield node, term, iris.resource(path)


def contradiction_triples(contents: Contents, found: Contradiction) -> Iterator[Triple]:
    """Yield that a statement contradicts an earlier one, as readers understood them."""
    slug = contents.report.record.slug
    one, other = (iris.statement(slug, part.passages[0]) for part in (found.statement, found.other))
    yield one, CLG.contradicts, other


def translation_triples(contents: Contents, translation: Translation) -> Iterator[Triple]:
    """Yield a label in another language, or the words of a statement in another language."""
    node = iris.resource(translation.subject)
    kind = translation.subject.removeprefix(f"{contents.report.record.slug}/").partition("/")[0]
    yield node, _LABELS.get(kind, SKOS.prefLabel), Literal(translation.words, lang=translation.language)
