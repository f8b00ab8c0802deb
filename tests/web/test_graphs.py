"""``/graphs``: what the Graph Store Protocol says of reading, and that nothing can be written."""

import pyoxigraph as ox
import pytest
from tests.service import Running

TOWNS = "http://example.org/towns"


def triples(body: bytes) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({"graph": TOWNS}, f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{TOWNS}> {{ ?s ?p ?o }} }}"),
        ({"default": ""}, "CONSTRUCT WHERE { ?s ?p ?o }"),
    ],
)
def test_a_graph_is_what_a_query_finds_in_it(small: Running, parameters: dict[str, str], query: str) -> None:
    accept = {"accept": "application/n-triples"}
    answer = small.client.get("/graphs", params=parameters, headers=accept)
    assert answer.headers["content-type"] == "application/n-triples"
    found = triples(answer.content)
    assert found == triples(small.get(query, "application/n-triples").content)
    assert len(found) > 3
    head = small.client.head("/graphs", params=parameters, headers=accept)
    assert head.headers["content-length"] == answer.headers["content-length"]
    known = accept | {"if-none-match": answer.headers["etag"]}
    again = small.client.get("/graphs", params=parameters, headers=known)
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("graph=http%3A%2F%2Fexample.org%2Fnothing", 404),
        ("graph=", 404),
        ("", 400),
        (f"default&graph={TOWNS}", 400),
        (f"graph={TOWNS}&graph={TOWNS}", 400),
    ],
)
def test_no_graph_or_several_are_a_problem(small: Running, query: str, status: int) -> None:
    answer = small.client.get(f"/graphs?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_results_are_no_form_of_a_graph(small: Running) -> None:
    answer = small.client.get("/graphs?default", headers={"accept": "text/csv"})
    assert answer.status_code == 406


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_graph_cannot_be_changed(small: Running, method: str) -> None:
    answer = small.client.request(method, f"/graphs?graph={TOWNS}", content=b"")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_the_description_links_every_graph(small: Running) -> None:
    body = small.client.get("/sparql", headers={"accept": "application/n-triples"}).content
    void = "http://rdfs.org/ns/void#dataDump"
    links = {
        str(quad.object.value)
        for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value == void and isinstance(quad.object, ox.NamedNode)
    }
    assert len(links) == 3
    for link in links:
        assert small.client.get(link).status_code == 200
