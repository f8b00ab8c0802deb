"""Topics and actors: what was spoken of, who wrote and who paid, each with the words that say so."""

import csv
import io
import re

import pytest
from tests.service import Running


def page(service: Running, path: str, **asked: str) -> str:
    answer = service.client.get(path, params={"lang": "de", **asked}, headers={"accept": "text/html"})
    assert answer.status_code == 200, path
    return answer.text


def content(html: str) -> str:
    """What is on the page as it is read, without head, menu and footer."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_topics_form_a_tree_with_counts(graph_service: Running) -> None:
    html = page(graph_service, "/topics")
    assert "44 Themen" in html
    tree = html[html.index('<ul class="tree">') :]
    financing = tree[tree.index("/doc/topic/financing") :]
    assert financing.index("/doc/topic/private-financing") < financing.index("</ul>")


def test_topics_are_counted_for_one_country(graph_service: Running) -> None:
    html = page(graph_service, "/topics", country="ch")
    assert 'href="/doc/topic/financing?country=ch&amp;lang=de"' in html
    assert "/doc/topic/trust" not in html[html.index('<ul class="tree">') :]  # nothing is said of it there


def test_what_was_said_about_financing_in_switzerland_includes_line_190(graph_service: Running) -> None:
    text = content(page(graph_service, "/doc/topic/financing", country="ch"))
    assert "in der Schweiz hingegen ist der Marktmechanismus entscheidend." in text
    assert "französischen Clustern" not in text
    everything = content(page(graph_service, "/doc/topic/financing"))
    assert "mindestens 50% selbstständig zu finanzieren" in everything  # said on private financing, below it


def test_statements_on_a_topic_are_chosen_by_stance(graph_service: Running) -> None:
    rows = graph_service.client.get("/doc/topic/actors-in-the-cluster.json?stance=opposes").json()["rows"]
    assert [row["line"] for row in rows] == [97]


def test_who_wrote_and_who_paid_is_told_by_function(graph_service: Running) -> None:
    html = page(graph_service, "/actors")
    text = content(html)
    assert "Autorschaft 7" in text
    assert "Förderung 2" in text
    assert "Herausgabe 1" in text
    for name in ("Marisa Helfer", "Hansjörg Drewello", "Carole Maillier", "Schweizerische Eidgenossenschaft"):
        assert name in text
    assert not re.search(r"\b(Autor|Herausgeber|Förderer)\b", text)


def test_actors_are_chosen_by_kind_and_role(graph_service: Running) -> None:
    paid = content(page(graph_service, "/actors", role="funder"))
    assert "Europäischer Fonds für regionale Entwicklung" in paid
    assert "Marisa Helfer" not in paid
    persons = page(graph_service, "/actors", kind="persons")
    assert len(re.findall(r'href="/doc/person/', persons)) == 7
    assert '<ul class="tree">' not in persons


def test_the_table_of_actors_has_a_row_for_each_role(graph_service: Running) -> None:
    answer = graph_service.client.get("/actors.csv?lang=fr&role=author")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    authors = {row["name"] for row in rows if row["role"] == "rédaction"}
    assert authors == {
        "Madjid Bouzar",
        "Verena Hänsch-Hervieux",
        "Carole Maillier",
        "Marisa Helfer",
        "Samuel Waldis",
        "Hansjörg Drewello",
        "Fabian Kiehlmann",
    }
    groups = graph_service.client.get("/actors.csv?lang=de&table=groups").content.decode("utf-8-sig")
    assert "Clustermanager" in groups


def test_a_person_shows_roles_institution_and_the_words_that_say_so(graph_service: Running) -> None:
    html = page(graph_service, "/doc/person/marisa-helfer")
    text = content(html)
    assert "Autorschaft für Internationaler Workshop Clustermanagement" in text
    assert "Fachhochschule Nordwestschweiz" in text
    words = html[html.index('<ul class="words">') :]
    assert words.count("<li>") == 2  # line 32, where the author is named with her university, and line 81
    assert "<mark>Marisa Helfer</mark>" in words


def test_who_pays_is_two_clicks_from_the_publication(graph_service: Running) -> None:
    text = content(page(graph_service, "/doc/basel-2014/publication", lang="fr"))
    assert "soutien financier Fonds européen de développement régional" in text
    assert "édition Centre européen de compétences et de recherche Management de Cluster" in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("fund/efre", "Förderung für Internationaler Workshop Clustermanagement"),
        ("place/basel", "Basel"),
        ("org/kompetenzzentrum-clustermanagement", "Initiative"),
        ("project/manager-von-clustern-und-regionalen-netzwerken", "Projekt"),
        ("document/clusterlandschaft-2013", "verfasst von"),
        ("series/diskussionspapiere", "2197-9499"),
        ("basel-2014/workshop", "2014-05-14"),
        ("basel-2014/session/atelier-1", "Teil von"),
        ("basel-2014/section/vernetzung", "ab Seite"),
        ("basel-2014/footnote/1", "Auf die Verwendung des „ß“ wurde"),
        ("basel-2014/figure/1", "Unterschrift"),
    ],
)
def test_parts_of_the_publication_and_its_world_have_pages(
    graph_service: Running, path: str, words: str
) -> None:
    text = content(page(graph_service, f"/doc/{path}"))
    assert words in text
    assert "Die Worte im Bericht" in text
    assert not re.search(r"\b(dcterms|schema|foaf|org|prov|skos|bibo|doco):\w", text)


@pytest.mark.parametrize("language", ["de", "fr", "en"])
@pytest.mark.parametrize("path", ["/topics", "/actors", "/doc/person/marisa-helfer", "/doc/topic/financing"])
def test_words_of_another_language_say_so(graph_service: Running, path: str, language: str) -> None:
    html = page(graph_service, path, lang=language)
    foreign = re.findall(r'<blockquote( lang="de")?>', html)
    assert all(foreign) == (language != "de") or not foreign
