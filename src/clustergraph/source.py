"""A report on disk: its text, its record (``report.toml``) and the passages of the text."""

import hashlib
import re
import tomllib
import unicodedata
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
        if not all(part.split() for part in quote.split(GAP)):
            raise SourceError(
                place, "the quote is empty, or begins or ends with […]", "copy the words from the text"
            )
        pattern = re.compile(_GAPS.join(_loosely(part) for part in quote.split(GAP)))
        hits = [pattern.match(self.content, at) for at in self._starts(line, quote)]
        found = [hit for hit in hits if hit]
        if len(found) != 1:
            raise SourceError(place, *self._not_once(len(found), line, quote))
        spans = found[0].regs[1:]
        return tuple(Passage(start, end) for start, end in spans)

    def _starts(self, line: int, quote: str) -> Iterator[int]:
        """Yield where on a line the first word of a quote stands."""
        word = quote.split(GAP)[0].split()[0]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.content)
        at = self.content.find(word, self.line_starts[line - 1], end)
        while at >= 0:
            yield at
            at = self.content.find(word, at + 1, end)

    def _not_once(self, count: int, line: int, quote: str) -> tuple[str, str]:
        if count > 1:
            return (
                f"“{quote}” stands {count} times on line {line}",
                "quote more words, so that only one place fits",
            )
        elsewhere = re.search(_loosely(quote.split(GAP)[0]), self.content)
        if elsewhere:
            moved = self.line(elsewhere.start())
            return (
                f"“{quote}” does not begin on line {line}",
                f"it stands on line {moved}: fix the row's line",
            )
        return f"“{quote}” is not in the text", "copy whole words from the text, letter for letter"


_GAPS: Final = r"(?s:.{1,2000}?)"


def _loosely(words: str) -> str:
    """Return a pattern for these words with any white space; it neither begins nor ends inside a word."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    begin = r"\b" if re.match(r"\w", words.strip()) else ""
    end = r"\b" if re.search(r"\w$", words.strip()) else ""
    return f"({begin}{pattern}{end})"


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A row of ``[[sections]]``: a heading of the report, and what its section is."""

    heading: str
    slug: str
    kind: str
    theme: str | None
    theme_label: str | None


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

    def place(self, table: str, key: str | None = None) -> str:
        """Return ``file:line`` of a table of the record, or of a key in it, for an error message."""
        path = self.folder / "report.toml"
        return record_place(path, path.read_text(encoding="utf-8"), table, key)


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
    _refuse_unclean(path, content)
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
        (b"\x0c", "a form feed", "take it out, and with it the page's header and number"),
        (b"\r", "a carriage return", "save the text with LF line ends"),
    )
    for byte, name, advice in faults:
        at = raw.find(byte)
        if at >= 0:
            raise SourceError(f"{path}:{raw.count(bytes([10]), 0, at) + 1}", f"{name} stands here", advice)


def _refuse_unclean(path: Path, content: str) -> None:
    """Refuse what a careless conversion leaves: lost characters, and letters apart from their accents."""
    for number, line in enumerate(content.split("\n"), 1):
        if "\ufffd" in line:
            raise SourceError(
                f"{path}:{number}", "a lost character (U+FFFD) stands here", "restore it from the original"
            )
        if not unicodedata.is_normalized("NFC", line):
            fault = "letters and accents stand apart (not Unicode normal form C)"
            raise SourceError(f"{path}:{number}", fault, "save the text in form C")


def _record(path: Path) -> Record:
    try:
        content = path.read_text(encoding="utf-8")
        data = tomllib.loads(content)
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read ({error.strerror})", "write the report's record"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{path}:{line.group(1)}" if line else str(path)
        raise SourceError(place, f"is not TOML ({error})", "fix that line") from error
    return _checked(_Table(path, content, data, ""))


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the record; ``name`` as its header writes it."""

    path: Path
    content: str
    cells: Mapping[str, Any]
    name: str

    def value(self, key: str, kind: type, need: str) -> Any:
        """Return a value of the kind that is needed."""
        if key not in self.cells:
            header = f"[{self.name}]" if self.name else "the record"
            raise self.fault(f"the entry {key!r} is missing in {header}", f"add {need}; see CONTRIBUTING")
        found = self.cells[key]
        if not isinstance(found, kind) or found in ("", [], {}):
            raise self.fault(f"the entry {key!r} is {found!r}", f"write {need}", key)
        return found

    def text(self, key: str) -> str:
        return str(self.value(key, str, "words in quotation marks"))

    def slug(self, key: str) -> str:
        return check_slug(self.text(key), record_place(self.path, self.content, self.name, key))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self.value(key, list, "a list of words in square brackets"))

    def table(self, key: str) -> "_Table":
        name = f"{self.name}.{key}" if self.name else key
        return _Table(self.path, self.content, self.value(key, dict, f"a table [{name}]"), name)

    def fault(self, fault: str, advice: str, key: str | None = None) -> SourceError:
        return SourceError(record_place(self.path, self.content, self.name, key), fault, advice)


def record_place(path: Path, content: str, table: str, key: str | None = None) -> str:
    """Return ``file:line`` of a table's header in the record, or of a key below it where that is found."""
    found = None
    name = ""
    for number, line in enumerate(content.split("\n"), 1):
        header = re.match(r"\[+([^\]]+)\]+", line)
        name = header.group(1) if header else name
        if header and name == table and found is None:
            found = number
        if key is not None and name == table and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f"{path}:{number}"
    return f"{path}:{found}" if found else str(path)


def _checked(data: _Table) -> Record:
    report, cues = data.table("report"), data.table("cues")
    levels, columns, counts = data.table("levels"), data.table("columns"), data.table("counts")
    return Record(
        slug=report.slug("slug"),
        language=report.text("language"),
        language_iri=report.text("language-iri"),
        title=report.text("title"),
        sha256=report.text("sha256"),
        cues=Cues(
            hypothesis=cues.text("hypothesis"),
            description=cues.text("description"),
            discussion=cues.text("discussion"),
            assessment=cues.texts("assessment"),
            session=cues.text("session"),
            field=cues.text("field"),
            figure=cues.text("figure"),
        ),
        levels={mark: levels.slug(mark) for mark in levels.cells},
        columns={head: columns.slug(head) for head in columns.cells},
        sections=_sections(data),
        counts={name: int(counts.value(name, int, "a whole number")) for name in counts.cells},
        legend=_legend(data.table("legend")) if "legend" in data.cells else None,
        notes=_notes(data.table("notes")) if "notes" in data.cells else {},
    )


def _notes(entry: _Table) -> dict[str, dict[str, str]]:
    tables = {name: entry.table(name) for name in entry.cells}
    return {name: {language: note.text(language) for language in note.cells} for name, note in tables.items()}


def _legend(entry: _Table) -> tuple[int, str]:
    return int(entry.value("line", int, "the line on which the quote begins")), entry.text("quote")


def _sections(data: _Table) -> tuple[SectionEntry, ...]:
    entries = tuple(
        _section(_Table(data.path, data.content, cells, "sections"))
        for cells in data.value("sections", list, "a table [[sections]] for each heading")
    )
    themes = [entry.theme for entry in entries if entry.theme is not None]
    for kind, names in (
        ("heading", [entry.heading for entry in entries]),
        ("slug", [entry.slug for entry in entries]),
        ("theme", themes),
    ):
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise data.fault(
                f"the {kind} {doubled[0]!r} stands twice in [[sections]]", "name each section once"
            )
    return entries


def _section(entry: _Table) -> SectionEntry:
    kind = entry.text("kind")
    if kind not in SECTION_KINDS:
        raise entry.fault(f"the section kind {kind!r} is unknown", f"use one of {', '.join(SECTION_KINDS)}")
    theme = _theme(entry) if "theme" in entry.cells else None
    if kind == "theme" and theme is None:
        fault = f"the section {entry.text('slug')!r} is of kind 'theme' and has no theme"
        raise entry.fault(fault, "add theme = { slug = …, label = … }")
    return SectionEntry(
        heading=entry.text("heading"),
        slug=entry.slug("slug"),
        kind=kind,
        theme=theme.slug("slug") if theme else None,
        theme_label=theme.text("label") if theme else None,
    )


def _theme(entry: _Table) -> _Table:
    cells = entry.value("theme", dict, "a table { slug = …, label = … }")
    return _Table(entry.path, entry.content, cells, entry.name)


def check_slug(slug: str, place: str) -> str:
    """Return the slug, or raise a :class:`SourceError` where it can't be part of an IRI."""
    if not _SLUG.fullmatch(slug):
        raise SourceError(place, f"{slug!r} is no slug", "use lower-case letters, digits and single hyphens")
    return slug


def slug_of(words: str) -> str:
    """Return the slug of some words, for example ``seance-1`` for ``Séance 1``."""
    spelt = words.lower().translate(_SPELT)
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(letter)
    )
    return "-".join(re.findall(r"[a-z0-9]+", bare))


_SPELT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"})
