"""Assessments and verdicts in, triples out: what the report says of them, and what readers make of it."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rdflib import RDF, Literal, URIRef

from clustergraph import iris
from clustergraph.curation import Curated
from clustergraph.curation.statements import text_of
from clustergraph.graph.anchors import Triple, anchored_in_parts, passage_iri, passage_triples
from clustergraph.graph.report import SCHEMA, words
from clustergraph.graph.statements import code_triples
from clustergraph.records import Assessment, Contents, Statement, Verdict
from clustergraph.source import Passage
from clustergraph.vocabulary import CLG

SAID: Final = "explicit-cue"
"""The basis of a verdict that the report itself gives in so many words."""

_VERDICTS: Final = MappingProxyType({"chapter": CLG.chapterVerdict, "conclusions": CLG.conclusionVerdict})
_ASSESSMENTS: Final = MappingProxyType(
    {"chapter": CLG.chapterAssessment, "conclusions": CLG.conclusionAssessment}
)


def assessment_triples(contents: Contents, assessment: Assessment) -> Iterator[Triple]:
    """Yield where the report assesses hypotheses, in which words, and what narrows them."""
    slug = contents.report.record.slug
    node = iris.assessment(slug, assessment.slug)
    yield node, RDF.type, CLG.Assessment
    yield node, CLG.verdictPlace, iris.resource(f"verdict-place/{assessment.where}")
    yield node, CLG.inSection, iris.section(slug, assessment.section)
    yield node, SCHEMA.text, words(contents, text_of(contents, assessment.passages + assessment.caveat))
    for passage in assessment.caveat:
        yield node, CLG.caveatPassage, passage_iri(contents, passage)
        yield from passage_triples(contents, passage)
    yield from anchored_in_parts(contents, node, assessment.passages)


def stated_verdicts(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the verdicts that the report gives in so many words."""
    for assessment in curated.assessments:
        if assessment.basis == SAID:
            yield from _judgement(contents, assessment)


def coded_verdicts(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the verdicts that readers take from layout or wording, and where they find none."""
    for assessment in curated.assessments:
        if assessment.basis != SAID:
            yield from _judgement(contents, assessment)
    backed = {
        (name, assessment.where) for assessment in curated.assessments for name in assessment.hypotheses
    }
    for verdict in curated.verdicts:
        if (verdict.hypothesis, verdict.where) not in backed:
            yield _shortcut(contents, verdict)


def _judgement(contents: Contents, assessment: Assessment) -> Iterator[Triple]:
    slug = contents.report.record.slug
    node = iris.assessment(slug, assessment.slug)
    yield node, CLG.verdict, iris.resource(f"verdict/{assessment.verdict}")
    yield node, CLG.codingBasis, iris.resource(f"coding-basis/{assessment.basis}")
    for notation in assessment.hypotheses:
        hypothesis = iris.hypothesis(slug, notation)
        yield node, CLG.assesses, hypothesis
        yield hypothesis, _ASSESSMENTS[assessment.where], node
        yield _shortcut(contents, Verdict(notation, assessment.where, assessment.verdict))


def _shortcut(contents: Contents, verdict: Verdict) -> Triple:
    node = iris.hypothesis(contents.report.record.slug, verdict.hypothesis)
    return node, _VERDICTS[verdict.where], iris.resource(f"verdict/{verdict.value}")


def comprised(assessment: Assessment, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements that an assessment or its caveat makes, in reading order."""
    held = (*assessment.passages, *assessment.caveat)
    return tuple(
        statement
        for statement in statements
        if any(_share(part, passage) for part in statement.passages for passage in held)
    )


def _share(one: Passage, other: Passage) -> bool:
    return one.start < other.end and other.start < one.end


def comprising_triples(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield which statements an assessment makes: a sentence of the conclusions is often both."""
    slug = contents.report.record.slug
    for assessment in curated.assessments:
        for statement in comprised(assessment, curated.statements):
            made = iris.statement(slug, statement.passages[0])
            yield iris.assessment(slug, assessment.slug), CLG.comprises, made


def assessment_codes(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield, for each assessment, the codes of the statements that it makes."""
    by_key = {coding.statement.key: coding for coding in curated.codings}
    for assessment in curated.assessments:
        node = iris.assessment(contents.report.record.slug, assessment.slug)
        for statement in comprised(assessment, curated.statements):
            if statement.key in by_key:
                yield from code_triples(contents, node, by_key[statement.key])


def assessment_translations(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the words of an assessment in other languages: those of its statements where it has no own."""
    slug = contents.report.record.slug
    worded = {
        (translation.subject, translation.language): translation.words for translation in curated.translations
    }
    languages = sorted({language for _, language in worded})
    for assessment in curated.assessments:
        node = iris.assessment(slug, assessment.slug)
        made = [
            iris.path(iris.statement(slug, part.passages[0]))
            for part in comprised(assessment, curated.statements)
        ]
        for language in languages:
            parts = [worded[path, language] for path in made if (path, language) in worded]
            if parts and len(parts) == len(made) and (iris.path(node), language) not in worded:
                yield _worded(node, " ".join(parts), language)


def _worded(node: URIRef, text: str, language: str) -> Triple:
    return node, SCHEMA.text, Literal(text, lang=language)
