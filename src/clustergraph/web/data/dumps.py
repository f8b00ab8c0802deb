"""``/dumps/NAME.FORMAT``: a graph's own file as it is, a sorted dump of one graph or all, or a table."""

from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.resources import table_folder
from clustergraph.store.formats import GRAPHS
from clustergraph.store.sources import own_bytes
from clustergraph.store.wire import Failure, Job
from clustergraph.web.options import ServeOptions
from clustergraph.web.releases import Release

ALL: Final = "clustergraph"
METADATA: Final = "csv-metadata.json"
TABLE_TYPES: Final = MappingProxyType(
    {".csv": "text/csv; charset=utf-8; header=present", ".json": "application/csvm+json"}
)
"""Content types of the tables and of what describes them, by the ending of their names."""


def tables(options: ServeOptions) -> tuple[str, ...]:
    """Return the names of the tables; other data than the built graphs come without."""
    if options.data or options.store:
        return ()
    return tuple(sorted(path.name for path in table_folder().glob("*.csv")))


def table(name: str, options: ServeOptions) -> bytes:
    """Return the bytes of a table or of the metadata of all.

    Raises:
        Failure: of kind ``not-found`` where there is no such table.
    """
    if name not in (*tables(options), METADATA) or not tables(options):
        raise Failure("not-found", f"there is no table {name}; the front page lists them")
    return (table_folder() / name).read_bytes()


async def dump(release: Release, name: str, form: str) -> bytes:
    """Return the bytes of a dump.

    Raises:
        Failure: of kind ``not-found`` where there is no such graph or format, ``not-acceptable`` where the
            format can't hold the graph.
    """
    graph = "" if name == ALL else f"{BASE}graph/{name}"
    if form not in GRAPHS or (graph and graph not in release.description.graphs):
        raise Failure("not-found", f"there is no dump {name}.{form}; the front page lists them")
    described = release.description
    own = own_bytes(zip(described.files, described.digests, strict=True), graph, form)
    if own is not None:
        return own
    answer = await release.pool.run(Job(graph, op="dump", graph=form).pack())
    if answer.stream:
        try:
            return b"".join([piece async for piece in answer.stream.pieces()])
        finally:
            answer.stream.close()
    return answer.body
