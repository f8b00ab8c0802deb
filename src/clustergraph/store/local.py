"""Built files in, the bytes of one answer or dump out, in this process: for the command line."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

from clustergraph.errors import QueryError
from clustergraph.namespaces import BASE
from clustergraph.resources import graph_folder
from clustergraph.store import answering, dumps
from clustergraph.store.formats import GRAPHS, PAGE, RESULTS
from clustergraph.store.loading import load
from clustergraph.store.sources import find, graph_iri
from clustergraph.store.wire import Failure, Job

_ALL_ROWS: Final = sys.maxsize - 1

Answer = tuple[Sequence[str], Sequence[Sequence[Sequence[str] | None]]]
"""Variables, and rows of terms: each its kind, its text, and its language or datatype."""

Ask = Callable[[str], Answer]
"""What answers a SELECT query."""


class _Memory(BytesIO):
    """A sink that keeps what it gets."""

    def open(self, format_key: str) -> None:
        """Note the format of what follows."""
        self.format = format_key


Values = tuple[tuple[str, str], ...]
"""Variables of a query with the N-Triples terms that they are bound to."""


def query(text: str, form: str, data: tuple[Path, ...] = (), values: Values = ()) -> bytes:
    """Return the answer of a query on built files (default: the project's own).

    ``form`` is a key of :mod:`.formats`; that of a page gives every row as JSON.

    Raises:
        QueryError: the query is malformed, refused, or its answer can't be given in this format.
    """
    results = form if form in (*RESULTS, PAGE) else ""
    graph = form if form in (*GRAPHS, PAGE) else ""
    store, release = load(find(data or (graph_folder(),)))
    job = Job(text, results=results, graph=graph, values=values, rows=_ALL_ROWS)
    sink = _Memory()
    with _failures("the query: "):
        answering.answer(store, job, BASE, sink, union=not release.merged)
    return sink.getvalue()


def asking(graphs: Mapping[str, bytes] | None = None) -> Ask:
    """Return what answers queries on graphs in Turtle, by their names (default: the built ones).

    The data are loaded once.
    """
    if graphs is None:
        store, release = load(find((graph_folder(),)))
        union = not release.merged
    else:
        store, union = Store(), True
        for name, content in graphs.items():
            store.load(content, format=RdfFormat.TURTLE, to_graph=NamedNode(f"{BASE}graph/{name}"))

    def ask(text: str) -> Answer:
        sink = _Memory()
        with _failures("the query: "):
            answering.answer(store, Job(text, results=PAGE, rows=_ALL_ROWS), BASE, sink, union=union)
        page = json.loads(sink.getvalue())
        return page["variables"], page["rows"]

    return ask


def table(text: str, data: tuple[Path, ...] = (), values: Values = ()) -> tuple[list[str], list[list[str]]]:
    """Return column names and cells of a query's answer; a yes/no has one column, a graph one of its lines.

    Raises:
        QueryError: the query is malformed or refused.
    """
    page = json.loads(query(text, PAGE, data, values))
    if "boolean" in page:
        return ["answer"], [["yes" if page["boolean"] else "no"]]
    if "graph" in page:
        return ["graph"], [[line] for line in page["graph"].splitlines()]
    rows = [[cell[1] if cell else "" for cell in row] for row in page["rows"]]
    return page["variables"], rows


def dump(form: str, graph: str = "", data: tuple[Path, ...] = ()) -> bytes:
    """Return all built graphs, or one of them by its name, as one file.

    Raises:
        QueryError: there is no graph of that name, or the format can't hold it.
    """
    store, release = load(find(data or (graph_folder(),)))
    name = graph_iri(graph) if graph else ""
    if name and name not in release.graphs:
        known = ", ".join(iri.rsplit("/", 1)[-1] for iri in release.graphs)
        raise QueryError(f"there is no graph {graph!r}; use one of {known}")
    own = release.own_bytes(name, form)
    if own is not None:
        return own
    sink = _Memory()
    with _failures(""):
        dumps.dump(store, Job(name, op="dump", graph=form), sink)
    return sink.getvalue()


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Turn a failure into an error of the command line."""
    try:
        yield
    except Failure as failure:
        raise QueryError(f"{what}{failure.detail}") from failure
