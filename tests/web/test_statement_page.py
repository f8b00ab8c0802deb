"""The documents of statements, assessments and verdicts, compared with the report and the code book."""

import html
import re

import pytest
from tests.service import Running

AGAINST = "/doc/basel-2014/statement/6162-6269"
ROLE = "die Rolle als effektive Mitglieder den Unternehmen zukommt"
FINANCING = "/doc/basel-2014/assessment/weiterbildung-1"


def page_of(service: Running, path: str, language: str = "de") -> str:
    answer = service.client.get(f"{path}?lang={language}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def codes(page: str) -> list[tuple[str, str]]:
    """Return the codes of a statement's table, kind and value, without markup."""
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>\s*<td>(.*?)</td>", page, re.DOTALL)
    return [(kind, " ".join(re.sub(r"<[^>]+>", " ", value).split())) for kind, value in rows]


@pytest.mark.parametrize(
    ("language", "translation"),
    [("de", None), ("fr", "À cela s’oppose toutefois"), ("en", "Against this stands, however")],
)
def test_a_statement_has_its_words_its_place_and_its_translation(
    graph_service: Running, language: str, translation: str | None
) -> None:
    page = page_of(graph_service, AGAINST, language)
    words = "die Aussage, dass die Rolle als effektive Mitglieder den Unternehmen"
    assert f"{words} zukommt." in page  # line 97
    assert f'href="/text/basel-2014?lang={language}#char=6162,6269"' in page
    assert translation is None or translation in page


def test_the_words_on_which_a_stance_rests_are_marked(graph_service: Running) -> None:
    page = page_of(graph_service, "/doc/basel-2014/statement/18025-18106")  # line 168
    cue = "<mark>Internationalisierung spielt für viele Initiativen eine wichtige Rolle</mark>"
    assert f"Das Thema {cue}." in page
    assert ("Grundlage", "ausdrückliches Signalwort") in codes(page)


def test_all_codes_of_a_statement_are_shown_with_what_they_mean(graph_service: Running) -> None:
    page = page_of(graph_service, AGAINST)
    thesis = "widerspricht Individuen sind die wahren Clusterakteure - nicht die Unternehmen"
    assert codes(page) == [
        ("Haltung", thesis),
        ("Redeweise", "behauptet"),
        ("Akteure", "Unternehmen"),
        ("Akteure", "Mitglieder"),
        ("Themen", "Individuen und Unternehmen als Clusterakteure"),
        ("Grundlage", "Deutung"),
    ]
    assert "Die Aussage spricht gegen die Hypothese." in page


def test_what_stands_before_and_after_a_statement_is_linked(graph_service: Running) -> None:
    page = page_of(graph_service, AGAINST)
    around = page.partition('id="around"')[2]
    assert re.search(r"<small>Davor</small>.*die somit de facto die Akteure in den Clustern sind\.", around)
    assert re.search(r"<small>Danach</small>.*mehrheitlich gestützt:", around)  # line 99


def test_an_assessment_shows_its_verdict_and_its_parts(graph_service: Running) -> None:
    page = page_of(graph_service, FINANCING)
    assert ("Urteil", "Feststellung ohne Urteil") in codes(page)
    assert [country for kind, country in codes(page) if kind == "Länder"] == [
        "Schweiz",
        "Deutschland",
        "Frankreich",
    ]
    parts = page.partition('id="parts"')[2]
    assert "<mark>das Finanzierungsmodell der Cluster in Frankreich" in parts
    assert (
        len(re.findall(r'<li id="s-', parts)) == 3
    )  # line 190: two on France and Germany, one on Switzerland
    assert "in der Schweiz hingegen ist der Marktmechanismus entscheidend." in parts


def test_a_part_of_an_assessment_leads_to_it(graph_service: Running) -> None:
    (part,) = re.findall(
        r'<li id="s-([\d-]+)">\s*<blockquote><p>in der Schweiz hingegen', page_of(graph_service, FINANCING)
    )
    page = page_of(graph_service, f"/doc/basel-2014/statement/{part}")
    assert "Teil der Einschätzung" in page
    assert f'href="{FINANCING}?lang=de"' in page


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [  # lines 99 and 111; 309; none of the chapters refutes
        ("majority-supported", ["Kapitel", "Kapitel"]),
        ("shown", ["Schlussfolgerungen"]),
        ("seems-so", ["Schlussfolgerungen"]),
    ],
)
def test_a_verdict_shows_the_theses_that_have_it(
    graph_service: Running, verdict: str, expected: list[str]
) -> None:
    page = page_of(graph_service, f"/doc/verdict/{verdict}")
    assert re.findall(r"<li><p><small>(\w+)</small>", page) == expected


def test_a_verdict_says_which_others_say_less(graph_service: Running) -> None:
    page = page_of(graph_service, "/doc/verdict/shown")
    assert re.search(r"Sagt mehr als .*mehrheitlich gestützt", page)


def test_a_group_of_verdicts_shows_the_theses_of_all_its_members(graph_service: Running) -> None:
    page = page_of(graph_service, "/doc/verdict/hedged")
    assert re.findall(r"<li><p><small>([^<]+)</small>", page) == ["Schlussfolgerungen: scheint zuzutreffen"]
