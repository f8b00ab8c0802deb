"""Third stage, a theme's chapter: hypotheses, sessions, and the prose that stands under them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from clustergraph.errors import SourceError
from clustergraph.parser.blocks import Block, plain, undecorated
from clustergraph.parser.sections import Chapter
from clustergraph.records import Hypothesis, Prose, Session
from clustergraph.source import Passage, Report, slug_of

_SENTENCE_END = (".", "!", "?", ":", ";", "…", "“", "”", "»")


@dataclass(frozen=True, slots=True)
class ThemeParts:
    """What one theme's chapter holds, in reading order."""

    hypotheses: tuple[Hypothesis, ...]
    sessions: tuple[Session, ...]
    prose: tuple[Prose, ...]


@dataclass(slots=True)
class _Heading:
    """A hypothesis as far as it is read: its session may come after it."""

    number: int
    passage: Passage
    session: str | None = None
    described: bool = False
    discussed: bool = False


@dataclass(slots=True)
class _Part:
    role: str
    hypotheses: tuple[_Heading, ...]
    session: str | None
    passages: list[Passage] = field(default_factory=list)


def theme_parts(report: Report, chapter: Chapter) -> ThemeParts:
    """Read a theme's chapter."""
    reader = _Reader(report, chapter)
    for block in chapter.blocks:
        reader.take(block)
    return reader.result()


class _Reader:
    """Reads block by block; ``pending`` are the hypotheses which the next discussion concerns."""

    def __init__(self, report: Report, chapter: Chapter) -> None:
        self.report = report
        self.chapter = chapter
        self.theme = chapter.entry.theme or chapter.entry.slug
        cues = report.record.cues
        self.hypothesis = re.compile(rf"{re.escape(cues.hypothesis)}\s+(\d+)\s*:\s*(?=\S)")
        self.session = re.compile(rf"({re.escape(cues.session)})\s+(\d+)\s*:\s*(?=\S)")
        self.roles = {
            cues.description: "description",
            cues.discussion: "discussion",
            **dict.fromkeys(cues.assessment, "assessment"),
        }
        self.headings: list[_Heading] = []
        self.sessions: list[Session] = []
        self.pending: tuple[_Heading, ...] = ()
        self.current_session: str | None = None
        self.parts: list[_Part] = []

    def take(self, block: Block) -> None:
        """Read one block."""
        if block.kind in ("heading", "emphasis"):
            self._take_heading(block)
            return
        cue = next((cue for cue in self.roles if block.words.startswith(cue)), None)
        if cue is not None:
            self._begin(self.roles[cue], block)
            start = block.passage.start + len(cue)
            start += len(block.words[len(cue) :]) - len(block.words[len(cue) :].lstrip())
            self.parts[-1].passages.append(Passage(start, block.passage.end))
        else:
            self._continue(block)

    def _take_heading(self, block: Block) -> None:
        passage = undecorated(block)
        words = self.report.text.words(passage)
        session = self.session.match(words)
        hypothesis = self.hypothesis.match(words)
        if session:
            self._begin_session(session, passage)
        elif hypothesis:
            self._begin_hypothesis(
                int(hypothesis.group(1)), Passage(passage.start + hypothesis.end(), passage.end)
            )
        else:
            cue = self.report.record.cues.hypothesis
            raise self._fault(
                passage, f"the heading {words!r} is unknown", f"write “{cue} N: …” or fix report.toml"
            )

    def _begin_session(self, match: re.Match[str], passage: Passage) -> None:
        slug = slug_of(f"{match.group(1)} {match.group(2)}")
        if not any(not heading.discussed for heading in self.pending):
            raise self._fault(
                passage, f"no hypothesis stands before the session {slug!r}", "fix the order of headings"
            )
        label = plain(self.report.text.words(passage))
        self.sessions.append(Session(slug, label, self.theme, self.chapter.entry.slug, passage))
        self.current_session = slug
        for heading in self.pending:
            heading.session = slug

    def _begin_hypothesis(self, number: int, passage: Passage) -> None:
        if number != len(self.headings) + 1:
            raise self._fault(
                passage,
                f"hypothesis {number} stands where number {len(self.headings) + 1} must follow",
                "number a chapter's hypotheses 1, 2, 3 …, or restore the one lost above",
            )
        heading = _Heading(number, passage)
        self.headings.append(heading)
        if self.pending and self.pending[-1].discussed:
            self.pending, self.current_session = (), None
        self.pending = (*self.pending, heading)

    def _begin(self, role: str, block: Block) -> None:
        if not self.pending:
            raise self._fault(
                block.passage, f"this {role} stands before any hypothesis", "fix the order of the parts"
            )
        concerned = self.pending[-1:] if role == "description" else self.pending
        for heading in concerned:
            heading.described |= role == "description"
            heading.discussed |= role == "discussion"
        self.parts.append(_Part(role, concerned, self.current_session))

    def _continue(self, block: Block) -> None:
        """Take a paragraph without a cue: an introduction, a description, or more of the part before."""
        if not self.headings:
            if not self.parts:
                self.parts.append(_Part("context", (), None))
        elif not self.pending[-1].described and not self.pending[-1].discussed:
            self._begin("description", block)
        self.parts[-1].passages.append(_item_words(block))

    def result(self) -> ThemeParts:
        """Return what was read, or say which hypothesis lacks its description or discussion."""
        for heading in self.headings:
            for done, part in ((heading.described, "description"), (heading.discussed, "discussion")):
                if not done:
                    raise self._fault(
                        heading.passage,
                        f"hypothesis {heading.number} has no {part}",
                        "restore it or its cue words",
                    )
        if not self.headings:
            raise self._fault(self.chapter.heading, "this theme has no hypothesis", "restore its headings")
        return ThemeParts(tuple(self._hypotheses()), tuple(self.sessions), tuple(self._prose()))

    def _hypotheses(self) -> Iterator[Hypothesis]:
        for heading in self.headings:
            yield Hypothesis(
                theme=self.theme,
                number=heading.number,
                title=plain(self.report.text.words(heading.passage)),
                section=self.chapter.entry.slug,
                session=heading.session,
                passage=heading.passage,
            )

    def _prose(self) -> Iterator[Prose]:
        for part in self.parts:
            names = tuple(f"{self.theme}-{heading.number}" for heading in part.hypotheses)
            passages = tuple(part.passages)
            yield Prose(
                part.role, self.chapter.entry.slug, names, part.session, passages, self._joins(passages)
            )

    def _joins(self, passages: tuple[Passage, ...]) -> tuple[tuple[Passage, Passage], ...]:
        """Return the pairs of paragraphs between which a page break cuts a sentence."""
        words = self.report.text.words
        pairs = pairwise(passages)
        return tuple((one, two) for one, two in pairs if not plain(words(one)).endswith(_SENTENCE_END))

    def _fault(self, passage: Passage, fault: str, advice: str) -> SourceError:
        return SourceError(self.report.text.place(passage.start), fault, advice)


def _item_words(block: Block) -> Passage:
    return Passage(block.passage.start + 2, block.passage.end) if block.kind == "item" else block.passage
