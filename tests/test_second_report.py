"""A second report, in French and with other counts, builds beside the first or alone, by its folder only.

The numbers were counted by hand in the fixture's text.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import DCTERMS, ORG, RDF, SKOS, Graph, Literal, URIRef
from SPARQLWrapper import JSON, SPARQLWrapper
from tests.reports import link_project
from tests.service import launch

from clustergraph import iris, source
from clustergraph.graph.anchors import NIF
from clustergraph.graph.quantities import QUDT
from clustergraph.graph.report import BIBO, DOCO, SCHEMA
from clustergraph.namespaces import BASE
from clustergraph.turtle import new_graph
from clustergraph.vocabulary import CLG

Graphs = dict[str, Graph]

MARKS = {
    "1.1": ("++", "++"),
    "1.2": ("+", "-"),
    "2.1": ("--", "+"),
    "3.1": ("++", "+"),
    "3.2": ("-", "--"),
    "3.3": ("+", "+"),
    "3.4": ("-", "++"),
}
LEVELS = {"++": "sehr-wichtig", "+": "eher-wichtig", "-": "eher-unwichtig", "--": "unwichtig"}
COUNTS = [
    (CLG.ThemeArea, 2),
    (CLG.Hypothesis, 4),
    (CLG.WorkshopSession, 1),
    (CLG.FieldOfActivity, 3),
    (CLG.Skill, 7),
    (CLG.SkillRating, 14),
    (CLG.Assessment, 5),
    (CLG.Statement, 6),
    (DOCO.Footnote, 3),
    (DOCO.Figure, 1),
    (DOCO.Section, 8),
    (DOCO.Preface, 1),
]


@pytest.fixture(scope="module", params=["alone", "beside the first"])
def named(request: pytest.FixtureRequest) -> Graphs:
    project: Path = request.getfixturevalue("alone" if request.param == "alone" else "both")
    folder = project / "data" / "graph"
    return {path.stem: new_graph().parse(path, format="turtle") for path in folder.glob("*.ttl")}


def of_lyon(graph: Graph, kind: URIRef) -> list[URIRef]:
    found = graph.subjects(RDF.type, kind)
    return [node for node in found if isinstance(node, URIRef) and "/lyon-2019" in str(node)]


@pytest.mark.parametrize(("kind", "count"), COUNTS, ids=[kind.removeprefix(BASE) for kind, _ in COUNTS])
def test_everything_in_the_text_is_found(named: Graphs, kind: URIRef, count: int) -> None:
    assert len(of_lyon(named["stated"], kind)) == count


def test_a_footnote_within_a_field_does_not_end_it(named: Graphs) -> None:
    stated = named["stated"]
    found = {
        (str(stated.value(skill, SKOS.notation)), column): stated.value(rating, CLG.importance)
        for column in ("fr", "lu")
        for rating in stated.subjects(CLG.countryColumn, iris.country(column))
        for skill in stated.objects(rating, CLG.skill)
        if "/lyon-2019/" in str(skill)
    }
    assert found == {
        (skill, column): iris.resource(f"importance/{LEVELS[mark]}")
        for skill, marks in MARKS.items()
        for column, mark in zip(("fr", "lu"), marks, strict=True)
    }


def test_the_marker_is_no_part_of_the_skill(named: Graphs) -> None:
    label = named["stated"].value(iris.skill("lyon-2019", 3, 2), SKOS.prefLabel)
    assert label == Literal("Visiter les entreprises", lang="fr")


def test_the_column_that_the_report_brings_along_is_in_both_schemes(named: Graphs) -> None:
    schemes = set(named["ontology"].objects(iris.country("lu"), SKOS.inScheme))
    assert schemes == {iris.scheme("country"), iris.scheme("country-column")}


def test_a_session_whose_cue_has_an_accent_gets_a_slug(named: Graphs) -> None:
    session = iris.session("lyon-2019", "seance-1")
    assert list(named["stated"].subjects(CLG.discussedIn, session)) == [
        iris.hypothesis("lyon-2019", "financement-1")
    ]


def test_only_the_sentence_that_a_footnote_cuts_is_joined(named: Graphs) -> None:
    stated = named["stated"]
    joins = [
        (str(stated.value(one, NIF.anchorOf)), str(stated.value(two, NIF.anchorOf)))
        for one, two in stated.subject_objects(CLG.continuedIn)
        if str(one).startswith(iris.text("lyon-2019"))
    ]
    assert sorted(joins) == [
        ("Les cotisations couvrent rarement", "la moitié des dépenses."),
        (
            "Un cluster vit de cotisations et de projets. Les cotisations couvrent rarement",
            "la moitié des dépenses.<sup>2</sup>",
        ),
    ]


def test_pages_stand_on_the_sections_of_the_contents_table(named: Graphs) -> None:
    stated = named["stated"]
    pages = {
        str(node).rsplit("/", 1)[-1]: str(page)
        for node, page in stated.subject_objects(BIBO.pageStart)
        if "lyon-2019" in str(node)
    }
    assert pages == {
        "avant-propos": "2",
        "financement": "3",
        "confiance": "4",
        "metier": "6",
        "conclusions": "8",
    }


def test_the_words_are_french_and_the_translations_german_and_english(named: Graphs) -> None:
    field = iris.field("lyon-2019", 2)
    labels = {
        str(label.language): str(label)
        for graph in named.values()
        for label in graph.objects(field, SKOS.prefLabel)
        if isinstance(label, Literal)
    }
    assert labels == {"fr": "Tenir les comptes", "de": "Die Bücher führen", "en": "Keeping the accounts"}


def test_verdicts_of_chapter_and_conclusions_are_kept_apart(named: Graphs) -> None:
    stated = named["stated"] + named["coded"]
    found = {
        str(stated.value(node, SKOS.notation)): tuple(
            str(stated.value(node, term)).rsplit("/", 1)[-1]
            for term in (CLG.chapterVerdict, CLG.conclusionVerdict)
        )
        for node in of_lyon(stated, CLG.Hypothesis)
    }
    assert found == {
        "financement-1": ("majority-supported", "seems-so"),
        "confiance-1": ("supported", "shown"),
        "confiance-2": ("not-stated", "not-mentioned"),
        "confiance-3": ("no-clear-assessment", "not-mentioned"),
    }


def test_quantities_are_numbers_with_a_unit_at_their_words(named: Graphs) -> None:
    coded, stated = named["coded"], named["stated"]
    found = {
        str((stated + coded).value(coded.value(node, CLG.anchoredIn), NIF.anchorOf)): (
            coded.value(node, SCHEMA.minValue),
            coded.value(node, SCHEMA.maxValue),
            str(coded.value(node, QUDT.unit)).rsplit("/", 1)[-1],
            str(coded.value(node, CLG.quantityStatus)).rsplit("/", 1)[-1],
        )
        for node in of_lyon(coded, CLG.Quantity)
    }
    assert {words: (str(low), str(high), *rest) for words, (low, high, *rest) in found.items()} == {
        "la moitié": ("None", "50", "PERCENT", "hypothesised"),
        "des cotisations": ("1", "None", "NUM", "demanded"),
    }


def test_what_editors_alone_code_stands_in_the_graph_of_codes(named: Graphs) -> None:
    coded = named["coded"]
    (pays,) = [node for node in coded.subjects(CLG.payer) if "/lyon-2019/" in str(node)]
    (asks,) = [node for node in coded.subjects(CLG.addressee) if "/lyon-2019/" in str(node)]
    assert str(named["stated"].value(pays, SCHEMA.text)) == "Au Luxembourg, les entreprises paient davantage."
    assert coded.value(pays, CLG.payer) == iris.resource("actor-group/companies")
    assert coded.value(asks, CLG.modality) == iris.resource("modality/demanded")
    assert coded.value(asks, CLG.addressee) == iris.resource("org/agence-des-clusters-du-rhone")
    assert coded.value(asks, CLG.mentions) == iris.resource("place/lyon")
    assert {note.language for note in coded.objects(pays, SKOS.editorialNote)} == {"de", "fr", "en"}
    assert coded.value(iris.skill("lyon-2019", 3, 3), CLG.topic) == iris.resource("topic/trust")


def test_an_inference_stands_among_the_codes_with_its_reason(named: Graphs) -> None:
    person, university = iris.resource("person/helene-weber"), iris.resource("org/universite-de-la-moselle")
    assert (person, ORG.memberOf, university) in named["coded"]
    assert (person, ORG.memberOf, university) not in named["stated"]
    membership = iris.relation("lyon-2019", "membership", "helene-weber", "universite-de-la-moselle")
    notes = {str(note) for note in named["coded"].objects(membership, SKOS.editorialNote)}
    assert notes == {
        "Citée sous cet établissement.",
        "Unter dieser Einrichtung genannt.",
        "Named under this institution.",
    }


def test_a_sentence_that_a_footnote_cuts_is_one_text_and_leads_to_its_footnote(named: Graphs) -> None:
    stated = named["stated"]
    (cut,) = [
        node
        for node, words in stated.subject_objects(SCHEMA.text)
        if str(words).startswith("Les cotisations couvrent")
    ]
    assert str(stated.value(cut, SCHEMA.text)) == (
        "Les cotisations couvrent rarement la moitié des dépenses."
    )
    assert list(stated.objects(cut, CLG.footnote)) == [iris.footnote("lyon-2019", "2")]


def test_every_passage_has_the_words_of_the_text(named: Graphs, lyon: Path) -> None:
    text = (lyon / "report.txt").read_text(encoding="utf-8")
    passages = of_lyon(named["stated"], CLG.Passage)
    stated = named["stated"]
    assert len(passages) > 40
    for node in passages:
        start, end = (int(str(stated.value(node, term))) for term in (NIF.beginIndex, NIF.endIndex))
        assert text[start:end] == str(stated.value(node, NIF.anchorOf))


def test_the_first_report_is_the_same_with_or_without_the_second(
    named: Graphs, stated: Graph, request: pytest.FixtureRequest
) -> None:
    first = {triple for triple in named["stated"] if "lyon-2019" not in str(triple)}
    mine = {triple for triple in stated if str(triple[0]).startswith(iris.resource("basel-2014/"))}
    wanted = mine if "beside" in request.node.name else set()
    assert {triple for triple in first if str(triple[0]).startswith(iris.resource("basel-2014/"))} == wanted


def test_titles_are_those_of_the_text(named: Graphs) -> None:
    title = named["stated"].value(iris.publication("lyon-2019"), DCTERMS.title)
    assert title == Literal("Atelier franco-luxembourgeois des gestionnaires de clusters", lang="fr")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, root: Path, lyon: Path) -> Path:
    """A folder with the second report alone, built by the command."""
    folder = link_project(tmp_path_factory.mktemp("lyon"), root, lyon)
    built = command("build", "--root", str(folder))
    assert built.returncode == 0, built.stderr
    assert built.stdout == ""
    return folder


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("clustergraph")
    return subprocess.run([program, *arguments], check=False, capture_output=True, text=True, timeout=120)


def test_it_validates(project: Path) -> None:
    done = command("validate", str(project / "data" / "graph"))
    found = [line for line in done.stdout.split("\n") if line.startswith("violation")]
    assert found == []
    assert done.returncode == 0, done.stdout


def test_building_it_again_changes_nothing(project: Path) -> None:
    done = command("build", "--check", "--root", str(project))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def endpoint(project: Path) -> Iterator[str]:
    """The address of a server that serves nothing but the second report."""
    program = Path(sys.executable).with_name("clustergraph")
    arguments = [str(program), "serve", "--port", "0", "--data", str(project / "data" / "graph")]
    with launch(arguments) as server:
        yield f"{server.url}/sparql"
        assert server.stop() == 0


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("?s a clg:SkillRating", 14),
        ("?s a clg:Skill", 7),
        ("?s a clg:FieldOfActivity", 3),
        ("?s a clg:Hypothesis", 4),
        (
            "?x clg:chapterVerdict|clg:conclusionVerdict ?v . BIND (CONCAT(STR(?x), STR(?v)) AS ?s)",
            8,
        ),
        ("?s clg:countryColumn <https://w3id.org/clustergraph/id/country/lu> ; a clg:SkillRating", 7),
        ("?s a clg:ThemeArea", 2),
    ],
)
def test_it_answers_over_http(pattern: str, count: int, endpoint: str) -> None:
    client = SPARQLWrapper(endpoint)
    client.setQuery(f"PREFIX clg: <{CLG._NS}>\nSELECT (COUNT(DISTINCT ?s) AS ?count) WHERE {{ {pattern} }}")
    client.setReturnFormat(JSON)
    answer = client.queryAndConvert()
    assert isinstance(answer, dict)
    assert int(answer["results"]["bindings"][0]["count"]["value"]) == count


def words_in_code(path: Path) -> str:
    """Every string of a module that is no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation
    ]
    return "\n".join(str(node.value) for node in strings)


def test_no_line_of_code_names_a_report_or_its_parts(root: Path, basel: Path, lyon: Path) -> None:
    records = [source.read(folder).record for folder in (basel, lyon)]
    names = {
        name for record in records for name in (record.slug, record.cues.description, record.cues.discussion)
    }
    names |= {
        entry.heading for record in records for entry in record.sections if len(entry.heading.split()) > 1
    }
    names |= {entry.theme for record in records for entry in record.sections if entry.theme}
    found = [
        (path.name, name)
        for path in sorted((root / "src").rglob("*.py"))
        for name in sorted(names)
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words_in_code(path))
    ]
    assert len(names) > 10
    assert found == []
