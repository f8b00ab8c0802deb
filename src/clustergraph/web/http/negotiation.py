"""An Accept header in, the formats to answer in out (RFC 9110, section 12.5).

Who gets a page: whoever prefers HTML to every format of data. The one exception are headers that name images
beside HTML, but not XHTML. No browser sends one, while Java's HttpURLConnection does for programs that have
said nothing about what they take; for them HTML does not count.

A parameter goes before the header: of its values, in the order of the request, the first that names a format
of results holds for results, the first that names one of graphs for graphs. The header decides where there is
none, and where the value is ``auto``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from clustergraph.store.formats import GRAPHS, PAGE, RESULTS, Format

_HEADER: Final = 4096
"""Characters of a header that are considered."""
_NAMES: Final = 500
"""Characters that the names of formats may have."""
_IMAGES: Final = frozenset({"image/gif", "image/jpeg"})
_XHTML: Final = "application/xhtml+xml"
_AUTO: Final = "auto"
_ANY: Final = ("*/*", "*")
HTML: Final = Format(PAGE, "text/html", (_XHTML,), text=True)
PROBLEM: Final = Format(
    "problem", "application/problem+json", ("application/json", "application/sparql-results+json")
)
_PLAIN: Final = Format("plain", "text/plain", (), text=True)
_OVERRIDES: Final = MappingProxyType(
    {key: (key, "") for key in RESULTS}
    | {key: ("", key) for key in GRAPHS}
    | {
        "json": ("json", "jsonld"),
        "xml": ("xml", "rdf"),
        "html": (PAGE, PAGE),
        "srj": ("json", ""),
        "srx": ("xml", ""),
        "turtle": ("", "ttl"),
        "n3": ("", "ttl"),
        "ntriples": ("", "nt"),
        "n-triples": ("", "nt"),
        "nquads": ("", "nq"),
        "n-quads": ("", "nq"),
        "json-ld": ("", "jsonld"),
        "rdfxml": ("", "rdf"),
        "rdf+xml": ("", "rdf"),
    }
)
NAMES: Final = (_AUTO, *_OVERRIDES)
"""The short names of formats; media types are names too."""


@dataclass(frozen=True)
class Range:
    """One media range of an Accept header."""

    type: str
    quality: float

    def specificity(self, offered: Format) -> int:
        """Return 3 where the range names the format, 2 for its type, 1 for ``*/*``, 0 for no match."""
        if self.type == offered.media_type or self.type in offered.aliases:
            return 3
        if self.type == offered.media_type.partition("/")[0] + "/*":
            return 2
        return 1 if self.type in _ANY else 0


@dataclass(frozen=True)
class Choice:
    """The formats for results and for graphs (empty: none is acceptable), and for a problem."""

    results: str
    graph: str
    problem: str


def choose(accept: str, override: str = "") -> Choice | None:
    """Return the choice for an Accept header and a ``format`` parameter; None where the parameter is unknown.

    >>> choose("text/html;q=0.5, text/csv")
    Choice(results='csv', graph='page', problem='page')
    >>> choose("", "n3,text/tab-separated-values")
    Choice(results='tsv', graph='ttl', problem='problem')
    """
    return _choose(_considered(accept), override) if len(override) <= _NAMES else None


@lru_cache(maxsize=1024)
def _choose(accept: str, override: str) -> Choice | None:
    ranges = tuple(parse(accept))
    if _IMAGES.intersection(types := {entry.type for entry in ranges}) and _XHTML not in types:
        ranges = tuple(entry for entry in ranges if entry.type != HTML.media_type)
    choice = Choice(
        best(ranges, (*RESULTS.values(), HTML)),
        best(ranges, (*GRAPHS.values(), HTML)),
        best(ranges, (PROBLEM, HTML, _PLAIN)) or _PLAIN.key,
    )
    names = [name for part in override.split(",") if (name := part.partition(";")[0].strip().lower())]
    automatic = choice.results, choice.graph
    known = [automatic if name == _AUTO else _named(name) for name in names]
    if names and _AUTO not in names and not any(map(any, known)):
        return None
    results = next((results for results, _ in known if results), choice.results)
    graph = next((graph for _, graph in known if graph), choice.graph)
    return Choice(results, graph, choice.problem)


def _named(name: str) -> tuple[str, str]:
    """Return the formats of results and of graphs that a parameter's value names, empty for none."""
    plain = name.replace(" ", "+")
    return _OVERRIDES.get(plain) or _by_media_type(plain)


def _considered(header: str) -> str:
    """Return a header as far as it counts: long ones cost time to read and, remembered, memory.

    >>> _considered("text/csv, " + "a" * 5000)
    'text/csv'
    """
    return header if len(header) <= _HEADER else header[:_HEADER].rpartition(",")[0]


def parse(accept: str) -> Iterator[Range]:
    """Yield the media ranges of an Accept header; an empty one takes everything.

    >>> list(parse("text/*;q=0.5"))
    [Range(type='text/*', quality=0.5)]
    """
    if not accept.strip():
        yield Range("*/*", 1.0)
    for part in accept.split(","):
        name, *parameters = part.split(";")
        if name.strip():
            yield Range(name.strip().lower(), _quality(parameters))


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(max(float(value.strip()), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def best(ranges: Sequence[Range], offered: Iterable[Format]) -> str:
    """Return the key of the best offered format, empty where none is acceptable.

    The most specific range decides a format's quality; equals go by the client's order, then by ours.
    """
    ranked = []
    for order, candidate in enumerate(offered):
        matches = [(range_.specificity(candidate), -place) for place, range_ in enumerate(ranges)]
        specificity, place = max(matches, default=(0, 0))
        quality = ranges[-place].quality if specificity else 0.0
        if quality > 0:
            ranked.append((quality, specificity, place, -order, candidate.key))
    return max(ranked)[-1] if ranked else ""


def _by_media_type(name: str) -> tuple[str, str]:
    results, graph = (
        next((key for key, entry in table.items() if name in (entry.media_type, *entry.aliases)), "")
        for table in ({**RESULTS, PAGE: HTML}, {**GRAPHS, PAGE: HTML})
    )
    return results, graph


def choose_coding(header: str, offered: tuple[str, ...]) -> str:
    """Return the content coding for an Accept-Encoding header, empty for none.

    >>> choose_coding("gzip;q=0, br", ("br", "gzip")), choose_coding("gzip;q=0", ("br", "gzip"))
    ('br', '')
    """
    return _choose_coding(_considered(header), offered)


@lru_cache(maxsize=256)
def _choose_coding(header: str, offered: tuple[str, ...]) -> str:
    wanted = {range_.type: range_.quality for range_ in parse(header)} if header.strip() else {}
    identity = wanted.get("identity", 0.0)
    ranked = [(wanted.get(name, wanted.get("*", 0.0)), -order, name) for order, name in enumerate(offered)]
    quality, _, name = max(ranked, default=(0.0, 0, ""))
    return name if quality > 0 and quality >= identity else ""
