"""What a table is: columns with titles in three languages, and rows of cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

CUT: Final = " […] "
"""Between passages of one text, where a page break or a footnote cuts it."""

Words = Mapping[str, str]
"""The same in several languages, by their tags."""


class Cell(NamedTuple):
    """What stands in a cell, and what it leads to where it names a thing."""

    text: str
    iri: str = ""


EMPTY: Final = Cell("")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, in the words of CSV on the Web.

    ``datatype`` is ``string``, ``integer``, or one of those that a CSV file has no safe way to write:
    ``notation``, words that a spreadsheet takes for a formula, a date or a number (``++``, ``3.1``), and
    ``decimal``, which a German spreadsheet takes for a date (``2.67``). Templates are URI templates.
    """

    name: str
    titles: Words = field(default_factory=dict)
    datatype: str = "string"
    property_url: str = ""
    about_url: str = ""
    value_url: str = ""
    separator: str = ""
    minimum: int | None = None
    required: bool = False
    lang: str = ""
    note: Words = field(default_factory=dict)

    @property
    def pivot(self) -> str:
        """The variable in the name of a column that stands for several."""
        return self.name.partition("{")[2].partition("}")[0]

    @property
    def in_csv(self) -> bool:
        """Whether a spreadsheet reads the column from a CSV file as what it is."""
        return self.datatype not in ("notation", "decimal")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a workbook says of where its cells come from."""

    sources: tuple[tuple[str, str], ...] = ()
    """Title and IRI of each report."""
    rights: tuple[tuple[str, str], ...] = ()
    """Language and words of each notice."""
    release: str = ""
    date: str = ""
    """The day of the release, as ISO 8601 has it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a name for its file, titles, columns, and rows with as many cells as there are columns."""

    name: str
    titles: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    origin: Origin = field(default_factory=Origin)
