"""``/dumps/NAME.FORMAT``: a graph's own file as it is, a sorted dump of one graph or all, or a table."""

import asyncio
import json
import sys
from types import MappingProxyType
from typing import Final

from clustergraph.resources import table_folder
from clustergraph.store.formats import GRAPHS, PAGE
from clustergraph.store.sources import graph_iri
from clustergraph.store.wire import Failure, Job
from clustergraph.tables import FORMS, ORIGIN, origin, stored, write
from clustergraph.tables import table as table_of
from clustergraph.tables.assembly import Answer
from clustergraph.web.options import ServeOptions
from clustergraph.web.releases import Release

ALL: Final = "clustergraph"
METADATA: Final = "csv-metadata.json"
TABLE_TYPES: Final = MappingProxyType(
    {".csv": FORMS["csv"], ".xlsx": FORMS["xlsx"], ".json": "application/csvm+json"}
)
"""Content types of the tables and of what describes them, by the ending of their names."""


def tables(options: ServeOptions) -> tuple[str, ...]:
    """Return the names of the tables; other data than the built graphs come without."""
    if options.data or options.store:
        return ()
    names = sorted(path.stem for path in table_folder().glob("*.csv"))
    return tuple(f"{name}.{form}" for name in names for form in ("csv", "xlsx"))


async def table(name: str, options: ServeOptions, release: Release) -> bytes:
    """Return the bytes of a table or of the metadata of all; a workbook is made when it is first asked for.

    Raises:
        Failure: of kind ``not-found`` where there is no such table.
    """
    if name not in (*tables(options), METADATA) or not tables(options):
        raise Failure("not-found", f"there is no table {name}; home leads to all of them")
    if not name.endswith(".xlsx"):
        return (table_folder() / name).read_bytes()
    made = release.files.get(name)
    if made is None or (made.done() and (made.cancelled() or made.exception())):
        made = release.files[name] = asyncio.create_task(_workbook(release, name.removesuffix(".xlsx")))
    return await asyncio.shield(made)


async def _workbook(release: Release, name: str) -> bytes:
    """Ask the table's query and write its answer, beside the loop."""
    query = next(query for query in stored() if query.name == name)
    source = origin(await _rows(release, ORIGIN))
    answer = await _rows(release, query.text)
    return await asyncio.to_thread(lambda: write(table_of(query, answer, source), "xlsx"))


async def _rows(release: Release, text: str) -> Answer:
    job = Job(text, results=PAGE, rows=sys.maxsize - 1, counted=False)
    page = json.loads(await release.body(job))
    return page["variables"], page["rows"]


async def dump(release: Release, name: str, form: str) -> bytes:
    """Return the bytes of a dump.

    Raises:
        Failure: of kind ``not-found`` where there is no such graph or format, ``not-acceptable`` where the
            format can't hold the graph.
    """
    graph = "" if name == ALL else graph_iri(name)
    if form not in GRAPHS or (graph and graph not in release.description.graphs):
        raise Failure("not-found", f"there is no dump {name}.{form}; home leads to all of them")
    own = release.description.own_bytes(graph, form)
    if own is not None:
        return own
    return await release.body(Job(graph, op="dump", graph=form))
