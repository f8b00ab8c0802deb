"""A store and a service's address in; the service's description with VoID statistics and examples out.

SPARQL 1.1 Service Description says what the service does, VoID what the data hold (classes, properties
and links as partitions), and the examples follow the convention of SIB (``sh:SPARQLExecutable``).
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast
from urllib.parse import quote

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Store,
    Triple,
    serialize,
)

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.store.loading import RDF_FORMATS
from clustergraph.store.wire import Failure, Job

if TYPE_CHECKING:
    from clustergraph.store.answering import Sink

_W3C: Final = "http://www.w3.org/ns/formats/"
_FORMATS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "JSON-LD",
    "RDF_XML",
)
_COUNTED: Final = 300_000
"""Triples above which a graph is not counted part by part: it would take longer than a request may."""
_CATALOG: Final = NamedNode(f"{BASE}graph/catalog")
_DATASET: Final = NamedNode(f"{BASE}dataset/clustergraph")


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=_term("xsd:integer"))


@dataclass(frozen=True)
class Figures:
    """What is counted of a graph or of all of them."""

    triples: int
    subjects: int
    objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    links: Mapping[tuple[str, str], int]


def describe(store: Store, job: Job, sink: "Sink") -> None:
    """Write the description; the job's text is JSON with ``endpoint``, ``examples`` and ``void``."""
    if not job.graph:
        raise Failure("not-acceptable", "the description is a graph; ask for Turtle or another RDF format")
    wanted = json.loads(job.text)
    endpoint = NamedNode(wanted["endpoint"])
    triples = list(_void(store, endpoint))
    if not wanted["void"]:
        triples = [*_service(store, endpoint), *triples, *_examples(endpoint, wanted["examples"])]
    triples = sorted(set(triples), key=lambda triple: (triple.subject != endpoint, str(triple)))
    sink.open(job.graph)
    used = {name: PREFIXES[name] for name in ("rdf", "rdfs", "xsd", "dcterms", "schema", "sh", "void", "sd")}
    serialize(triples, cast("IO[bytes]", sink), format=RDF_FORMATS[job.graph], prefixes=used)


def _service(store: Store, endpoint: NamedNode) -> Iterator[Triple]:
    yield Triple(endpoint, _term("rdf:type"), _term("sd:Service"))
    yield Triple(endpoint, _term("sd:endpoint"), endpoint)
    yield Triple(endpoint, _term("sd:supportedLanguage"), _term("sd:SPARQL11Query"))
    yield Triple(endpoint, _term("sd:feature"), _term("sd:UnionDefaultGraph"))
    for name in _FORMATS:
        yield Triple(endpoint, _term("sd:resultFormat"), NamedNode(_W3C + name))
    yield Triple(endpoint, _term("sd:defaultDataset"), _DATASET)
    yield Triple(_DATASET, _term("rdf:type"), _term("sd:Dataset"))
    default = NamedNode(f"{endpoint.value}#default-graph")
    yield Triple(_DATASET, _term("sd:defaultGraph"), default)
    yield Triple(default, _term("rdf:type"), _term("sd:Graph"))
    store_url = f"{endpoint.value.removesuffix('/sparql')}/graphs"
    yield Triple(default, _term("rdfs:seeAlso"), NamedNode(f"{store_url}?default"))
    yield Triple(default, _term("void:triples"), _number(count(store, None).triples))
    for graph in _graphs(store):
        entry = NamedNode(f"{endpoint.value}#named-{quote(graph.value, safe='')}")
        yield Triple(_DATASET, _term("sd:namedGraph"), entry)
        yield Triple(entry, _term("rdf:type"), _term("sd:NamedGraph"))
        yield Triple(entry, _term("sd:name"), graph)
        yield Triple(entry, _term("sd:graph"), graph)
        yield Triple(graph, _term("rdf:type"), _term("sd:Graph"))
        dump = NamedNode(f"{store_url}?graph={quote(graph.value, safe='')}")
        yield Triple(graph, _term("void:dataDump"), dump)


def _void(store: Store, endpoint: NamedNode) -> Iterator[Triple]:
    """Yield VoID of the whole and of each graph, with what the catalogue says of them."""
    yield from _figures(_DATASET, count(store, None), endpoint)
    yield Triple(_DATASET, _term("void:sparqlEndpoint"), endpoint)
    for graph in _graphs(store):
        yield Triple(_DATASET, _term("void:subset"), graph)
        yield from _figures(graph, count(store, graph), endpoint)
    known = {_DATASET, *_graphs(store)}
    for quad in store.quads_for_pattern(None, None, None, _CATALOG):
        if quad.subject in known and quad.predicate != _term("void:triples"):
            yield quad.triple


def _figures(dataset: NamedNode, figures: Figures, endpoint: NamedNode) -> Iterator[Triple]:
    yield Triple(dataset, _term("rdf:type"), _term("void:Dataset"))
    for name, value in (
        ("triples", figures.triples),
        ("distinctSubjects", figures.subjects),
        ("distinctObjects", figures.objects),
        ("classes", len(figures.classes)),
        ("properties", len(figures.properties)),
    ):
        if not value:
            continue
        yield Triple(dataset, _term(f"void:{name}"), _number(value))
    label = quote(dataset.value.removeprefix(BASE), safe="")
    yield from _partitions(dataset, f"{endpoint.value}#{label}", figures)


def _partitions(dataset: NamedNode, stem: str, figures: Figures) -> Iterator[Triple]:
    for iri, entities in sorted(figures.classes.items()):
        part = NamedNode(f"{stem}-class-{quote(iri, safe='')}")
        yield Triple(dataset, _term("void:classPartition"), part)
        yield Triple(part, _term("void:class"), NamedNode(iri))
        yield Triple(part, _term("void:entities"), _number(entities))
    for iri, triples in sorted(figures.properties.items()):
        part = NamedNode(f"{stem}-property-{quote(iri, safe='')}")
        yield Triple(dataset, _term("void:propertyPartition"), part)
        yield Triple(part, _term("void:property"), NamedNode(iri))
        yield Triple(part, _term("void:triples"), _number(triples))
    for (predicate, target), triples in sorted(figures.links.items()):
        part = NamedNode(f"{stem}-links-{quote(f'{predicate} {target}', safe='')}")
        yield Triple(part, _term("rdf:type"), _term("void:Linkset"))
        yield Triple(part, _term("void:subjectsTarget"), dataset)
        yield Triple(part, _term("void:objectsTarget"), NamedNode(target))
        yield Triple(part, _term("void:linkPredicate"), NamedNode(predicate))
        yield Triple(part, _term("void:triples"), _number(triples))


def count(store: Store, graph: NamedNode | None) -> Figures:
    """Count a graph, or the union of all of them where ``graph`` is None; a large one only its triples."""
    size = _size(store, graph)
    if size > _COUNTED:
        return Figures(size, 0, 0, {}, {}, {})
    quads: Iterable[Quad] = store.quads_for_pattern(None, None, None, graph)
    triples = {quad.triple for quad in quads} if graph is None else [quad.triple for quad in quads]
    a = _term("rdf:type")
    properties = Counter(triple.predicate.value for triple in triples)
    members = {(triple.subject, triple.object) for triple in triples if triple.predicate == a}
    classes = Counter(kind.value for _, kind in members if isinstance(kind, NamedNode))
    links = Counter(link for triple in triples if (link := _link(triple)))
    subjects = {triple.subject for triple in triples}
    objects = {triple.object for triple in triples}
    return Figures(len(triples), len(subjects), len(objects), classes, properties, links)


def _size(store: Store, graph: NamedNode | None) -> int:
    pattern = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    merged = next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None
    answer = store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", use_default_graph_as_union=not merged)
    return int(next(iter(cast("QuerySolutions", answer)))["n"].value)


def _link(triple: Triple) -> tuple[str, str] | None:
    """Return predicate and target authority of a link from our own things to others' things."""
    subject, target = triple.subject, triple.object
    if not (isinstance(subject, NamedNode) and isinstance(target, NamedNode)):
        return None
    own = subject.value.startswith(BASE)
    away = target.value.startswith(("http://", "https://")) and not target.value.startswith(BASE)
    if not own or not away or triple.predicate == _term("rdf:type"):
        return None
    authority = "/".join(target.value.split("/", 3)[:3]) + "/"
    return triple.predicate.value, authority


def _graphs(store: Store) -> list[NamedNode]:
    named = [graph for graph in store.named_graphs() if isinstance(graph, NamedNode)]
    return sorted(named, key=lambda graph: graph.value)


def _examples(endpoint: NamedNode, examples: Iterable[Mapping[str, object]]) -> Iterator[Triple]:
    for example in examples:
        node = NamedNode(f"{BASE}example/{example['name']}")
        text = str(example["text"])
        form = "sh:SPARQLConstructExecutable" if example["graph"] else "sh:SPARQLSelectExecutable"
        yield Triple(node, _term("rdf:type"), _term("sh:SPARQLExecutable"))
        yield Triple(node, _term("rdf:type"), _term(form))
        yield Triple(node, _term("sh:construct" if example["graph"] else "sh:select"), Literal(text))
        yield Triple(node, _term("schema:target"), endpoint)
        for language, words in cast("Mapping[str, str]", example["summaries"]).items():
            yield Triple(node, _term("rdfs:comment"), Literal(words, language=language))
        for word in cast("Iterable[str]", example["keywords"]):
            yield Triple(node, _term("schema:keywords"), Literal(word))
