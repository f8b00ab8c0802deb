"""Built graphs in, their catalogue out: what is published, how large it is, and where the files are."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from rdflib import DCAT, DCTERMS, PROV, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from clustergraph import iris
from clustergraph.namespaces import PREFIXES
from clustergraph.turtle import new_graph, read_turtle

SPDX: Final = Namespace(PREFIXES["spdx"])
_MEDIA: Final = "http://www.iana.org/assignments/media-types/"
_FORMATS: Final = MappingProxyType(
    {
        "nq": "application/n-quads",
        "nt": "application/n-triples",
        "trig": "application/trig",
        "ttl": "text/turtle",
    }
)
_REPORT: Final = URIRef(f"{PREFIXES['bibo']}Report")
_WHOLE: Final = "clustergraph"


def catalogue(root: Path, graphs: Mapping[str, Graph], files: Mapping[str, bytes]) -> Graph:
    """Return the hand-written description with sizes, checksums and distributions added.

    A graph's Turtle is the file itself; the dumps of the whole hold this catalogue too, and so no checksum.
    """
    catalog = new_graph()
    read_turtle(catalog, root / "data" / "catalog.ttl")
    for name, graph in graphs.items():
        node = iris.graph(name)
        catalog.add((node, VOID.triples, Literal(len(graph))))
        dump = _distribution(catalog, node, name, "ttl")
        _add_checksum(catalog, dump, files[name])
    for publication in graphs["stated"].subjects(RDF.type, _REPORT):
        catalog.add((iris.graph("stated"), PROV.wasDerivedFrom, publication))
        catalog.add((iris.dataset(_WHOLE), VOID.rootResource, publication))
    for form in _FORMATS:
        _distribution(catalog, iris.dataset(_WHOLE), _WHOLE, form)
    return catalog


def _distribution(catalog: Graph, node: URIRef, name: str, form: str) -> URIRef:
    """Add a dump: under a licence where its graph has one, else under the rights in its words."""
    dump = iris.dump(f"{name}.{form}")
    catalog.add((node, DCAT.distribution, dump))
    catalog.add((node, VOID.dataDump, dump))
    catalog.add((dump, RDF.type, DCAT.Distribution))
    catalog.add((dump, DCAT.accessURL, dump))
    catalog.add((dump, DCAT.downloadURL, dump))
    catalog.add((dump, DCAT.mediaType, URIRef(_MEDIA + _FORMATS[form])))
    for language, title in _titles(name, form):
        catalog.add((dump, DCTERMS.title, Literal(title, lang=language)))
    terms = DCTERMS.license if (node, DCTERMS.license, None) in catalog else DCTERMS.rights
    for value in catalog.objects(node, terms):
        catalog.add((dump, terms, value))
    return dump


def _titles(name: str, form: str) -> Iterator[tuple[str, str]]:
    yield "de", f"{name} als {form}-Datei"
    yield "fr", f"{name}, fichier {form}"
    yield "en", f"{name} as a {form} file"


def _add_checksum(catalog: Graph, dump: URIRef, content: bytes) -> None:
    node = URIRef(f"{dump}#sha256")
    digest = hashlib.sha256(content).hexdigest()
    catalog.add((dump, SPDX.checksum, node))
    catalog.add((node, RDF.type, SPDX.Checksum))
    catalog.add((node, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    catalog.add((node, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary, normalize=False)))
