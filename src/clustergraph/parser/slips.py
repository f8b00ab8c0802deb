"""A block in; an error out where a slip of the pen would lose a part of the report in silence."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from clustergraph.errors import SourceError
from clustergraph.parser.blocks import Block, plain
from clustergraph.source import Passage, Report, SectionEntry

_LABEL = re.compile(r"[^.:;!?]{3,60}(?=:)")
_LIKENESS = 0.8
_COLON = ": \u00a0\u202f"


def refuse_slips(report: Report, entry: SectionEntry, block: Block) -> None:
    """Refuse a block that looks like what its section can't hold, or like a part whose cue is misspelt.

    Raises:
        SourceError: naming the line and the cue.
    """
    for fault, advice in _slips(report, entry, block):
        raise SourceError(report.text.place(block.passage.start), fault, advice)


def refuse_unknown_heading(report: Report, block: Block) -> None:
    """Refuse a heading that is neither a section's nor a hypothesis's nor a session's."""
    words, cues = plain(block.words), report.record.cues
    if block.kind == "heading" and not words.startswith((cues.hypothesis, cues.session)):
        raise SourceError(
            report.text.place(block.passage.start),
            f"the heading {words!r} is unknown",
            "fix its spelling or add it to [[sections]] in report.toml",
        )


def _slips(report: Report, entry: SectionEntry, block: Block) -> Iterator[tuple[str, str]]:
    words = plain(block.words)
    if block.kind == "row" and entry.kind not in ("contents", "profile"):
        yield (
            f"a table row stands in the section {entry.heading!r}",
            "only the contents and the profile hold tables: remove the tab or fix the headings",
        )
    if block.kind in ("heading", "emphasis") and entry.kind != "theme" and _numbered(report).match(words):
        yield (
            f"{words!r} stands in the section {entry.heading!r}",
            "only the chapter of a theme holds such parts",
        )
    if block.words.lstrip("# ").startswith("*") and block.words.count("*") % 2:
        yield "a * opens here and does not close on its line", "put a heading on one line, between * and *"
    if block.kind == "paragraph":
        yield from _slips_of_cues(report, block.words, words)


def _slips_of_cues(report: Report, lines: str, words: str) -> Iterator[tuple[str, str]]:
    cues = report.record.cues
    parts = (cues.description, cues.discussion, *cues.assessment)
    if _numbered(report).match(words):
        yield f"{words[:60]!r} is not marked as a heading", "begin the line with # or put *…* round it"
    for cue in parts:
        if re.search(rf"\n{re.escape(cue)}", lines):
            yield f"{cue!r} stands within a paragraph", "put a blank line above it"
        if _folded(lines).startswith(_folded(cue)) and not lines.startswith(cue):
            yield (
                f"the cue {cue!r} stands here with other blanks",
                "copy it from the text into [cues] of report.toml: a no-break space is \\u00a0 there",
            )
        bare = cue.rstrip(_COLON)
        if " " in bare and re.match(rf"{re.escape(bare)}\s*[^\s:]", words):
            yield f"the cue {bare!r} has no colon", f"write {cue!r}"
    yield from _near_miss(words, [cue.rstrip(_COLON) for cue in (*parts, cues.figure, cues.session)])


def _folded(words: str) -> str:
    r"""Return words with every kind of blank as a plain one.

    >>> _folded("Avis\u00a0: non")
    'Avis : non'
    """
    return " ".join(words.split())


def _near_miss(words: str, known: list[str]) -> Iterator[tuple[str, str]]:
    label = _LABEL.match(words)
    if label is None:
        return
    opening = re.sub(r"\d+", "", label.group()).strip()
    close = get_close_matches(opening, known, n=1, cutoff=_LIKENESS)
    if close and opening not in known:
        yield f"{opening!r} looks like the cue {close[0]!r}", "fix its spelling, or the cue in report.toml"


def _numbered(report: Report) -> re.Pattern[str]:
    cues = report.record.cues
    return re.compile(rf"({re.escape(cues.hypothesis)}|{re.escape(cues.session)})\s+\d+\s*:")


def refuse_loose_markers(report: Report, numbers: list[str], places: list[Passage]) -> None:
    """Refuse a footnote number that stands twice, and a marker whose footnote is missing."""
    for number, place in zip(numbers, places, strict=True):
        if numbers.count(number) > 1:
            raise SourceError(
                report.text.place(place.start),
                f"footnote {number} stands twice",
                "number the footnotes 1, 2, 3 …",
            )
    for marker in re.finditer(r"<sup>(\d+)</sup>", report.text.content):
        if marker.group(1) not in numbers:
            raise SourceError(
                report.text.place(marker.start()),
                f"the marker {marker.group()} has no footnote",
                "restore the footnote, numbered and below a line ---",
            )
