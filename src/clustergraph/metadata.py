"""Built graphs in, their catalogue out: what is published, how large it is, and where the files are."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from rdflib import DCAT, DCTERMS, RDF, RDFS, VOID, Graph, Literal, URIRef
from rdflib.term import Node

from clustergraph import iris
from clustergraph.coverage import cover
from clustergraph.errors import BuildError
from clustergraph.graph.report import checksum_triples
from clustergraph.turtle import new_graph, read_turtle

_MEDIA: Final = "http://www.iana.org/assignments/media-types/"
_FORMATS: Final = MappingProxyType(
    {
        "nq": "application/n-quads",
        "nt": "application/n-triples",
        "trig": "application/trig",
        "ttl": "text/turtle",
    }
)
_WHOLE: Final = "clustergraph"
_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPEN_TABLES: Final = MappingProxyType({"codes.csv": "codes"})
"""Tables without words of a report, each with the data set that it is."""


def catalogue(root: Path, graphs: Mapping[str, Graph], files: Mapping[str, bytes]) -> Graph:
    """Return the hand-written description with reports, sizes, checksums and distributions added.

    ``files`` are what is built, graphs by name and tables by file name. A graph's Turtle is the file itself;
    the dumps of the whole hold this catalogue too, and so have no checksum; nor have workbooks, which are
    made when they are asked for.
    """
    catalog = new_graph()
    read_turtle(catalog, root / "data" / "catalog.ttl")
    cover(catalog, graphs)
    whole = iris.dataset(_WHOLE)
    for name, graph in graphs.items():
        catalog.add((iris.graph(name), VOID.triples, Literal(len(graph))))
        dump = _dump(catalog, iris.graph(name), f"{name}.ttl")
        _add_checksum(catalog, dump, files[name])
    for form in _FORMATS:
        _dump(catalog, whole, f"{_WHOLE}.{form}")
    for name in sorted(name for name in files if name.endswith(".csv")):
        home = iris.dataset(_OPEN_TABLES.get(name, _WHOLE))
        table = _distribution(catalog, home, name, "text/csv")
        _add_checksum(catalog, table, files[name])
        workbook = _distribution(catalog, home, f"{name.removesuffix('.csv')}.xlsx", _WORKBOOK)
        for file in (table, workbook):
            catalog.add((file, *_terms(catalog, home)))
    for thing, title in catalog.subject_objects(DCTERMS.title):
        catalog.add((thing, RDFS.label, title))
    return catalog


def _dump(catalog: Graph, node: URIRef, file: str) -> URIRef:
    dump = _distribution(catalog, node, file, _FORMATS[file.rpartition(".")[2]])
    catalog.add((node, VOID.dataDump, dump))
    catalog.add((dump, *_terms(catalog, node)))
    return dump


def _terms(catalog: Graph, node: URIRef) -> tuple[URIRef, Node]:
    """Return the licence of a graph, or the rights in its words where it has none."""
    for term in (DCTERMS.license, DCTERMS.rights):
        for value in catalog.objects(node, term):
            return term, value
    raise BuildError(f"data/catalog.ttl: {node} has neither licence nor rights; add one")


def _distribution(catalog: Graph, node: URIRef, file: str, media: str) -> URIRef:
    address = iris.dump(file)
    catalog.add((node, DCAT.distribution, address))
    catalog.add((address, RDF.type, DCAT.Distribution))
    catalog.add((address, DCAT.accessURL, address))
    catalog.add((address, DCAT.downloadURL, address))
    catalog.add((address, DCAT.mediaType, URIRef(_MEDIA + media)))
    for language, kind in (("de", "Datei"), ("fr", "fichier"), ("en", "file")):
        catalog.add((address, DCTERMS.title, Literal(f"{kind} {file}", lang=language)))
    return address


def _add_checksum(catalog: Graph, address: URIRef, content: bytes) -> None:
    for triple in checksum_triples(address, hashlib.sha256(content).hexdigest()):
        catalog.add(triple)
