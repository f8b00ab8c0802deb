"""Any thing: what each graph says of it, and what speaks of it."""

from itertools import groupby
from typing import Final

from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import Value, column, named, table
from clustergraph.web.pages.terms import Row

ABOUT: Final = ("rdfs:Resource",)
"""Things of every class that no other view documents."""
_FIRST: Final = 20


async def view(page: Page) -> View:
    """Show a thing of any class."""
    rows = await page.rows("resource", this=page.iri)
    incoming = await page.rows("incoming", this=page.iri)
    page.mention(page.iri)
    links = [await _linked(page, row) for row in incoming]
    await page.learn_names()
    columns = [column(name) for name in ("graph", "property", "value", "language")]
    return View(
        "resource.html",
        {
            "graphs": _by_graph(rows),
            "incoming": links,
            "types": [row["value"] for row in rows if _is_type(row)],
        },
        {"description": table("description", columns, [_cells(page, row) for row in rows])},
    )


async def _linked(page: Page, row: Row) -> dict[str, object]:
    """Return a property that leads here, how often, and the first things that have it."""
    found = await page.rows("incoming-things", this=page.iri, property=str(row["property"]))
    return {
        "property": row["property"],
        "count": int(str(row["count"])),
        "things": [entry["subject"] for entry in found[:_FIRST]],
    }


def _cells(page: Page, row: Row) -> dict[str, Value]:
    value = row["value"]
    assert value  # noqa: S101 - the query binds it in every row
    return {
        "graph": named(page, str(row["graph"] or "")),
        "property": named(page, str(row["property"])),
        "value": named(page, str(value)) if value.is_iri else str(value),
        "language": value.language,
    }


def _is_type(row: Row) -> bool:
    return str(row["property"]).endswith("#type")


def _by_graph(rows: list[Row]) -> list[tuple[str, list[tuple[str, list[Row]]]]]:
    """Return graphs with their properties with their values, in the order of the rows."""
    graphs = groupby(rows, lambda row: str(row["graph"] or ""))
    return [
        (graph, [(name, list(values)) for name, values in groupby(said, lambda row: str(row["property"]))])
        for graph, said in graphs
    ]
