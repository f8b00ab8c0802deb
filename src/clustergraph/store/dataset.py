"""A job that says its dataset in; the graphs of it, each once, and a way to query just them, out."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse

from clustergraph.store.merging import merge_of
from clustergraph.store.tokens import Token, prologue
from clustergraph.store.wire import Failure, Job

Graphs = list[NamedNode]
_NAMED: Final = NamedNode("x:True")


def graphs(job: Job, clauses: Iterable[tuple[bool, Token]], base: str) -> tuple[Graphs, Graphs] | None:
    """Return the graphs that make up the default graph, and those with names (SPARQL 1.1, section 13.2).

    ``clauses`` are those of the query, which count where the protocol's parameters say nothing. None if they
    can't be read: then the engine is to say why.

    Raises:
        Failure: a parameter is no absolute IRI.
    """
    if job.dataset:
        return _distinct(map(_graph, job.default_graphs)), _distinct(map(_graph, job.named_graphs))
    turtle = "".join(f"<x:{named}> <x:graph> {name.text} .\n" for named, name in clauses)
    try:
        quads = list(parse(prologue(job.text) + turtle, format=RdfFormat.TURTLE, base_iri=base))
    except SyntaxError:
        return None
    found = [(quad.subject == _NAMED, cast("NamedNode", quad.object)) for quad in quads]
    return _distinct(name for named, name in found if not named), _distinct(
        name for named, name in found if named
    )


def limited(
    store: Store, graphs: tuple[Graphs, Graphs] | None, *, shared: bool
) -> tuple[Store, Mapping[str, Any]]:
    """Return the store and the options of ``query`` for these graphs.

    ``shared`` tells that some triple is in two graphs of the store. The engine takes a default graph as a
    list of graphs and finds a triple in each of them; where two have one in common, the store is a copy of
    what the query may see, in which they are merged.
    """
    if graphs is None:
        return store, {}
    default, named = graphs
    merged = merge_of(store, default, named) if shared else None
    if merged:
        return merged, {"default_graph": [DefaultGraph()], "named_graphs": named}
    return store, {"default_graph": default, "named_graphs": named}


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise Failure("request", f"{iri!r} is no absolute IRI; give the full name of a graph") from error


def _distinct(names: Iterable[NamedNode]) -> Graphs:
    return list(dict.fromkeys(names))
