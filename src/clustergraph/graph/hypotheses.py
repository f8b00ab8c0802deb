"""What was put before the participants: hypotheses, the prose about them, and starting questions."""

from collections.abc import Iterator

from rdflib import RDF, SKOS, Literal, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import Triple, anchored, joined, passage_iri, passage_triples
from clustergraph.graph.report import SCHEMA, words
from clustergraph.records import Contents, Hypothesis, Prose, Question, Statement
from clustergraph.vocabulary import CLG

_PROSE = {"description": CLG.descriptionPassage, "discussion": CLG.discussionPassage}


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
