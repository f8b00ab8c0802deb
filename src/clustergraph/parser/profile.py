"""Third stage, the profile's chapter: fields of activity, skills, and one mark for each skill and column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clustergraph.errors import SourceError
from clustergraph.parser.blocks import Block, plain
from clustergraph.parser.sections import Chapter
from clustergraph.records import Field, Rating, Skill
from clustergraph.source import Passage, Report

_ROW = re.compile(r"(\d+)\. (?=\S)")


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile's tables hold, in reading order."""

    fields: tuple[Field, ...]
    skills: tuple[Skill, ...]
    ratings: tuple[Rating, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    words: str
    passage: Passage


def profile(report: Report, chapter: Chapter) -> Profile:
    """Read the tables of a profile's chapter; a table goes on after a blank line or a footnote."""
    reader = _Reader(report, chapter.entry.slug)
    for block in chapter.blocks:
        if block.kind == "row":
            reader.take(block)
        elif reader.fields:
            raise reader.fault(
                block.passage, "text stands between the tables", "fix the row: a tab separates its cells"
            )
    reader.close(chapter.heading)
    return Profile(tuple(reader.fields), tuple(reader.skills), tuple(reader.ratings))


class _Reader:
    def __init__(self, report: Report, section: str) -> None:
        self.report = report
        self.section = section
        self.header = re.compile(rf"<b>{re.escape(report.record.cues.field)}\s+(\d+)\s*:\s*(?=\S)")
        self.columns: tuple[str, ...] = ()
        self.fields: list[Field] = []
        self.skills: list[Skill] = []
        self.ratings: list[Rating] = []

    def take(self, block: Block) -> None:
        """Read one row: a field's header or a skill."""
        cells = tuple(_cells(block))
        header = self.header.match(cells[0].words)
        row = _ROW.match(cells[0].words)
        if header:
            self._take_header(cells, int(header.group(1)), header.end())
        elif row:
            self._take_skill(cells, int(row.group(1)), row.end())
        else:
            raise self.fault(
                block.passage,
                "this row is neither a field's header nor a numbered skill",
                f"write “<b>{self.report.record.cues.field} N: …</b>” or “N. …”",
            )

    def _take_header(self, cells: tuple[_Cell, ...], number: int, offset: int) -> None:
        passage = cells[0].passage
        self._refuse_empty_field(passage)
        if number != len(self.fields) + 1:
            raise self.fault(
                passage,
                f"field {number} stands where number {len(self.fields) + 1} must follow",
                "number the fields 1, 2, 3 …",
            )
        self.columns = tuple(self._column(cell) for cell in cells[1:])
        if not self.columns or len(set(self.columns)) != len(self.columns):
            raise self.fault(
                passage, "the columns of this field are missing or doubled", "name each column once"
            )
        label = Passage(passage.start + offset, passage.end - len("</b>"))
        self.fields.append(Field(number, plain(self.report.text.words(label)), self.section, label))

    def _column(self, cell: _Cell) -> str:
        head = plain(cell.words)
        if head not in self.report.record.columns:
            known = ", ".join(self.report.record.columns)
            raise self.fault(
                cell.passage,
                f"the column {head!r} is unknown",
                f"write one of {known} or add it to [columns]",
            )
        return self.report.record.columns[head]

    def _take_skill(self, cells: tuple[_Cell, ...], number: int, offset: int) -> None:
        passage = cells[0].passage
        if not self.fields:
            raise self.fault(
                passage, "this skill stands outside any field", "restore the field's header above it"
            )
        field = self.fields[-1].number
        expected = 1 + sum(skill.field == field for skill in self.skills)
        if number != expected:
            raise self.fault(
                passage,
                f"skill {field}.{number} stands where {field}.{expected} must follow",
                "number a field's skills 1, 2, 3 …, or restore the row or the field's header lost above",
            )
        if len(cells) - 1 != len(self.columns):
            raise self.fault(
                passage,
                f"skill {field}.{number} has {len(cells) - 1} marks for {len(self.columns)} columns",
                "write one mark for each column",
            )
        label = Passage(passage.start + offset, passage.end)
        self.skills.append(Skill(field, number, plain(self.report.text.words(label)), label))
        for column, cell in zip(self.columns, cells[1:], strict=True):
            self.ratings.append(Rating(field, number, column, self._level(cell), cell.passage))

    def _level(self, cell: _Cell) -> str:
        if not cell.words.strip():
            raise self.fault(
                cell.passage, "this cell is empty", "write the mark that the report prints there"
            )
        if cell.words not in self.report.record.levels:
            known = " ".join(self.report.record.levels)
            raise self.fault(cell.passage, f"the mark {cell.words!r} is unknown", f"write one of {known}")
        return self.report.record.levels[cell.words]

    def _refuse_empty_field(self, passage: Passage) -> None:
        if self.fields and all(skill.field != self.fields[-1].number for skill in self.skills):
            raise self.fault(
                passage, f"field {self.fields[-1].number} above has no skill", "restore its rows"
            )

    def close(self, heading: Passage) -> None:
        """Refuse a profile without tables, or one whose last field is empty."""
        if not self.fields:
            raise self.fault(heading, "the profile has no field of activity", "restore its tables")
        self._refuse_empty_field(self.fields[-1].passage)

    def fault(self, passage: Passage, fault: str, advice: str) -> SourceError:
        """Return the error for a passage."""
        return SourceError(self.report.text.place(passage.start), fault, advice)


def _cells(block: Block) -> Iterator[_Cell]:
    start = block.passage.start
    for words in block.words.split("\t"):
        yield _Cell(words, Passage(start, start + len(words)))
        start += len(words) + 1
