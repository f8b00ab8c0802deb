"""The words of the interface: a language in, words by page and key out (``t.thesis.title``).

Each file of ``texts/`` is a page's words, all three languages of an entry side by side.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from clustergraph.web.http.negotiation import parse

LANGUAGES: Final = MappingProxyType({"de": "Deutsch", "fr": "Français", "en": "English"})
"""The languages of the interface, with their own names."""


def choose_language(header: str) -> str:
    """Return the page's language for an Accept-Language header; English where none fits.

    >>> choose_language("fr-CH, de;q=0.8"), choose_language("it")
    ('fr', 'en')
    """
    ranked = sorted(parse(header), key=lambda range_: -range_.quality)
    codes = [range_.type.partition("-")[0] for range_ in ranked if range_.quality > 0]
    return next((code for code in codes if code in LANGUAGES), "en")


class Texts:
    """All words of the interface in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __getattr__(self, name: str) -> "Section":
        return Section(name, _read(name), self._language)


class Section:
    """The words of one file, or of a table in it, in one language."""

    def __init__(self, name: str, words: Mapping[str, Any], language: str) -> None:
        self._name = name
        self._words = words
        self._language = language

    def __getattr__(self, key: str) -> Any:
        try:
            words = self._words[key]
        except KeyError:
            raise AttributeError(
                f"texts/{self._name}.toml has no {key!r}; add it in three languages"
            ) from None
        if isinstance(words, dict) and "en" in words:
            return words[self._language]
        return Section(f"{self._name}.{key}", words, self._language)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key)

    def __contains__(self, key: str) -> bool:
        return key in self._words


@cache
def _read(name: str) -> Mapping[str, Any]:
    path = files("clustergraph.web.pages") / "texts" / f"{name}.toml"
    try:
        return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise AttributeError(f"there is no texts/{name}.toml") from None


def counted(words: str, number: int, language: str) -> str:
    """Return words for a number: ``one | many``, where ``{n}`` stands for it; French counts 0 as one.

    >>> counted("{n} Aussage | {n} Aussagen", 1, "de"), counted("{n} énoncé | {n} énoncés", 0, "fr")
    ('1 Aussage', '0 énoncé')
    """
    one, _, many = words.partition(" | ")
    single = number < 2 if language == "fr" else number == 1
    return (one if single or not many else many).replace("{n}", grouped(number, language))


def grouped(number: int, language: str) -> str:
    r"""Return a whole number as the language writes it.

    >>> grouped(19190, "de"), grouped(19190, "en")
    ('19\u202f190', '19,190')
    """
    return f"{number:,}".replace(",", "," if language == "en" else "\u202f")
