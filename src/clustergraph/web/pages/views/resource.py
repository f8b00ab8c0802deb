"""Any thing: what each graph says of it, and what speaks of it."""

from itertools import groupby
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.web.pages.names import Name
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import Value, column, named, table
from clustergraph.web.pages.terms import Row

ABOUT: Final = ("rdfs:Resource",)
"""Things of every class that no other view documents."""
_DEFINING: Final = tuple(
    PREFIXES[prefix] + local
    for prefix, local in (("skos", "definition"), ("dcterms", "description"), ("rdfs", "comment"))
)
_FIRST: Final = 20
"""Things that are shown of each property that leads here."""
_PAGE: Final = 100
"""Things on a page of their own (``?property=…&page=``)."""
_CAP: Final = 10_000
"""Links that are counted; of more a page says that there are more."""
_PARTS: Final = 3
"""Names that make up the name of a thing that has none."""


async def view(page: Page) -> View:
    """Show a thing of any class."""
    rows = await page.rows("resource", this=page.iri)
    incoming = await page.rows("incoming", this=page.iri)
    chosen = page.parameters.get("property", "")
    page.mention(page.iri)
    links = [await _linked(page, row) for row in incoming if str(row["property"]) == chosen or not chosen]
    await page.learn_names()
    columns = [column(name) for name in ("graph", "property", "value", "language")]
    return View(
        "resource.html",
        {
            "graphs": _by_graph(rows),
            "incoming": links,
            "types": list(dict.fromkeys(row["value"] for row in rows if _is_type(row))),
            "title": _title(page, rows),
            "chosen": chosen,
            "more": sum(int(str(row["count"])) for row in incoming) > _CAP,
            "definitions": _definitions(page, rows),
        },
        {"description": table("description", columns, [_cells(page, row) for row in rows])},
    )


async def _linked(page: Page, row: Row) -> dict[str, object]:
    """Return a property that leads here, how often, and the first things that have it."""
    found = await page.rows("incoming-things", this=page.iri, property=str(row["property"]))
    asked = page.parameters.get("page", "")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    size = _PAGE if page.parameters.get("property") else _FIRST
    begin = (number - 1) * size
    shown = found[begin : begin + size]
    return {
        "property": row["property"],
        "count": int(str(row["count"])),
        "things": [entry["subject"] for entry in shown],
        "number": number,
        "further": len(found) > begin + size,
    }


def _title(page: Page, rows: list[Row]) -> Name:
    """Return the name of a thing; where it has none, its class and the names of what it joins."""
    if page.names.has(page.iri):
        return page.names.of(page.iri, page.language)
    kinds = [str(row["value"]) for row in rows if _is_type(row)]
    ours = sorted(kinds, key=lambda kind: not kind.startswith(PREFIXES["clg"]))
    own = sorted(rows, key=lambda row: not str(row["property"]).startswith(PREFIXES["clg"]))
    joined = [str(row["value"]) for row in own if row["value"] and row["value"].is_iri and not _is_type(row)]
    names = [page.names.of(iri, page.language).words for iri in dict.fromkeys(joined) if page.names.has(iri)]
    if not ours or not names:
        return page.names.of(page.iri, page.language)
    return Name(f"{page.names.of(ours[0], page.language).words}: {' · '.join(names[:_PARTS])}", page.language)


def _definitions(page: Page, rows: list[Row]) -> list[str]:
    """Return the definitions in the page's language."""
    values = [row["value"] for row in rows if str(row["property"]) in _DEFINING and row["value"]]
    return list(dict.fromkeys(value.value for value in values if value.language in ("", page.language)))


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
