"""A store in; its graphs merged into the default graph, where that differs from looking into each of them.

The engine can take all graphs together as the default graph, but then finds a triple that is in two of them
twice, which SPARQL 1.1 (section 13.1) excludes. Most data have no such triple; then a second copy would cost
time and room for nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, Store

Graph = NamedNode | BlankNode | DefaultGraph


def merge(store: Store) -> bool:
    """Put every triple into the default graph too, where one is in two graphs; tell whether that was done."""
    if not any(_shared_triples(store)):
        return False
    store.bulk_extend(Quad(*quad.triple) for quad in store)
    return True


def _shared_triples(store: Store) -> Iterator[Quad]:
    """Yield triples that are in two graphs; a property that only one graph has can't be in any."""
    for predicate, graphs in _graphs_by_predicate(store).items():
        for graph in _all_but_the_largest(store, predicate, graphs):
            for quad in store.quads_for_pattern(None, predicate, None, graph):
                if sum(1 for _ in store.quads_for_pattern(quad.subject, predicate, quad.object, None)) > 1:
                    yield quad


def _all_but_the_largest(store: Store, predicate: NamedNode, graphs: Iterable[Graph]) -> Iterator[Graph]:
    """Yield the graphs as they end when all are read side by side; the one that is left is not read on."""
    running = {graph: store.quads_for_pattern(None, predicate, None, graph) for graph in graphs}
    while len(running) > 1:
        for graph, quads in tuple(running.items()):
            if next(quads, None) is None:
                del running[graph]
                yield graph


def _graphs_by_predicate(store: Store) -> dict[NamedNode, list[Graph]]:
    """Return the properties that several graphs have, with these graphs."""
    found: defaultdict[NamedNode, list[Graph]] = defaultdict(list)
    if len(list(store.named_graphs())) + any(store.quads_for_pattern(None, None, None, DefaultGraph())) > 1:
        query = "SELECT DISTINCT ?g ?p WHERE { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"
        for row in cast("QuerySolutions", store.query(query)):
            found[cast("NamedNode", row["p"])].append(cast("Graph", row["g"]) or DefaultGraph())
    return {predicate: graphs for predicate, graphs in found.items() if len(graphs) > 1}
