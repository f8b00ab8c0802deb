"""Everything in the graph of what the report says rests on words that stand where it says they do."""

import pytest
from rdflib import DCTERMS, RDF, SKOS, BNode, Graph, Literal, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import NIF
from clustergraph.graph.report import SCHEMA
from clustergraph.namespaces import BASE
from clustergraph.records import Contents
from clustergraph.vocabulary import CLG

REPORT = "basel-2014"
QB = "http://purl.org/linked-data/cube#"


def number(graph: Graph, node: object, term: URIRef) -> int:
    assert isinstance(node, URIRef)
    return int(str(graph.value(node, term)))


def test_no_graph_has_a_blank_node(graphs: dict[str, Graph]) -> None:
    found = [
        (name, node)
        for name, graph in graphs.items()
        for node in graph.all_nodes()
        if isinstance(node, BNode)
    ]
    assert found == []


def test_the_words_of_every_passage_stand_at_its_offsets(stated: Graph, contents: Contents) -> None:
    text = contents.report.text
    passages = set(stated.subjects(RDF.type, CLG.Passage))
    assert len(passages) > 600
    for node in passages:
        start, end = number(stated, node, NIF.beginIndex), number(stated, node, NIF.endIndex)
        assert str(node) == f"{BASE}text/{REPORT}#char={start},{end}"
        words = text.content[start:end]
        assert words == str(stated.value(node, NIF.anchorOf))
        assert words == words.strip()
        assert number(stated, node, CLG.firstLine) == text.content.count("\n", 0, start) + 1
        assert number(stated, node, CLG.lastLine) == text.content.count("\n", 0, end) + 1
        assert list(stated.objects(node, NIF.referenceContext)) == [iris.text(REPORT)]


def test_whatever_the_report_speaks_of_is_anchored(stated: Graph) -> None:
    loose = {
        str(node)
        for node in set(stated.subjects(RDF.type))
        if (node, RDF.type, CLG.Passage) not in stated
        and (node, CLG.anchoredIn, None) not in stated
        and not str(node).startswith((f"{BASE}text/", f"{BASE}dataset/{REPORT}/ratings-structure"))
    }
    slices = {f"{BASE}dataset/{REPORT}/ratings/{column}" for column in ("de", "fr", "ch")}
    assert loose == {f"{BASE}id/{REPORT}/skills"} | slices


def test_every_passage_is_used(stated: Graph) -> None:
    used = set(stated.objects())
    assert not [node for node in stated.subjects(RDF.type, CLG.Passage) if node not in used]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (CLG.ThemeArea, 4),
        (CLG.Hypothesis, 12),
        (CLG.WorkshopSession, 2),
        (CLG.GuidingQuestion, 3),
        (CLG.Assessment, 13),
        (CLG.FieldOfActivity, 10),
        (CLG.Skill, 61),
        (CLG.SkillRating, 183),
        (CLG.Workshop, 3),
        (CLG.SourceText, 1),
    ],
    ids=lambda value: str(value).rsplit("#", 1)[-1],
)
def test_there_are_as_many_as_in_the_report(kind: URIRef, count: int, stated: Graph) -> None:
    assert len(set(stated.subjects(RDF.type, kind))) == count


def test_the_record_declares_the_counts_that_validation_holds_against_the_graph(stated: Graph) -> None:
    text = iris.text(REPORT)
    terms = (
        CLG.declaredThemes,
        CLG.declaredHypotheses,
        CLG.declaredFields,
        CLG.declaredSkills,
        CLG.declaredRatings,
    )
    assert [number(stated, text, term) for term in terms] == [4, 12, 10, 61, 183]
    assert number(stated, text, CLG.characterCount) == 36_332
    assert number(stated, text, CLG.lineCount) == 311


def test_each_slice_holds_the_ratings_of_its_column(stated: Graph) -> None:
    for column in ("de", "fr", "ch"):
        part = iris.ratings_slice(REPORT, column)
        observed = set(stated.objects(part, URIRef(f"{QB}observation")))
        assert len(observed) == 61
        assert {c for node in observed for c in stated.objects(node, CLG.countryColumn)} == {
            iris.country(column)
        }


def test_marks_are_hyphens_and_pluses_and_nothing_else(stated: Graph) -> None:
    marks = {
        str(stated.value(passage, NIF.anchorOf))
        for rating in stated.subjects(RDF.type, CLG.SkillRating)
        for passage in stated.objects(rating, CLG.anchoredIn)
    }
    assert marks == {"++", "+", "-", "--"}


def test_labels_of_skills_are_the_reports_words(stated: Graph) -> None:
    for skill in stated.subjects(RDF.type, CLG.Skill):
        (passage,) = stated.objects(skill, CLG.anchoredIn)
        assert list(stated.objects(skill, SKOS.prefLabel)) == [
            Literal(str(stated.value(passage, NIF.anchorOf)), lang="de")
        ]


def test_two_halves_speak_of_different_things(stated: Graph) -> None:
    lines = {
        number(stated, passage, CLG.firstLine)
        for passage, words in stated.subject_objects(NIF.anchorOf)
        if "50 %" in str(words) or "50%" in str(words)
    }
    assert lines == {139, 188}


def test_a_national_workshop_is_not_found_within_the_international_one(
    stated: Graph, contents: Contents
) -> None:
    content = contents.report.text.content
    for node in stated.subjects(RDF.type, CLG.Passage):
        start, end = number(stated, node, NIF.beginIndex), number(stated, node, NIF.endIndex)
        assert not (content[start].isalnum() and start and content[start - 1].isalnum())
        assert not (content[end - 1].isalnum() and end < len(content) and content[end].isalnum())


def test_persons_are_named_as_the_authors_list_has_them(stated: Graph) -> None:
    found = {
        str(stated.value(person, URIRef("http://xmlns.com/foaf/0.1/name")))
        for person in stated.objects(iris.publication(REPORT), DCTERMS.creator)
    }
    assert found == {
        "Madjid Bouzar",
        "Verena Hänsch-Hervieux",
        "Carole Maillier",
        "Marisa Helfer",
        "Samuel Waldis",
        "Hansjörg Drewello",
        "Fabian Kiehlmann",
    }


def test_the_publication_is_the_second_of_its_series(stated: Graph) -> None:
    publication = iris.publication(REPORT)
    assert stated.value(publication, DCTERMS.title) == Literal(
        "Internationaler Workshop Clustermanagement", lang="de"
    )
    assert stated.value(publication, SCHEMA.alternativeHeadline) == Literal("Resultate", lang="de")
    assert stated.value(publication, SCHEMA.position) == Literal(2)


def test_integers_are_of_the_one_type_that_stores_keep(graphs: dict[str, Graph]) -> None:
    """Oxigraph rewrites derived integer types: its dumps would differ from the files."""
    derived = ("int", "long", "short", "nonNegativeInteger", "positiveInteger")
    types = {
        str(o.datatype).rsplit("#", 1)[-1]
        for g in graphs.values()
        for o in g.objects()
        if isinstance(o, Literal)
    }
    assert not types & set(derived)
