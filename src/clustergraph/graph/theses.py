"""What was put before the participants, and how it was judged: hypotheses, prose, questions, verdicts."""

from collections.abc import Iterator

from rdflib import RDF, SKOS, Literal, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import (
    Triple,
    anchored,
    anchored_in_parts,
    joined,
    passage_iri,
    passage_triples,
)
from clustergraph.graph.report import SCHEMA, words
from clustergraph.records import Assessment, Contents, Hypothesis, Prose, Question, Statement, Verdict
from clustergraph.vocabulary import CLG

_PROSE = {"description": CLG.descriptionPassage, "discussion": CLG.discussionPassage}
_VERDICTS = {"chapter": CLG.chapterVerdict, "conclusions": CLG.conclusionVerdict}


def hypothesis_triples(contents: Contents, hypothesis: Hypothesis) -> Iterator[Triple]:
    """Yield a hypothesis with its title, its theme and where it was discussed."""
    slug = contents.report.record.slug
    node = iris.hypothesis(slug, hypothesis.notation)
    yield node, RDF.type, CLG.Hypothesis
    yield node, SKOS.prefLabel, words(contents, hypothesis.title)
    yield node, SKOS.notation, Literal(hypothesis.notation)
    yield node, SCHEMA.position, Literal(hypothesis.number)
    yield node, CLG.theme, iris.theme(slug, hypothesis.theme)
    yield node, CLG.inSection, iris.section(slug, hypothesis.section)
    place = iris.session(slug, hypothesis.session) if hypothesis.session else iris.workshop(slug)
    yield node, CLG.discussedIn, place
    yield node, CLG.thesisPassage, passage_iri(contents, hypothesis.passage)
    yield from anchored(contents, node, (hypothesis.passage,))


def prose_triples(contents: Contents, prose: Prose) -> Iterator[Triple]:
    """Yield which passages describe and discuss a hypothesis; other prose has no node of its own."""
    if prose.role not in _PROSE:
        return
    for notation in prose.hypotheses:
        node = iris.hypothesis(contents.report.record.slug, notation)
        for passage in prose.passages:
            yield node, _PROSE[prose.role], passage_iri(contents, passage)
    for passage in prose.passages:
        yield from passage_triples(contents, passage)
    for join in prose.joins:
        yield from joined(contents, join)


def question_triples(contents: Contents, question: Question) -> Iterator[Triple]:
    """Yield a question from which, in the report's words, a discussion started."""
    slug = contents.report.record.slug
    node = iris.question(slug, question.slug)
    yield node, RDF.type, CLG.GuidingQuestion
    yield node, SKOS.prefLabel, words(contents, question.words)
    yield node, CLG.theme, iris.theme(slug, question.theme)
    yield node, CLG.inSection, iris.section(slug, question.section)
    yield from stands_under(contents, node, question)
    yield from anchored(contents, node, (question.passage,))


def stands_under(contents: Contents, node: URIRef, part: Question | Statement) -> Iterator[Triple]:
    """Yield the hypotheses and the session under which something stands by layout."""
    slug = contents.report.record.slug
    for notation in part.hypotheses:
        yield node, CLG.standsUnder, iris.hypothesis(slug, notation)
    if part.session:
        yield node, CLG.standsUnder, iris.session(slug, part.session)


def assessment_triples(contents: Contents, assessment: Assessment) -> Iterator[Triple]:
    """Yield a verdict that stands in the text, with its words and what narrows it."""
    slug = contents.report.record.slug
    node = iris.assessment(slug, assessment.slug)
    yield node, RDF.type, CLG.Assessment
    for notation in assessment.hypotheses:
        yield node, CLG.assesses, iris.hypothesis(slug, notation)
    yield node, CLG.verdict, iris.resource(f"verdict/{assessment.verdict}")
    yield node, CLG.verdictPlace, iris.resource(f"verdict-place/{assessment.where}")
    yield node, CLG.codingBasis, iris.resource(f"coding-basis/{assessment.basis}")
    yield node, CLG.inSection, iris.section(slug, assessment.section)
    if assessment.note:
        yield node, SKOS.editorialNote, words(contents, assessment.note)
    for passage in assessment.caveat:
        yield node, CLG.caveatPassage, passage_iri(contents, passage)
        yield from passage_triples(contents, passage)
    yield from anchored_in_parts(contents, node, assessment.passages)


def verdict_triples(contents: Contents, verdict: Verdict) -> Iterator[Triple]:
    """Yield the shortcut from a hypothesis to its verdict in the chapter or the conclusions."""
    node = iris.hypothesis(contents.report.record.slug, verdict.hypothesis)
    yield node, _VERDICTS[verdict.where], iris.resource(f"verdict/{verdict.value}")
