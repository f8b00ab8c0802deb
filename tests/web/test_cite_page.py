"""How to cite: files for programs that manage references, compared with the title page of the report."""

import html
import json
import re

import pytest
from tests.service import Running

BASE = "https://w3id.org/clustergraph/"
STATEMENT = f"{BASE}id/basel-2014/statement/6162-6269"
WORDS = (
    "Demgegenüber steht allerdings die Aussage, dass die Rolle als effektive Mitglieder den Unternehmen "
    "zukommt."
)
TITLE = "Internationaler Workshop Clustermanagement. Resultate. Ergebnisdokument vom 14. Mai 2014 in Basel"
AUTHORS = (  # lines 24 to 46 of the report, in its order
    "Bouzar, Madjid",
    "Hänsch-Hervieux, Verena",
    "Maillier, Carole",
    "Helfer, Marisa",
    "Waldis, Samuel",
    "Drewello, Hansjörg",
    "Kiehlmann, Fabian",
)


def cited(service: Running, form: str, iri: str, language: str = "de") -> str:
    suffix = f".{form}" if form else ""
    parameters = {"iri": iri, "lang": language} if iri else {"lang": language}
    answer = service.client.get(f"/cite{suffix}", params=parameters, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def sentence(service: Running, iri: str, language: str = "de") -> str:
    page = html.unescape(cited(service, "", iri, language))
    return re.findall(r'<p class="measure">(.*?)</p>', page)[0]


def test_a_statement_is_cited_as_a_sentence_with_its_words_place_and_release(graph_service: Running) -> None:
    found = sentence(graph_service, STATEMENT)
    assert found.startswith(f"{'; '.join(AUTHORS)} (2014): {TITLE}. Diskussionspapiere 1/2014, ")
    assert f"ISSN 2197-9499. „{WORDS}“ (Zeile 97, Zeichen 6162–6269). clustergraph, Ausgabe " in found
    assert found.endswith(STATEMENT)


@pytest.mark.parametrize(
    ("language", "place"), [("fr", "ligne 97, caractères"), ("en", "line 97, characters")]
)
def test_the_sentence_speaks_the_readers_language(graph_service: Running, language: str, place: str) -> None:
    assert f"({place} 6162–6269)" in sentence(graph_service, STATEMENT, language)


def test_bibtex_names_authors_title_series_and_words(graph_service: Running) -> None:
    entry = cited(graph_service, "bib", STATEMENT)
    assert entry.startswith("@techreport{basel-2014_statement_6162-6269,\n")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))
    assert fields["author"] == " and ".join(AUTHORS)
    assert fields["title"] == f"{{{TITLE}}}"
    assert (fields["type"], fields["number"], fields["issn"]) == ("Diskussionspapiere", "1/2014", "2197-9499")
    assert (fields["year"], fields["month"], fields["url"]) == ("2014", "7", STATEMENT)
    assert WORDS in fields["note"]
    assert entry.count("{") == entry.count("}")


def test_ris_begins_with_its_type_and_ends(graph_service: Running) -> None:
    lines = cited(graph_service, "ris", STATEMENT).split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert [line[6:] for line in lines if line.startswith("AU")] == list(AUTHORS)
    assert f"AB  - {WORDS}" in lines
    assert "DA  - 2014/07" in lines
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])


def test_csl_json_is_one_report(graph_service: Running) -> None:
    (item,) = json.loads(cited(graph_service, "csl.json", STATEMENT))
    assert item["type"] == "report"
    assert [f"{author['family']}, {author['given']}" for author in item["author"]] == list(AUTHORS)
    assert item["issued"] == {"date-parts": [[2014, 7]]}
    assert item["abstract"] == WORDS
    assert item["URL"] == STATEMENT


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("skill/03-03", "„Vermarkten der angebotenen Dienstleistungen“ (Zeile 247, "),
        ("rating/03-03-ch", "„Vermarkten der angebotenen Dienstleistungen“ (++, Spalte CH, Zeile 247, "),
        (
            "hypothesis/vernetzung-1",
            "„Individuen sind die wahren Clusterakteure - nicht die Unternehmen“ (Zeile 93, ",
        ),
    ],
)
def test_skills_ratings_and_theses_are_cited_with_their_words(
    graph_service: Running, path: str, words: str
) -> None:
    assert words in sentence(graph_service, f"{BASE}id/basel-2014/{path}")


def test_the_report_and_the_whole_are_cited_without_a_quotation(graph_service: Running) -> None:
    report = sentence(graph_service, f"{BASE}id/basel-2014/publication")
    assert report.startswith(AUTHORS[0])
    assert "„" not in report
    whole = sentence(graph_service, "")
    assert "2014" not in whole
    assert whole.endswith(BASE)
    assert cited(graph_service, "bib", "").startswith("@misc{")


def test_a_file_comes_with_its_type_and_name(graph_service: Running) -> None:
    answer = graph_service.client.get("/cite.bib", params={"iri": STATEMENT})
    assert answer.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    assert 'filename="basel-2014_statement_6162-6269.bib"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("iri", [f"{BASE}id/basel-2014/statement/none", f"{BASE}nothing"])
def test_what_the_data_do_not_describe_cannot_be_cited(graph_service: Running, iri: str) -> None:
    assert graph_service.client.get("/cite.ris", params={"iri": iri}).status_code == 404
