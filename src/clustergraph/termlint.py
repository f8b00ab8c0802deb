"""Graphs, Turtle and SPARQL come in; every IRI that its namespace does not define goes out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urljoin

from rdflib import Graph, Literal, URIRef

from clustergraph.errors import ClustergraphError
from clustergraph.namespaces import PREFIXES
from clustergraph.resources import share
from clustergraph.vocabulary import CLG

Terms: TypeAlias = Mapping[str, frozenset[str]]
"""Each namespace that is known, with the local names that it defines."""

_MEMBERSHIP: Final = re.compile(re.escape(PREFIXES["rdf"]) + r"_[1-9][0-9]*")
_TOKEN: Final = re.compile(
    r"""
    (?:@prefix|\bPREFIX)\s+(?P<prefix>[\w.-]*):\s*<(?P<namespace>[^>]*)>
    | (?:@base|\bBASE)\s+<(?P<base>[^>]*)>
    | <(?P<iri>[^<>"{}|^`\s]*)>
    | \"{3}.*?(?<!\\)\"{3} | '{3}.*?(?<!\\)'{3}
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | \#[^\n]*
    | (?<![\w:?$@])(?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:%]|\\.)(?:[\w:.%-]|\\.)*)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class UnknownTerm:
    """An IRI that claims a namespace without being defined there."""

    place: str
    """The file, with ``:line`` where it is known."""
    iri: str
    fault: str
    advice: str

    def __str__(self) -> str:
        """Say where, what and what to do, in one line."""
        return f"{self.place}: {self.iri} {self.fault}; {self.advice}"


def known_terms(root: Path | None = None) -> Terms:
    """Read ``data/vocabularies/*.txt`` below ``root`` (default: :func:`share`) and add our own terms.

    A list that does not begin with ``# <namespace>`` raises :class:`ClustergraphError`.
    """
    terms = {PREFIXES["clg"]: frozenset(name for name in CLG.__annotations__ if not name.startswith("_"))}
    for path in sorted(((root or share()) / "data" / "vocabularies").glob("*.txt")):
        heading, *names = path.read_text(encoding="utf-8").splitlines()
        if not heading.startswith("# http"):
            raise ClustergraphError(
                f"{path}:1: no namespace; begin the list with '# ' and the namespace's IRI"
            )
        terms[heading.removeprefix("# ")] = frozenset(names)
    return terms


def lint_graph(graph: Graph, terms: Terms, place: str = "graph") -> Iterator[UnknownTerm]:
    """Yield each unknown IRI of a graph once, sorted; datatypes included."""
    found: set[UnknownTerm] = set()
    for iri in {iri for triple in graph for node in triple for iri in _iris_of(node)}:
        found.update(_judge(place, iri, terms))
    yield from sorted(found)


def lint_text(text: str, place: str, terms: Terms) -> Iterator[UnknownTerm]:
    """Yield each unknown IRI of a Turtle, TriG, N-Triples or SPARQL text, with its line.

    A prefix that the text does not declare is read as the project's :data:`PREFIXES` read it.
    """
    prefixes, base, line, last = dict(PREFIXES), "", 1, 0
    for token in _TOKEN.finditer(text):
        line, last = line + text.count("\n", last, token.start()), token.start()
        here = f"{place}:{line}"
        if token["namespace"] is not None:
            prefixes[token["prefix"]] = urljoin(base, token["namespace"])
        elif token["base"] is not None:
            base = token["base"]
        elif token["iri"] is not None:
            yield from _judge(here, urljoin(base, token["iri"]), terms)
        elif token["name"] is not None:
            prefix, _, local = token["name"].partition(":")
            if prefix not in prefixes:
                yield UnknownTerm(here, token["name"], "has a prefix that is not declared", "declare it")
                continue
            iri = prefixes[prefix] + re.sub(r"\\(.)", r"\1", local.rstrip("."))
            yield from _judge(here, iri, terms)


def _iris_of(node: object) -> Iterator[str]:
    if isinstance(node, URIRef):
        yield str(node)
    elif isinstance(node, Literal) and node.datatype is not None:
        yield str(node.datatype)


def _judge(place: str, iri: str, terms: Terms) -> Iterator[UnknownTerm]:
    """Yield the IRI where its namespace does not define it, or is known with https for http only."""
    for namespace, names in terms.items():
        if iri.startswith(namespace):
            local = iri.removeprefix(namespace)
            if local and local not in names and not _MEMBERSHIP.fullmatch(iri):
                near = get_close_matches(local, names, n=1)
                advice = f"did you mean {near[0]}?" if near else "look the name up in the vocabulary"
                yield UnknownTerm(place, iri, f"is not defined in {namespace}", advice)
            return
    scheme, _, rest = iri.partition("://")
    twin = f"{'http' if scheme == 'https' else 'https'}://{rest}"
    if any(twin.startswith(namespace) and twin != namespace for namespace in terms):
        yield UnknownTerm(place, iri, f"begins with {scheme}", f"write {twin}")
