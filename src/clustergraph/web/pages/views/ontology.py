"""An ontology: its classes with what leads from them and to them, its properties, and how both join."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import Value, column, listed, table
from clustergraph.web.pages.terms import Row, Term

ABOUT: Final = ("owl:Ontology",)
_DOMAIN: Final = ("schema:domainIncludes", "rdfs:domain")
_RANGE: Final = ("schema:rangeIncludes", "rdfs:range")
_NOTES: Final = ("skos:scopeNote", "skos:example", "skos:editorialNote")
_ALIGNED: Final = (
    "rdfs:subPropertyOf",
    "owl:equivalentClass",
    "owl:equivalentProperty",
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:broadMatch",
    "rdfs:seeAlso",
)


@dataclass(frozen=True)
class Defined:
    """A term with what the ontology says of it."""

    iri: str
    values: dict[str, list[Term]]
    """Values by property."""

    @property
    def name(self) -> str:
        """The fragment of its IRI, by which a page finds it."""
        return self.iri.replace("#", "/").rpartition("/")[2]

    def all(self, names: Iterable[str]) -> list[str]:
        """Return the IRIs that properties name."""
        return [str(term) for name in names for term in self.values.get(_expanded(name), ()) if term.is_iri]

    def words(self, names: Iterable[str], language: str) -> list[str]:
        """Return the words of properties in a language."""
        found = (term for name in names for term in self.values.get(_expanded(name), ()))
        return [term.value for term in found if not term.is_iri and term.language in ("", language)]

    def is_a(self, *classes: str) -> bool:
        """Whether it is of one of some classes."""
        return not {_expanded(name) for name in classes}.isdisjoint(self.all(["rdf:type"]))


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


async def view(page: Page) -> View:
    """Show the terms of an ontology."""
    defined = list(_defined(await page.rows("defined-terms", this=page.iri)))
    instances = {str(row["class"]): row for row in await page.rows("instances", this=page.iri)}
    page.mention(page.iri, *(term.iri for term in defined))
    await page.learn_names()
    classes = [term for term in defined if term.is_a("owl:Class", "rdfs:Class")]
    properties = [term for term in defined if term not in classes]
    values = {
        "classes": classes,
        "properties": properties,
        "instances": instances,
        "leaving": {each.iri: _naming(each, properties, _DOMAIN) for each in classes},
        "arriving": {each.iri: _naming(each, properties, _RANGE) for each in classes},
        "edges": _edges(classes, properties),
        "domain": _DOMAIN,
        "range": _RANGE,
        "notes": _NOTES,
        "aligned": _ALIGNED,
        "definitions": await page.rows("definition", this=page.iri),
    }
    columns = [column("term"), column("name"), column("definition"), column("domain"), column("range")]
    rows: list[dict[str, Value]] = [
        {
            "term": term.name,
            "name": page.names.of(term.iri, page.language).words,
            "definition": " ".join(term.words(["skos:definition"], page.language)),
            "domain": listed(page, term.all(_DOMAIN)),
            "range": listed(page, term.all(_RANGE)),
        }
        for term in defined
    ]
    return View("ontology.html", values, {"terms": table("terms", columns, rows)})


def _defined(rows: Iterable[Row]) -> Iterable[Defined]:
    for iri, own in groupby(rows, lambda row: str(row["term"])):
        values: dict[str, list[Term]] = {}
        for row in own:
            if row["value"]:
                values.setdefault(str(row["property"]), []).append(row["value"])
        yield Defined(iri, values)


def _naming(each: Defined, properties: Sequence[Defined], names: Sequence[str]) -> list[Defined]:
    """Return the properties that name a class as what they lead from, or to."""
    return [term for term in properties if each.iri in term.all(names)]


def _edges(classes: Sequence[Defined], properties: Sequence[Defined]) -> list[tuple[int, int, int]]:
    """Return how many properties lead from a class to a class, both by their places."""
    places = {each.iri: place for place, each in enumerate(classes)}
    counts: dict[tuple[int, int], int] = {}
    for term in properties:
        for start in term.all(_DOMAIN):
            for end in term.all(_RANGE):
                if start in places and end in places:
                    pair = places[start], places[end]
                    counts[pair] = counts.get(pair, 0) + 1
    return [(start, end, count) for (start, end), count in sorted(counts.items())]
