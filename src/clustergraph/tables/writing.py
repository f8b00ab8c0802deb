"""A table in, the bytes of a file out: CSV, JSON, or a workbook."""

import codecs
import csv
import io
import json
from types import MappingProxyType
from typing import Final

from clustergraph.errors import BuildError
from clustergraph.tables.schema import Cell, Column, Table

FORMS: Final = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8; header=present",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
    }
)
"""Content types of what :func:`write` writes, by the ending of a file's name."""

_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets take for the beginning of a formula, wide forms of the signs included."""


def write(table: Table, form: str) -> bytes:
    """Return a table as a file; the same table gives the same bytes.

    ``csv`` is for people's spreadsheets: UTF-8 with a byte order mark, commas, names of columns, LF. It has
    no text cells, so columns that a spreadsheet would misread (:attr:`Column.in_csv`) are left out of it.
    ``xlsx`` has them all, marks as text, numbers as numbers, with titles and a sheet that explains them.
    ``json`` is ``{"columns": […], "rows": [{…}]}``: names with titles, and rows by name, in which lists are
    lists, numbers are numbers and a thing is its IRI.

    Raises:
        BuildError: where a cell of a CSV file begins like a formula; words are never altered to hide it.
    """
    if form == "xlsx":
        from clustergraph.tables.workbook import workbook  # its library is loaded where it is used

        return workbook(table)
    return _csv(table) if form == "csv" else _json(table)


def _csv(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    kept = [(place, column) for place, column in enumerate(table.columns) if column.in_csv]
    writer.writerow([column.name for _, column in kept])
    for row in table.rows:
        for place, column in kept:
            if column.datatype != "integer" and row[place].text.startswith(_FORMULA):
                raise BuildError(
                    f"{table.name}.csv: {column.name} {row[place].text[:40]!r} begins like a formula of a "
                    "spreadsheet; leave the sign out of the quote, or call the thing by a name"
                )
        writer.writerow([row[place].text for place, _ in kept])
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _json(table: Table) -> bytes:
    columns = [{"name": column.name, "titles": dict(column.titles)} for column in table.columns]
    rows = [
        {column.name: _value(column, cell) for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]
    return (json.dumps({"columns": columns, "rows": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def _value(column: Column, cell: Cell) -> object:
    if column.separator == " ":
        return cell.text.split()
    if not cell.text:
        return None
    if column.datatype in ("integer", "decimal"):
        return json.loads(cell.text)
    return cell.iri or cell.text
