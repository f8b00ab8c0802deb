"""A store in; its graphs merged into the default graph, where that differs from looking into each of them.

The engine can take all graphs together as the default graph, but then finds a triple that is in two of them
twice, which SPARQL 1.1 (section 13.1) excludes. Most data have no such triple; then a second copy would cost
time and room for nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

Graph = NamedNode | BlankNode | DefaultGraph
_COUNT: Final = """SELECT ?g ?p (COUNT(*) AS ?n)
WHERE { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } } GROUP BY ?g ?p"""


@dataclass(frozen=True)
class Counts:
    """How many quads there are, and of each property in each graph (empty where there is one graph only)."""

    quads: int
    by_predicate: Mapping[NamedNode, Mapping[Graph, int]]

    @classmethod
    def of(cls, store: Store) -> "Counts":
        """Count what a store holds."""
        default = any(store.quads_for_pattern(None, None, None, DefaultGraph()))
        if len(list(store.named_graphs())) + default <= 1:
            return cls(len(store), {})
        counts: defaultdict[NamedNode, Counter[Graph]] = defaultdict(Counter)
        for row in cast("QuerySolutions", store.query(_COUNT)):
            graph = cast("Graph", row["g"]) or DefaultGraph()
            counts[cast("NamedNode", row["p"])][graph] = int(cast("Literal", row["n"]).value)
        return cls(sum(of.total() for of in counts.values()), counts)


def has_shared_triple(store: Store, counts: Counts) -> bool:
    """Tell whether a triple is in two graphs; in the largest graph of a property none has to be looked at."""
    return any(
        sum(1 for _ in store.quads_for_pattern(quad.subject, predicate, quad.object, None)) > 1
        for predicate, sizes in counts.by_predicate.items()
        for graph in sorted(sizes, key=lambda graph: sizes[graph])[:-1]
        for quad in store.quads_for_pattern(None, predicate, None, graph)
    )


def merge(store: Store) -> None:
    """Put every triple into the default graph too."""
    store.bulk_extend(Quad(*quad.triple) for quad in store)


def merge_of(store: Store, default: Sequence[Graph], named: Sequence[Graph]) -> Store | None:
    """Return a store with the RDF merge of some graphs as its default graph, and with others by their names.

    None where the graphs to merge have no triple in common: then looking into each of them gives the same.
    """
    if not any(
        Quad(quad.subject, quad.predicate, quad.object, other) in store
        for position, graph in enumerate(default[:-1], 1)
        for quad in store.quads_for_pattern(None, None, None, graph)
        for other in default[position:]
    ):
        return None
    merged = Store()
    for graph in default:
        merged.bulk_extend(Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    for graph in named:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return merged
