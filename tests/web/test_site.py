"""Addresses of things and documents: every IRI of the base answers people and programs."""

import httpx
import pytest
from tests.service import Running

from clustergraph.web.pages.wording import Section, Texts

SKILL = "basel-2014/skill/03-03"
TURTLE = {"accept": "text/turtle"}
BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "de",
}


def get(service: Running, path: str, **headers: str) -> httpx.Response:
    return service.client.get(path, headers=headers, follow_redirects=False)


def test_a_thing_sends_on_to_its_document(graph_service: Running) -> None:
    answer = get(graph_service, f"/id/{SKILL}?lang=fr", **BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/doc/{SKILL}?lang=fr")
    assert get(graph_service, f"/id/{SKILL}.ttl").headers["location"] == f"/doc/{SKILL}.ttl"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BROWSER["accept"], "text/html; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_a_document_comes_as_the_client_takes_it(
    graph_service: Running, accept: str, content_type: str
) -> None:
    answer = get(graph_service, f"/doc/{SKILL}", accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert "Accept" in answer.headers["vary"]
    again = get(graph_service, f"/doc/{SKILL}", **{"accept": accept, "if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("suffix", ["html", "ttl", "nt", "jsonld", "rdf", "csv", "json"])
def test_a_suffix_asks_for_a_form_whatever_the_client_takes(graph_service: Running, suffix: str) -> None:
    answer = get(graph_service, f"/doc/{SKILL}.{suffix}", accept="image/png")
    assert answer.status_code == 200
    assert "Vermarkten der angebotenen Dienstleistungen" in answer.text


def test_the_turtle_of_a_thing_is_what_the_graphs_say_of_it(graph_service: Running) -> None:
    described = get(graph_service, f"/doc/{SKILL}", **TURTLE).text
    counted = graph_service.rows(
        f"SELECT (COUNT(*) AS ?n) {{ <https://w3id.org/clustergraph/id/{SKILL}> ?p ?o }}"
    )
    lines = get(graph_service, f"/doc/{SKILL}.nt").text.splitlines()
    assert len(set(lines)) == int(counted[0]["n"])
    assert '"Vermarkten der angebotenen Dienstleistungen"@de' in described


@pytest.mark.parametrize("path", ["/ns", "/text/basel-2014", "/graph/stated", "/scheme/topic"])
def test_an_information_resource_answers_at_its_own_address(graph_service: Running, path: str) -> None:
    assert f"<https://w3id.org/clustergraph{path}> " in get(graph_service, f"{path}.nt").text
    assert get(graph_service, path, **BROWSER).headers["content-type"].startswith("text/html")


def test_the_document_of_a_text_describes_its_passages(graph_service: Running) -> None:
    assert (
        "<https://w3id.org/clustergraph/text/basel-2014#char=4347,4412> "
        in get(graph_service, "/text/basel-2014.nt").text
    )


def test_what_the_data_do_not_describe_is_not_found_in_the_form_asked_for(graph_service: Running) -> None:
    for path in ("/id/nothing", "/doc/nothing", "/nothing"):
        page = get(graph_service, path, **BROWSER)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        problem = get(graph_service, path, accept="application/ld+json, application/json;q=0.9")
        assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


def test_a_page_shows_names_in_the_language_asked_for(graph_service: Running) -> None:
    french = get(graph_service, f"/doc/{SKILL}?lang=fr", **BROWSER).text
    assert '<html lang="fr">' in french
    assert "Commercialiser les services proposés" in french
    assert "Fertigkeit" in get(graph_service, f"/doc/{SKILL}", **BROWSER).text


def test_a_text_that_is_missing_says_which() -> None:
    section = Texts("en").frame
    assert isinstance(section, Section)
    with pytest.raises(AttributeError, match=r"texts/frame\.toml has no 'nothing'"):
        _ = section.nothing
