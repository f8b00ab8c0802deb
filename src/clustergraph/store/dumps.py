"""A store and a graph's name in, its dump out: sorted, so that the same data give the same bytes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from clustergraph.namespaces import PREFIXES
from clustergraph.store.graphs import writable, write_graph
from clustergraph.store.wire import Job

if TYPE_CHECKING:
    from clustergraph.store.answering import Sink


def dump(store: Store, job: Job, sink: "Sink") -> None:
    """Write the graph that the job's text names (empty: all) in the job's graph format."""
    graph = NamedNode(job.text) if job.text else None
    quads = sorted(_quads(store, graph), key=_order)
    triples = list(dict.fromkeys(quad.triple for quad in sorted(quads, key=_triple_order)))
    triples = list(writable(triples, job.graph))
    sink.open(job.graph)
    if job.graph in ("nt", "nq"):
        statements = triples if job.graph == "nt" else quads
        sink.write("".join(sorted(f"{statement} .\n" for statement in statements)).encode())
        return
    used = _used_prefixes(quads) if job.graph != "jsonld" else {}
    write_graph(quads if job.graph == "trig" else triples, job.graph, sink, used)


def _quads(store: Store, graph: NamedNode | None) -> list[Quad]:
    """Return a graph's quads, or all; of the default graph, which may be a merge, what no other graph has."""
    quads = list(store.quads_for_pattern(None, None, None, graph))
    default = DefaultGraph()
    named = {quad.triple for quad in quads if quad.graph_name != default}
    return [quad for quad in quads if quad.graph_name != default or quad.triple not in named]


def _order(quad: Quad) -> tuple[str, str, bool, str, str]:
    return (str(quad.graph_name), *_triple_order(quad))


def _triple_order(quad: Quad) -> tuple[str, bool, str, str]:
    predicate = quad.predicate.value
    is_type = predicate == f"{PREFIXES['rdf']}type"
    return str(quad.subject), not is_type, predicate, str(quad.object)


def _used_prefixes(quads: list[Quad]) -> dict[str, str]:
    """Return the project's prefixes whose namespace occurs in the quads."""
    text = {part for quad in quads for part in _iris(quad)}
    return {name: iri for name, iri in PREFIXES.items() if any(part.startswith(iri) for part in text)}


def _iris(quad: Quad) -> Iterable[str]:
    for term in (quad.subject, quad.predicate, quad.object):
        if isinstance(term, NamedNode):
            yield (
                term.value.rpartition("#")[0] + "#"
                if "#" in term.value
                else term.value.rpartition("/")[0] + "/"
            )
        elif datatype := getattr(term, "datatype", None):
            yield datatype.value
