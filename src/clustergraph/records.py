"""What a report holds, as frozen records; each knows the passages on which it rests."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clustergraph.source import Passage, Report

ASSERTED: Final = "asserted"
"""The modality of a statement that neither demands nor asks."""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the report; ``page`` is what the table of contents prints, and where."""

    slug: str
    kind: str
    title: str
    position: int
    heading: Passage
    page: tuple[str, Passage] | None


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme area; its label's passage lies in the heading of its chapter."""

    slug: str
    label: str
    position: int
    section: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Session:
    """A headed working session inside a theme's chapter."""

    slug: str
    label: str
    theme: str
    section: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A claim put before the participants; ``passage`` holds its title without cue and number."""

    theme: str
    number: int
    title: str
    section: str
    session: str | None
    passage: Passage

    @property
    def notation(self) -> str:
        """The theme and the number, which together name the hypothesis in its report."""
        return f"{self.theme}-{self.number}"


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of paragraphs of one role.

    ``role`` is ``context``, ``description``, ``discussion``, ``assessment`` or ``conclusion``. ``hypotheses``
    are those that it stands under by layout. A pair in ``joins`` is a sentence cut between two paragraphs.
    """

    role: str
    section: str
    hypotheses: tuple[str, ...]
    session: str | None
    passages: tuple[Passage, ...]
    joins: tuple[tuple[Passage, Passage], ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's words and the place of its marker."""

    number: str
    words: str
    marker: Passage
    passage: Passage


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of which the text holds only the caption."""

    number: str
    caption: str
    section: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Field:
    """A field of activity, numbered through the report."""

    number: int
    label: str
    section: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill, numbered within its field."""

    field: int
    number: int
    label: str
    passage: Passage

    @property
    def notation(self) -> str:
        """Field and skill number as readers cite them, for example ``3.3``."""
        return f"{self.field}.{self.number}"


@dataclass(frozen=True, slots=True)
class Rating:
    """The mark in one cell; ``column`` and ``level`` are slugs, the passage is the mark itself."""

    field: int
    skill: int
    column: str
    level: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the parser finds in a report, in reading order."""

    report: Report
    sections: tuple[Section, ...]
    themes: tuple[Theme, ...]
    sessions: tuple[Session, ...]
    hypotheses: tuple[Hypothesis, ...]
    prose: tuple[Prose, ...]
    footnotes: tuple[Footnote, ...]
    figures: tuple[Figure, ...]
    fields: tuple[Field, ...]
    skills: tuple[Skill, ...]
    ratings: tuple[Rating, ...]
    legend: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One proposition in the report's words; ``passages`` are the parts of a sentence that the page cuts.

    ``role`` is that of its prose; ``hypotheses`` are those that it stands under by layout.
    """

    key: str
    role: str
    section: str
    hypotheses: tuple[str, ...]
    session: str | None
    position: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """A reader's codes for one statement; ``stances`` holds stance and hypothesis.

    ``modality`` says whether the words assert, demand or ask; ``addressees`` are those of whom they demand,
    ``payers`` those who pay or are to pay. ``mentions`` are instruments, places, projects and works.
    """

    statement: Statement
    stances: tuple[tuple[str, str], ...]
    basis: str | None
    cue: str | None
    quantifier: str | None
    countries: tuple[str, ...]
    actors: tuple[str, ...]
    topics: tuple[str, ...]
    note: str | None
    place: str = ""
    modality: str = ASSERTED
    addressees: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A reading: what one statement says cannot hold together with what the other says."""

    statement: Statement
    other: Statement


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in the words of a statement; ``bounds`` holds ``value``, or ``min`` or ``max`` or both.

    ``of`` says in each language what is counted or measured.
    """

    statement: Statement
    passage: Passage
    bounds: Mapping[str, Decimal]
    unit: str
    status: str
    of: Mapping[str, str]
    note: str | None
    place: str


@dataclass(frozen=True, slots=True)
class SubjectTopics:
    """What a hypothesis or a skill is about; ``subject`` is the path below ``id/``."""

    subject: str
    topics: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Note:
    """An editor's note in each language; ``subject`` is the path below ``id/``."""

    subject: str
    words: Mapping[str, str]
    place: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The project's own words for a label or a statement; ``subject`` is the path below ``id/``."""

    subject: str
    language: str
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something that the report names; ``id`` is the path below ``id/``."""

    id: str
    kind: str
    passages: tuple[Passage, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing said of an entity; ``value`` is an entity's id or a literal.

    ``inferred`` tells that the project reads it into the report, which does not say it: the note says why.
    """

    subject: str
    name: str
    value: str
    language: str | None
    note: str | None
    passages: tuple[Passage, ...]
    place: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict with its words: where the chapter or the conclusions judge one or more hypotheses."""

    slug: str
    hypotheses: tuple[str, ...]
    where: str
    verdict: str
    basis: str
    section: str
    passages: tuple[Passage, ...]
    caveat: tuple[Passage, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The value of one hypothesis in one place, backed by an assessment or saying that there is none."""

    hypothesis: str
    where: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question which the report says a discussion started from, and what it stands under by layout."""

    slug: str
    theme: str
    hypotheses: tuple[str, ...]
    session: str | None
    section: str
    words: str
    passage: Passage
