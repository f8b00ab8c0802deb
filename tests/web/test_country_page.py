"""A country's page: what was said of it and how its column was marked, compared with the report."""

import csv
import html
import io
import re

import pytest
from tests.service import Running

CH = "/doc/country/ch"
LINES = (127, 127, 155, 155, 188, 188, 188, 188, 188, 188, 190, 210)
"""Lines of the report that say something of Switzerland, a statement each; read by hand."""


def page_of(service: Running, path: str, language: str = "de", query: str = "") -> str:
    answer = service.client.get(f"{path}?lang={language}{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def rows_of(service: Running, query: str = "") -> list[dict[str, str]]:
    answer = service.client.get(f"{CH}.csv?lang=de{query}")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_everything_said_of_a_country_is_on_its_page(graph_service: Running) -> None:
    assert tuple(int(row["line"]) for row in rows_of(graph_service)) == LINES


def test_financing_in_switzerland_includes_the_assessment(graph_service: Running) -> None:
    words = {row["line"]: row["words"] for row in rows_of(graph_service, "&topic=financing")}
    assert words == {
        "188": "Die Schweiz unterscheidet sich hier deutlich,",
        "190": "in der Schweiz hingegen ist der Marktmechanismus entscheidend.",
    }


def test_from_home_what_was_said_on_financing_in_switzerland_is_two_clicks_away(
    graph_service: Running,
) -> None:
    home = page_of(graph_service, "/")
    (country,) = re.findall(r'<a href="([^"]*)">Schweiz</a>', home)
    first = html.unescape(graph_service.client.get(country, headers={"accept": "text/html"}).text)
    (topic,) = re.findall(r'<a href="([^"]*topic=financing[^"]*)"', first)
    second = graph_service.client.get(topic, headers={"accept": "text/html"}).text
    assert "in der Schweiz hingegen ist der Marktmechanismus entscheidend." in second
    assert len(re.findall(r'<li id="s-', second)) == 2


def test_a_statement_of_an_assessment_says_that_it_is_part_of_it(graph_service: Running) -> None:
    page = page_of(graph_service, CH, query="&topic=financing")
    (part,) = re.findall(r'<a class="chip" href="([^"]*)">Einschätzung</a>', page)
    assert part.startswith("/doc/basel-2014/assessment/weiterbildung-1?")


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [  # the last column of the report's tables (lines 230 to 305), counted by hand: 13, 31, 4, 13
        ("ch", "de", "Am höchsten eingestuft: 13 Fertigkeiten „sehr wichtig“"),
        ("ch", "fr", "Niveau le plus bas\xa0: 13 compétences «\u202fpas important\u202f»"),
        ("de", "en", "Rated lowest: 3 skills “unimportant”"),
        ("fr", "en", "Rated lowest: 16 skills “rather unimportant”"),
    ],
)
def test_the_column_of_a_country_is_told_in_words(
    graph_service: Running, code: str, language: str, expected: str
) -> None:
    assert expected in page_of(graph_service, f"/doc/country/{code}", language)


def test_a_column_is_not_the_country(graph_service: Running) -> None:
    assert "Eine Spalte ist nicht das Land." in page_of(graph_service, CH)


def test_the_skills_that_set_a_column_apart_are_shown(graph_service: Running) -> None:
    """Both other columns have + or ++ and CH has -- in seven skills; ++ above both others in six."""
    page = page_of(graph_service, CH)
    above, _, below = page.partition("2 Stufen unter allen anderen Spalten")
    _, title, above = above.partition("1 Stufe über allen anderen Spalten")
    assert title
    numbers = [re.findall(r'<span class="no">([\d.]+)</span>', part) for part in (above, below)]
    assert numbers[0] == ["3.3", "5.2", "6.8", "8.2", "9.2", "10.2"]
    assert numbers[1] == ["1.4", "2.3", "2.6", "4.3", "4.4", "4.7", "6.4"]


def test_a_country_of_which_nothing_was_said_says_so(graph_service: Running) -> None:
    page = page_of(graph_service, "/doc/country/hr")
    assert "Keine Aussage spricht von diesem Land." in page
    assert "Personen aus diesem Land haben teilgenommen:" in page


def test_with_two_reports_each_statement_says_of_which(two_reports: Running) -> None:
    page = page_of(two_reports, "/doc/country/fr")
    assert "13 Aussagen der Berichte sprechen von diesem Land." in page  # 12 of Basel, one of Lyon
    assert page.count("<dt>Bericht</dt>") == 13
    only = page_of(two_reports, "/doc/country/fr", query="&report=lyon-2019")
    assert len(re.findall(r'<li id="s-', only)) == 1
