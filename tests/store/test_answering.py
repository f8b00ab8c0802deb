"""What a query's text decides beside its solutions: order of columns, prefixes, the words of a refusal."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pyoxigraph as ox
import pytest
import rdflib

from clustergraph.store.answering import answer
from clustergraph.store.loading import RDF_FORMATS
from clustergraph.store.wire import Failure, Job

RESULTS = "http://www.w3.org/2005/sparql-results#"
BASE = "http://example.org/base/"
DATA = b"""
@prefix ex: <http://example.org/> .
ex:a ex:p "1" , "2" . ex:b ex:q ex:a .
"""


class Memory(io.BytesIO):
    """A sink that keeps what it gets."""

    def open(self, format_key: str) -> None:
        self.format = format_key


@pytest.fixture(scope="module")
def store() -> ox.Store:
    filled = ox.Store()
    filled.load(DATA, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://example.org/g"))
    return filled


def answered(store: ox.Store, text: str, **job: str) -> bytes:
    sink = Memory()
    answer(store, Job(text, **job), BASE, sink, union=True)  # type: ignore[arg-type]  # only names of formats
    return sink.getvalue()


def refusal(store: ox.Store, text: str) -> Failure:
    with pytest.raises(Failure) as caught:
        answered(store, text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?z ?b ?a }", ["z", "b", "a"]),
        ("select*{ ?z ?b ?a }", ["z", "b", "a"]),
        ("PREFIX ex: <http://example.org/> SELECT DISTINCT * { ?z ex:p $a }", ["z", "a"]),
        ("SELECT # ?a first\n REDUCED * { ?z ?y ?a }", ["z", "y", "a"]),
        ("SELECT * { ?z ?y 'a ?b' . FILTER(?z != ?c) OPTIONAL { ?x ?z ?w } }", ["z", "y", "x", "w"]),
        ("SELECT * { { SELECT ?y { ?z ?y ?a } } ?x ?y ?b }", ["y", "x", "b"]),
        ("SELECT * { ?z ?y ?a MINUS { ?c ?d ?a } }", ["z", "y", "a"]),
        ("SELECT * { ?z ?y ?x BIND(1 AS ?a) } ORDER BY ?x", ["z", "y", "x", "a"]),
        ("SELECT * { VALUES (?z ?a) { (1 2) } }", ["z", "a"]),
        ("SELECT ?a ?z { ?z ?b ?a }", ["a", "z"]),
        ("SELECT (COUNT(*) AS ?n) { ?z ?b ?a }", ["n"]),
        ("SELECT * {}", []),
        ("SELECT * { ?z <http://example.org/?c> ?a ; <urn:x:p>? ?y }", ["z", "a", "y"]),
        ("SELECT * { ?z ?y ?a FILTER NOT EXISTS { ?c ?d ?a } }", ["z", "y", "a"]),
        ("SELECT * { ?z ?y ?a } ORDER BY ?c", ["z", "y", "a"]),
        ("SELECT * { VALUES ?z { 'x' } ?z ?y ?a }", ["z", "y", "a"]),
        ("SELECT * { GRAPH ?z { ?y ?x ?a } } LIMIT 1", ["z", "y", "x", "a"]),
        ("# select *\nSELECT ?y ?b { ?b ?y ?a }", ["y", "b"]),
        ("SELECT (?b AS ?x) ?b { SELECT * { ?a ?b ?c } }", ["x", "b"]),
        ("SELECT ?b ?a { { SELECT * { ?a ?b ?c } } }", ["b", "a"]),
    ],
)
def test_columns_stand_in_the_order_of_the_query(store: ox.Store, text: str, columns: list[str]) -> None:
    answers = {form: answered(store, text, results=form) for form in ("json", "xml", "csv", "tsv", "page")}
    assert json.loads(answers["json"])["head"]["vars"] == columns
    names = ElementTree.fromstring(answers["xml"]).iter(f"{{{RESULTS}}}variable")  # noqa: S314 - our own
    assert [name.get("name") for name in names] == columns
    assert next(csv.reader(io.StringIO(answers["csv"].decode())), []) == columns
    assert answers["tsv"].split(b"\n")[0] == "\t".join(f"?{name}" for name in columns).encode()
    assert json.loads(answers["page"])["variables"] == columns


TRIPLE = "<http://example.org/base/#a> <http://example.org/base/#b> <http://example.org/base/#c>"
WRITTEN = [
    ("PREFIX : <#> CONSTRUCT { :a :b :c } WHERE {}", TRIPLE),
    ("PREFIX : <> CONSTRUCT { <#a> <#b> <#c> } WHERE {}", TRIPLE),
    ("BASE <http://example.org/base/> PREFIX x: <#> CONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("BASE <../base/> PREFIX x: <#> CONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("PREFIX a: <a> BASE <x/y> PREFIX b: <../#> CONSTRUCT { b:a b:b b:c } WHERE {}", TRIPLE),
    ("PREFIX x: <\\u0023> CONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("# PREFIX\nprefix x: <#>#\nCONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("PREFIX x: <y> PREFIX x: <#> CONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("PREFIX x: <//example.org> PREFIX y: <?q> CONSTRUCT { <#a> <#b> <#c> } WHERE {}", TRIPLE),
    ("PREFIX xml: <#> CONSTRUCT { xml:a xml:b xml:c } WHERE {}", TRIPLE),
    ("PREFIX xmlns: <#> CONSTRUCT { xmlns:a xmlns:b xmlns:c } WHERE {}", TRIPLE),
    ("PREFIX rdf: <#> CONSTRUCT { rdf:a rdf:b rdf:c } WHERE {}", TRIPLE),
    ("PREFIX x: <http://www.w3.org/XML/1998/namespace> CONSTRUCT { <#a> <#b> <#c> } WHERE {}", TRIPLE),
    ("PREFIX x: <http://www.w3.org/2000/xmlns/> CONSTRUCT { <#a> <#b> <#c> } WHERE {}", TRIPLE),
    ("\ufeffPREFIX x: <#> CONSTRUCT { x:a x:b x:c } WHERE {}", TRIPLE),
    ("PREFIX : <../> DESCRIBE :b", "<http://example.org/b> <http://example.org/q> <http://example.org/a>"),
]


@pytest.mark.parametrize("form", ["ttl", "trig", "rdf", "nt", "nq", "jsonld"])
@pytest.mark.parametrize(("text", "line"), WRITTEN)
def test_any_prefix_of_a_query_can_be_written(store: ox.Store, text: str, line: str, form: str) -> None:
    body = answered(store, text, graph=form)
    triples = [str(quad.triple) for quad in ox.parse(body, format=RDF_FORMATS[form])]
    assert triples == [line]
    if form in ("ttl", "rdf"):
        graph = rdflib.Graph().parse(data=body, format={"ttl": "turtle", "rdf": "xml"}[form])
        assert [" ".join(term.n3() for term in triple) for triple in graph] == [line]


def test_the_prefixes_of_a_query_shorten_its_graph(store: ox.Store) -> None:
    turtle = answered(store, "PREFIX : <#> CONSTRUCT { :a :b :c } WHERE {}")
    assert b":a :b :c ." in turtle


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("SELECT ?s ?s { ?s ?p ?o }", 1, 11, "SELECT names ?s twice"),
        ("SELECT ?s\n  (1 AS ?s) { ?p ?q ?o }", 2, 9, "SELECT names ?s twice"),
        ("SELECT * { ?s ?p ?o { SELECT $a ?b ?a { ?a ?b ?c } } }", 1, 36, "SELECT names ?a twice"),
        ("SELECT * {\n ?s foo:a ?b }", 2, 5, "the prefix foo: is not declared"),
        ("PREFIX a: <http://a/> SELECT * { ?s a:b _:b . ?s :c ?b }", 1, 50, "the prefix : is not declared"),
        ("ASK { ?s ?p '1'^^xsd:int }", 1, 18, "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"),
        ("ASK { ?s ?p 'foo:a' . # foo:b\n ?s <foo:c> foo:d }", 2, 13, "the prefix foo: is not declared"),
        ("\ufeffASK { ?s foo:a 1 }", 1, 10, "the prefix foo: is not declared"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 34, "SELECT * does not go with GROUP BY"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?p", 1, 35, "neither grouped nor within an aggregate"),
        ("SELECT (1 AS ?s) { ?s ?p ?o }", 1, 30, "the name after AS in SELECT is in use"),
        ("SELECT * { ?s ?p ?o", 1, 20, "here could be , . ; { } ~"),
        ("SELECT * WHERE ?s ?p ?o", 1, 16, "here could be {"),
        ("ASK { ?s <http://e x> ?o }", 1, 22, "the IRI before this place is malformed"),
        ("SELECT * { ?s ?p ?o ", 1, 21, "here could be , . ; { } ~"),
        ("SELEC * {}", 1, 10, "can't be read at this place or shortly before it"),
        ("", 1, 1, "can't be read at this place or shortly before it"),
    ],
)
def test_a_refusal_is_a_sentence(store: ox.Store, text: str, line: int, column: int, says: str) -> None:
    failure = refusal(store, text)
    assert (failure.kind, failure.line, failure.column) == ("syntax", line, column)
    assert says in failure.detail
    assert "\\u{" not in failure.detail
    assert len(failure.detail) < 160


SHARED = b"""
@prefix ex: <http://example.org/> .
ex:g1 { ex:a ex:p 1 , 2 . _:x ex:p 3 }
ex:g2 { ex:a ex:p 2 , 4 }
ex:g3 { ex:a ex:p 5 . _:y ex:p 3 }
"""
APART = SHARED.replace(b"2 , 4", b"4")
PREFIXED = "PREFIX ex: <http://example.org/> PREFIX g: <http://example.org/g> "


def filled(data: bytes) -> ox.Store:
    store = ox.Store()
    store.load(data, format=ox.RdfFormat.TRIG)
    return store


@pytest.mark.parametrize(
    ("clauses", "default", "named"),
    [
        ("FROM ex:g1 FROM ex:g1", 3, 0),
        ("FROM ex:g1 FROM <http://example.org/g1> FROM g:1", 3, 0),
        ("FROM ex:g1 FROM ex:g2", 4, 0),
        ("FROM ex:g2 FROM ex:g1 FROM ex:g2", 4, 0),
        ("FROM ex:g1 FROM ex:g3", 5, 0),
        ("FROM ex:g1 FROM ex:g2 FROM ex:g3", 6, 0),
        ("FROM ex:g1 FROM ex:none", 3, 0),
        ("FROM NAMED ex:g1 FROM NAMED ex:g1", 0, 3),
        ("FROM NAMED ex:g1 FROM NAMED ex:g2", 0, 5),
        ("FROM ex:g1 FROM ex:g2 FROM NAMED ex:g2 FROM NAMED ex:g3 FROM NAMED ex:g3", 4, 4),
        ("FROM ex:g1 FROM NAMED ex:g1", 3, 3),
        ("from<http://example.org/g1>from<http://example.org/g2>", 4, 0),
    ],
)
@pytest.mark.parametrize("merged", [True, False])
def test_the_default_graph_is_a_merge(clauses: str, default: int, named: int, merged: bool) -> None:
    """SPARQL 1.1, section 13.2: each graph once, and each triple once."""
    store = filled(SHARED if merged else APART)
    less = 0 if merged or "g2" not in clauses else 1
    text = f"{PREFIXED}SELECT (COUNT(*) AS ?n) {clauses} {{ ?s ex:p ?o }}"
    assert counted(store, Job(text, results="csv"), merged) == default
    within = f"{PREFIXED}SELECT (COUNT(*) AS ?n) {clauses} {{ GRAPH ?g {{ ?s ex:p ?o }} }}"
    assert counted(store, Job(within, results="csv"), merged) == named - less * ("NAMED ex:g2" in clauses)


def test_the_protocols_default_graph_is_a_merge() -> None:
    graphs = tuple(f"http://example.org/g{number}" for number in (1, 2, 1))
    job = Job("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", results="csv", dataset=True, default_graphs=graphs)
    assert counted(filled(SHARED), job, merged=True) == 4


def counted(store: ox.Store, job: Job, merged: bool) -> int:
    sink = Memory()
    answer(store, job, BASE, sink, union=not merged)
    return int(sink.getvalue().split(b"\r\n")[1])
