"""Clients as people use them get right answers, and others' parsers read every format."""

import csv
import io
import subprocess
import xml.etree.ElementTree as ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDF, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed
from tests.service import Running

from clustergraph.store.formats import GRAPHS, RESULTS

NAMES = "SELECT ?s ?n { ?s <http://example.org/name> ?n } ORDER BY ?s ?n"
TOWNS = "PREFIX ex: <http://example.org/> CONSTRUCT { ?s ex:name ?n } WHERE { ?s a ex:Town ; ex:name ?n }"
EXPECTED_NAMES = {
    ("http://example.org/basel", "Basel", "de"),
    ("http://example.org/basel", "Bâle", "fr"),
    ("http://example.org/kehl", "Kehl", "de"),
    ("http://example.org/rhine", "Rhein", "de"),
    ("http://example.org/rhine", "Rhin", "fr"),
}
EXPECTED_GRAPH = {names for names in EXPECTED_NAMES if not names[0].endswith("rhine")}
RDF_FORMATS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}
RESULT_FORMATS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/tab-separated-values": "tsv",
}


FORMS = {
    "SELECT": NAMES,
    "ASK": "ASK { ?s a <http://example.org/Town> }",
    "CONSTRUCT": TOWNS,
    "DESCRIBE": "DESCRIBE <http://example.org/basel>",
}
OF_RESULTS = {JSON: "json", XML: "xml", CSV: "csv", TSV: "tsv"}
OF_GRAPHS = {
    TURTLE: "ttl",
    N3: "ttl",
    RDF: "rdf",
    RDFXML: "rdf",
    XML: "rdf",
    JSONLD: "jsonld",
    JSON: "jsonld",
}


@pytest.mark.filterwarnings("ignore:.*(returned|Format requested|unknown response)")  # its view of odd pairs
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("asked", [JSON, XML, TURTLE, N3, RDF, RDFXML, CSV, TSV, JSONLD])
def test_sparqlwrapper_gets_each_of_its_formats(small: Running, asked: str, form: str, method: str) -> None:
    client = SPARQLWrapper(f"{small.url}/sparql")
    client.setMethod(method)
    client.setReturnFormat(asked)
    client.setQuery(FORMS[form])
    got = client.query()
    kind = got.info()["content-type"].partition(";")[0]
    if form in ("SELECT", "ASK"):
        assert kind == RESULTS[OF_RESULTS.get(asked, "json")].media_type
    else:
        assert kind == GRAPHS[OF_GRAPHS.get(asked, "ttl")].media_type
    body = got.response.read().decode()
    assert ("true" if form == "ASK" else "Basel") in body


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_reads_json(small: Running, method: str) -> None:
    client = SPARQLWrapper(f"{small.url}/sparql")
    client.setMethod(method)
    client.setReturnFormat(JSON)
    client.setQuery(NAMES)
    rows = client.query().convert()["results"]["bindings"]
    found = {(row["s"]["value"], row["n"]["value"], row["n"]["xml:lang"]) for row in rows}
    assert found == EXPECTED_NAMES


def test_sparqlwrapper_converts_what_it_gets(small: Running) -> None:
    client = SPARQLWrapper(f"{small.url}/sparql")
    client.setQuery(NAMES)
    client.setReturnFormat(XML)
    assert len(client.query().convert().getElementsByTagName("result")) == 5
    for form, lines in ((CSV, b"\r\n"), (TSV, b"\n")):
        client.setReturnFormat(form)
        assert client.query().convert().count(lines) == 6
    client.setQuery(TOWNS)
    for form in (TURTLE, N3):
        client.setReturnFormat(form)
        assert len(rdflib.Graph().parse(data=client.query().convert(), format="turtle")) == 3


def test_sparqlwrapper_is_told_of_a_malformed_query(small: Running) -> None:
    client = SPARQLWrapper(f"{small.url}/sparql")
    client.setQuery("SELECT * {")
    with pytest.raises(QueryBadFormed):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflibs_store_asks_the_service(small: Running, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{small.url}/sparql", method=method))
    found = {(str(s), str(n), n.language) for s, n in graph.query(NAMES)}
    assert found == EXPECTED_NAMES
    basel = rdflib.URIRef("http://example.org/basel")
    assert (basel, rdflib.RDF.type, rdflib.URIRef("http://example.org/Town")) in graph
    assert len(list(graph.objects(basel, rdflib.URIRef("http://example.org/name")))) == 2


@pytest.mark.needs("curl")
def test_curl_gets_what_it_asks_for(small: Running) -> None:
    command = ["curl", "-s", "--compressed", "-H", "Accept: text/csv", "--data-urlencode", f"query={NAMES}"]
    got = subprocess.run([*command, f"{small.url}/sparql"], capture_output=True, check=True)
    rows = list(csv.reader(io.StringIO(got.stdout.decode())))
    assert rows[0] == ["s", "n"]
    assert {tuple(row) for row in rows[1:]} == {names[:2] for names in EXPECTED_NAMES}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parsers use it
@pytest.mark.parametrize("accept", RDF_FORMATS)
def test_rdflib_and_oxigraph_read_each_graph_format(small: Running, accept: str) -> None:
    response = small.get(TOWNS, accept)
    name = rdflib.URIRef("http://example.org/name")
    dataset = rdflib.Dataset(default_union=True).parse(data=response.content, format=RDF_FORMATS[accept])
    by_rdflib = {(str(s), str(n), n.language) for s, n in dataset.subject_objects(name)}
    kind = ox.RdfFormat.from_media_type(accept)
    assert kind
    by_oxigraph = {
        (quad.subject.value, quad.object.value, quad.object.language)
        for quad in ox.parse(response.content, format=kind)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }
    assert by_rdflib == by_oxigraph == EXPECTED_GRAPH


@pytest.mark.parametrize(
    "accept",
    ["application/sparql-results+json", "application/sparql-results+xml", "text/tab-separated-values"],
)
def test_rdflib_and_oxigraph_read_each_result_format(small: Running, accept: str) -> None:
    response = small.get(NAMES, accept)
    kind = ox.QueryResultsFormat.from_media_type(accept)
    assert kind
    solutions = ox.parse_query_results(response.content, format=kind)
    assert isinstance(solutions, ox.QuerySolutions)
    by_oxigraph = {(row["s"].value, row["n"].value, row["n"].language) for row in solutions}
    result = rdflib.query.Result.parse(io.BytesIO(response.content), format=RESULT_FORMATS[accept])
    by_rdflib = {(str(row.s), str(row.n), row.n.language) for row in result}
    assert by_rdflib == by_oxigraph == EXPECTED_NAMES


def test_xml_results_are_well_formed(small: Running) -> None:
    query = "SELECT ?o { ?s ?p ?o . FILTER(?p != <http://example.org/control>) }"
    root = ElementTree.fromstring(small.get(query, "application/sparql-results+xml").text)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
