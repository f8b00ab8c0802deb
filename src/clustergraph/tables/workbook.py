"""A table in, a workbook of Excel's out: a sheet of its rows, and one that explains its columns."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # has no types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from clustergraph.languages import LANGUAGES
from clustergraph.tables.schema import Table, Words

_NARROW: Final = 8
_WIDE: Final = 60
_MOST_LINKS: Final = 65_530
"""So many links a sheet of Excel's may have."""
_LONGEST_LINK: Final = 2_079
_TEXT: Final = 49
"""The number of Excel's own format for text."""
_EPOCH: Final = "1980-01-01"
_SHEET: Final = "Erklärung · Explications · Notes"
_HEADS: Final = ("", "Deutsch", "Français", "English")
_PARTS: Final = {
    "table": {"de": "Tabelle", "fr": "Tableau", "en": "Table"},
    "source": {"de": "Quelle", "fr": "Source", "en": "Source"},
    "rights": {"de": "Rechte", "fr": "Droits", "en": "Rights"},
    "release": {"de": "Ausgabe", "fr": "Version", "en": "Release"},
    "empty": {
        "de": "Eine leere Zelle heisst: nicht vorhanden oder nicht codiert, nie null.",
        "fr": "Une cellule vide signifie : absent ou non codé, jamais zéro.",
        "en": "An empty cell means: there is none, or it is not coded; never nought.",
    },
}


def workbook(table: Table) -> bytes:
    """Return a table as a workbook; the time of its making is the day of the release."""
    out = io.BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    made = datetime.fromisoformat(table.origin.date or _EPOCH)
    book.set_properties(
        {"title": table.titles.get("en", table.name), "author": "clustergraph", "created": made}
    )
    _fill(book, book.add_worksheet(table.name[:31]), table)
    _explain(book, book.add_worksheet(_SHEET[:31]), table)
    book.close()
    return out.getvalue()


def _fill(book: Workbook, sheet: Worksheet, table: Table) -> None:
    """Write head and rows; cells are text unless their column is one of numbers."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"num_format": _TEXT, "valign": "top"})
    number = book.add_format({"valign": "top"})
    link = book.add_format({"num_format": _TEXT, "valign": "top", "font_color": "#0B5394", "underline": 1})
    links = 0
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, head)
        longest = max((len(row[place].text) for row in table.rows), default=0)
        sheet.set_column(place, place, min(max(longest, len(column.name), _NARROW), _WIDE) + 2)
        for line, row in enumerate(table.rows, 1):
            cell = row[place]
            if cell.text and column.datatype in ("integer", "decimal"):
                sheet.write_number(line, place, float(cell.text), number)
            elif cell.iri and links < _MOST_LINKS and len(cell.iri) <= _LONGEST_LINK:
                sheet.write_url(line, place, cell.iri, link, cell.text)
                links += 1
            elif cell.text:
                sheet.write_string(line, place, cell.text, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), max(len(table.columns) - 1, 0))


def _explain(book: Workbook, sheet: Worksheet, table: Table) -> None:
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    text = book.add_format({"num_format": _TEXT, "valign": "top", "text_wrap": True})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(LANGUAGES), 52)
    for line, cells in enumerate(_lines(table)):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, text if line and place else bold)
    sheet.freeze_panes(1, 1)


def _lines(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheet that explains: what each thing is, in three languages."""
    origin = table.origin
    yield _HEADS
    yield _line(table.name, table.titles)
    for title, iri in origin.sources:
        yield _line("", {tag: f"{words}: {title}, {iri}" for tag, words in _PARTS["source"].items()})
    by_language: dict[str, list[str]] = {}
    for language, notice in origin.rights:
        by_language.setdefault(language, []).append(notice)
    if by_language:
        yield _line(_PARTS["rights"]["en"], {tag: "\n".join(words) for tag, words in by_language.items()})
    if origin.release:
        stamp = f"clustergraph {origin.release}, {origin.date}"
        yield _line("", {tag: f"{words}: {stamp}" for tag, words in _PARTS["release"].items()})
    yield _line("", _PARTS["empty"])
    for column in table.columns:
        parts = {tag: [column.titles.get(tag, ""), column.note.get(tag, "")] for tag in LANGUAGES}
        yield _line(column.name, {tag: ". ".join(filter(None, both)) for tag, both in parts.items()})


def _line(name: str, words: Words) -> tuple[str, ...]:
    return (name, *(words.get(tag, "") for tag in LANGUAGES))
