"""A table of a page in, a file that can be taken away out: CSV, a spreadsheet, or JSON."""

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from clustergraph import tables
from clustergraph.errors import BuildError
from clustergraph.store.wire import Failure
from clustergraph.tables import Cell, Column
from clustergraph.web.pages.page import Table
from clustergraph.web.pages.terms import Term

TABLE_FORMS: Final = MappingProxyType(
    {form: kind.removesuffix("; header=present") for form, kind in tables.FORMS.items()}
)
"""Suffixes and media types of the forms that a table can be taken away in."""

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_MISREAD: Final = re.compile(r"[=+@-].*|[0-9]+[.,/:-][0-9]+.*|[0-9]+e[0-9]+", re.ASCII | re.IGNORECASE)


def write(table: Table, form: str) -> bytes:
    """Return a table in one of :data:`TABLE_FORMS`, headed in the page's language.

    A CSV file lacks the columns of marks and printed numbers, which spreadsheets take for formulas and dates.

    Raises:
        Failure: of kind ``not-acceptable`` where a spreadsheet would run a cell of the CSV file.
    """
    cells = [[_cell(row[name]) for name in table.columns] for row in table.rows]
    columns = [
        Column(name if form == "json" else table.titles.get(name, name), datatype=_datatype(of_column))
        for name, of_column in zip(table.columns, _turned(cells, len(table.columns)), strict=True)
    ]
    try:
        return tables.write(tables.Table("table", {}, tuple(columns), tuple(map(tuple, cells))), form)
    except BuildError as error:
        raise Failure("not-acceptable", f"{error}; take the table as .xlsx or .json") from error


def _cell(term: Term | None) -> Cell:
    if term is None:
        return Cell("")
    return Cell(term.value, term.value if term.is_iri else "")


def _turned(cells: list[list[Cell]], width: int) -> list[list[Cell]]:
    return [[row[place] for row in cells] for place in range(width)]


def _datatype(cells: Iterable[Cell]) -> str:
    """Return what a column holds: numbers, what spreadsheets misread, or words."""
    found = [cell.text for cell in cells if cell.text and not cell.iri]
    if found and all(map(_INTEGER.fullmatch, found)):
        return "integer"
    return "notation" if found and all(map(_MISREAD.fullmatch, found)) else "string"
