"""What somebody writes for a thing in ("die Schweiz!", "CH", an IRI); the thing, or those it may be, out."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import urljoin

from clustergraph.namespaces import BASE
from clustergraph.search.folding import telling, words
from clustergraph.web.pages.terms import Row

_NEAR: Final = 8
"""Things that are suggested at most."""
_ALIKE: Final = 0.6
"""How alike two names are for one to be suggested for the other."""


@dataclass(frozen=True)
class Option:
    """A thing that a parameter may be, with its names folded."""

    iri: str
    names: frozenset[str]
    position: int = 0

    @property
    def local(self) -> str:
        """The last part of its IRI."""
        return self.iri.rpartition("/")[2].rpartition("#")[2]


class Picked(NamedTuple):
    """The thing that was meant; without it, those that may be meant."""

    iri: str
    near: tuple[str, ...] = ()
    several: bool = False
    """Whether what was written names more than one thing."""


def options_of(rows: Iterable[Row]) -> tuple[Option, ...]:
    """Return the things that the rows of the query ``choices`` are about."""
    found = []
    for iri, of_thing in groupby(rows, lambda row: str(row["thing"])):
        own = list(of_thing)
        position = next((str(row["position"]) for row in own if row["position"]), "0")
        names = frozenset(_folded(str(row["label"])) for row in own)
        found.append(Option(iri, names, int(position) if position.isdecimal() else 0))
    return tuple(found)


def pick(options: Sequence[Option], given: str) -> Picked:
    """Return the thing that is meant: by its IRI, the last part of it, a name in any language, or a code.

    >>> swiss = Option("https://w3id.org/clustergraph/id/country/ch", frozenset({"schweiz", "suisse", "ch"}))
    >>> pick([swiss], "die Schweiz!").iri == pick([swiss], "id/country/ch").iri == swiss.iri
    True
    >>> pick([swiss], "Schweitz").near == (swiss.iri,)
    True
    """
    iri = urljoin(BASE, given.strip())
    wanted = _folded(given)
    exact = [option.iri for option in options if iri == option.iri]
    exact = exact or [option.iri for option in options if given.strip().lower() == option.local.lower()]
    exact = exact or [option.iri for option in options if wanted and wanted in option.names]
    if len(exact) == 1:
        return Picked(exact[0])
    return Picked("", tuple(exact or _near(options, wanted))[:_NEAR], several=bool(exact))


def _near(options: Sequence[Option], wanted: str) -> list[str]:
    """Return the things whose names hold what was written, else those with the most similar names."""
    holding = [option.iri for option in options if any(wanted in name for name in option.names)]
    if wanted and holding:
        return holding
    by_name = {name: option.iri for option in options for name in option.names}
    alike = difflib.get_close_matches(wanted, by_name, n=_NEAR, cutoff=_ALIKE)
    return list(dict.fromkeys(by_name[name] for name in alike))


def _folded(text: str) -> str:
    return " ".join(telling(words(text)))
