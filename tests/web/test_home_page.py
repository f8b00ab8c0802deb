"""Home: what a visitor finds in ten seconds. Expected values were read off the report by hand."""

import html
import re

import pytest
from tests.service import Running

AGAINST = "die Rolle als effektive Mitglieder den Unternehmen zukommt"  # line 97


def home(service: Running, language: str = "de", query: str = "") -> str:
    """Return the words of home, without markup."""
    answer = service.client.get(f"/?lang={language}{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def stripped(markup: str) -> str:
    """Return words without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup)).strip()


def words(page: str) -> str:
    """Return what the content of a page says."""
    return stripped(page.partition('tabindex="-1">')[2])


def headings(page: str) -> list[str]:
    """Return the headings of the findings."""
    return [stripped(found) for found in re.findall(r"<h3>(.*?)</h3>", page, re.DOTALL)]


@pytest.mark.parametrize(
    ("language", "found"),
    [  # 3.1, 3.2 and 3.7 are ++ in all columns (lines 245, 246, 251); line 97; lines 113-131 and 309
        ("de", "Nur 3 von 61 Fertigkeiten gelten in allen Spalten als sehr wichtig"),
        ("fr", "Seules 3 compétences sur 61"),
        ("en", "Only 3 of 61 skills are rated very important in every column"),
        ("de", "Eine einzige Aussage widerspricht einer These"),
        ("fr", "Un seul énoncé s’oppose à une thèse"),
        ("de", "3 Thesen erhalten ihr Urteil erst am Schluss"),
        ("en", "3 theses are judged only in the conclusions"),
        ("de", "9 von 61 Fertigkeiten tragen in allen Spalten dasselbe Zeichen"),
    ],
)
def test_findings_are_sentences_in_three_languages(graph_service: Running, language: str, found: str) -> None:
    assert any(heading.startswith(found) for heading in headings(home(graph_service, language)))


def test_the_skills_that_matter_everywhere_are_named_and_marked(graph_service: Running) -> None:
    page = home(graph_service)
    assert re.findall(r"<li><a [^>]*><b>([\d.]+)</b>", page) == ["3.1", "3.2", "3.7"]
    assert page.count('<circle class="f-ink" cx=') >= 3
    assert "Alle stehen in Tätigkeitsfeld 3." in words(page)


def test_the_statement_against_a_thesis_stands_in_its_own_words_with_its_line(graph_service: Running) -> None:
    page = home(graph_service, "fr")
    assert f'lang="de">Demgegenüber steht allerdings die Aussage, dass {AGAINST}.' in page
    assert re.search(r'href="/text/basel-2014\?lang=fr#char=6162,6269"[^>]*>l\.\xa097', page)


def test_each_country_leads_to_what_was_said_of_it(graph_service: Running) -> None:
    page = home(graph_service)
    assert '<a href="/doc/country/ch?lang=de">Schweiz</a>' in page
    assert "Spalte CH: 13 von 61 sehr wichtig" in words(page)  # the marks ++ of the last column, counted


def test_who_wrote_who_paid_and_what_one_may_do_stand_on_home(graph_service: Running) -> None:
    said = words(home(graph_service))
    assert (
        "Verfasst von Madjid Bouzar, Verena Hänsch-Hervieux, Carole Maillier, Marisa Helfer, Samuel Waldis, "
        "Hansjörg Drewello und Fabian Kiehlmann" in said
    )
    assert "Gefördert von Europäischer Fonds für regionale Entwicklung und Schweizerische Eid" in said
    assert "eine Lizenz nennt das Dokument nicht" in said


def test_home_counts_no_triples(graph_service: Running) -> None:
    assert not re.search(r"Tripel|triplets|triples", words(home(graph_service)))


@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_pictures_have_a_title_and_nothing_is_styled_inline(graph_service: Running, language: str) -> None:
    page = home(graph_service, language)
    pictures = re.findall(r"<svg [^>]*role=\"img\"[^>]*>\s*(<title>[^<]+</title>)?", page)
    assert len(pictures) >= 8
    assert all(pictures)
    assert " style=" not in page
    assert not re.search(r"<script(?! src=)", page)


def test_data_without_a_report_are_shown_by_class(small: Running) -> None:
    page = home(small, "en")
    assert "What these data hold" in page
    assert re.search(r'href="/doc\?iri=http%3A%2F%2Fexample\.org%2FTown[^"]*"[^>]*>[^<]*</a>', page)


def test_two_reports_stand_side_by_side_and_each_finding_says_which(two_reports: Running) -> None:
    page = home(two_reports)
    said = words(page)
    assert said.startswith("Internationaler Workshop Clustermanagement, 2014 · Atelier franco-luxembourgeois")
    assert "Was in Basel und Lyon über Clustermanagement gesagt wurde" in headings_of(page, 1)[0].replace(
        "\xa0", " "
    )
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>(\d+</td><td>\d+)</td>', page))
    assert rows["Thesen"] == "12</td><td>4"  # each counted by hand in its text
    assert rows["Fertigkeiten"] == "61</td><td>7"
    assert rows["mit gleichem Zeichen überall"] == "9</td><td>2"  # 1.1 and 3.3 of the second
    assert any(
        "Atelier franco-luxembourgeois des gestionnaires de clusters" in found
        for found in headings_of(page, 2)
    )
    assert "Nur 1 von 7 Fertigkeiten gilt in allen Spalten als sehr wichtig" in headings(page)
    assert "Spalte LU: 2 von 7 sehr wichtig" in said  # 1.1 and 3.4


def test_one_of_two_reports_can_be_asked_for(two_reports: Running) -> None:
    page = home(two_reports, "fr", "&report=lyon-2019")
    assert "Ce qui s’est dit à Lyon" in headings_of(page, 1)[0]
    assert "Rédigé par Hélène Weber" in words(page)
    assert "61" not in words(page)


def headings_of(page: str, level: int) -> list[str]:
    """Return the headings of a level."""
    return [stripped(found) for found in re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", page, re.DOTALL)]
