"""Passages in, triples out: each passage one node, and a link from whatever rests on it."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from rdflib import RDF, Literal, Namespace, URIRef
from rdflib.term import Node

from clustergraph import iris
from clustergraph.namespaces import PREFIXES
from clustergraph.records import Contents
from clustergraph.source import Passage
from clustergraph.vocabulary import CLG

NIF = Namespace(PREFIXES["nif"])

Triple = tuple[Node, Node, Node]


def anchored(contents: Contents, node: URIRef, passages: Iterable[Passage]) -> Iterator[Triple]:
    """Yield that ``node`` rests on these passages, which stand apart from each other in the text."""
    for passage in passages:
        yield node, CLG.anchoredIn, passage_iri(contents, passage)
        yield from passage_triples(contents, passage)


def anchored_in_parts(contents: Contents, node: URIRef, parts: tuple[Passage, ...]) -> Iterator[Triple]:
    """Yield that ``node`` rests on one sentence, of which the text has several parts."""
    yield node, CLG.anchoredIn, passage_iri(contents, parts[0])
    yield from joined(contents, parts)


def joined(contents: Contents, parts: tuple[Passage, ...]) -> Iterator[Triple]:
    """Yield the passages of a sentence that is cut, each continued in the next."""
    for part in parts:
        yield from passage_triples(contents, part)
    for one, two in pairwise(parts):
        yield passage_iri(contents, one), CLG.continuedIn, passage_iri(contents, two)


def passage_iri(contents: Contents, passage: Passage) -> URIRef:
    """Return the IRI of a passage of this report."""
    return iris.passage(contents.report.record.slug, passage)


def passage_triples(contents: Contents, passage: Passage) -> Iterator[Triple]:
    """Yield a passage's offsets, lines and exact words."""
    text = contents.report.text
    node = passage_iri(contents, passage)
    yield node, RDF.type, CLG.Passage
    yield node, RDF.type, NIF.RFC5147String
    yield node, NIF.referenceContext, iris.text(contents.report.record.slug)
    yield node, NIF.beginIndex, Literal(passage.start)
    yield node, NIF.endIndex, Literal(passage.end)
    yield node, NIF.anchorOf, Literal(text.words(passage))
    yield node, CLG.firstLine, Literal(text.line(passage.start))
    yield node, CLG.lastLine, Literal(text.last_line(passage))
