"""A CSV table in, its rows out, each with its place for an error message."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clustergraph.errors import SourceError
from clustergraph.source import Passage, Text


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, and the file and line at which it ends."""

    cells: dict[str, str]
    place: str

    def __getitem__(self, column: str) -> str:
        """Return a cell without surrounding white space."""
        return self.cells[column].strip()

    def words(self, column: str) -> tuple[str, ...]:
        """Return the words of a cell that lists several."""
        return tuple(self.cells[column].split())

    def fault(self, fault: str, advice: str) -> SourceError:
        """Return the error for this row."""
        return SourceError(self.place, fault, advice)

    def passages(self, text: Text, column: str = "quote") -> tuple[Passage, ...]:
        """Return the passages of the row's quote, which begins on the line in ``line``."""
        if not self["line"].isdecimal():
            raise self.fault(
                f"{self['line']!r} is no line number", "write the line on which the quote begins"
            )
        return text.find(int(self["line"]), self[column], self.place)


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """Read a table, whose header must name exactly these columns; blank lines don't count.

    What a spreadsheet saves is taken as well: a byte order mark, and semicolons for commas.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(
            str(path),
            f"cannot be read ({error.strerror})",
            f"add the table, if only its header: {','.join(columns)}",
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(str(path), f"is not UTF-8 ({error.reason})", "save the table as UTF-8") from error
    semicolons = content.partition("\n")[0].rstrip("\r") == ";".join(columns) != columns[0]
    delimiter = ";" if semicolons else ","
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            raise SourceError(
                f"{path}:1", f"the columns are {','.join(header)!r}", f"write {','.join(columns)!r}"
            )
        for cells in reader:
            place = f"{path}:{reader.line_num}"
            if len(cells) not in (0, len(columns)):
                raise SourceError(
                    place,
                    f"{len(cells)} cells for {len(columns)} columns",
                    f"quote cells that hold a {'semicolon' if semicolons else 'comma'}",
                )
            if cells:
                yield Row(dict(zip(columns, cells, strict=True)), place)
    except csv.Error as error:
        raise SourceError(
            f"{path}:{reader.line_num}", f"is not CSV ({error})", "fix the quotation marks"
        ) from error
