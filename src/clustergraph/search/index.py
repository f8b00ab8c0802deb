"""A question in, ranked hits out, from an index of texts in SQLite (memory or one file).

Every text is an entry. A question is put in passes, the strictest first: all its words as written, by their
stems, as beginnings, as parts of compounds. An entry counts by its role and the pass that found it; a thing
counts as its best entry. Nothing depends on the language of whoever asks.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from clustergraph.search.folding import Term, key_of, terms
from clustergraph.search.making import Maker
from clustergraph.search.records import Found, Hit, Place, Role, Text

MOST: Final = 1000
"""Entries that one pass gives."""
_NEAR: Final = 0.7
"""Likeness from which a word is taken for a misspelt one: two letters of seven may differ."""
_LONGER: Final = 3
"""Letters by which a misspelt word may be longer or shorter."""
_PART: Final = 4
"""Letters of each part that an unknown compound is taken apart into."""
_KEY, _WRITTEN, _STEM, _BEGINNING, _WITHIN = 1.5, 1.0, 0.9, 0.75, 0.6
"""How much the passes count."""
_OF_KIND: Final = 0.6
"""What the things of a kind count that a single word names."""
_NAMED: Final = 0.2
"""What a thing counts that one of several words names."""
_IS_NAMED: Final = "key = ? AND role <= 2"
_WHOLE: Final = "id IN (SELECT rowid FROM whole WHERE whole MATCH ?)"
_WHOLE_OR_PART: Final = (
    "id IN (SELECT rowid FROM whole WHERE whole MATCH ? UNION SELECT rowid FROM part WHERE part MATCH ?)"
)
_Row = tuple[int, int, Role, float, int]
"""Thing, entry, role, weight and size of an entry."""
_Scores = dict[int, tuple[float, int]]
"""Scores of things, each with the entry that has it."""


class _Ranked(NamedTuple):
    """A thing as it is sorted."""

    order: float
    role: Role
    size: int
    iri: str
    kind: str
    thing: int
    entry: int


class Index:
    """An index of texts; a thread may use it after another, not beside it."""

    def __init__(self, path: Path | None = None) -> None:
        self._data = sqlite3.connect(path or ":memory:", check_same_thread=False)
        (self.layout,) = self._data.execute("PRAGMA user_version").fetchone()
        self._vocabulary: dict[str, str] = {}

    @classmethod
    def in_memory(cls, path: Path) -> "Index":
        """Return a copy of the index in a file, which can be removed then."""
        index, data = cls(), sqlite3.connect(path)
        data.backup(index._data)
        data.close()
        return index

    def _is_cut(self) -> bool:
        """Whether there were more texts than it holds."""
        return bool(self._data.execute("SELECT is_cut FROM made").fetchone()[0])

    def build(
        self,
        texts: Iterable[Text],
        kinds: Mapping[str, str],
        places: Iterable[tuple[str, Place]],
        lesser: Container[str] = (),
        *,
        is_cut: bool = False,
    ) -> None:
        """Fill an empty index: texts, kinds of things, where things stand, and which kinds matter less."""
        Maker(self._data, kinds, lesser).add(texts, places, is_cut=is_cut)

    def search(self, question: str, kind: str = "", start: int = 0, count: int = MOST) -> Found:
        """Return what a question finds: of all hits (of one kind) those from ``start`` on."""
        asked = terms(question)
        scores = self._all_of(asked, question)
        near: tuple[str, ...] = ()
        instead = ""
        if asked and not scores:
            near, instead = self._near(asked)
            asked = terms(instead) or asked
            scores = self._all_of(asked, instead)
        partial = bool(asked) and not scores
        if partial:
            scores = self._some_of(asked)
        once = list(self._once(scores))
        kinds = dict(Counter(each.kind for each in once).most_common())
        chosen = [each for each in once if kind in ("", each.kind)]
        hits = self._hits(chosen[start : start + count])
        return Found(asked, hits, len(chosen), kinds, instead, near, partial, self._is_cut())

    def _all_of(self, asked: Sequence[Term], question: str) -> _Scores:
        """Return the things of which some text has all terms."""
        best: _Scores = {}
        for strength, rows in self._passes(asked, question):
            for thing, entry, role, weight, size in rows:
                brevity = 1 if role >= Role.NAMES else len(asked) / max(size, len(asked), 1)
                score = weight * strength * (1 + brevity) / 2
                if score > best.get(thing, (0.0,))[0]:
                    best[thing] = score, entry
        if best and len(asked) > 1:
            named = [row for term in asked for row in self._rows(_IS_NAMED, [term.fold])]
            best = {row[0]: (_NAMED, row[1]) for row in named} | best
        return best

    def _some_of(self, asked: Sequence[Term]) -> _Scores:
        """Return the things of which texts have some of the terms; one that has more comes first."""
        best: _Scores = {}
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
        yield _KEY, self._rows(_IS_NAMED, [key_of(question)])
        if asked:
            for strength, form in ((_WRITTEN, written), (_STEM, cut), (_BEGINNING, begun)):
                yield strength, self._rows(_WHOLE, [" AND ".join(form)])
        if len(asked) == 1 and asked[0].part:
            kind = self._rows(_WHOLE, [f'kind : "{asked[0].part}" *'])
            yield _OF_KIND, [(thing, entry, Role.NAMES, weight, 1) for thing, entry, _, weight, _ in kind]
        if any(term.part for term in asked):
            parts = [f'"{term.part}"' for term in asked]
            values = [value for pair in zip(begun, parts, strict=True) for value in pair]
            yield _WITHIN, self._rows(" AND ".join([_WHOLE_OR_PART] * len(asked)), values)

    def _rows(self, condition: str, values: Sequence[str]) -> list[_Row]:
        columns = "SELECT thing, id, role, weight, size FROM entry WHERE "
        sql = f"{columns}{condition} ORDER BY role, size, id LIMIT {MOST}"
        return self._data.execute(sql, values).fetchall()

    def _near(self, asked: Sequence[Term]) -> tuple[tuple[str, ...], str]:
        """Return words like those that nothing has, and the question with the nearest in their place."""
        if not self._vocabulary:
            rows = self._data.execute("SELECT fold, written FROM word ORDER BY uses DESC, fold")
            self._vocabulary = dict(rows.fetchall())
        near: list[str] = []
        instead: list[str] = []
        for term in asked:
            if self._all_of((term,), term.fold):
                instead.append(self._vocabulary.get(term.fold, term.fold))
                continue
            like = self._like(term.fold)
            near += like
            instead += like[:1] or self._parts(term.fold)
        are_other = terms(" ".join(instead)) != tuple(asked)
        return tuple(dict.fromkeys(near)), " ".join(instead) if are_other else ""

    def _like(self, word: str) -> list[str]:
        """Return the words that are written most like one."""
        spelt = [other for other in self._vocabulary if abs(len(other) - len(word)) <= _LONGER]
        found = process.extract(word, spelt, scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=3)
        return [self._vocabulary[other] for other, _, _ in found]

    def _parts(self, word: str) -> list[str]:
        """Return the two known words that an unknown compound is made of, nothing where there are none."""
        for at in range(len(word) - _PART, _PART - 1, -1):
            first, second = word[:at], word[at:]
            if first.removesuffix("s") in self._vocabulary and self._all_of(terms(second), second):
                return [self._vocabulary[first.removesuffix("s")], second]
        return []

    def _once(self, scores: _Scores) -> Iterator[_Ranked]:
        """Yield the things in order; the same words of a source only with the first thing that has them."""
        orders = {entry: -score for score, entry in scores.values()}
        sql = (
            "SELECT role, size, iri, kind, thing, entry.id FROM json_each(?) JOIN entry ON entry.id = value "
            "JOIN thing ON thing.id = thing"
        )
        ranked = sorted(_Ranked(orders[row[-1]], *row) for row in self._asked(sql, orders))
        places: dict[int, list[tuple[str, int, int]]] = {}
        sql = "SELECT thing, source, start, stop FROM json_each(?) JOIN place ON thing = value"
        for thing, source, start, stop in self._asked(sql, scores):
            places.setdefault(thing, []).append((source, start, stop))
        shown = _Shown()
        for each in ranked:
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
        texts = {
            entry: (text, code) for entry, text, code in self._asked(sql, [each.entry for each in ranked])
        }
        return tuple(
            Hit(
                each.iri,
                each.kind,
                Role(each.role),
                *texts[each.entry],
                names[each.thing],
                places.get(each.thing),
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
