"""The theses and one thesis as people see them, compared with the report (lines 93 to 212 and 309)."""

import html
import re

import pytest
from tests.service import Running

THESIS = "/doc/basel-2014/hypothesis"
GERMAN = "Individuen sind die wahren Clusterakteure - nicht die Unternehmen"  # line 93
AGAINST = "Demgegenüber steht allerdings die Aussage, dass"  # line 97


def page_of(service: Running, path: str, language: str = "de", query: str = "") -> str:
    answer = service.client.get(f"{path}?lang={language}{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def section(page: str, name: str) -> str:
    """Return the words of a section of a page, empty where it has none."""
    found = re.search(rf'<section [^>]*aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])) if found else ""


def test_the_overview_has_german_words_with_the_translation_below_them(graph_service: Running) -> None:
    page = page_of(graph_service, "/theses", "fr")
    assert re.search(rf'class="serif" lang="de">{GERMAN}</a><small class="tr">Les individus', page)
    assert '<small class="tr">' not in page_of(graph_service, "/theses")


def test_the_words_of_a_verdict_are_not_listed_again_as_statements(graph_service: Running) -> None:
    page = page_of(graph_service, f"{THESIS}/vernetzung-1")
    verdicts = section(page, "verdicts")
    assert "Die Hypothese wird von den Teilnehmenden mehrheitlich gestützt" in verdicts
    assert page.count("Die Hypothese wird von den Teilnehmenden mehrheitlich gestützt") == 1
    assert "die Worte der beiden Urteile stehen oben" in section(page, "balance")


def test_the_statement_against_a_thesis_says_against_what_it_stands(graph_service: Running) -> None:
    against = section(page_of(graph_service, f"{THESIS}/vernetzung-1"), "opposes")
    assert AGAINST in against
    assert "Unvereinbar mit:" in against
    assert "die jedoch eine passive Rolle einnehmen." in against  # line 95
    assert "die somit de facto die Akteure in den Clustern sind." in against  # line 97


def test_the_opposing_statement_is_two_clicks_from_home_and_its_place_a_third(graph_service: Running) -> None:
    theses = page_of(graph_service, "/theses")
    assert f'href="{THESIS}/vernetzung-1?lang=de"' in theses
    thesis = page_of(graph_service, f"{THESIS}/vernetzung-1")
    assert 'href="/text/basel-2014?lang=de#char=6162,6269"' in thesis
    text = page_of(graph_service, "/text/basel-2014")
    assert 'id="char=6162,6269"' in text


@pytest.mark.parametrize(
    ("thesis", "said", "not_said"),
    [
        (
            "vernetzung-1",  # line 97 has support and one dissent; "die meisten" says how many
            ["Keine Aussage der Diskussion schränkt sie ein.", "Von einem einzelnen Land ist"],
            ["widerspricht", "Wie viele", "Kapitels", "Schlussfolgerungen"],
        ),
        (
            "qualitaetsmanagement-1",  # lines 139 to 145; judged in line 309 only
            ["Keine Aussage der Diskussion stützt die These.", "Am Ende ihres Kapitels steht kein Urteil"],
            ["In den Schlussfolgerungen steht kein Urteil"],
        ),
        (
            "vernetzung-3",  # judged in line 121, not taken up in line 309
            ["In den Schlussfolgerungen steht kein Urteil über sie."],
            ["Am Ende ihres Kapitels"],
        ),
    ],
)
def test_what_was_not_said_is_said(
    graph_service: Running, thesis: str, said: list[str], not_said: list[str]
) -> None:
    missing = section(page_of(graph_service, f"{THESIS}/{thesis}"), "unsaid")
    assert all(words in missing for words in said)
    assert not [words for words in not_said if words in missing]


def test_a_stronger_conclusion_is_named(graph_service: Running) -> None:
    verdicts = section(page_of(graph_service, f"{THESIS}/vernetzung-1"), "verdicts")
    assert "„gezeigt“ ist stärker als „mehrheitlich gestützt“" in verdicts
    assert "stärker als" not in section(page_of(graph_service, f"{THESIS}/vernetzung-3"), "verdicts")


@pytest.mark.parametrize(
    ("language", "query", "shown"),
    [("de", "", None), ("de", "&with=en", "en"), ("fr", "", "fr"), ("fr", "&with=de", None)],
)
def test_the_wording_can_be_read_alone_or_with_a_translation(
    graph_service: Running, language: str, query: str, shown: str | None
) -> None:
    page = page_of(graph_service, f"{THESIS}/vernetzung-1", language, query)
    words = {
        "en": "Against this stands, however,",
        "fr": "À cela s’oppose toutefois",
    }
    assert AGAINST in page
    assert [code for code in words if words[code] in page] == ([shown] if shown else [])


@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_notes_speak_the_readers_language(graph_service: Running, language: str) -> None:
    page = page_of(graph_service, f"{THESIS}/vernetzung-1", language)
    notes = {"de": "fehlt in der Einschätzung", "fr": "manque dans l’appréciation", "en": "is missing in the"}
    assert [code for code, words in notes.items() if words in page] == [language]
