"""The document about a thing of any class: names, not IRIs; what leads to it, page by page."""

import re

import pytest
from tests.service import Running

BARE = re.compile(r"<(?:a|span|h1|dt)\b[^>]*>((?:[a-z]+:[A-Za-z]\w+)|(?:https?://[^<]+))</")
PATHS = (
    "/rights/project",
    "/catalog",
    "/graph/stated",
    "/scheme/topic",
    "/dataset/clustergraph",
    "/doc/basel-2014/skill/03-03",
)


def page(service: Running, path: str, language: str = "de") -> str:
    answer = service.client.get(path, headers={"accept": "text/html", "accept-language": language})
    assert answer.status_code == 200, path
    return answer.text


def rating(service: Running) -> str:
    """Return the path of the document about the rating of skill 3.3 in the column CH."""
    found = service.rows(
        "PREFIX clg: <https://w3id.org/clustergraph/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        'SELECT ?r { ?r a clg:SkillRating ; clg:skill/skos:notation "3.3" ; '
        'clg:countryColumn/skos:notation "CH" }'
    )
    return found[0]["r"].replace("https://w3id.org/clustergraph/id/", "/doc/")


@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_no_term_is_shown_by_its_iri_where_it_has_a_name(graph_service: Running, language: str) -> None:
    for path in (*PATHS, rating(graph_service)):
        text = page(graph_service, path, language)
        shown = [words for words in BARE.findall(text) if not words.startswith("http")]
        assert shown == [], (path, language)


def test_a_record_without_a_name_is_called_by_what_it_joins(graph_service: Running) -> None:
    title = re.search(r"<h1[^>]*>([^<]+)</h1>", page(graph_service, rating(graph_service)))
    assert title
    assert "Vermarkten der angebotenen Dienstleistungen" in title[1]  # skill 3.3, line 247


def test_what_leads_to_a_thing_is_counted_then_paged(graph_service: Running) -> None:
    observation = "/doc?iri=http%3A%2F%2Fpurl.org%2Flinked-data%2Fcube%23Observation"
    assert "<small>183</small>" in page(graph_service, observation)
    typed = "http%3A%2F%2Fwww.w3.org%2F1999%2F02%2F22-rdf-syntax-ns%23type"
    shown = []
    for number in (1, 2):
        text = page(graph_service, f"{observation}&property={typed}&page={number}")
        incoming = text.partition('id="incoming"')[2].partition("</section>")[0]
        shown.append(set(re.findall(r'<li><a href="([^"]+)"', incoming)))
    assert [len(each) for each in shown] == [100, 83]
    assert not shown[0] & shown[1]
