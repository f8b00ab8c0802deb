"""``/dumps/NAME.FORMAT``: a graph's own file as it is, or a sorted dump of one graph or all of them."""

from pathlib import Path
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.store.formats import GRAPHS
from clustergraph.store.sources import DataFile
from clustergraph.store.wire import Failure, Job
from clustergraph.web.service import Release

ALL: Final = "clustergraph"


async def dump(release: Release, name: str, form: str) -> bytes:
    """Return the bytes of a dump.

    Raises:
        Failure: of kind ``not-found`` where there is no such graph or format.
    """
    graph = "" if name == ALL else f"{BASE}graph/{name}"
    if form not in GRAPHS or (graph and graph not in release.description.graphs):
        raise Failure("not-found", f"there is no dump {name}.{form}; the front page lists them")
    own = _own_file(release, graph, form)
    if own:
        return own.read()
    answer = await release.pool.run(Job(graph, op="dump", graph=form))
    if answer.stream:
        try:
            return b"".join([piece async for piece in answer.stream.pieces()])
        finally:
            answer.stream.close()
    return answer.body


def _own_file(release: Release, graph: str, form: str) -> DataFile | None:
    """Return the one file that a graph was loaded from, where it is asked for in the file's own format."""
    found = [file for file in release.description.files if graph and file[3] == graph]
    if len(found) != 1 or found[0][2] != form:
        return None
    _, path, form, graph_name, gzipped = found[0]
    return DataFile(Path(path), form, graph_name, gzipped)
