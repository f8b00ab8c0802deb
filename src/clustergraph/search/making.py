"""Texts of things in, the tables of an index in a SQLite database out."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from clustergraph.search.folding import key_of, read, stems, telling
from clustergraph.search.records import Place, Role, Text

FORMAT: Final = 1
"""How an index is laid out; a file of another layout is made anew."""
_TABLES: Final = """
CREATE TABLE made (is_cut INTEGER);
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, thing INTEGER, role INTEGER, weight REAL, language TEXT,
  text TEXT, key TEXT, size INTEGER);
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
_WEIGHT: Final = {
    Role.CODE: 1.0,
    Role.NAME: 1.0,
    Role.ALIAS: 0.8,
    Role.NAMES: 0.7,
    Role.WORDS: 0.45,
    Role.PASSAGE: 0.35,
    Role.GLOSS: 0.25,
}
_LESSER: Final = 0.6
"""What texts of things count that describe the data, not what these are about."""
_SPELT: Final = 4
"""Letters of the words that the spelling of others is corrected to."""
_VOCABULARY: Final = 50_000


class Maker:
    """Fills an empty database."""

    def __init__(self, data: sqlite3.Connection, kinds: Mapping[str, str], lesser: Container[str]) -> None:
        self._data = data
        self._kinds = kinds
        self._lesser = lesser
        self._numbers: dict[str, int] = {}
        self._uses: Counter[str] = Counter()
        self._spelt: dict[str, str] = {}
        data.executescript(_TABLES)

    def add(self, texts: Iterable[Text], places: Iterable[tuple[str, Place]], *, is_cut: bool) -> None:
        """Add all texts, where things stand, and whether there are more."""
        self._data.execute("INSERT INTO made VALUES (?)", (is_cut,))
        given = sorted(set(texts))
        named = _names(given, frozenset(self._kinds.values()))
        for number, text in enumerate(_with_joined_names(given)):
            self._enter(number, text, named)
        things = ((number, iri, self._kinds.get(iri, "")) for iri, number in self._numbers.items())
        self._data.executemany("INSERT INTO thing VALUES (?, ?, ?)", things)
        known = ((self._numbers[iri], *place) for iri, place in places if iri in self._numbers)
        self._data.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", known)
        spoken = ((word, self._spelt[word], uses) for word, uses in self._uses.most_common(_VOCABULARY))
        self._data.executemany("INSERT INTO word VALUES (?, ?, ?)", spoken)
        self._data.executescript(f"{_INDEXES} PRAGMA user_version = {FORMAT};")
        self._data.commit()

    def _enter(self, entry: int, given: Text, named: Mapping[str, str]) -> None:
        thing, role, text, language = given
        pairs = read(text)
        folded = [word for word, _ in pairs]
        kind = self._kinds.get(thing, "")
        weight = _WEIGHT[role] * (_LESSER if kind in self._lesser else 1)
        number = self._numbers.setdefault(thing, len(self._numbers))
        row = (entry, number, role, weight, language, text, key_of(text), len(telling(folded)))
        self._data.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        cut = " ".join(form for word in folded for form in stems(word, language))
        of_kind = named.get(kind, "") if role <= Role.NAMES else ""
        forms = (entry, " ".join(folded), cut, of_kind)
        self._data.execute("INSERT INTO whole (rowid, fold, stem, kind) VALUES (?, ?, ?, ?)", forms)
        self._data.execute("INSERT INTO part (rowid, fold) VALUES (?, ?)", forms[:2])
        for word, spelt in pairs:
            if len(word) >= _SPELT:
                self._spelt.setdefault(word, spelt)
                self._uses[word] += 1


def _names(texts: Iterable[Text], things: Container[str]) -> dict[str, str]:
    """Return all names of some things, folded."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for thing, role, text, _ in texts:
        if role in (Role.NAME, Role.ALIAS) and thing in things:
            found[thing].append(key_of(text))
    return {thing: " ".join(names) for thing, names in found.items()}


def _with_joined_names(texts: Iterable[Text]) -> Iterator[Text]:
    """Yield sorted texts, and the names of each thing in a language as one: a question may mix them."""
    for thing, group in groupby(texts, lambda text: text.thing):
        names: defaultdict[str, list[str]] = defaultdict(list)
        for text in group:
            yield text
            if text.role <= Role.ALIAS:
                names[text.language].append(text.text)
        for language, several in names.items():
            if len(several) > 1:
                yield Text(thing, Role.NAMES, " / ".join(several), language)
