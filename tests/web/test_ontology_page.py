"""The ontology as people see it: each term at its fragment, what leads from and to each class."""

import csv
import io
import re

import pytest
from rdflib import OWL, RDF, Graph, Namespace, URIRef
from tests.service import Running

from clustergraph.namespaces import BASE, PREFIXES

SCHEMA = Namespace(PREFIXES["schema"])


def page(service: Running, language: str = "en") -> str:
    answer = service.client.get("/ns", headers={"accept": "text/html", "accept-language": language})
    assert answer.status_code == 200
    return answer.text


def section(text: str, name: str) -> str:
    """Return what a page says of a term."""
    return text.partition(f'<h3 id="{name}">')[2].partition("<h3 ")[0]


def test_every_term_stands_at_its_fragment(graph_service: Running, ontology: Graph) -> None:
    terms = {
        str(term).removeprefix(f"{BASE}ns#") for term in ontology.subjects() if f"{BASE}ns#" in str(term)
    }
    assert set(re.findall(r'<h3 id="([^"]+)">', page(graph_service))) == terms


def test_each_class_says_what_leads_from_and_to_it(graph_service: Running, ontology: Graph) -> None:
    text = page(graph_service)
    for each in ontology.subjects(RDF.type, OWL.Class):
        assert isinstance(each, URIRef)
        shown = section(text, str(each).rpartition("#")[2])
        for relation in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes):
            for term in ontology.subjects(relation, each):
                assert f'href="/ns#{str(term).rpartition("#")[2]}"' in shown, (each, term)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Person, Organisation oder Akteursgruppe, die der Bericht nennt."),
        ("fr", "Personne, organisation ou groupe d’acteurs que nomme le rapport."),
        ("en", "Person, organisation or actor group that the report names."),
    ],
)
def test_definitions_are_in_the_readers_language(graph_service: Running, language: str, words: str) -> None:
    assert f"<p>{words}</p>" in section(page(graph_service, language), "Actor")


def test_a_class_shows_how_many_things_are_of_it(graph_service: Running) -> None:
    assert "61 things in the data" in section(page(graph_service), "Skill")
    assert "12 things in the data" in section(page(graph_service), "Hypothesis")


def test_the_picture_says_in_words_what_it_shows(graph_service: Running) -> None:
    picture = page(graph_service).partition('<svg class="joined"')[2].partition("</svg>")[0]
    assert 'role="img"' in picture
    assert "skill rating → skill (1)" in picture.lower()


def test_the_terms_are_a_table_too(graph_service: Running) -> None:
    text = graph_service.client.get("/ns.csv?lang=en").content.decode("utf-8-sig")
    rows = {row["term"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Actor"]["definition"] == "Person, organisation or actor group that the report names."
