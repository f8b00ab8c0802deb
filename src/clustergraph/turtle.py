"""A graph in, Turtle or N-Quads out: the same bytes everywhere, and small differences for small edits."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from clustergraph.errors import BuildError
from clustergraph.namespaces import PREFIXES

_LANGUAGES = ("de", "fr", "en")
_FIRST = (RDF.type, RDFS.label, SKOS.prefLabel, SKOS.definition)


def new_graph() -> Graph:
    """Return an empty graph that knows the project's prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def read_turtle(graph: Graph, path: Path) -> None:
    """Add a Turtle file to a graph.

    Raises:
        BuildError: naming the file and what is wrong in it.
    """
    try:
        graph.parse(path, format="turtle")
    except Exception as error:  # rdflib's parsers raise many kinds
        reason = " ".join(str(error).split())[:300]
        raise BuildError(f"{path}: is not Turtle ({reason}); mend it") from error


def turtle(graph: Graph) -> bytes:
    """Return a graph without blank nodes as Turtle: subjects, predicates and objects in a fixed order."""
    out = io.BytesIO()
    _Sorted(graph).serialize(out, encoding="utf-8")
    return out.getvalue().strip() + b"\n"


def nquads(graphs: Iterable[tuple[URIRef, Graph]]) -> bytes:
    """Return named graphs as N-Quads with sorted lines."""
    lines = sorted(
        f"{subject.n3()} {predicate.n3()} {_canonical(value)} {name.n3()} .\n"
        for name, graph in graphs
        for subject, predicate, value in graph
    )
    return "".join(lines).encode()


def _canonical(value: Node) -> str:
    if not isinstance(value, Literal):
        return value.n3()
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if value.language:
        return f'"{escaped}"@{value.language}'
    return f'"{escaped}"^^<{value.datatype}>' if value.datatype else f'"{escaped}"'


class _Sorted(TurtleSerializer):
    """rdflib's serializer orders subjects by how often they are linked: one new link moves other blocks."""

    indentString = "    "  # noqa: N815  # rdflib's own name

    def __init__(self, store: Graph) -> None:
        super().__init__(store)
        self._names: dict[tuple[Node, bool], str | None] = {}

    def get_pname(self, uri: Node, gen_prefix: bool = True) -> str | None:
        key = uri, gen_prefix  # a name is asked for several times in each triple, and costs most of the work
        if key not in self._names:
            self._names[key] = super().get_pname(uri, gen_prefix)
        return self._names[key]

    def startDocument(self) -> None:  # noqa: N802  # rdflib's own name
        for prefix, namespace in PREFIXES.items():
            if prefix in self.namespaces:
                self.write(f"@prefix {prefix}: <{namespace}> .\n")

    def label(self, node: Node, position: int) -> str:
        """Write words on one line, and a whole decimal in full: stores drop the zero of its short form."""
        if isinstance(node, Literal) and ("\n" in node or "\r" in node):
            return _canonical(node)
        if isinstance(node, Literal) and node.datatype == XSD.decimal and "." not in node:
            return f'"{node}"^^xsd:decimal'
        return str(super().label(node, position))

    def orderSubjects(self) -> list[Node]:  # noqa: N802  # rdflib's own name
        return sorted(set(self.store.subjects()), key=_natural)

    def sortProperties(self, properties: Mapping[Node, list[Node]]) -> list[Node]:  # noqa: N802  # rdflib's own name
        for values in properties.values():
            values.sort(key=_object_key)
        rest = sorted((term for term in properties if term not in _FIRST), key=str)
        return [*(term for term in _FIRST if term in properties), *rest]


def _natural(node: Node) -> tuple[str, tuple[int, ...]]:
    """Order passages by their offsets, all else by its IRI."""
    head, found, offsets = str(node).partition("#char=")
    return (head + found, tuple(int(offset) for offset in offsets.split(","))) if found else (head, ())


def _object_key(value: Node) -> tuple[int, int, str, tuple[int, ...], str]:
    if isinstance(value, Literal):
        language = value.language or ""
        rank = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
        return (1, rank, language, (), f"{value}^^{value.datatype}")
    return (0, 0, *_natural(value), "")
