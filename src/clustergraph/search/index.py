"""Texts of things in, an index of them in SQLite (memory or one file) out; a question in, ranked hits out.

Every text is an entry. A question is put in passes, the strictest first: all its words as written, by their
stems, as beginnings, as parts of compounds. An entry counts by its role and the pass that found it; a thing
counts as its best entry. Nothing depends on the language of whoever asks.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from clustergraph.search.folding import Term, read, stems, telling, terms, words

FORMAT: Final = 1
"""How an index is laid out; a file of another layout is built anew."""
MOST: Final = 1000
"""Entries that one pass gives."""
_NEAR: Final = 0.7
"""Likeness from which a word is taken for a misspelt one: two letters of seven may differ."""
_SPELT: Final = 4
"""Letters that a word has whose spelling is corrected to."""
_LONGER: Final = 3
"""Letters by which a misspelt word may be longer or shorter."""
_VOCABULARY: Final = 50_000
_TABLES: Final = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT NOT NULL DEFAULT '');
CREATE TABLE entry (id INTEGER PRIMARY KEY, thing INTEGER, role INTEGER, language TEXT, text TEXT, key TEXT,
  size INTEGER);
CREATE TABLE place (thing INTEGER, passage TEXT, source TEXT, start INTEGER, stop INTEGER, line INTEGER);
CREATE TABLE word (fold TEXT PRIMARY KEY, written TEXT, uses INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE whole USING fts5(fold, stem, kind, content='', prefix='2 3',
  tokenize="unicode61 tokenchars '.'");
CREATE VIRTUAL TABLE part USING fts5(fold, content='', tokenize='trigram');
"""
_INDEXES: Final = """
CREATE INDEX entry_key ON entry (key);
CREATE INDEX entry_thing ON entry (thing);
CREATE INDEX place_thing ON place (thing);
"""


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


_WEIGHT: Final = {
    Role.CODE: 1.0,
    Role.NAME: 1.0,
    Role.ALIAS: 0.8,
    Role.NAMES: 0.7,
    Role.WORDS: 0.45,
    Role.PASSAGE: 0.35,
    Role.GLOSS: 0.25,
}
_IS_NAMED: Final = "key = ? AND role <= 2"
_NAMED: Final = 0.2
"""What a thing counts that one of several words names."""
_WHOLE: Final = "id IN (SELECT rowid FROM whole WHERE whole MATCH ?)"
_WHOLE_OR_PART: Final = (
    "id IN (SELECT rowid FROM whole WHERE whole MATCH ? UNION SELECT rowid FROM part WHERE part MATCH ?)"
)
_Row = tuple[int, int, Role, int]
"""Thing, entry, role and size of an entry."""
Scores = dict[int, tuple[float, int]]
"""Scores of things, each with the entry that has it."""


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


class _Ranked(NamedTuple):
    """A thing as it is sorted."""

    order: float
    role: Role
    size: int
    entry: int
    thing: int
    iri: str
    kind: str


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


class Index:
    """An index of texts; a thread may use it after another, not beside it."""

    def __init__(self, path: Path | None = None) -> None:
        self._data = sqlite3.connect(path or ":memory:", check_same_thread=False)
        (self.layout,) = self._data.execute("PRAGMA user_version").fetchone()
        self._vocabulary: dict[str, str] = {}

    @property
    def size(self) -> int:
        """How many texts it holds, those that it made itself left out."""
        sql = "SELECT count(*) FROM entry WHERE role <> ?"
        return int(self._data.execute(sql, (Role.NAMES,)).fetchone()[0])

    def build(
        self, texts: Iterable[Text], kinds: Mapping[str, str], places: Iterable[tuple[str, Place]]
    ) -> None:
        """Fill an empty index: texts, the kind of each thing, and where things stand."""
        self._data.executescript(_TABLES)
        numbers: dict[str, int] = {}
        for given in sorted(set(texts)):
            number = numbers.setdefault(given.thing, len(numbers) + 1)
            self._add(number, given.role, given.language, given.text)
        things = ((number, iri, kinds.get(iri, "")) for iri, number in numbers.items())
        self._data.executemany("INSERT INTO thing VALUES (?, ?, ?)", things)
        known = ((numbers[iri], *place) for iri, place in places if iri in numbers)
        self._data.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", known)
        self._data.executescript(_INDEXES)
        self._add_names()
        self._fill()
        self._data.execute(f"PRAGMA user_version = {FORMAT}")
        self._data.commit()

    def _add(self, number: int, role: Role, language: str, text: str) -> None:
        folded = words(text)
        row = (number, role, language, text, " ".join(folded), len(telling(folded)))
        self._data.execute("INSERT INTO entry VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)

    def _add_names(self) -> None:
        """Join the names of each thing in each language, so that a question may mix them."""
        sql = "SELECT thing, language, text FROM entry WHERE role <= ? ORDER BY thing, language, role"
        rows = self._data.execute(sql, (Role.ALIAS,)).fetchall()
        for (number, language), group in groupby(rows, lambda row: row[:2]):
            names = [text for _, _, text in group]
            if len(names) > 1:
                self._add(number, Role.NAMES, language, " / ".join(names))

    def _fill(self) -> None:
        """Make the full-text tables and the vocabulary from the entries."""
        sql = (
            "SELECT iri, group_concat(key, ' ') FROM thing JOIN entry ON thing = thing.id WHERE role = 1 "
            "AND iri IN (SELECT kind FROM thing) GROUP BY iri"
        )
        of_kind = dict(self._data.execute(sql))
        uses: Counter[str] = Counter()
        written: dict[str, str] = {}

        def rows() -> Iterator[tuple[int, str, str, str]]:
            sql = "SELECT entry.id, role, language, text, kind FROM entry JOIN thing ON thing.id = thing"
            for number, role, language, text, kind in self._data.execute(sql):
                pairs = read(text)
                cut = " ".join(form for word, _ in pairs for form in stems(word, language))
                named = of_kind.get(kind, "") if role <= Role.NAMES else ""
                yield number, " ".join(word for word, _ in pairs), cut, named
                for word, spelt in pairs:
                    if len(word) >= _SPELT:
                        written.setdefault(word, spelt)
                        uses[word] += 1

        self._data.executemany("INSERT INTO whole (rowid, fold, stem, kind) VALUES (?, ?, ?, ?)", rows())
        self._data.execute("INSERT INTO part (rowid, fold) SELECT id, key FROM entry")
        spoken = ((word, written[word], count) for word, count in uses.most_common(_VOCABULARY))
        self._data.executemany("INSERT INTO word VALUES (?, ?, ?)", spoken)

    def search(self, question: str, kind: str = "", start: int = 0, count: int = MOST) -> Found:
        """Return what a question finds: of all hits (of one kind) those from ``start`` on."""
        asked = terms(question)
        near: tuple[str, ...] = ()
        instead = ""
        scores = self._all_of(asked, question) if asked else {}
        if asked and not scores:
            near, instead = self._near(asked)
            asked = terms(instead) or asked
            scores = self._all_of(asked, instead) if instead else {}
        partial = bool(asked) and not scores
        if partial:
            scores = self._some_of(asked)
        once = list(self._once(scores))
        kinds = dict(Counter(each.kind for each in once).most_common())
        chosen = [each for each in once if kind in ("", each.kind)]
        hits = self._hits(chosen[start : start + count])
        return Found(asked, hits, len(chosen), kinds, instead, near, partial)

    def _all_of(self, asked: Sequence[Term], question: str) -> Scores:
        """Return the things of which some text has all terms: their score, and the entry that has it."""
        best: Scores = {}
        for strength, rows in self._passes(asked, question):
            for thing, entry, role, size in rows:
                brevity = 1 if role >= Role.NAMES else len(asked) / max(size, len(asked))
                score = _WEIGHT[role] * strength * (1 + brevity) / 2
                if score > best.get(thing, (0.0,))[0]:
                    best[thing] = score, entry
        if best and len(asked) > 1:
            named = [row for term in asked for row in self._rows(_IS_NAMED, [term.fold])]
            best = {thing: (_NAMED, entry) for thing, entry, _, _ in named} | best
        return best

    def _some_of(self, asked: Sequence[Term]) -> Scores:
        """Return the things of which texts have some of the terms; one that has more comes first."""
        best: Scores = {}
        for term in asked:
            for thing, (score, entry) in self._all_of((term,), term.fold).items():
                before, found = best.get(thing, (0.0, entry))
                best[thing] = before + 10 + score, found
        return best

    def _passes(self, asked: Sequence[Term], question: str) -> Iterator[tuple[float, list[_Row]]]:
        """Yield what each pass gives, with how much it counts."""
        columns = "fold" if len(asked) == 1 else "{fold kind}"
        written = [f'{columns} : "{term.fold}"' for term in asked]
        cut = [f"(stem : ({_any(term.stems)}) OR {one})" for term, one in zip(asked, written, strict=True)]
        begun = [f'({one} OR {columns} : "{term.fold}" *)' for term, one in zip(asked, cut, strict=True)]
        yield 1.5, self._rows(_IS_NAMED, [" ".join(words(question))])
        for strength, form in ((1.0, written), (0.9, cut), (0.75, begun)):
            yield strength, self._rows(_WHOLE, [" AND ".join(form)])
        if any(term.part for term in asked):
            parts = [f'"{term.part}"' if term.part else '""' for term in asked]
            values = [value for pair in zip(begun, parts, strict=True) for value in pair]
            yield 0.6, self._rows(" AND ".join([_WHOLE_OR_PART] * len(asked)), values)

    def _rows(self, condition: str, values: Sequence[str]) -> list[_Row]:
        columns = "SELECT thing, id, role, size FROM entry WHERE "
        sql = f"{columns}{condition} ORDER BY role, size, id LIMIT {MOST}"
        return self._data.execute(sql, values).fetchall()

    def _near(self, asked: Sequence[Term]) -> tuple[tuple[str, ...], str]:
        """Return words like those that nothing has, and the question with the nearest in their place."""
        if not self._vocabulary:
            self._vocabulary = dict(
                self._data.execute("SELECT fold, written FROM word ORDER BY uses DESC, fold")
            )
        near: list[str] = []
        instead: list[str] = []
        for term in asked:
            if self._all_of((term,), term.fold):
                instead.append(self._vocabulary.get(term.fold, term.fold))
                continue
            spelt = [word for word in self._vocabulary if abs(len(word) - len(term.fold)) <= _LONGER]
            like = process.extract(
                term.fold, spelt, scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=3
            )
            found = [self._vocabulary[word] for word, _, _ in like]
            near += found
            instead += found[:1]
        return tuple(dict.fromkeys(near)), " ".join(instead) if near else ""

    def _once(self, scores: Scores) -> Iterator[_Ranked]:
        """Yield the things in order; the same words of a source only with the first thing that has them."""
        entries = {entry: score for score, entry in scores.values()}
        sql = (
            "SELECT entry.id, thing, iri, kind, role, size FROM json_each(?) JOIN entry ON entry.id = value "
            "JOIN thing ON thing.id = thing"
        )
        ranked = [_Ranked(-entries[row[0]], *row[4:], *row[:4]) for row in self._asked(sql, entries)]
        places: dict[int, list[tuple[str, int, int]]] = {}
        sql = "SELECT thing, source, start, stop FROM json_each(?) JOIN place ON thing = value"
        for thing, *place in self._asked(sql, scores):
            places.setdefault(thing, []).append(tuple(place))
        shown = _Shown()
        for each in sorted(ranked):
            if shown.is_new(each.role, places.get(each.thing, [])):
                yield each

    def _hits(self, ranked: Sequence[_Ranked]) -> tuple[Hit, ...]:
        """Return hits with all that is shown of them."""
        things = [each.thing for each in ranked]
        names: dict[int, dict[str, str]] = {thing: {} for thing in things}
        sql = (
            "SELECT thing, language, text FROM json_each(?) JOIN entry ON thing = value "
            "WHERE role IN (1, 4, 5) ORDER BY role, entry.id"
        )
        for thing, language, text in self._asked(sql, things):
            names[thing].setdefault(language, text)
        sql = "SELECT place.* FROM json_each(?) JOIN place ON thing = value ORDER BY start DESC"
        places = {thing: Place(*place) for thing, *place in self._asked(sql, things)}
        sql = "SELECT entry.id, text, language FROM json_each(?) JOIN entry ON entry.id = value"
        texts = {row[0]: row[1:] for row in self._asked(sql, [each.entry for each in ranked])}
        return tuple(
            Hit(
                each.iri,
                each.kind,
                Role(each.role),
                text=texts[each.entry][0],
                language=texts[each.entry][1],
                names=names[each.thing],
                place=places.get(each.thing),
            )
            for each in ranked
        )

    def _asked(self, sql: str, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
        return self._data.execute(sql, (json.dumps(list(numbers)),)).fetchall()


class _Shown:
    """The characters of sources that are shown already: of words, and of anything."""

    def __init__(self) -> None:
        self._words: dict[str, bytearray] = {}
        self._all: dict[str, bytearray] = {}

    def is_new(self, role: Role, places: Sequence[tuple[str, int, int]]) -> bool:
        """Tell whether a thing shows words that none before it showed, and remember its own."""
        seen = {Role.WORDS: self._words, Role.PASSAGE: self._all}.get(role, {})
        if any(1 in seen[source][start:stop] for source, start, stop in places if source in seen):
            return False
        for source, start, stop in places:
            for kept in (self._all, self._words) if role == Role.WORDS else (self._all,):
                characters = kept.setdefault(source, bytearray())
                characters.extend(bytes(max(stop - len(characters), 0)))
                characters[start:stop] = b"\1" * (stop - start)
        return True


def _any(stems: Iterable[str]) -> str:
    return " OR ".join(f'"{stem}"' for stem in sorted(stems))
