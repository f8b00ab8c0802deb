"""What people search for is among the first hits: a list that was written before there was a search."""

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.service import Running

BASE = "https://w3id.org/clustergraph/"
QUERIES = Path(__file__).parent / "queries.csv"
FIRST = 3
WANTED = 0.95


def asked() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hits(service: Running, query: str, language: str = "de", table: str = "") -> list[dict[str, Any]]:
    parameters = {"q": query, "lang": language} | ({"table": table} if table else {})
    answer = service.client.get("/search.json", params=parameters).raise_for_status().json()
    found: list[dict[str, Any]] = answer["rows" if table else "results"]
    return found


@pytest.fixture(scope="session")
def places(graph_service: Running) -> dict[str, list[tuple[int, int]]]:
    """Where the words of statements, assessments and passages stand in the report."""
    query = """PREFIX clg: <https://w3id.org/clustergraph/ns#>
        PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
        SELECT ?thing ?begin ?end WHERE {
          { ?thing a ?kind ; clg:anchoredIn ?passage . VALUES ?kind { clg:Statement clg:Assessment } }
          UNION { ?passage a clg:Passage BIND(?passage AS ?thing) }
          ?passage nif:beginIndex ?begin ; nif:endIndex ?end }"""
    found: dict[str, list[tuple[int, int]]] = {}
    for row in graph_service.rows(query):
        found.setdefault(row["thing"], []).append((int(row["begin"]), int(row["end"])))
    return found


def test_the_list_is_long_and_in_three_languages() -> None:
    languages = [row["language"] for row in asked()]
    assert len(languages) >= 60
    assert min(map(languages.count, ("de", "fr", "en"))) >= 10


def test_the_wanted_hit_is_among_the_first_three(
    graph_service: Running, places: dict[str, list[tuple[int, int]]], basel: Path
) -> None:
    report = (basel / "report.txt").read_text(encoding="utf-8")

    def is_wanted(row: dict[str, str], iri: str) -> bool:
        stands = [report.index(words) for words in row["words"].split("|") if words]
        return iri.removeprefix(BASE) in row["wanted"].split() or any(
            begin <= at < end for at in stands for begin, end in places.get(iri, ())
        )

    rows = asked()
    missed = [
        row["query"]
        for row in rows
        if not any(is_wanted(row, hit["iri"]) for hit in hits(graph_service, row["query"])[:FIRST])
    ]
    assert len(missed) <= (1 - WANTED) * len(rows), missed


def test_results_do_not_depend_on_the_language_of_the_page(graph_service: Running) -> None:
    for row in asked()[::3]:
        german, french, english = (
            [hit["iri"] for hit in hits(graph_service, row["query"], code)] for code in ("de", "fr", "en")
        )
        assert german == french == english, row["query"]
        assert german
