"""The words of a report and its passages in; its paragraphs and tables with the passages set in them out.

Passages lie in one another, run over several paragraphs and cross. Each gets an element of its own: inside a
paragraph where it nests, around paragraphs where it covers them, and else as a copy behind the paragraph in
which it ends. What each element holds is what the passage quotes, without the marks of the source's spelling.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from clustergraph.parser.blocks import Block, blocks
from clustergraph.source import Passage, Text

_MARKUP: Final = re.compile(
    r"(?P<note><sup>(?P<number>\d+)</sup>)|(?P<bold></?b>|\*\*)|(?P<emphasis>\*)"
    r"|(?P<link>\[(?P<label>[^\]\n]+)\]\((?P<target>https?://[^)\s]+)\))|(?P<turn> {2,}\n|[ \t]*\.{3,}\t)"
)
_NOTE: Final = re.compile(r"(\d+)\. (?=\S)")
_CONTENTS: Final = re.compile(r"(.+?)\s*\.{3,}\t(\d+)")
_HEADING: Final = re.compile(r"(#+) ")


class Piece(NamedTuple):
    """Words in one style, or what stands between words."""

    start: int
    end: int
    """Where it stands in the text, with the marks of its spelling."""
    kind: str
    """``words``, ``lead`` (words that only say what comes), ``em``, ``strong``, ``link``, ``note`` (mark of
    a footnote) or ``turn`` (of a line)."""
    words: str = ""
    target: str = ""


@dataclass(frozen=True)
class Mark:
    """A passage and what lies in it."""

    passage: Passage
    inner: "tuple[Inline, ...]"


Inline = Piece | Mark


@dataclass(frozen=True)
class Leaf:
    """A stretch of running words: a paragraph, an item, a cell."""

    passage: Passage
    inner: tuple[Inline, ...] = ()


@dataclass(frozen=True)
class Row:
    """The cells of a row; one leaf where it is no table."""

    line: int
    cells: tuple[Leaf, ...]
    passage: Passage | None = None
    """The passage that covers the whole row."""

    @property
    def extent(self) -> Passage:
        """Where it stands."""
        return Passage(self.cells[0].passage.start, self.cells[-1].passage.end)


@dataclass(frozen=True)
class Unit:
    """What stands by itself on the page."""

    kind: str
    """``heading``, ``paragraph``, ``list``, ``table``, ``contents`` or ``note``."""
    line: int
    rows: tuple[Row, ...]
    """One; of a list and of a table several."""
    level: int = 0
    number: str = ""
    """Of a note."""
    headed: bool = False
    """Whether the first row of a table is its head."""
    copies: tuple[Mark, ...] = ()
    """Passages that end here and neither nest in it nor cover it."""
    passages: tuple[Passage, ...] = ()
    """All passages that begin here."""

    @property
    def leaf(self) -> Leaf:
        """The first leaf: that of a heading, a paragraph or a note."""
        return self.rows[0].cells[0]

    @property
    def passage(self) -> Passage:
        """Where it stands."""
        return Passage(self.leaf.passage.start, self.rows[-1].extent.end)


@dataclass(frozen=True)
class Group:
    """A passage that covers whole units."""

    passage: Passage
    members: "tuple[Unit | Group, ...]"
    copies: tuple[Mark, ...] = ()
    """Passages that end in it and neither nest in its units nor cover them; of the outermost group only."""


@dataclass(frozen=True)
class Edition:
    """A text, ready to be set."""

    parts: tuple[Unit | Group, ...]
    units: tuple[Unit, ...]

    def around(self, passage: Passage) -> list[Unit]:
        """Return the units in which a passage stands, and those that its sentence goes on in."""
        return [
            unit
            for unit in self.units
            if unit.passage.start < passage.end and passage.start < unit.passage.end
        ]


def shipped(folder: Path, sha256: str) -> str | None:
    """Return the words of a text that the project ships, where they are those that the checksum means."""
    path = folder / "report.txt"
    raw = path.read_bytes() if path.is_file() else b""
    return raw.decode() if hashlib.sha256(raw).hexdigest() == sha256 else None


def pieced(quotes: Iterable[tuple[Passage, str]]) -> str:
    r"""Return a text that has the words of quotes where they stand, and line ends where nothing is known.

    >>> pieced([(Passage(2, 5), "one"), (Passage(6, 9), "two")])
    '\n\none\ntwo'
    """
    known = sorted(quotes, key=lambda quote: quote[0])
    letters = ["\n"] * max((passage.end for passage, _ in known), default=0)
    for passage, words in known:
        letters[passage.start : passage.end] = words
    return "".join(letters)


def line_counter(content: str) -> Callable[[int], int]:
    """Return a function that says in which line a place of a text lies."""
    starts = _line_starts(content)
    return lambda offset: bisect_right(starts, offset)


def _line_starts(content: str) -> tuple[int, ...]:
    return (0, *(at.end() for at in re.finditer("\n", content) if at.end() < len(content)))


def plain(quote: str) -> str:
    r"""Return what a reader sees of a quote: without the marks of its spelling, on one line.

    >>> plain("wahrgenommen wird.<sup>1</sup>  \n*Doch*")
    'wahrgenommen wird.1 Doch'
    """
    shown = "".join(" " if piece.kind == "turn" else piece.words for piece in _pieces(quote, 0, len(quote)))
    return " ".join(re.sub(r"^#+ |^- |^---$", "", shown, flags=re.MULTILINE).split())


def edition(content: str, passages: Iterable[Passage], line: Callable[[int], int]) -> Edition:
    """Return a text with its passages set in it; ``line`` says in which line a place lies."""
    units = list(_units(content, line))
    setting = _Setting(units)
    for passage in sorted(passages, key=lambda entry: (entry.start - entry.end, entry.start)):
        setting.place(passage)
    return setting.finish(content)


# Units


def _units(content: str, line: Callable[[int], int]) -> Iterable[Unit]:
    """Yield the units of a text; rows of one table, and items of one list, come together."""
    run: list[Block] = []
    before = ""
    for block in blocks(Text(Path(), content, "", _line_starts(content))):
        kind = _kind(block, before)
        if run and (kind not in ("item", "row", "contents") or kind != before or _is_head(block)):
            yield _unit(before, run, line)
            run = []
        before = kind
        if kind != "rule":
            run.append(block)
    if run:
        yield _unit(before, run, line)


def _kind(block: Block, before: str) -> str:
    if block.kind == "paragraph" and before in ("rule", "note") and _NOTE.match(block.words):
        return "note"
    if block.kind == "row" and _CONTENTS.fullmatch(block.words):
        return "contents"
    return "heading" if block.kind == "emphasis" else block.kind


def _is_head(block: Block) -> bool:
    return block.kind == "row" and block.words.startswith("<b>")


def _unit(kind: str, run: Sequence[Block], line: Callable[[int], int]) -> Unit:
    first = run[0]
    at = line(first.passage.start)
    if kind in ("row", "contents"):
        rows = tuple(Row(line(block.passage.start), _cells(block, kind)) for block in run)
        return Unit("table" if kind == "row" else kind, at, rows, headed=_is_head(first))
    if kind == "item":
        items = tuple(Row(line(block.passage.start), (_leaf(block, 2),)) for block in run)
        return Unit("list", at, items)
    marker = {"heading": _HEADING, "note": _NOTE}.get(kind)
    found = marker.match(first.words) if marker else None
    leaf = _leaf(first, found.end() if found else 0)
    level = (len(found[1]) if found else 3) if kind == "heading" else 0
    return Unit(kind, at, (Row(at, (leaf,)),), level, found[1] if found and kind == "note" else "")


def _leaf(block: Block, skipped: int) -> Leaf:
    return Leaf(Passage(block.passage.start + skipped, block.passage.end))


def _cells(block: Block, kind: str) -> tuple[Leaf, ...]:
    start = block.passage.start
    if kind == "contents" and (found := _CONTENTS.fullmatch(block.words)):
        return tuple(Leaf(Passage(start + found.start(part), start + found.end(part))) for part in (1, 2))
    leaves = []
    for cell in block.words.split("\t"):
        leaves.append(Leaf(Passage(start, start + len(cell))))
        start += len(cell) + 1
    return tuple(leaves)


# Passages


class _Setting:
    """Finds the place of each passage, the longest first."""

    def __init__(self, units: list[Unit]) -> None:
        self._units = units
        self._starts = [unit.passage.start for unit in units]
        self._rows = {row.extent: row for unit in units for row in unit.rows}
        self._leaves = [leaf for row in self._rows.values() for leaf in row.cells]
        self._leaf_starts = [leaf.passage.start for leaf in self._leaves]
        self._on_rows: set[Passage] = set()
        self._inside: dict[Passage, list[Passage]] = {}
        self._around: list[tuple[int, int, Passage]] = []
        self._behind: dict[int, list[Passage]] = {}
        self._begun: dict[int, list[Passage]] = {}

    def place(self, passage: Passage) -> None:
        """Find a place for a passage."""
        first = max(0, bisect_right(self._starts, passage.start) - 1)
        last = max(0, bisect_right(self._starts, passage.end - 1) - 1)
        self._begun.setdefault(first, []).append(passage)
        leaf = self._leaves[max(0, bisect_right(self._leaf_starts, passage.start) - 1)].passage
        if passage.end <= leaf.end and not self._crosses(passage, self._inside.get(leaf, ())):
            self._inside.setdefault(leaf, []).append(passage)
        elif passage in self._rows:
            self._on_rows.add(passage)
        elif first < last and self._covers(passage, first, last):
            self._around.append((first, last, passage))
        else:
            self._behind.setdefault(last, []).append(passage)

    @staticmethod
    def _crosses(passage: Passage, others: Iterable[Passage]) -> bool:
        return any(
            other.start < passage.start < other.end < passage.end
            or passage.start < other.start < passage.end < other.end
            for other in others
        )

    def _covers(self, passage: Passage, first: int, last: int) -> bool:
        """Whether a passage begins where a unit begins, ends where one ends, and crosses none before."""
        whole = self._units[first].passage.start >= passage.start
        whole = whole and passage.end >= self._units[last].passage.end
        return whole and not any(
            begin < first <= end < last or first < begin <= last < end for begin, end, _ in self._around
        )

    def finish(self, content: str) -> Edition:
        """Return the text with all passages in their places."""
        around = sorted(self._around, key=lambda entry: (entry[0], -entry[1], entry[2]))
        grouped = {number for begin, end, _ in around for number in range(begin, end + 1)}
        units = tuple(
            replace(
                unit,
                rows=tuple(self._row(row, content) for row in unit.rows),
                copies=() if number in grouped else self._copies(number, number, content),
                passages=tuple(
                    sorted(self._begun.get(number, ()), key=lambda entry: (entry.start, -entry.end))
                ),
            )
            for number, unit in enumerate(self._units)
        )
        parts = _grouped(units, 0, len(units) - 1, around)
        places = {passage: (begin, end) for begin, end, passage in around}
        return Edition(
            tuple(
                replace(part, copies=self._copies(*places[part.passage], content))
                if isinstance(part, Group)
                else part
                for part in parts
            ),
            units,
        )

    def _copies(self, first: int, last: int, content: str) -> tuple[Mark, ...]:
        """Return the passages that stand behind units."""
        behind = sorted(
            passage for number in range(first, last + 1) for passage in self._behind.get(number, ())
        )
        return tuple(Mark(each, tuple(_copied(content, each))) for each in behind)

    def _row(self, row: Row, content: str) -> Row:
        cells = tuple(Leaf(leaf.passage, self._filled(leaf.passage, content)) for leaf in row.cells)
        return replace(row, cells=cells, passage=row.extent if row.extent in self._on_rows else None)

    def _filled(self, leaf: Passage, content: str) -> tuple[Inline, ...]:
        inside = sorted(self._inside.get(leaf, ()), key=lambda entry: (entry.start, -entry.end))
        return tuple(_led(list(_nested(tuple(_pieces(content, leaf.start, leaf.end)), leaf, inside))))


def _led(inner: list[Inline]) -> list[Inline]:
    """Mark words as leading where a passage follows them behind a colon."""
    if len(inner) > 1 and isinstance(inner[1], Mark) and isinstance(inner[0], Piece):
        first = inner[0]
        if first.kind == "words" and first.words.rstrip().endswith(":"):
            inner[0] = first._replace(kind="lead")
    return inner


def _nested(pieces: Sequence[Piece], within: Passage, passages: Sequence[Passage]) -> Iterable[Inline]:
    """Yield the pieces of a stretch, and the outermost passages in it with what lies in them."""
    at = within.start
    while passages:
        outer = passages[0]
        inner = [entry for entry in passages[1:] if entry.end <= outer.end]
        passages = [entry for entry in passages[1:] if entry.end > outer.end]
        yield from _between(pieces, at, outer.start)
        yield Mark(outer, tuple(_nested(pieces, outer, inner)))
        at = outer.end
    yield from _between(pieces, at, within.end)


def _between(pieces: Sequence[Piece], start: int, end: int) -> Iterable[Piece]:
    """Yield the pieces between two places; words are cut there."""
    for piece in pieces[bisect_right(pieces, start, key=lambda entry: entry.end) :]:
        if piece.start >= end:
            return
        low, high = max(piece.start, start), min(piece.end, end)
        if len(piece.words) == piece.end - piece.start:
            yield piece._replace(
                start=low, end=high, words=piece.words[low - piece.start : high - piece.start]
            )
        elif piece.start >= start:
            yield piece


def _pieces(content: str, start: int, end: int) -> Iterable[Piece]:
    """Yield the pieces of a stretch of the source, marks of its spelling left out."""
    at, bold, emphasis = start, False, False
    for found in _MARKUP.finditer(content, start, end):
        style = "strong" if bold else "em" if emphasis else "words"
        if found.start() > at:
            yield Piece(at, found.start(), style, content[at : found.start()])
        at = found.end()
        if found["note"]:
            yield Piece(found.start(), at, "note", found["number"])
        elif found["link"]:
            yield Piece(found.start("label"), found.end("label"), "link", found["label"], found["target"])
        elif found["turn"]:
            yield Piece(found.start(), at, "turn")
        bold ^= bool(found["bold"])
        emphasis ^= bool(found["emphasis"])
    if at < end:
        yield Piece(at, end, "strong" if bold else "em" if emphasis else "words", content[at:end])


def _copied(content: str, passage: Passage) -> Iterable[Piece]:
    """Yield the pieces of a passage over several units, each of which begins on a line of its own."""
    for piece in _pieces(content, passage.start, passage.end):
        lines = re.sub(r"\s*\n\s*(?:---\s*\n\s*)?(?:(?:#+|-) )?", "\n", piece.words)
        yield piece._replace(words=lines)


def _grouped(
    units: Sequence[Unit], first: int, last: int, around: Sequence[tuple[int, int, Passage]]
) -> Iterable[Unit | Group]:
    """Yield units, and those that a passage covers as groups."""
    at = first
    while around:
        begin, end, passage = around[0]
        inner = [entry for entry in around[1:] if entry[1] <= end]
        around = [entry for entry in around[1:] if entry[1] > end]
        yield from units[at:begin]
        yield Group(passage, tuple(_grouped(units, begin, end, inner)))
        at = end + 1
    yield from units[at : last + 1]
