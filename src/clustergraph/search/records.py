"""What goes into an index and what comes out of it: texts, places, hits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from clustergraph.search.folding import Term


class Role(IntEnum):
    """What a text is to its thing, the most telling first."""

    CODE = 0
    NAME = 1
    ALIAS = 2
    NAMES = 3
    """All names of a thing together; made by the index, never shown."""
    WORDS = 4
    PASSAGE = 5
    """Words of a source, of which a thing says no more than where they stand."""
    GLOSS = 6


class Text(NamedTuple):
    """A text that a thing is found by."""

    thing: str
    role: Role
    text: str
    language: str


class Place(NamedTuple):
    """Where the words of a thing stand: a passage of a source, from one character to another."""

    passage: str
    source: str
    start: int
    stop: int
    line: int


@dataclass(frozen=True)
class Hit:
    """A thing that was found, and the text that it was found by."""

    iri: str
    kind: str
    role: Role
    text: str
    language: str
    names: Mapping[str, str]
    """What it is called (its words, where it has no name), by language."""
    place: Place | None

    def label(self, languages: Iterable[str]) -> tuple[str, str]:
        """Return its name in the first of some languages that it has one in, and that language."""
        code = next((code for code in languages if code in self.names), next(iter(self.names), ""))
        return self.names.get(code, self.iri), code


@dataclass(frozen=True)
class Found:
    """What a question found: all hits in order, and what it was taken for where a word is unknown."""

    terms: tuple[Term, ...] = ()
    hits: tuple[Hit, ...] = ()
    total: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    """How many things of each kind were found, the most frequent first."""
    instead: str = ""
    """The words that were looked for in the place of unknown ones; empty: those of the question."""
    near: tuple[str, ...] = ()
    """Words of the data that are written like unknown ones."""
    partial: bool = False
    """Whether no text has all terms, so that things with some of them are given."""
    is_cut: bool = False
    """Whether the data hold more texts than the index."""
