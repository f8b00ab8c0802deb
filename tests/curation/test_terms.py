"""The fixed terms hold in every translation, and the check that says so can fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDFS, SKOS
from tests.curation.terms import Term, deviations, read_terms

from clustergraph.turtle import new_graph

MANAGER = Term(
    "Clustermanager", {"fr": "gestionnaire de cluster", "en": "cluster manager"}, (("fr", "animateur"),)
)


def test_every_translation_uses_the_fixed_terms(root: Path) -> None:
    pairs = list(_pairs(root / "data" / "graph"))
    assert len(pairs) > 500, "over 200 statements and over 100 labels, each in two languages"
    assert list(deviations(read_terms(root / "data" / "terms.csv"), pairs)) == []


def test_the_ontology_uses_the_fixed_terms(root: Path) -> None:
    pairs = list(_terms_of_the_ontology(root / "ontology"))
    assert len(pairs) > 900, (
        "labels and definitions of classes, properties and concepts, each in two languages"
    )
    assert list(deviations(read_terms(root / "data" / "terms.csv"), pairs)) == []


@pytest.mark.parametrize(
    ("translation", "faults"),
    [
        ("Le gestionnaire de cluster informe.", 0),
        ("Les gestionnaires de clusters informent.", 0),
        ("Le directeur informe.", 1),
        ("Le gestionnaire, un animateur, informe.", 1),
        ("L’animateur informe.", 2),
    ],
)
def test_a_deviation_is_found(translation: str, faults: int) -> None:
    assert len(list(deviations([MANAGER], [("Der Clustermanager informiert.", "fr", translation)]))) == faults


def test_a_headword_counts_where_it_begins_a_word() -> None:
    assert list(deviations([MANAGER], [("Die Manager informieren.", "fr", "Les cadres informent.")])) == []


def test_a_longer_headword_has_the_term_for_its_word() -> None:
    member = Term("Mitglied", {"fr": "membre", "en": "member"}, ())
    fee = Term("Mitgliederbeiträge", {"fr": "cotisation", "en": "membership fee"}, ())
    pairs = [(german, "fr", "Les cotisations.") for german in ("Mitgliederbeiträge.", "Mitglieder zahlen.")]
    assert [fault[:10] for fault in deviations([member, fee], pairs)] == ["'Mitglied'"]


def _pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield German words, language and translation of every statement and label."""
    stated = new_graph().parse(folder / "stated.ttl")
    for node, term, words in new_graph().parse(folder / "translations.ttl"):
        german = (str(said) for said in stated.objects(node, term) if said.language == "de")
        yield next(german, ""), words.language, str(words)  # type: ignore[attr-defined]  # all are literals


def _terms_of_the_ontology(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield German words, language and the same words in another language, where each is there once."""
    graph = new_graph()
    for path in folder.rglob("*.ttl"):
        graph.parse(path)
    for term in (RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.scopeNote, SKOS.editorialNote):
        for node in set(graph.subjects(term)):
            said = {str(words.language): str(words) for words in graph.objects(node, term)}  # type: ignore[attr-defined]
            if "de" in said:
                yield from ((said["de"], language, said[language]) for language in {"fr", "en"} & set(said))
