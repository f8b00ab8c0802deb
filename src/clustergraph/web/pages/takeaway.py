"""What a page shows as a table in, the same table to take away out (see :mod:`clustergraph.tables`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from clustergraph.tables.schema import EMPTY, Cell, Column, Table
from clustergraph.web.pages.page import Page
from clustergraph.web.pages.wording import LANGUAGES, Texts

Value = Cell | str | int | None


class Tables(Mapping[str, Table]):
    """Tables that are made when they are taken away, not whenever their page is shown."""

    def __init__(self, **makers: Callable[[], Table]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> Table:
        """Make a table."""
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        """Yield the names, the main table first."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._makers)


def column(name: str, datatype: str = "string", title: str = "", *, separator: str = "") -> Column:
    """Return a column headed by the words of ``texts/columns.toml``, or by a title that needs no translation.

    ``datatype`` is ``string``, ``integer``, or ``notation`` for what a spreadsheet would misread in CSV.
    """
    titles = {code: title or str(Texts(code).columns[name]) for code in LANGUAGES}
    return Column(name, titles, datatype, separator=separator)


def table(name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Value]]) -> Table:
    """Return a table from rows by column name."""
    cells = tuple(tuple(_cell(row.get(each.name)) for each in columns) for row in rows)
    return Table(name, {}, tuple(columns), cells)


def named(page: Page, iri: str) -> Cell:
    """Return a thing as a cell: its name in the page's language, which must have been learned."""
    return Cell(page.names.of(iri, page.language).words, iri) if iri else EMPTY


def listed(page: Page, iris: Iterable[str]) -> Cell:
    """Return several things as one cell, their names parted by semicolons."""
    return Cell("; ".join(page.names.of(iri, page.language).words for iri in iris))


def _cell(value: Value) -> Cell:
    if isinstance(value, Cell):
        return value
    return EMPTY if value is None else Cell(str(value))
