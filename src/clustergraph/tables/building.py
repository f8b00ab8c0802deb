"""Graphs in, every table as a file out: at the build, and for the command line."""

import json
from collections.abc import Mapping

from clustergraph.store import local
from clustergraph.tables import ORIGIN, origin, stored, table
from clustergraph.tables.assembly import assemble
from clustergraph.tables.header import header
from clustergraph.tables.metadata import METADATA, metadata
from clustergraph.tables.writing import write


def files(form: str, ask: local.Ask | None = None) -> dict[str, bytes]:
    """Return every table as a file of a form, by file name, from the built graphs or others."""
    ask = ask or local.asking()
    source = origin(ask(ORIGIN))
    return {f"{query.name}.{form}": write(table(query, ask(query.text), source), form) for query in stored()}


def render(graphs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the built files of the tables, which are CSV with their metadata, by file name.

    ``graphs`` are named graphs as Turtle. All reports are in the same tables.

    Raises:
        BuildError: where a spreadsheet would take words for a formula, or a cell would hold two values.
    """
    ask = local.asking(graphs)
    source = origin(ask(ORIGIN))
    heads = [(query.text, header(query)) for query in stored()]
    found = [(head, assemble(head, ask(text), source)) for text, head in heads]
    template = json.loads((stored()[0].path.parent / METADATA).read_text(encoding="utf-8"))
    made = {f"{one.name}.csv": write(one, "csv") for _, one in found}
    return made | {METADATA: metadata(template, found)}
