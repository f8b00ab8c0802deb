"""A graph in, Turtle or N-Quads out: the same bytes everywhere, and small differences for small edits."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from clustergraph.errors import BuildError
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import BASE, PREFIXES

_FIRST: Final = (RDF.type, RDFS.label, SKOS.prefLabel, SKOS.definition)
_INDENT: Final = "    "
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_RELATIVE: Final = re.compile(r"(?:[\w-][\w.-]*(?:/[\w-][\w.-]*)*/?)?(?:#[\w.,=-]*)?")
"""What resolves against the base to exactly base and itself: no scheme, no empty, ``.`` or ``..`` segment."""
_PLAIN: Final[Mapping[URIRef, re.Pattern[str]]] = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
"""Datatypes whose lexical forms Turtle writes without quotation marks."""


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
        raise BuildError(f"{path}: is not Turtle ({reason}); fix it") from error


def turtle(graph: Graph) -> bytes:
    """Return a graph without blank nodes as Turtle below ``@base``.

    Subjects, predicates and objects have a fixed order; the types of a subject share a line, other objects
    have one each, so that one more triple moves no other line. A prefix is declared where it is used.
    """
    names = _Names()
    blocks = [_block(graph, subject, names) for subject in sorted(set(graph.subjects()), key=_natural)]
    prefixes = (f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in PREFIXES if prefix in names.used)
    return "\n".join([f"@base <{BASE}> .\n{''.join(prefixes)}", *blocks]).encode()


def _block(graph: Graph, subject: Node, names: "_Names") -> str:
    found: dict[Node, list[Node]] = {}
    for predicate, value in graph.predicate_objects(subject):
        found.setdefault(predicate, []).append(value)
    rest = sorted((term for term in found if term not in _FIRST), key=str)
    lines = [_line(term, found[term], names) for term in (*_FIRST, *rest) if term in found]
    return f"{names.node(subject)} " + f" ;\n{_INDENT}".join(lines) + " .\n"


def _line(predicate: Node, values: list[Node], names: "_Names") -> str:
    if predicate == RDF.type:  # the project's own class says most
        types = sorted(values, key=lambda kind: (not str(kind).startswith(BASE), str(kind)))
        return "a " + ", ".join(map(names.node, types))
    written = [names.node(value) for value in sorted(values, key=_object_key)]
    return f"{names.node(predicate)} " + f",\n{_INDENT * 2}".join(written)


class _Names:
    """How terms are written, each worked out once, and which prefixes that took."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self._written: dict[Node, str] = {}

    def node(self, node: Node) -> str:
        if node not in self._written:
            self._written[node] = self._literal(node) if isinstance(node, Literal) else self._iri(str(node))
        return self._written[node]

    def _iri(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = _PREFIX_OF.get(iri[:cut])
        if prefix and _LOCAL.fullmatch(iri, cut):
            self.used.add(prefix)
            return f"{prefix}:{iri[cut:]}"
        if iri.startswith(BASE) and _RELATIVE.fullmatch(iri, len(BASE)):
            return f"<{iri[len(BASE) :]}>"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        plain = _PLAIN.get(literal.datatype) if literal.datatype else None
        if plain and plain.fullmatch(literal):
            return str(literal)
        if literal.datatype:
            return f"{_quoted(literal)}^^{self._iri(str(literal.datatype))}"
        return _canonical(literal)


_PREFIX_OF: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def _canonical(value: Node) -> str:
    if not isinstance(value, Literal):
        return value.n3()
    if value.language:
        return f"{_quoted(value)}@{value.language}"
    return f"{_quoted(value)}^^<{value.datatype}>" if value.datatype else _quoted(value)


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _natural(node: Node) -> tuple[str, tuple[int, ...]]:
    """Order passages by their offsets, all else by its IRI."""
    head, found, offsets = str(node).partition("#char=")
    return (head + found, tuple(int(offset) for offset in offsets.split(","))) if found else (head, ())


def _object_key(value: Node) -> tuple[int, int, str, tuple[int, ...], str]:
    if isinstance(value, Literal):
        language = value.language or ""
        rank = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
        return (1, rank, language, (), f"{value}^^{value.datatype}")
    return (0, 0, *_natural(value), "")
