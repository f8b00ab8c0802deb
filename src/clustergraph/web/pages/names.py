"""IRIs in, their names in the reader's language out: from the data, then from well-known vocabularies."""

import tomllib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.web.pages.terms import Row
from clustergraph.web.pages.wording import LANGUAGES

_KEPT: Final = 50_000
_AT_ONCE: Final = 400
"""IRIs that one query asks for."""


class Name(NamedTuple):
    """Words and the language they are in (empty: none)."""

    words: str
    language: str = ""


AskAbout = Callable[[str, Iterable[str]], Awaitable[list[Row]]]
"""Asks a query of the pages about things."""


class Names:
    """The names of one release's things, asked for once."""

    def __init__(self, ask: AskAbout) -> None:
        self._ask = ask
        self._known: dict[str, dict[str, str]] = {}

    async def learn(self, iris: Iterable[str]) -> None:
        """Ask for the names of the things that are not known yet."""
        missing = sorted(set(iris) - self._known.keys())
        if len(self._known) + len(missing) > _KEPT:
            self._known.clear()
            missing = sorted(set(iris))
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            found: dict[str, dict[str, str]] = {iri: {} for iri in some}
            for row in await self._ask("names", some):
                thing, name = row["thing"], row["name"]
                if thing and name:
                    found[thing.value].setdefault(name.language, name.value)
            self._known |= found

    def has(self, iri: str) -> bool:
        """Whether the data name the thing."""
        return bool(self._known.get(iri))

    def of(self, iri: str, language: str) -> Name:
        """Return the name of a thing in a language, else in another, else its IRI shortened."""
        names = self._known.get(iri) or _well_known().get(iri) or {}
        for code in (language, "", *LANGUAGES):
            if code in names:
                return Name(names[code], code)
        return Name(*next(iter((words, code) for code, words in names.items()), (shorten(iri), "")))


def shorten(iri: str) -> str:
    """Return an IRI with its prefix, as people read it.

    >>> shorten("http://www.w3.org/2004/02/skos/core#Concept")
    'skos:Concept'
    """
    if iri.startswith(BASE) and not iri.startswith(PREFIXES["clg"]):
        return iri.removeprefix(BASE)
    for name, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{name}:{iri.removeprefix(namespace)}"
    return iri


@cache
def _well_known() -> Mapping[str, dict[str, str]]:
    """Return the names of terms that the data use and do not name, by IRI and language."""
    text = (files("clustergraph.web.pages") / "texts" / "well-known.toml").read_text(encoding="utf-8")
    return {
        PREFIXES[prefix] + local: names
        for prefix, terms in tomllib.loads(text).items()
        for local, names in terms.items()
    }
