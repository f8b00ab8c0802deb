"""A table of a page in, a file that can be taken away out: CSV, a spreadsheet, or JSON."""

import csv
import io
import json
from types import MappingProxyType
from typing import Final

from clustergraph.web.pages.page import Table

TABLE_FORMS: Final = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
    }
)
"""Suffixes and media types of the forms that a table can be taken away in."""


def write(table: Table, form: str) -> bytes:
    """Return a table in one of :data:`TABLE_FORMS`; CSV has a byte order mark for spreadsheets."""
    rows = [[str(row[name] or "") for name in table.columns] for row in table.rows]
    if form == "json":
        document = {
            "columns": list(table.columns),
            "rows": [dict(zip(table.columns, row, strict=True)) for row in rows],
        }
        return json.dumps(document, ensure_ascii=False).encode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([table.titles.get(name, name) for name in table.columns])
    writer.writerows(rows)
    return ("\ufeff" + text.getvalue()).encode()
