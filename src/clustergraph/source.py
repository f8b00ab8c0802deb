"""A report on disk: its text, its record (``report.toml``) and the passages of the text."""

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from clustergraph.errors import SourceError

GAP: Final = "[…]"
"""In a quote: here a page break or a footnote cuts the sentence, and another passage goes on."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of the text in code points: ``start`` counts from 0, ``end`` is exclusive (RFC 5147)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one report, exactly as they stand in the file."""

    path: Path
    content: str
    sha256: str
    line_starts: tuple[int, ...] = field(repr=False)

    def words(self, passage: Passage) -> str:
        """Return the exact words of a passage."""
        return self.content[passage.start : passage.end]

    def line(self, offset: int) -> int:
        """Return the 1-based line in which the code point at ``offset`` stands."""
        return bisect_right(self.line_starts, offset)

    def last_line(self, passage: Passage) -> int:
        """Return the line in which the passage's last code point stands."""
        return self.line(max(passage.start, passage.end - 1))

    def place(self, offset: int) -> str:
        """Return ``file:line`` for an error message."""
        return f"{self.path}:{self.line(offset)}"

    def find(self, line: int, quote: str, place: str) -> tuple[Passage, ...]:
        """Return the passages of a quote that begins on ``line``: one, or one for each part round a ``[…]``.

        White space in the quote stands for any run of white space in the text.

        Raises:
            SourceError: naming ``place`` (the table's row) where the words aren't there, or are there twice.
        """
        if not 1 <= line <= len(self.line_starts):
            fault = f"line {line} is not in the text, which has {len(self.line_starts)}"
            raise SourceError(place, fault, "write the line on which the quote begins")
        pattern = _GAPS.join(_loosely(part) for part in quote.split(GAP))
        begin = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.content)
        found = [
            hit for hit in re.finditer(f"(?={pattern})", self.content[begin:]) if begin + hit.start() < end
        ]
        if len(found) != 1:
            raise SourceError(place, *self._not_once(len(found), line, quote))
        hit = found[0]
        return tuple(
            Passage(begin + hit.start(n), begin + hit.end(n)) for n in range(1, 1 + len(hit.groups()))
        )

    def _not_once(self, count: int, line: int, quote: str) -> tuple[str, str]:
        if count > 1:
            return (
                f"„{quote}“ stands {count} times on line {line}",
                "quote more words, so that only one place fits",
            )
        elsewhere = re.search(_loosely(quote.split(GAP)[0]), self.content)
        if elsewhere:
            moved = self.line(elsewhere.start())
            return (
                f"„{quote}“ does not begin on line {line}",
                f"it stands on line {moved}: mend the row's line",
            )
        return f"„{quote}“ is not in the text", "copy the words from the text, letter for letter"


_GAPS: Final = r"(?s:.{1,2000}?)"


def _loosely(words: str) -> str:
    return "(" + r"\s+".join(re.escape(word) for word in words.split()) + ")"


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A row of ``[[sections]]``: a heading of the report, and what its section is."""

    heading: str
    slug: str
    kind: str
    theme: str | None
    theme_label: str | None
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """The words by which this kind of report marks its parts, in the report's language."""

    hypothesis: str
    description: str
    discussion: str
    assessment: tuple[str, ...]
    session: str
    field: str
    figure: str


@dataclass(frozen=True, slots=True)
class Record:
    """What ``report.toml`` says of a report: how to read it, and how much must be found in it."""

    slug: str
    language: str
    language_iri: str
    title: str
    sha256: str
    cues: Cues
    levels: Mapping[str, str]
    columns: Mapping[str, str]
    sections: tuple[SectionEntry, ...]
    counts: Mapping[str, int]
    legend: tuple[int, str] | None
    notes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """One folder under ``data/sources/``: the text and its record."""

    folder: Path
    record: Record
    text: Text


SECTION_KINDS: Final = (
    "title",
    "front",
    "contents",
    "foreword",
    "introduction",
    "theme",
    "profile",
    "conclusions",
)


def reports(sources: Path) -> Iterator[Report]:
    """Read every report below ``data/sources``, in the order of their slugs.

    Raises:
        SourceError: for a folder without a record, an unreadable record, or a text that has changed.
    """
    folders = sorted(path for path in sources.iterdir() if path.is_dir())
    if not folders:
        raise SourceError(str(sources), "holds no report", "add a folder with report.txt and report.toml")
    for folder in folders:
        yield read(folder)


def read(folder: Path) -> Report:
    """Read one report's record and text, and hold the text against the recorded checksum."""
    record = _record(folder / "report.toml")
    if record.slug != folder.name:
        raise SourceError(
            str(folder / "report.toml"),
            f"the slug is {record.slug!r}",
            f"name it like its folder, {folder.name!r}",
        )
    return Report(folder, record, _text(folder / "report.txt", record.sha256))


def _text(path: Path, sha256: str) -> Text:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read ({error.strerror})", "put the report's text there"
        ) from error
    _refuse_raw(path, raw)
    try:
        content = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path}:{line}", f"byte {raw[error.start]:#04x} is not UTF-8", "save the text as UTF-8"
        ) from error
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise SourceError(
            str(path),
            f"the checksum is {found}, the record says {sha256}",
            "restore the text or, if it was meant to change, write the new sha256 into report.toml",
        )
    starts = (
        0,
        *(index + 1 for index, letter in enumerate(content) if letter == "\n" and index + 1 < len(content)),
    )
    return Text(path, content, found, starts)


def _refuse_raw(path: Path, raw: bytes) -> None:
    if not raw.strip():
        raise SourceError(str(path), "the file is empty", "put the report's text there")
    faults = (
        (b"\xef\xbb\xbf", "a byte order mark", "save the text without BOM"),
        (b"\x00", "a NUL byte", "save the text as plain UTF-8"),
        (b"\r", "a carriage return", "save the text with LF line ends"),
    )
    for byte, name, advice in faults:
        at = raw.find(byte)
        if at >= 0:
            raise SourceError(f"{path}:{raw.count(bytes([10]), 0, at) + 1}", f"{name} stands here", advice)


def _record(path: Path) -> Record:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read ({error.strerror})", "write the report's record"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(str(path), f"is not TOML ({error})", "mend that line") from error
    try:
        return _checked(path, data)
    except KeyError as error:
        raise SourceError(str(path), f"the entry {error} is missing", "add it; see CONTRIBUTING") from error


def _checked(path: Path, data: Mapping[str, Any]) -> Record:
    report, cues = data["report"], data["cues"]
    record = Record(
        slug=report["slug"],
        language=report["language"],
        language_iri=report["language-iri"],
        title=report["title"],
        sha256=report["sha256"],
        cues=Cues(
            hypothesis=cues["hypothesis"],
            description=cues["description"],
            discussion=cues["discussion"],
            assessment=tuple(cues["assessment"]),
            session=cues["session"],
            field=cues["field"],
            figure=cues["figure"],
        ),
        levels=data["levels"],
        columns=data["columns"],
        sections=tuple(_section(path, entry) for entry in data["sections"]),
        counts=data["counts"],
        legend=(data["legend"]["line"], data["legend"]["quote"]) if "legend" in data else None,
        notes=data.get("notes", {}),
    )
    for slug in (record.slug, *record.levels.values(), *record.columns.values()):
        check_slug(slug, str(path))
    return record


def _section(path: Path, entry: Mapping[str, Any]) -> SectionEntry:
    if entry["kind"] not in SECTION_KINDS:
        raise SourceError(
            str(path),
            f"the section kind {entry['kind']!r} is unknown",
            f"use one of {', '.join(SECTION_KINDS)}",
        )
    theme = entry.get("theme", {})
    return SectionEntry(
        heading=entry["heading"],
        slug=check_slug(entry["slug"], str(path)),
        kind=entry["kind"],
        theme=theme.get("slug"),
        theme_label=theme.get("label"),
        methods=tuple(theme.get("methods", ())),
    )


def check_slug(slug: str, place: str) -> str:
    """Return the slug, or raise a :class:`SourceError` where it can't be part of an IRI."""
    if not _SLUG.fullmatch(slug):
        raise SourceError(place, f"{slug!r} is no slug", "use lower-case letters, digits and single hyphens")
    return slug
