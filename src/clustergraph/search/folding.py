"""Words in, what is compared out: spellings folded, endings cut, and the words of a text that were found."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

import snowballstemmer  # type: ignore[import-untyped]

STEMMERS: Final = MappingProxyType({"de": "german", "fr": "french", "en": "english"})
_WORD: Final = re.compile(r"\d+(?:\.\d+)+|\w+")
_UMLAUT: Final = re.compile(r"ae|oe|(?<![aeq])ue")
"""Two letters for an umlaut; "neue" and "Quelle" have none."""
_LIGATURES: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l"})
_PART: Final = 4
"""Letters that a part of a compound needs to be looked for."""
_FILLERS: Final = (
    "der die das des dem den ein eine einer eines einem einen und oder in im am an auf zu zum zur von vom",
    "mit für bei aus ist sind was wer wie über",
    "le la les l un une du de des d et ou en au aux à dans sur pour par avec est sont que qui",
    "the a of and or in on at to for by with from is are what who how about",
)
"""Words that tell nothing beside others, in German, French and English."""


class Term(NamedTuple):
    """A word of a question: as it is folded, and what its endings leave in each language."""

    fold: str
    stems: frozenset[str]

    @property
    def part(self) -> str:
        """What a compound must contain to hold the word; empty where that would be too little."""
        shortest = min(self.stems, key=lambda stem: (len(stem) < _PART, len(stem), stem))
        return shortest if len(shortest) >= _PART and not shortest[0].isdigit() else ""


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word without what people write in several ways: case, accents, umlauts, ß.

    >>> fold("Währung") == fold("waehrung") == fold("Wahrung"), fold("Straße"), fold("neue")
    (True, 'strasse', 'neue')
    """
    letters = unicodedata.normalize("NFKD", word.casefold().translate(_LIGATURES))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _UMLAUT.sub(lambda found: found[0][0], plain)


@lru_cache(maxsize=100_000)
def stem(folded: str, language: str) -> str:
    """Return a folded word without its endings; in a language without a stemmer, the word itself.

    >>> stem("massnahmen", "de") == stem("massnahme", "de")
    True
    """
    algorithm = STEMMERS.get(language)
    return str(snowballstemmer.stemmer(algorithm).stemWord(folded)) if algorithm else folded


def read(text: str) -> list[tuple[str, str]]:
    """Return the words of a text, folded and as they are written."""
    return [(fold(word), word) for word in _WORD.findall(text)]


def words(text: str) -> list[str]:
    """Return the words of a text, folded; a number such as 3.7 is one word."""
    return [fold(word) for word in _WORD.findall(text)]


def key_of(text: str) -> str:
    """Return what texts that differ in spelling have in common; without a word, the marks themselves.

    >>> key_of("die Währung"), key_of(" ++")
    ('die wahrung', '++')
    """
    return " ".join(words(text)) or text.strip()


def telling(folded: Iterable[str]) -> list[str]:
    """Return the words that tell something; all of them where none does.

    >>> telling(words("die Schweiz!")), telling(words("DE"))
    (['schweiz'], ['de'])
    """
    given = list(folded)
    return [word for word in given if word not in _FOLDED_FILLERS] or given


def stems(folded: str, language: str) -> list[str]:
    """Return what a word's endings leave; in every language where its own has no stemmer."""
    languages = (language,) if language in STEMMERS else tuple(STEMMERS)
    return sorted({stem(folded, code) for code in languages})


def terms(question: str) -> tuple[Term, ...]:
    """Return what a question asks for."""
    found = dict.fromkeys(telling(words(question)))
    return tuple(Term(word, frozenset(stems(word, ""))) for word in found)


def marked(text: str, asked: Iterable[Term]) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, each with whether a term was found in it.

    >>> list(marked("Die Förderung.", terms("foerderungen")))
    [('Die ', False), ('Förderung', True), ('.', False)]
    """
    sought = tuple(asked)
    done = 0
    for word in _WORD.finditer(text):
        if any(_holds(fold(word[0]), term) for term in sought):
            if word.start() > done:
                yield text[done : word.start()], False
            yield word[0], True
            done = word.end()
    if done < len(text):
        yield text[done:], False


def _holds(folded: str, term: Term) -> bool:
    """Tell whether a word was found by a term, without cutting its endings, which takes time."""
    if folded == term.fold or (term.part and term.part in folded):
        return True
    beginnings = [beginning for beginning in (term.fold, *term.stems) if len(beginning) >= _PART - 1]
    return folded.startswith(tuple(beginnings))


_FOLDED_FILLERS: Final = frozenset(fold(word) for line in _FILLERS for word in line.split())
