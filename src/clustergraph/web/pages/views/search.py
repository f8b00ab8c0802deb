"""Search: whatever has a name, a code or words, found by any of them in any language."""

from dataclasses import dataclass
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.search import MOST, Found, Hit, Role, marked
from clustergraph.tables.schema import Cell, Table
from clustergraph.web.pages.indexing import MOST_TEXTS
from clustergraph.web.pages.names import shorten
from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.takeaway import Value, column, named, table
from clustergraph.web.pages.wording import LANGUAGES

PATH: Final = "/search"
_SHOWN: Final = 50
_QUESTION: Final = 200
"""Letters of a question that are looked at."""
_BEFORE, _TEXT = 60, 220
"""Letters of a long text that are shown: before the first word that was found, and altogether."""


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it was looked for."""

    words: str
    found: bool


@dataclass(frozen=True)
class Line:
    """A text of a hit as it is shown."""

    pieces: tuple[Piece, ...]
    language: str
    of_source: bool = False
    """Whether these are words of a source, letter by letter."""


@dataclass(frozen=True)
class Entry:
    """A hit as it is shown: how it is called, and the words that it was found by."""

    hit: Hit
    label: Line
    lines: tuple[Line, ...]


async def view(page: Page) -> View:
    """Show what a question finds: of all kinds or of one."""
    question = page.parameters.get("q", "").replace("\0", " ").strip()[:_QUESTION]
    start, count = _number(page, "start", 0), _number(page, "count", _SHOWN)
    kind = _expanded(page.parameters.get("kind", ""))
    found = await page.searcher.search(question, kind, start, count)
    page.mention(*found.kinds)
    await page.learn_names()
    entries = [_entry(page, hit, found) for hit in found.hits]
    values = {
        "question": question,
        "found": found,
        "entries": entries,
        "kinds": _choices(page, found, kind),
        "start": start,
        "following": start + count if start + count < found.total else None,
        "shorten": shorten,
        "cut": MOST_TEXTS if found.is_cut else 0,
        "whole": MOST,
    }
    document = {"results": [_result(page, hit) for hit in found.hits]}
    return View("search.html", values, {"hits": _table(page, found)}, document)


def _number(page: Page, name: str, otherwise: int) -> int:
    given = page.parameters.get(name, "")
    return min(int(given), MOST) if given.isascii() and given.isdigit() else otherwise


def _expanded(kind: str) -> str:
    prefix, _, local = kind.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else kind


def _choices(page: Page, found: Found, kind: str) -> list[Choice]:
    every = sum(found.kinds.values())
    kinds = [
        Choice(name, {"kind": shorten(name), "start": None}, name == kind, count)
        for name, count in found.kinds.items()
        if name
    ]
    return [Choice(str(page.words.search.every), {"kind": None, "start": None}, not kind, every), *kinds]


def _label(page: Page, hit: Hit) -> tuple[str, str]:
    return hit.label((page.language, "", *LANGUAGES))


def _result(page: Page, hit: Hit) -> dict[str, str]:
    return {"iri": hit.iri, "label": _label(page, hit)[0], "kind": hit.kind}


def _entry(page: Page, hit: Hit, found: Found) -> Entry:
    """Return a hit as it is shown; words of a source stand beside their translation."""
    languages = {report.text: report.language for report in page.reports}
    source = languages.get(hit.place.source, "") if hit.place else ""
    are_words = hit.role in (Role.WORDS, Role.PASSAGE)
    texts = [_label(page, hit)]
    if hit.role not in (Role.CODE, Role.NAMES):
        texts.append((hit.text, hit.language))
    if are_words and source in hit.names:
        texts.append((hit.names[source], source))
    lines = [
        Line(_pieces(text, found), code, are_words and code == source) for text, code in dict.fromkeys(texts)
    ]
    return Entry(hit, lines[0], tuple(lines[1:]))


def _pieces(text: str, found: Found) -> tuple[Piece, ...]:
    """Return the pieces of a text, of a long one those around the first word that was found."""
    pieces = [Piece(words, is_found) for words, is_found in marked(text, found.terms)]
    before = ""
    if len(text) > _TEXT and pieces and not pieces[0].found and len(pieces) > 1:
        before = pieces[0].words
        if len(before) > _BEFORE:
            pieces[0] = Piece("… " + before[-_BEFORE:].partition(" ")[2], False)
    shown: list[Piece] = []
    room = _TEXT
    for piece in pieces:
        if len(piece.words) > room:
            shown.append(Piece(piece.words[:room].rpartition(" ")[0] + " …", piece.found))
            break
        shown.append(piece)
        room -= len(piece.words)
    return tuple(shown)


def _table(page: Page, found: Found) -> Table:
    columns = [column("kind"), column("name"), column("found", "notation"), column("line", "integer")]
    rows: list[dict[str, Value]] = [
        {
            "kind": named(page, hit.kind),
            "name": Cell(_label(page, hit)[0], hit.iri),
            "found": hit.text,
            "line": hit.place.line if hit.place else None,
        }
        for hit in found.hits
    ]
    return table("search", columns, rows)
