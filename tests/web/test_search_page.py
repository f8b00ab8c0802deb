"""The search as people and programs meet it: its page, its filters, and the same hits as files."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.service import Running, Start, start_service

from clustergraph.web.pages.asking import page_queries
from clustergraph.web.pages.searching import _LIMIT

BASE = "https://w3id.org/clustergraph/"
BROWSER = {"accept": "text/html"}


def page(service: Running, language: str = "de", **parameters: str) -> str:
    answer = service.client.get("/search", params={"lang": language, **parameters}, headers=BROWSER)
    return answer.raise_for_status().text


def first(text: str) -> str:
    """Return the address that the first hit leads to."""
    found = re.search(r'<li><p><a href="([^"]+)"', text)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("question", ["Schweiz", "CH", "die Schweiz!", "Suisse", "Switzerland"])
@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_a_country_is_found_by_what_people_type(graph_service: Running, language: str, question: str) -> None:
    assert first(page(graph_service, language, q=question)).partition("?")[0] == "/doc/country/ch"


def test_found_words_are_marked_and_lead_to_their_place(graph_service: Running) -> None:
    text = page(graph_service, "fr", q="offizielle Industriepolitik")
    assert '<span class="serif" lang="de">' in text
    assert "<mark>offizielle</mark> <mark>Industriepolitik</mark>" in text
    place = re.search(r'<a class="z" href="/text/basel-2014[^"]*#char=(\d+),(\d+)"[^>]*>l[^<]*188<', text)
    assert place
    start, stop = map(int, place.groups())
    assert 0 < stop - start < 200


def test_a_sentence_that_is_clause_sentence_and_paragraph_is_shown_once(graph_service: Running) -> None:
    text = page(graph_service, q="effektive Mitglieder Unternehmen")
    assert text.count("<mark>effektive</mark>") == 1


def test_kinds_are_links_that_filter(graph_service: Running) -> None:
    text = page(graph_service, q="Finanzierung")
    (link,) = set(re.findall(r'<a href="([^"]*kind=clg%3ATopic[^"]*)"', text))
    counted = re.search(r"kind=clg%3ATopic[^>]*>.*?<b>(\d+)</b>", text)
    assert counted
    results = graph_service.client.get(html.unescape(link).replace("/search", "/search.json")).json()[
        "results"
    ]
    assert {result["kind"] for result in results} == {f"{BASE}ns#Topic"}
    assert len(results) == int(counted[1])
    labels = {result["label"] for result in results}
    assert {"Finanzierung", "private Finanzierung"} <= labels


def test_names_are_in_the_language_of_the_page(graph_service: Running) -> None:
    for language, label in (("de", "Finanzierung"), ("fr", "financement"), ("en", "financing")):
        answer = graph_service.client.get("/search.json", params={"q": "Finanzierung", "lang": language})
        assert answer.json()["results"][0]["label"] == label


def test_the_fixed_address_has_the_fixed_shape(graph_service: Running) -> None:
    answer = graph_service.client.get("/search.json", params={"q": "3.7", "lang": "en"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["results"][0] == {
        "iri": f"{BASE}id/basel-2014/skill/03-07",
        "label": answer.json()["results"][0]["label"],
        "kind": f"{BASE}ns#Skill",
    }
    assert answer.json()["results"][0]["label"].startswith("Taking into account all")


def test_the_page_is_a_table_too(graph_service: Running) -> None:
    asked = {"q": "Marktmechanismus", "lang": "de"}
    rows = graph_service.client.get("/search.json", params={**asked, "table": "hits"}).json()["rows"]
    results = graph_service.client.get("/search.json", params=asked).json()["results"]
    assert [row["name"] for row in rows] == [result["iri"] for result in results]
    text = graph_service.client.get("/search.csv", params=asked).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert len(lines) == 1 + len(rows)
    assert graph_service.client.get("/search.xlsx", params=asked).content[:2] == b"PK"


def test_a_thing_that_one_of_the_words_names_is_found_too(graph_service: Running) -> None:
    results = graph_service.client.get("/search.json", params={"q": "Finanzierung Schweiz"}).json()["results"]
    assert {f"{BASE}id/country/ch", f"{BASE}id/topic/financing"} <= {result["iri"] for result in results}


def test_a_misspelt_word_is_said_aloud(graph_service: Running) -> None:
    text = page(graph_service, q="Finanzeirung")
    assert "Zu „Finanzeirung“ gibt es nichts." in text
    assert re.search(r'<a href="/search\?[^"]*q=Finanzierung[^"]*">Finanzierung</a>', text)


def test_a_word_like_none_finds_nothing(graph_service: Running) -> None:
    text = page(graph_service, q="xyzzyqwert")
    assert "Nichts gefunden zu „xyzzyqwert“." in text
    assert "<ol" not in text.partition("<main")[2] or "<li><p>" not in text


def test_an_empty_question_shows_the_form_alone(graph_service: Running) -> None:
    text = page(graph_service)
    assert 'name="q"' in text
    assert 'id="hits"' not in text


def test_what_is_typed_is_shown_as_text(graph_service: Running) -> None:
    text = page(graph_service, q='"><script>alert(1)</script>')
    assert "<script>alert" not in text


def test_the_script_is_a_file_of_the_service(graph_service: Running) -> None:
    text = page(graph_service, q="Kehl")
    (source,) = re.findall(r'<script src="([^"]+)" defer></script>', text)
    script = graph_service.client.get(source)
    assert script.headers["content-type"].startswith("text/javascript")
    assert "addEventListener" in script.text
    assert "onclick" not in text


FOREIGN = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <http://schema.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
ex:rhine a ex:River ; rdfs:label "Rhein"@de, "Rhin"@fr .
ex:basel a ex:Town ; skos:prefLabel "Basel"@de ; skos:altLabel "Basilea"@it .
ex:guide a ex:Book ; dcterms:title "Guide de Strasbourg"@fr .
ex:fair a ex:Event ; schema:name "Herbstmesse" .
ex:erasmus a foaf:Person ; foaf:name "Erasmus" .
ex:Town rdfs:label "town"@en .
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = tmp_path_factory.mktemp("foreign") / "towns.ttl"
    file.write_text(FOREIGN, encoding="utf-8")
    service = start_service(data=[str(file)])
    yield service
    assert service.stop() == 0


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("rhin", "rhine"),
        ("Basilea", "basel"),
        ("strasbourg", "guide"),
        ("Messe", "fair"),
        ("erasmus", "erasmus"),
    ],
)
def test_foreign_data_are_searched_by_their_labels(foreign: Running, question: str, thing: str) -> None:
    results = foreign.client.get("/search.json", params={"q": question}).json()["results"]
    assert results[0]["iri"] == f"http://example.org/{thing}"


def test_a_hit_of_foreign_data_leads_to_its_document_here(foreign: Running) -> None:
    text = page(foreign, q="Basel")
    assert first(text).startswith("/doc?iri=http%3A%2F%2Fexample.org%2Fbasel")
    assert "town</small>" in text


def test_a_store_on_disk_keeps_its_index(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "towns.ttl"
    data.write_text(FOREIGN, encoding="utf-8")
    asked = {"q": "basilea"}
    service = start(data=[str(data)], store=str(tmp_path / "store"))
    found = service.client.get("/search.json", params=asked).json()["results"]
    service.stop()
    (file,) = (tmp_path / "store").glob("search-*.sqlite")
    made = file.stat().st_mtime_ns
    again = start(store=str(tmp_path / "store"))
    assert again.client.get("/search.json", params=asked).json()["results"] == found
    assert file.stat().st_mtime_ns == made


def test_the_queries_of_the_index_are_asked_in_portions() -> None:
    for name in ("search-texts", "search-places"):
        assert page_queries()[name].text.count(_LIMIT) == 1
