"""What the service says of itself is true."""

import re
from typing import Any

import pyoxigraph as ox
import pytest
from tests.service import Running

from clustergraph import queries

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
SH = "http://www.w3.org/ns/shacl#"
DATASET = ox.NamedNode("https://w3id.org/clustergraph/dataset/clustergraph")


def graph_of(service: Running, path: str, accept: str = "text/turtle") -> ox.Store:
    """Load what the service answers."""
    response = service.client.get(path, headers={"accept": accept}).raise_for_status()
    kind = ox.RdfFormat.from_media_type(response.headers["content-type"])
    assert kind
    store = ox.Store()
    store.load(response.content, kind)
    return store


def objects(store: ox.Store, subject: ox.NamedNode, predicate: str) -> set[str]:
    """Return the values of a property."""
    found = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)
    return {str(getattr(quad.object, "value", quad.object)) for quad in found}


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/rdf+xml"])
def test_without_a_query_the_endpoint_describes_itself(small: Running, accept: str) -> None:
    store = graph_of(small, "/sparql", accept)
    endpoint = ox.NamedNode(f"{small.url}/sparql")
    assert objects(store, endpoint, f"{SD}endpoint") == {endpoint.value}
    assert objects(store, endpoint, f"{SD}supportedLanguage") == {f"{SD}SPARQL11Query"}
    assert objects(store, endpoint, f"{SD}feature") == {f"{SD}UnionDefaultGraph"}
    names = {
        str(getattr(q.object, "value", ""))
        for q in store.quads_for_pattern(None, ox.NamedNode(f"{SD}name"), None)
    }
    assert names == {f"http://example.org/{name}" for name in ("towns", "rivers", "odd")}


def test_void_counts_what_queries_count(graph_service: Running) -> None:
    store = graph_of(graph_service, "/.well-known/void")
    count = graph_service.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert objects(store, DATASET, f"{VOID}triples") == {count}
    wanted = graph_service.rows("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    partitions = {}
    for quad in store.quads_for_pattern(DATASET, ox.NamedNode(f"{VOID}classPartition"), None):
        assert isinstance(quad.object, ox.NamedNode)
        (kind,) = objects(store, quad.object, f"{VOID}class")
        (entities,) = objects(store, quad.object, f"{VOID}entities")
        partitions[kind] = entities
    assert partitions == {row["c"]: row["n"] for row in wanted}


def test_void_holds_the_figures_of_the_report(graph_service: Running) -> None:
    store = graph_of(graph_service, "/.well-known/void")
    kinds = {"Skill": "61", "SkillRating": "183", "Hypothesis": "12", "FieldOfActivity": "10"}
    for name, entities in kinds.items():
        kind = ox.NamedNode(f"https://w3id.org/clustergraph/ns#{name}")
        parts = {quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(f"{VOID}class"), kind)}
        counts = {
            next(iter(objects(store, part, f"{VOID}entities")))
            for part in parts
            if isinstance(part, ox.NamedNode)
        }
        assert counts == {entities}, name


def test_each_example_is_described_and_runs(graph_service: Running) -> None:
    store = graph_of(graph_service, "/sparql")
    executable = ox.NamedNode(f"{SH}SPARQLExecutable")
    found = {quad.subject for quad in store.quads_for_pattern(None, None, executable)}
    assert len(found) == len(queries.examples()) >= 6
    for node in found:
        assert isinstance(node, ox.NamedNode)
        (text,) = objects(store, node, f"{SH}select") | objects(store, node, f"{SH}construct")
        assert graph_service.get(text, "application/sparql-results+json, text/turtle").status_code == 200


def test_every_path_of_the_openapi_description_answers(graph_service: Running) -> None:
    document: dict[str, Any] = graph_service.client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        if "get" not in operations or "{" in path:
            continue
        statuses = set(operations["get"]["responses"])
        response = graph_service.client.get(path, headers={"accept": "*/*"})
        assert str(response.status_code) in statuses, path
        types = operations["get"]["responses"][str(response.status_code)].get("content", {})
        assert not types or response.headers["content-type"].partition(";")[0] in types, path


def test_every_operation_of_the_openapi_description_has_a_name_of_its_own(graph_service: Running) -> None:
    paths: dict[str, dict[str, Any]] = graph_service.client.get("/openapi.json").json()["paths"]
    names = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(names) > 20
    assert len(set(names)) == len(names)


def test_every_parameter_of_the_openapi_description_is_taken(graph_service: Running) -> None:
    document: dict[str, Any] = graph_service.client.get("/openapi.json").json()
    for query in queries.examples():
        operation = document["paths"][f"/api/{query.name}"]["get"]
        described = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        assert {item.name for item in query.parameters} <= set(described)
        values = {item.name: described[item.name].get("default", "") for item in query.parameters}
        assert graph_service.client.get(f"/api/{query.name}", params=values).status_code == 200


def test_an_example_takes_its_parameter_as_a_term(graph_service: Running) -> None:
    response = graph_service.client.get(
        "/api/skills-of-a-field", params={"field": "id/basel-2014/field/01", "format": "csv"}
    )
    rows = response.raise_for_status().text.splitlines()[1:]
    assert len(rows) == 15, "five skills in three columns"
    full = "https://w3id.org/clustergraph/id/basel-2014/field/01"
    again = graph_service.client.get("/api/skills-of-a-field", params={"field": full, "format": "csv"})
    assert again.text == response.text


@pytest.mark.parametrize("word", ['") } DROP ALL #', "'\\\"", "\u0000x", "Ω≠\n\r\t", "}} UNION {{ ?s ?p ?o"])
def test_a_parameter_cannot_become_part_of_the_query(graph_service: Running, word: str) -> None:
    response = graph_service.client.get("/api/search-in-the-words", params={"word": word})
    if "\0" in word:
        assert response.status_code == 400
    else:
        assert response.json()["results"]["bindings"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/no-such-example", 404),
        ("/api/skills-of-a-field?field=no%20iri", 400),
        ("/api/skills-of-a-field?field=a&field=b", 400),
        ("/api/skills-of-a-field?unknown=1", 400),
        ("/dumps/nothing.ttl", 404),
        ("/dumps/stated.docx", 404),
    ],
)
def test_what_is_not_there_is_said_to_be_so(graph_service: Running, path: str, status: int) -> None:
    response = graph_service.client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_list_of_examples_speaks_three_languages(graph_service: Running) -> None:
    for language in ("de", "fr", "en"):
        listed = graph_service.client.get("/api", params={"lang": language}).json()
        wanted = {query.name: query.summary(language) for query in queries.examples()}
        assert {entry["name"]: entry["summary"] for entry in listed} == wanted
        for entry in listed:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/[a-z-]+", entry["url"])
            assert graph_service.client.get(entry["url"]).status_code == 200


def test_the_openapi_description_says_whose_it_is_and_what_values_there_are(graph_service: Running) -> None:
    document: dict[str, Any] = graph_service.client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["info"]["description"]
    assert document["info"]["contact"]
    assert document["servers"][0]["url"].startswith("http")
    parameters = {
        each["name"]: each for each in document["paths"]["/api/about-a-country"]["get"]["parameters"]
    }
    assert parameters["language"]["schema"]["enum"] == ["de", "fr", "en"]
    assert "lang" not in parameters, "one parameter for the language"
    assert {"format", "output", "results"} <= parameters.keys()
    assert "/api/01-skills-very-important-everywhere" in document["paths"]
