"""The term list and translations in, deviations from the fixed terms out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clustergraph.curation.tables import rows

_STEM = 5
"""Letters by which a term is recognised in its inflected forms."""


@dataclass(frozen=True, slots=True)
class Term:
    """A German headword with the one term for it in each language, and the words not to use."""

    headword: str
    fixed: Mapping[str, str]
    avoid: tuple[tuple[str, str], ...]


def read_terms(path: Path) -> tuple[Term, ...]:
    """Return the fixed terms; an ``avoid`` cell lists ``language:words`` between semicolons."""
    return tuple(
        Term(row["de"], {"fr": row["fr"], "en": row["en"]}, tuple(_avoided(row["avoid"])))
        for row in rows(path, ("de", "fr", "en", "avoid"))
    )


def _avoided(cell: str) -> Iterator[tuple[str, str]]:
    for entry in filter(None, map(str.strip, cell.split(";"))):
        language, _, words = entry.partition(":")
        yield language, words


def deviations(terms: Iterable[Term], pairs: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield what is wrong with translations, given as German words, language and translation.

    Where a headword begins a word of the German, the longest word of the fixed term must occur in the
    translation, cut to its stem, and no avoided words may. Where a longer headword begins the same word,
    its term is enough.
    """
    listed = tuple(terms)
    for german, language, translation in pairs:
        folded = translation.casefold()
        starts = {term.headword: _starts(term, german) for term in listed}
        for term in listed:
            if not starts[term.headword]:
                continue
            fixed = term.fixed[language]
            if fixed and _stem(fixed) not in folded and not _within_longer(term.headword, starts):
                yield f"{term.headword!r} is {fixed!r} in {language}, but it is missing in “{translation}”"
            for avoided_in, words in term.avoid:
                if avoided_in == language and re.search(rf"\b{re.escape(words.casefold())}s?\b", folded):
                    yield f"{words!r} is not the term for {term.headword!r} in {language}: “{translation}”"


def _starts(term: Term, german: str) -> frozenset[int]:
    """Return where the headword begins a word."""
    found = re.finditer(rf"\b{re.escape(term.headword)}", german, re.IGNORECASE)
    return frozenset(match.start() for match in found)


def _within_longer(headword: str, starts: Mapping[str, frozenset[int]]) -> bool:
    """Return whether each place of a headword is one of a longer headword, which has a term of its own."""
    longer = (places for other, places in starts.items() if len(other) > len(headword))
    return starts[headword] <= frozenset().union(*longer)


def _stem(term: str) -> str:
    return max(re.split(r"[\s\-’()]+", term), key=len).casefold()[:_STEM]
