"""Questions and queries on pages: found, asked by name, answered with links; faults at their place."""

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from tests.service import Running

from clustergraph import queries
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.web.pages import files
from clustergraph.web.pages.wording import LANGUAGES

HTML = {"accept": "text/html"}
SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
CLG = "PREFIX clg: <https://w3id.org/clustergraph/ns#>\n"
SWISS_LINES = ["127", "127", "155", "155", "188", "188", "188", "188", "188", "188", "190", *["210"] * 4]
"""Lines of the report that speak of Switzerland; what L210 says of training bears on four theses."""


class Answer(HTMLParser):
    """The table of an answer: heads, and rows of words with where they lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.rows: list[list[tuple[str, str]]] = []
        self._in = ""
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and "ans" in (given.get("class") or ""):
            self._inside = True
        if not self._inside:
            return
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._in = tag
            if tag == "td":
                self.rows[-1].append(("", ""))
        elif tag == "a" and self._in == "td":
            self.rows[-1][-1] = ("", given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False
            self.rows = [row for row in self.rows if row]
        elif tag in ("td", "th"):
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self._in == "th":
            self.heads.append(data)
        elif self._inside and self._in == "td":
            words, link = self.rows[-1][-1]
            self.rows[-1][-1] = (words + data.strip("\n"), link)


def page(service: Running, path: str, language: str = "de", status: int = 200, **parameters: str) -> str:
    reply = service.client.get(path, params=parameters, headers=HTML | {"accept-language": language})
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return reply.text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_question_stands_on_the_page_in_the_readers_language(
    graph_service: Running, language: str
) -> None:
    text = page(graph_service, "/query", language)
    for query in queries.questions():
        assert f"question={query.name}" in text
        assert query.summary(language).replace("'", "&#39;").replace('"', "&#34;") in text


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("Finanzierung", "41-actors-wher"), ("vertrauen", "51-what-is-said-of-trust"), ("bezahlt", "")],
)
def test_questions_are_found_by_their_words(graph_service: Running, wanted: str, name: str) -> None:
    text = page(graph_service, "/query", find=wanted)
    assert ("question=" in text) == bool(name)
    assert f"question={name}" in text or not name


@pytest.mark.parametrize(
    "given",
    [
        "Schweiz",
        "die Schweiz!",
        "CH",
        "ch",
        "Suisse",
        "id/country/ch",
        "https://w3id.org/clustergraph/id/country/ch",
    ],
)
def test_a_country_may_be_written_as_people_do(graph_service: Running, given: str) -> None:
    answer = Answer(page(graph_service, "/query", question="about-a-country", country=given))
    assert [row[0][0] for row in answer.rows] == SWISS_LINES


@pytest.mark.parametrize(
    ("question", "parameter", "given", "near"),
    [
        ("about-a-country", "country", "Schweitz", "Schweiz"),
        ("statements-on-a-topic", "topic", "Finanziehrung", "Finanzierung"),
        ("statements-on-a-topic", "topic", "id/topic/nonsense", ""),
        ("about-a-country", "country", "<script>alert(1)</script>", ""),
    ],
)
def test_what_is_not_known_is_refused_with_suggestions(
    graph_service: Running, question: str, parameter: str, given: str, near: str
) -> None:
    text = page(graph_service, "/query", question=question, **{parameter: given})
    assert "ist hier nicht bekannt" in text
    assert "Nichts in den Daten" not in text
    assert '<table class="plain ans">' not in text
    assert "<script>alert" not in text
    assert re.search(rf"{parameter}=[^\"]+\"[^>]*>{near}</a>", text) if near else True
    for form in ("csv", "xlsx", "json"):
        table = graph_service.client.get(f"/query.{form}", params={"question": question, parameter: given})
        assert table.status_code == 400


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_parameters_are_pick_lists_in_the_readers_language(graph_service: Running, language: str) -> None:
    countries = {"de": "Schweiz", "fr": "Suisse", "en": "Switzerland"}
    text = page(graph_service, "/query", language, question="about-a-country")
    assert f'<option value="id/country/ch" selected>{countries[language]}</option>' in text
    fields = page(graph_service, "/query", language, question="skills-of-a-field")
    assert re.findall(r'<option value="id/basel-2014/field/(\d\d)"', fields) == [
        f"{n:02}" for n in range(1, 11)
    ]


def test_cells_lead_to_pages_and_lines_to_their_words(graph_service: Running) -> None:
    answer = Answer(page(graph_service, "/query", "fr", question="about-a-country", country="ch"))
    assert answer.heads == ["Ligne", "Mots du rapport", "Traduction", "Position", "Thèse"]
    line, words, translation, stance, thesis = answer.rows[2]
    assert line[0] == "155"
    assert line[1].startswith("/text/basel-2014#char=")
    assert words[0] == "In der Schweiz spielt das Label bisher keine Rolle."
    assert translation[0].startswith("En Suisse, le label")
    assert stance[0] == "nuance"
    assert thesis[1] == "/doc/basel-2014/hypothesis/qualitaetsmanagement-2"
    for _, link in answer.rows[2]:
        if link:
            assert graph_service.client.get(link.partition("#")[0], headers=HTML).status_code == 200


def test_names_in_an_answer_are_shown_in_the_readers_language(graph_service: Running) -> None:
    answer = Answer(page(graph_service, "/query", "fr", question="countries-without-a-column"))
    assert {row[0][0] for row in answer.rows} == {
        "Allemagne",
        "France",
        "Suisse",
        "Italie",
        "Croatie",
        "Roumanie",
    }
    assert {row[2][0] for row in answer.rows} == {"Oui", "Non"}


def test_the_skills_that_all_columns_rate_very_important_are_linked(graph_service: Running) -> None:
    answer = Answer(page(graph_service, "/query", question="very-important-everywhere"))
    assert [row[0][0] for row in answer.rows] == ["3.1", "3.2", "3.7"]
    assert answer.rows[0][1][1] == "/doc/basel-2014/skill/03-01"


@pytest.mark.parametrize(
    "asked",
    [
        {"question": "about-a-country", "country": "ch"},
        {"question": "47-stances-per-hypothesis"},
        {
            "query": SKOS
            + "SELECT ?scheme ?name { ?scheme a skos:ConceptScheme ; skos:prefLabel ?name } ORDER BY ?scheme"
        },
    ],
)
def test_files_have_the_cells_of_the_page(graph_service: Running, asked: dict[str, str]) -> None:
    answer = Answer(page(graph_service, "/query", **asked))
    params = asked | {"lang": "de"}
    body = graph_service.client.get("/query.csv", params=params).content
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[1:] == [[words for words, _ in row] for row in answer.rows]
    table = graph_service.client.get("/query.json", params=params).json()
    assert len(table["rows"]) == len(answer.rows)
    assert graph_service.client.get("/query.xlsx", params=params).content[:2] == b"PK"


def test_columns_stand_in_the_order_in_which_they_are_written(graph_service: Running) -> None:
    text = CLG + "SELECT * { ?zebra a clg:Hypothesis ; clg:theme ?apple }"
    answer = Answer(page(graph_service, "/sparql", query=text))
    assert answer.heads == ["zebra", "apple"]
    assert len(answer.rows) == 12


def test_a_page_says_that_it_does_not_show_everything(graph_service: Running) -> None:
    text = page(graph_service, "/sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 501")
    assert "Nicht alles: Gezeigt sind nur die ersten 500" in text
    assert "Nicht alles" not in page(graph_service, "/sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 500")


def test_an_answer_says_how_to_use_it(graph_service: Running) -> None:
    text = page(graph_service, "/query", question="about-a-country", country="Schweiz")
    assert "/api/about-a-country?country=id/country/ch&amp;language=de&amp;format=csv" in text
    for way in ("curl -o answer.csv", "pd.read_csv(", "library(readr)", "=IMPORTDATA("):
        assert way in text
    own = page(graph_service, "/sparql", query="ASK {}")
    assert "from SPARQLWrapper import" in own


def test_a_graph_is_a_list_with_names_and_turtle(graph_service: Running) -> None:
    text = page(graph_service, "/query", question="graph-of-a-hypothesis")
    assert "Als Turtle" in text
    answer = Answer(text)
    assert answer.heads == ["Subjekt", "Eigenschaft", "Objekt"]
    assert ("stützt", "/ns#supports") not in answer.rows[0]
    assert all(not cell.startswith("https://w3id.org") for row in answer.rows for cell, _ in row)


@pytest.mark.parametrize(
    ("language", "sentence", "kind"),
    [
        (
            "de",
            "Zeile 2, Spalte 6: Das Präfix foo: ist nicht deklariert.",
            "Die Abfrage ist falsch geschrieben",
        ),
        ("fr", "Ligne 2, colonne 6: Le préfixe foo: n’est pas déclaré.", "La requête est mal formée"),
        ("en", "Line 2, column 6: The prefix foo: is not declared.", "The query is malformed"),
    ],
)
def test_a_fault_is_told_in_the_readers_language_at_its_place(
    graph_service: Running, language: str, sentence: str, kind: str
) -> None:
    text = page(graph_service, "/sparql", language, 400, query="SELECT * {\n  ?s foo:bar ?o }")
    assert sentence in text
    assert kind in text
    assert "<code>  ?s <mark>foo:bar ?o }</mark></code>" in text
    assert 'data-line="2" data-column="6"' in text
    assert re.search(r"<textarea[^>]*>\s*SELECT \* \{\n  \?s foo:bar \?o \}</textarea>", text)


def test_a_prefix_of_ours_is_suggested(graph_service: Running) -> None:
    text = page(graph_service, "/sparql", "en", 400, query="SELECT * { ?s a clg:Topic }")
    assert "<code>PREFIX clg: &lt;https://w3id.org/clustergraph/ns#&gt;</code>" in text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_what_is_not_there_is_said_in_the_readers_language(graph_service: Running, language: str) -> None:
    text = page(graph_service, "/nothing/here", language, 404)
    title = {"de": "Unter dieser Adresse", "fr": "Il n’y a rien", "en": "There is nothing at"}[language]
    assert title in text
    assert f'<html lang="{language}">' in text


def test_the_page_of_the_endpoint_is_an_editor_or_else_a_plain_form(graph_service: Running) -> None:
    text = page(graph_service, "/sparql")
    assert '<textarea id="query" name="query"' in text
    assert "PREFIX clg: &lt;https://w3id.org/clustergraph/ns#&gt;" in text
    assert (
        ("data-terms=" in text) == ("vendor/editor.js?" in text) == files.Static("").has("vendor/editor.js")
    )


def test_the_editor_knows_our_terms(graph_service: Running) -> None:
    table = graph_service.client.get("/query.json", params={"table": "terms", "lang": "de"}).json()
    found = {row["term"]: row for row in table["rows"]}
    assert found["clg:Hypothesis"]["kind"] == "class"
    assert found["clg:supports"]["label"] == "stützt"
    assert "skos:prefLabel" in found


def test_a_browser_at_the_address_for_programs_is_sent_to_the_page(graph_service: Running) -> None:
    reply = graph_service.client.get(
        "/api/about-a-country", params={"country": "id/country/fr", "lang": "fr"}, headers=HTML
    )
    assert reply.status_code == 303
    assert reply.headers["location"] == "/query?question=about-a-country&country=id%2Fcountry%2Ffr&lang=fr"


def test_programs_may_write_names_too_and_are_told_what_is_known(graph_service: Running) -> None:
    client = graph_service.client
    by_iri, by_name = (
        client.get("/api/about-a-country", params={"country": given, "format": "csv"})
        for given in ("id/country/ch", "Schweiz")
    )
    assert by_iri.status_code == by_name.status_code == 200
    assert by_iri.text == by_name.text
    refused = client.get("/api/about-a-country", params={"country": "Schweitz"})
    assert refused.status_code == 400
    assert "id/country/ch" in refused.json()["detail"]
    assert client.get("/api/about-a-country", params={"language": "it"}).status_code == 400


def test_programs_get_competency_questions(graph_service: Running) -> None:
    reply = graph_service.client.get("/api/01-skills-very-important-everywhere", params={"format": "csv"})
    assert [line.partition(",")[0] for line in reply.text.splitlines()] == ["skill", "3.1", "3.2", "3.7"]


def named(service: Running, links: list[str]) -> list[str]:
    """Return the things behind links that have a name in the data."""
    iris = [
        unquote(link.partition("iri=")[2]) or f"{BASE}{link.replace('/doc/', 'id/', 1)}" for link in links
    ]
    values = " ".join(f"<{iri}>" for iri in iris)
    names = f"<{PREFIXES['rdfs']}label>|<{PREFIXES['skos']}prefLabel>"
    text = f"SELECT DISTINCT ?thing {{ VALUES ?thing {{ {values} }} ?thing {names} ?name }}"
    reply = service.client.post("/sparql", data={"query": text, "format": "csv"})
    return reply.text.splitlines()[1:]


@pytest.mark.parametrize("query", queries.questions(), ids=lambda query: query.name)
def test_every_question_is_answered_with_words_for_heads(
    graph_service: Running, query: queries.Query
) -> None:
    text = page(graph_service, "/query", "fr", question=query.name)
    rows = Answer(text).rows
    by_hand = query.path.with_suffix(".csv")
    expected = by_hand.read_text(encoding="utf-8").strip().count("\n") if by_hand.exists() else 1
    assert bool(rows) == bool(expected)
    assert ("Rien dans les données" in text) == (not rows)
    heads = re.findall(r'<th scope="col" title="\?(\w+)">([^<]*)</th>', text)
    assert [name for name, head in heads if name == head] == [], "a head without words in texts/query.toml"
    bare = re.findall(r'<td[^>]*><a href="([^"]*)"[^>]*>(?:https?:|id/|\w+:)[^<]*</a>', text)
    assert named(graph_service, bare) == []


def test_a_service_without_data_of_ours_shows_questions_and_editor(small: Running) -> None:
    assert "Eigene Abfrage" in page(small, "/query")
    text = page(small, "/sparql", query="SELECT ?t { ?t a <http://example.org/Town> }")
    assert Answer(text).rows


def test_no_page_allows_styles_or_scripts_of_its_own(graph_service: Running) -> None:
    for path in ("/query", "/query?question=about-a-country", "/sparql", "/nothing"):
        reply = graph_service.client.get(path, headers=HTML)
        policy = reply.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert not re.search(r"<[^>]+ style=|<style|<script(?![^>]* src=)| on\w+=", reply.text)
        assert not re.search(r'(?:src|href)="https?://[^"]*"[^>]*rel="stylesheet"', reply.text)


EXAMPLES = [query.name for query in queries.examples() if not query.gives_graph]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_a_page_with_its_answer_and_no_report_need_be_given(
    graph_service: Running, name: str
) -> None:
    page = graph_service.client.get("/query", params={"question": name, "lang": "en"}, headers=HTML)
    assert page.status_code == 200
    assert Answer(page.text).rows
