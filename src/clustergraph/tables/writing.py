"""A table in, the bytes of a CSV file out: one that spreadsheets read as text, and take for no formula."""

import codecs
import csv
import io
from typing import Final

from clustergraph.errors import BuildError
from clustergraph.tables.schema import Table

_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets take for the beginning of a formula, wide forms of the signs included."""


def csv_bytes(table: Table) -> bytes:
    """Return a table as UTF-8 with a byte order mark, commas, a header and LF.

    Raises:
        BuildError: where a cell begins like a formula; words are never altered to hide it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        for column, cell in zip(table.columns, row, strict=True):
            if cell.startswith(_FORMULA):
                raise BuildError(
                    f"{table.name}.csv: {column.name} „{cell[:40]}“ begins like a formula of a spreadsheet; "
                    "leave the sign out of the quote, or call the thing by a name"
                )
        writer.writerow(row)
    return codecs.BOM_UTF8 + out.getvalue().encode()
