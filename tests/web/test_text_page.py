"""The text of a report: every passage of the graph ends at its words, and leads to all that rests on it."""

import csv
import gzip
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.service import Running, Start

TEXT = "/text/basel-2014"
REPORT = Path(__file__).parents[2] / "data/sources/basel-2014/report.txt"
PASSAGES = """
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
SELECT ?passage ?words {
  ?passage nif:referenceContext <https://w3id.org/clustergraph/text/basel-2014> ; nif:anchorOf ?words
}
"""
OURS = re.compile(r"<(small|details)\b.*?</\1>", re.DOTALL)
"""What stands among the words and is ours: notes and lists of passages."""
VOID = {"br", "use", "path", "circle", "rect", "input", "link", "meta"}


class Words(HTMLParser):
    """The text of each element that has an id."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, list[str]] = {}
        self.count: dict[str, int] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        name = dict(attributes).get("id") or ""
        if tag not in VOID:
            self._open.append(name)
        if name:
            self.of.setdefault(name, [])
            self.count[name] = self.count.get(name, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            if name:
                self.of[name].append(data)


def read(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


def page(service: Running, path: str = TEXT, **asked: str) -> str:
    answer = service.client.get(path, params={"lang": "de", **asked}, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def shown(quote: str) -> str:
    """A quote as it is read: without the marks of its spelling, which are those of the report's file."""
    without = re.sub(r"<sup>(\d+)</sup>", r"\1", quote)
    without = re.sub(
        r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"</?b>|\*|^#+ |^- |^---$", "", without, flags=re.M)
    )
    return " ".join(re.sub(r"\s*\.{3,}\t", " ", without).split())


@pytest.fixture(scope="module")
def quotes(graph_service: Running) -> dict[str, str]:
    """The words of every passage of the report, by its fragment."""
    rows = graph_service.rows(PASSAGES)
    return {row["passage"].partition("#")[2]: row["words"] for row in rows}


@pytest.mark.parametrize("asked", [{}, {"notes": "none"}])
def test_every_passage_has_an_element_that_holds_its_words(
    graph_service: Running, quotes: dict[str, str], asked: dict[str, str]
) -> None:
    found = read(OURS.sub("", page(graph_service, **asked)))
    assert len(quotes) > 600
    differing = {
        name: " ".join("".join(found.of.get(name, ["(missing)"])).split())
        for name, words in quotes.items()
        if " ".join("".join(found.of.get(name, ["(missing)"])).split()) != shown(words)
    }
    assert differing == {}
    assert {name for name in quotes if found.count[name] != 1} == set()


def test_without_notes_the_page_holds_nothing_but_the_report(graph_service: Running) -> None:
    html = page(graph_service, notes="none")
    text = html[html.index('<div class="text"') :]
    assert not OURS.search(text)
    words = " ".join(re.sub(r"<[^>]+>", "", text).split())
    for line in (97, 190, 309):
        report = REPORT.read_text(encoding="utf-8").split("\n")[line - 1]
        assert shown(report) in words


def test_the_only_report_is_where_the_index_leads(graph_service: Running) -> None:
    answer = graph_service.client.get(
        "/text?lang=fr", follow_redirects=False, headers={"accept": "text/html"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{TEXT}?lang=fr")


def test_a_passage_is_marked_when_its_address_is_followed(graph_service: Running) -> None:
    html = page(graph_service)
    style = graph_service.client.get(re.search(r'href="(/static/pages\.css[^"]*)"', html)[1]).text  # type: ignore[index]
    assert re.search(r"\.p:target[^{]*\{background:var\(--mark\)", style)
    assert 'id="char=6162,6269"' in html


def test_the_statement_that_opposes_is_underlined_as_such_and_leads_on(graph_service: Running) -> None:
    html = page(graph_service)
    before, _, after = html.partition('<span class="p s-no" id="char=6162,6269">')
    assert after.startswith("Demgegenüber steht allerdings die Aussage")
    note = before[before.rindex("<small") :]
    assert "widerspricht" in note
    assert "/doc/basel-2014/statement/6162-6269?lang=de" in note
    assert html.count('class="p s-no"') == 1


def test_overlapping_passages_are_counted_and_listed(graph_service: Running) -> None:
    html = page(graph_service)
    paragraph = html[html.index('id="z73"') : html.index('id="z75"')]
    listed = re.findall(r'<li><a class="serif" href="#(char=\d+,\d+)"', paragraph)
    own = set(re.findall(r'id="(char=\d+,\d+)"', paragraph))
    assert set(listed) == own
    assert f"<summary>{len(own)} Stellen</summary>" in paragraph
    assert {"char=1907,2027", "char=1935,2074", "char=2028,2086"} <= own  # each crosses the next


def test_a_cell_of_a_table_leads_to_its_rating(graph_service: Running) -> None:
    html = page(graph_service, "/text/basel-2014", lang="en")
    cell = html[html.index('id="char=29411,29413"') :][:700]
    assert cell.startswith('id="char=29411,29413">++</span>')
    assert "/doc/basel-2014/rating/03-03-ch" in cell
    assert 'id="z247"' in html


def test_one_passage_comes_with_its_paragraph_and_all_that_rests_on_it(graph_service: Running) -> None:
    html = page(graph_service, passage="9641,9723")
    text = html[html.index('<div class="text') :]
    assert 'class="p s-lim here" id="char=9641,9723"' in text or 'here" id="char=9641,9723"' in text
    assert "liegen sollte." in text  # the sentence goes on behind the page break
    assert "Cluster und deren Mitglieder" not in text
    assert "/doc/basel-2014/statement/9641-9723" in text
    missing = graph_service.client.get(TEXT, params={"passage": "1,2"}, headers={"accept": "text/html"})
    assert missing.status_code == 404


def test_the_table_joins_a_sentence_that_a_page_break_cuts(graph_service: Running) -> None:
    answer = graph_service.client.get(f"{TEXT}.csv?lang=de&passage=9641,9723")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["line"], row["last_line"]) for row in rows] == [("117", "119")]
    assert rows[0]["words"].endswith("alleine beim Clustermanager […] liegen sollte.")


def test_the_table_has_all_that_rests_on_passages(graph_service: Running) -> None:
    rows = graph_service.client.get(f"{TEXT}.json?lang=en").json()["rows"]
    things = {row["thing"] for row in rows}
    counted = graph_service.rows(
        "SELECT DISTINCT ?thing { ?thing <https://w3id.org/clustergraph/ns#anchoredIn> ?p }"
    )
    assert {row["thing"] for row in counted} <= things


def test_the_notice_of_the_report_stands_on_the_page(graph_service: Running) -> None:
    html = page(graph_service, lang="fr")
    assert html.count("le document n’indique aucune licence") >= 2  # above the text, and in the footer


def test_without_full_text_only_the_paragraph_is_shown(start: Start) -> None:
    service = start(without_full_text=True)
    every = page(service)
    assert 'id="char=6162,6269"' in every
    assert "dass die Rolle als effektive Mitglieder" not in every
    assert "keine eindeutigen Einschätzungen zu den einzelnen Aspekten" not in every
    one = page(service, passage="6162,6269")
    assert "dass die Rolle als effektive Mitglieder den Unternehmen zukommt." in one
    assert "Das Profil des Clustermanagers muss demjenigen" not in one


def test_a_page_is_light(graph_service: Running) -> None:
    assert len(gzip.compress(page(graph_service).encode())) < 100_000


ELSEWHERE = """
@base <https://w3id.org/clustergraph/> .
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix clg: <https://w3id.org/clustergraph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<text/other> a clg:SourceText ; dcterms:isFormatOf <id/other/publication> ;
    dcterms:title "Un autre rapport"@fr ; clg:characterCount 90 ; clg:lineCount 9 .
<id/other/publication> a bibo:Report ; rdfs:label "Un autre rapport"@fr .
<text/other#char=4,20> a clg:Passage ; nif:referenceContext <text/other> ;
    nif:beginIndex 4 ; nif:endIndex 20 ;
    nif:anchorOf "Tout a commencé " ; clg:firstLine 2 ; clg:lastLine 2 .
<text/other#char=40,52> a clg:Passage ; nif:referenceContext <text/other> ;
    nif:beginIndex 40 ; nif:endIndex 52 ;
    nif:anchorOf "à Mulhouse, " ; clg:firstLine 5 ; clg:lastLine 5 .
<id/place/mulhouse> clg:anchoredIn <text/other#char=40,52> ; rdfs:label "Mulhouse" .
"""


def test_of_a_text_that_is_not_there_the_passages_are_shown_in_order(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "other.ttl"
    data.write_text(ELSEWHERE, encoding="utf-8")
    html = page(start(data=[str(data)]), "/text/other", lang="fr")
    found = read(html)
    assert "".join(found.of["char=4,20"]).strip() == "Tout a commencé"
    assert html.index("Tout a commencé") < html.index("à Mulhouse")
    assert 'id="z5"' in html
    assert "/doc/place/mulhouse" in html
    assert "Le texte intégral n’est pas disponible ici" in html


def test_without_full_text_there_is_no_table_of_all_passages(start: Start) -> None:
    service = start(without_full_text=True)
    assert service.client.get(f"{TEXT}.csv").status_code == 404
    assert service.client.get(f"{TEXT}.csv?passage=6162,6269").status_code == 200
