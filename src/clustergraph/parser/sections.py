"""Second stage: blocks in, chapters out, with footnotes, figures and page numbers set apart."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clustergraph.errors import SourceError
from clustergraph.parser.blocks import Block, plain, undecorated
from clustergraph.parser.slips import refuse_loose_markers, refuse_slips, refuse_unknown_heading
from clustergraph.records import Footnote
from clustergraph.source import Passage, Report, SectionEntry

_FOOTNOTE = re.compile(r"(\d+)\. (?=\S)")
_CONTENTS_ROW = re.compile(r"(.+?)\s*\.{3,}\t(\d+)")


@dataclass(frozen=True, slots=True)
class Notes:
    """The report's footnotes, each with the place of its marker."""

    footnotes: tuple[Footnote, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with its heading's words and its blocks; figures are number, caption, passage."""

    entry: SectionEntry
    heading: Passage
    blocks: tuple[Block, ...]
    figures: tuple[tuple[str, str, Passage], ...]


def set_notes_apart(report: Report, found: Iterable[Block]) -> tuple[tuple[Block, ...], Notes]:
    """Return the blocks of the running text, and the footnotes that stood between them below a rule."""
    body: list[Block] = []
    notes: list[tuple[Block, re.Match[str]]] = []
    before = ""
    for block in found:
        number = (
            _FOOTNOTE.match(block.words) if block.kind == "paragraph" and before in ("rule", "note") else None
        )
        if number:
            notes.append((block, number))
        elif before == "rule":
            raise SourceError(
                report.text.place(block.passage.start),
                "no numbered footnote stands below the line ---",
                "number it, or remove the line",
            )
        elif block.kind != "rule":
            body.append(block)
        before = "note" if number else block.kind
    footnotes = tuple(_footnote(report, note, number) for note, number in notes)
    refuse_loose_markers(report, [note.number for note in footnotes], [note.passage for note in footnotes])
    return tuple(body), Notes(footnotes)


def _footnote(report: Report, note: Block, match: re.Match[str]) -> Footnote:
    number = match.group(1)
    marker = f"<sup>{number}</sup>"
    if report.text.content.count(marker) != 1:
        raise SourceError(
            report.text.place(note.passage.start),
            f"footnote {number} has {report.text.content.count(marker)} markers {marker} in the text",
            "see to it that there is exactly one",
        )
    at = report.text.content.index(marker)
    passage = Passage(note.passage.start + match.end(), note.passage.end)
    return Footnote(number, plain(report.text.words(passage)), Passage(at, at + len(marker)), passage)


def chapters(report: Report, body: Iterable[Block]) -> tuple[Chapter, ...]:
    """Return the chapters in order; every heading must be known, and every known one must be there."""
    entries = {entry.heading: entry for entry in report.record.sections}
    found: dict[str, tuple[Block, list[Block]]] = {}
    current: list[Block] | None = None
    for block in body:
        title = plain(block.words)
        if block.kind == "heading" and title in entries:
            if title in found:
                raise SourceError(
                    report.text.place(block.passage.start),
                    f"the heading {title!r} stands twice",
                    "remove one",
                )
            current = []
            found[title] = (block, current)
        elif current is None:
            raise SourceError(
                report.text.place(block.passage.start),
                "text before the first heading",
                "begin with a heading of report.toml",
            )
        else:
            refuse_unknown_heading(report, block)
            current.append(block)
    _refuse_missing(report, found)
    return tuple(_chapter(report, entries[title], block, inside) for title, (block, inside) in found.items())


def _refuse_missing(report: Report, found: Mapping[str, tuple[Block, list[Block]]]) -> None:
    before, place = "the beginning", f"{report.text.path}:1"
    for entry in report.record.sections:
        if entry.heading not in found:
            fault = f"the section {entry.heading!r} is missing after {before}"
            raise SourceError(place, fault, "restore it, or take it out of report.toml")
        before, place = repr(entry.heading), report.text.place(found[entry.heading][0].passage.start)


def _chapter(report: Report, entry: SectionEntry, heading: Block, inside: list[Block]) -> Chapter:
    figure = re.compile(rf"{re.escape(report.record.cues.figure)}\s+(\d+)\s*:\s*(.+)")
    kept, figures = [], []
    for block in inside:
        match = figure.fullmatch(block.words) if block.kind == "paragraph" else None
        if match:
            figures.append((match.group(1), match.group(2), block.passage))
            continue
        refuse_slips(report, entry, block)
        kept.append(block)
    return Chapter(entry, undecorated(heading), tuple(kept), tuple(figures))


def _refuse_unlisted(
    report: Report, contents: Chapter, found: tuple[Chapter, ...], pages: Mapping[str, tuple[str, Passage]]
) -> None:
    """Refuse a table of contents that leaves out a section which comes after it."""
    for chapter in found[found.index(contents) + 1 :]:
        if chapter.entry.slug not in pages:
            raise SourceError(
                report.text.place(contents.heading.start),
                f"the section {chapter.entry.heading!r} has no line in this table of contents",
                "restore the line: the heading, dots, a tab and the page",
            )


def page_numbers(report: Report, found: Iterable[Chapter]) -> dict[str, tuple[str, Passage]]:
    """Return the pages that the table of contents prints, each with its line, by the slug of the section."""
    chapters_found = tuple(found)
    slugs = {chapter.entry.heading: chapter.entry.slug for chapter in chapters_found}
    pages = {}
    for chapter in chapters_found:
        if chapter.entry.kind != "contents":
            continue
        for block in chapter.blocks:
            match = _CONTENTS_ROW.fullmatch(block.words)
            if match is None or match.group(1) not in slugs:
                raise SourceError(
                    report.text.place(block.passage.start),
                    f"the contents line {block.words!r} names no section",
                    "write a heading, dots, a tab and the page",
                )
            pages[slugs[match.group(1)]] = match.group(2), block.passage
        _refuse_unlisted(report, chapter, chapters_found, pages)
    return pages
