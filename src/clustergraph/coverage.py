"""Built graphs in, what the catalogue says of their reports out: titles, notices, countries, subjects."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rdflib import DCAT, DCTERMS, PROV, RDF, RDFS, SKOS, VOID, Graph, Literal, URIRef
from rdflib.term import Node

from clustergraph import iris
from clustergraph.graph.anchors import Triple
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import PREFIXES
from clustergraph.vocabulary import CLG

_COUNTRIES: Final = "http://publications.europa.eu/resource/authority/country"
_LOCATION: Final = URIRef(f"{PREFIXES['schema']}location")
_REPORTS: Final = MappingProxyType({"de": "Berichte:", "fr": "Rapports :", "en": "Reports:"})
_QUOTED: Final = MappingProxyType({"de": "„{}“: {}", "fr": "« {} » : {}", "en": "“{}”: {}"})
_SILENT: Final = MappingProxyType(
    {
        "de": "Der Bericht nennt keinen Vermerk; ohne Erlaubnis nur zitieren.",
        "fr": "Le rapport n’indique aucune mention ; sans autorisation, citer seulement.",
        "en": "The report states no notice; without permission, quote only.",
    }
)


def cover(catalog: Graph, graphs: Mapping[str, Graph]) -> None:
    """Add to the hand-written catalogue what depends on which reports are in the data."""
    whole = iris.dataset("clustergraph")
    texts = sorted(graphs["stated"].subjects(RDF.type, CLG.SourceText), key=str)
    for text in texts:
        for publication in graphs["stated"].objects(text, DCTERMS.isFormatOf):
            catalog.add((iris.graph("stated"), PROV.wasDerivedFrom, publication))
            catalog.add((whole, VOID.rootResource, publication))
    for language in LANGUAGES:
        titles = "; ".join(f"{_title(graphs, text)} ({_year(graphs, text)})" for text in texts)
        _lengthen(catalog, (whole, DCTERMS.description), language, after=f"{_REPORTS[language]} {titles}.")
        notices = " ".join(_notice(graphs, text, language) for text in texts)
        _lengthen(catalog, (iris.rights("report-wording"), RDFS.label), language, before=notices)
    for triple in (*_countries(graphs), *_keywords(graphs)):
        catalog.add(triple)


def _lengthen(
    catalog: Graph, what: tuple[URIRef, URIRef], language: str, before: str = "", after: str = ""
) -> None:
    """Put words before or after those that are written by hand in a language."""
    for words in list(catalog.objects(*what)):
        if isinstance(words, Literal) and words.language == language:
            catalog.remove((*what, words))
            catalog.add((*what, Literal(" ".join(filter(None, (before, words, after))), lang=language)))


def _title(graphs: Mapping[str, Graph], text: Node) -> str:
    """Return a report's title in its own language, as one cites it."""
    return str(graphs["stated"].value(text, DCTERMS.title))


def _year(graphs: Mapping[str, Graph], text: Node) -> str:
    """Return the year of a report, or its slug where the report gives none."""
    publication = graphs["stated"].value(text, DCTERMS.isFormatOf)
    issued = graphs["stated"].value(publication, DCTERMS.issued)
    return str(issued)[:4] if issued else str(text).rpartition("/")[2]


def _notice(graphs: Mapping[str, Graph], text: Node, language: str) -> str:
    """Return a report's notice of rights and what its record says of it, after its title."""
    stated = graphs["stated"]
    printed = [str(one) for one in stated.objects(stated.value(text, DCTERMS.isFormatOf), DCTERMS.rights)]
    notes = [
        str(note)
        for note in stated.objects(text, DCTERMS.rights)
        if isinstance(note, Literal) and note.language == language
    ]
    unsaid = [f"{one.rstrip('.')}." for one in printed if not any(one in note for note in notes)]
    words = " ".join((*unsaid, *notes)) or _SILENT[language]
    return _QUOTED[language].format(_title(graphs, text), words)


def _countries(graphs: Mapping[str, Graph]) -> Iterator[Triple]:
    """Yield the countries that the column heads of the reports name, as harvesters know them."""
    for country in set(graphs["stated"].objects(None, CLG.countryColumn)):
        for known in graphs["ontology"].objects(country, SKOS.exactMatch):
            if str(known).startswith(_COUNTRIES):
                yield iris.dataset("clustergraph"), DCTERMS.spatial, known
                yield known, RDF.type, DCTERMS.Location
                yield known, SKOS.inScheme, URIRef(_COUNTRIES)


def _keywords(graphs: Mapping[str, Graph]) -> Iterator[Triple]:
    """Yield what the theme areas of the reports and the places of their workshops are called."""
    stated = graphs["stated"]
    named = set(stated.subjects(RDF.type, CLG.ThemeArea))
    for workshop in set(stated.objects(None, CLG.reportsOn)):
        named |= set(stated.objects(workshop, _LOCATION))
    for thing in named:
        for graph in (stated, graphs["translations"]):
            for label in graph.objects(thing, SKOS.prefLabel):
                if isinstance(label, Literal) and label.language in LANGUAGES:
                    yield iris.dataset("clustergraph"), DCAT.keyword, label
