"""Every character of the report belongs to a record or a statement, or is left out for a named reason."""

import re
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, URIRef

from clustergraph.curation.tables import rows
from clustergraph.records import Contents
from clustergraph.vocabulary import CLG

RESTS_ON = (CLG.anchoredIn, CLG.caveatPassage, CLG.markerPassage)


def test_no_word_of_the_report_is_lost(contents: Contents, read_off: Graph, root: Path) -> None:
    furniture = re.compile(rf"(?:{'|'.join(left_out(contents, root))}|\s+)*")
    lost = [
        f"line {contents.report.text.line(start)}: {words!r}"
        for start, words in uncovered(contents, read_off)
        if not furniture.fullmatch(words)
    ]
    assert lost == []


def test_every_reason_to_leave_something_out_is_needed(
    contents: Contents, read_off: Graph, root: Path
) -> None:
    patterns = left_out(contents, root)
    found = [words for _, words in uncovered(contents, read_off)]
    idle = [p for p in patterns if not any(re.search(rf"(?<!\w){p}(?!\w)", words) for words in found)]
    assert idle == []


def test_what_is_left_out_is_little(contents: Contents, read_off: Graph) -> None:
    left = sum(len("".join(words.split())) for _, words in uncovered(contents, read_off))
    assert left < 0.06 * len(contents.report.text.content), "marks and cue words, not prose"


def left_out(contents: Contents, root: Path) -> list[str]:
    """Return the patterns of the list, and the report's own cue words and column heads."""
    cues = contents.report.record.cues
    listed = [row["pattern"] for row in rows(root / "data" / "left-out.csv", ("pattern", "reason"))]
    numbered = [rf"{re.escape(cue)} \d+:" for cue in (cues.hypothesis, cues.field)]
    labels = [re.escape(cue) for cue in (cues.description, cues.discussion, *cues.assessment)]
    return [*numbered, *labels, *contents.report.record.columns, *listed]


def uncovered(contents: Contents, read_off: Graph) -> Iterator[tuple[int, str]]:
    """Yield what no passage covers, line by line: where it starts, and its words."""
    text = contents.report.text.content
    covered = bytearray(len(text))
    for start, end in _ranges(read_off):
        covered[start:end] = b"\x01" * (end - start)
    for match in re.finditer(rb"\x00+", bytes(covered)):
        start = match.start()
        for words in text[start : match.end()].split("\n"):
            if words.strip():
                yield start, words
            start += len(words) + 1


def _ranges(read_off: Graph) -> Iterator[tuple[int, int]]:
    pending = [passage for term in RESTS_ON for passage in read_off.objects(None, term)]
    seen = set()
    while pending:
        passage = pending.pop()
        if passage in seen or not isinstance(passage, URIRef):
            continue
        seen.add(passage)
        pending.extend(read_off.objects(passage, CLG.continuedIn))
        start, end = passage.rpartition("#char=")[2].split(",")
        yield int(start), int(end)
