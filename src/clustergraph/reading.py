"""RDF files come in; a dataset goes out, or the file and line of what can't be held against rules."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph
from rdflib import BNode, Dataset, Graph, Literal, Node, URIRef
from rdflib.namespace import XSD

from clustergraph import iris
from clustergraph.errors import ClustergraphError
from clustergraph.lexical import is_valid
from clustergraph.namespaces import BASE
from clustergraph.store.formats import GRAPHS
from clustergraph.store.loading import RDF_FORMATS
from clustergraph.store.sources import DataFile, fault, find

_EXCERPT: Final = 60
"""Characters of a literal that a message repeats."""


def load(paths: Iterable[Path]) -> Dataset:
    """Read RDF files, and those in folders, into a dataset.

    A file named after one of the project's graphs (``stated.ttl``, …) is read into that graph, in a folder
    others that lie below an inner folder ``ontology`` into the graph of that name; N-Quads, TriG and JSON-LD
    name their graphs themselves.

    Raises:
        ClustergraphError: naming file and line where one cannot be read, or where there is no triple at all.
    """
    dataset = Dataset(default_union=True)
    found = [(path, file) for path in paths for file in find([path])]
    for number, (path, file) in enumerate(found):
        inner = file.path.relative_to(path).parts[:-1] if path.is_dir() else ()
        name = "ontology" if file.name not in iris.GRAPHS and "ontology" in inner else file.name
        known = name in iris.GRAPHS and not GRAPHS[file.format].names_graphs
        home = dataset.graph(iris.graph(name)) if known else dataset.default_graph
        _read(file, dataset, home, f"-{number}" if len(found) > 1 else "")
    if not any(dataset.triples((None, None, None))):
        raise ClustergraphError(
            f"{', '.join(str(file.path) for _, file in found)}: there is no triple in it to validate"
        )
    return dataset


class _Lines:
    """A file's lines, handed out one by one: the last one given is where the parser is."""

    def __init__(self, data: bytes) -> None:
        self._lines = iter(data.splitlines(keepends=True))
        self.number = 0

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next line."""
        line = next(self._lines, b"")
        self.number += bool(line)
        return line


def _read(file: DataFile, dataset: Dataset, home: Graph, mark: str) -> None:
    """Read a file into its graph; ``mark`` keeps its blank nodes apart from those of other files."""
    lines = _Lines(file.read())
    try:
        with _quiet_conversion():
            for quad in pyoxigraph.parse(
                cast("IO[bytes]", lines),
                format=RDF_FORMATS[file.format],
                base_iri=BASE,
            ):
                graph = home
                if not isinstance(quad.graph_name, pyoxigraph.DefaultGraph):
                    graph = dataset.graph(_graph_name(quad.graph_name))
                subject, predicate, value = (node_of(term, mark) for term in quad.triple)
                graph.add((subject, predicate, value))
    except _UnreadableError as error:
        raise ClustergraphError(f"{file.path}:{lines.number}: {error}") from error
    except (SyntaxError, ValueError, MemoryError) as error:
        raise fault(file, error) from error


@contextmanager
def _quiet_conversion() -> Iterator[None]:
    """Keep rdflib from logging a traceback for values that Python has no type for, such as 24:00:00."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class _UnreadableError(ClustergraphError):
    """A term that can't be held against rules; its place is added where it is known."""


def _graph_name(term: object) -> URIRef:
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    raise _UnreadableError("a graph is named by a blank node; give it an IRI")


def node_of(term: object, mark: str = "") -> Node:
    """Return a term of the engine as a term of rdflib.

    Raises:
        ClustergraphError: rdflib has no such term, or the literal has no value.
    """
    match term:
        case pyoxigraph.NamedNode():
            return URIRef(term.value)
        case pyoxigraph.BlankNode():
            return BNode(term.value + mark)
        case pyoxigraph.Literal() if term.direction:
            raise _UnreadableError(f"{term} has a base direction, which is not read; leave it out")
        case pyoxigraph.Literal() if term.language:
            return Literal(term.value, lang=term.language)
        case pyoxigraph.Literal() if not is_valid(term.value, term.datatype.value):
            raise _UnreadableError(f"{_excerpt(term.value)} is no {_name(term.datatype.value)}; correct it")
        case pyoxigraph.Literal() if term.datatype.value == str(XSD.string):
            return Literal(term.value)
        case pyoxigraph.Literal():
            return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise _UnreadableError("triples within triples are not read; describe the thing itself")


def _excerpt(words: str) -> str:
    return json.dumps(words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]} …", ensure_ascii=False)


def _name(datatype: str) -> str:
    return f"xsd:{datatype.removeprefix(str(XSD))}"
