"""Validation reads data, holds them against the rules and says in three languages what is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH, SKOS

from clustergraph.errors import ClustergraphError
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import graph_folder
from clustergraph.validation import (
    LANGUAGES,
    Finding,
    PreparedGraph,
    ValidationReport,
    checks,
    load,
    shape_findings,
    shapes,
    validate,
)

SOUND = Path(__file__).parent / "checks" / "valid.trig"
CLG = PREFIXES["clg"]
SKILL = URIRef(f"{BASE}id/r/skill/01-01")
STATED = URIRef(f"{BASE}graph/stated")


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def data() -> Dataset:
    return load([SOUND])


def rules_of(report: ValidationReport) -> set[str]:
    return {finding.shape.removeprefix(BASE) for finding in report.findings}


# Reading


def test_a_file_named_after_a_graph_is_read_into_it(tmp_path: Path) -> None:
    write(tmp_path, "stated.ttl", "<urn:a> <urn:b> <urn:c> .")
    write(tmp_path, "mine.nt", "<urn:a> <urn:b> <urn:d> .\n")
    dataset = load([tmp_path])
    assert set(dataset.graph(STATED)) == {(URIRef("urn:a"), URIRef("urn:b"), URIRef("urn:c"))}
    assert set(dataset.default_graph) == {(URIRef("urn:a"), URIRef("urn:b"), URIRef("urn:d"))}


def test_a_folder_called_ontology_is_read_into_the_graph_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "ontology" / "schemes").mkdir(parents=True)
    write(tmp_path / "ontology" / "schemes", "role.ttl", "<urn:a> <urn:b> <urn:c> .")
    assert len(load([tmp_path]).graph(URIRef(f"{BASE}graph/ontology"))) == 1


def test_literals_are_read_as_they_are_written(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "mine.ttl",
        'PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n<urn:a> <urn:b> "007"^^xsd:integer, "x"@de, "y" .\n'
        "<urn:a> <urn:c> [ <urn:d> <urn:e> ] .",
    )
    graph = load([file])
    written = {node.n3() for node in graph.objects(URIRef("urn:a"), URIRef("urn:b"))}
    assert written == {'"007"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@de', '"y"'}
    assert isinstance(graph.value(URIRef("urn:a"), URIRef("urn:c")), BNode)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("broken.ttl", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b .\n", "broken.ttl:2: "),
        ("broken.nq", "<urn:a> <urn:b> <urn:c> <urn:g> .\n\nnothing\n", "broken.nq:3: "),
        ("table.csv", "a,b\n", "table.csv: unknown kind of file"),
        ("nested.ttl", "<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .", "triples within triples"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, name: str, text: str, fault: str
) -> None:
    with pytest.raises(ClustergraphError, match=fault):
        load([write(tmp_path, name, text)])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClustergraphError, match="no such file"):
        load([tmp_path / "gone.ttl"])


# Validating


def test_a_sound_graph_has_no_finding(data: Dataset) -> None:
    report = validate(data)
    assert report.findings == ()
    assert report.conforms


def test_a_plain_graph_is_validated_like_a_dataset(data: Dataset) -> None:
    graph = Graph()
    for subject, predicate, value, _ in data.quads():
        graph.add((subject, predicate, value))
    graph.remove((SKILL, SKOS.notation, None))
    assert rules_of(validate(graph)) == {"shapes#Skill-notation"}


def test_validating_leaves_the_data_as_they_were(data: Dataset) -> None:
    before = set(data.quads())
    validate(data)
    assert set(data.quads()) == before


def test_shapes_checks_and_terms_are_all_asked(data: Dataset) -> None:
    stated = data.graph(STATED)
    stated.remove((SKILL, SKOS.notation, None))
    stated.add((SKILL, SKOS.altLabel, Literal("Ziele setzen", lang="de")))
    stated.add((SKILL, URIRef(f"{CLG}importence"), Literal("x")))
    report = validate(data)
    assert rules_of(report) == {
        "shapes#Skill-notation",
        "checks/skos-label-in-two-roles-violation",
        "checks/undefined-term",
    }
    assert {finding.source for finding in report.findings} == {
        "shapes/skill.ttl",
        "queries/checks/skos-label-in-two-roles-violation.rq",
        "terms",
    }
    assert not report.conforms


def test_a_warning_does_not_make_data_invalid(data: Dataset) -> None:
    data.graph(URIRef(f"{BASE}graph/translations")).remove((SKILL, None, None))
    report = validate(data)
    assert [finding.severity for finding in report.findings] == ["Warning", "Warning"]
    assert report.conforms


def test_a_finding_says_where_and_what_to_do(data: Dataset) -> None:
    rating = URIRef(f"{BASE}id/r/rating/01-01-de")
    data.graph(STATED).set((rating, URIRef(f"{CLG}importance"), URIRef(f"{BASE}id/verdict/supported")))
    found = {finding.shape.rpartition("#")[2]: finding for finding in validate(data).findings}
    finding = found["SkillRating-importance"]
    assert (finding.focus, finding.path) == (rating, f"{CLG}importance")
    assert finding.value == URIRef(f"{BASE}id/verdict/supported")
    assert finding.message("de") == "Genau eine der vier Stufen angeben (clg:importance)."
    assert finding.message("fr") == "Indiquer exactement un des quatre niveaux (clg:importance)."
    assert finding.message("it") == finding.message("de")


def test_a_rule_in_sparql_keeps_its_three_languages(data: Dataset) -> None:
    data.graph(STATED).set((SKILL, SKOS.notation, Literal("2.1")))
    found = {finding.shape.rpartition("#")[2]: finding for finding in validate(data).findings}
    finding = found["SkillNotation-field"]
    assert [language for language, _ in finding.messages] == list(LANGUAGES)
    assert finding.value == Literal("2.1")


@pytest.mark.parametrize(
    ("edit", "rule", "path"),
    [
        ((SKILL, URIRef(f"{CLG}inField"), None), "FieldOfActivity-skill", f"^<{CLG}inField>"),
        ((None, URIRef(PREFIXES["spdx"] + "checksumValue"), None), "SourceText-checksumValue", "spdx"),
        ((None, URIRef(PREFIXES["dcterms"] + "rights"), None), "Distribution-terms", "|"),
    ],
)
def test_a_path_is_written_as_sparql_writes_it(
    data: Dataset, edit: tuple[URIRef | None, URIRef, None], rule: str, path: str
) -> None:
    data.graph(STATED).remove((URIRef(f"{BASE}id/r/skill/01-02"), edit[1], None))
    for graph in list(data.graphs()):
        graph.remove(edit)
    found = {finding.shape.rpartition("#")[2]: finding for finding in validate(data).findings}
    assert path in (found[rule].path or "")
    assert "http" not in ValidationReport((found[rule],)).to_text().partition("\n")[0]


# Reporting


@pytest.fixture
def report() -> ValidationReport:
    finding = Finding(
        severity="Violation",
        focus=SKILL,
        path=f"{PREFIXES['skos']}notation",
        value=Literal("3-3"),
        shape=URIRef(f"{BASE}shapes#Skill-notation"),
        messages=(("de", "Ein Kennzeichen."), ("fr", "Une notation."), ("en", "One notation.")),
        source="shapes/skill.ttl",
    )
    return ValidationReport(
        (finding, replace(finding, severity="Warning", path=f"^<{CLG}skill>", value=None))
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            """\
Verstoss: <id/r/skill/01-01> skos:notation "3-3"
  Ein Kennzeichen. [shapes/skill.ttl: Skill-notation]
Warnung: <id/r/skill/01-01> ^clg:skill
  Ein Kennzeichen. [shapes/skill.ttl: Skill-notation]
nicht in Ordnung (1 Verstoss, 1 Warnung, 0 Hinweis)
""",
        ),
        (
            "fr",
            """\
infraction: <id/r/skill/01-01> skos:notation "3-3"
  Une notation. [shapes/skill.ttl: Skill-notation]
avertissement: <id/r/skill/01-01> ^clg:skill
  Une notation. [shapes/skill.ttl: Skill-notation]
non conforme (1 infraction, 1 avertissement, 0 remarque)
""",
        ),
        (
            "en",
            """\
violation: <id/r/skill/01-01> skos:notation "3-3"
  One notation. [shapes/skill.ttl: Skill-notation]
warning: <id/r/skill/01-01> ^clg:skill
  One notation. [shapes/skill.ttl: Skill-notation]
does not conform (1 violation, 1 warning, 0 info)
""",
        ),
    ],
)
def test_the_text_speaks_the_reader_s_language(report: ValidationReport, language: str, text: str) -> None:
    assert report.to_text(language) == text


def test_the_json_holds_every_message(report: ValidationReport) -> None:
    first = json.loads(report.to_json())["findings"][0]
    assert first == {
        "severity": "Violation",
        "focus": f"{BASE}id/r/skill/01-01",
        "path": f"{PREFIXES['skos']}notation",
        "value": "3-3",
        "shape": f"{BASE}shapes#Skill-notation",
        "message": {"de": "Ein Kennzeichen.", "fr": "Une notation.", "en": "One notation."},
        "source": "shapes/skill.ttl",
    }
    assert json.loads(report.to_json())["conforms"] is False


def test_the_turtle_is_a_shacl_report(report: ValidationReport) -> None:
    graph = Graph().parse(data=report.to_turtle(), format="turtle")
    node = graph.value(predicate=RDF.type, object=SH.ValidationReport)
    assert graph.value(node, SH.conforms) == Literal(False)
    results = list(graph.objects(node, SH.result))
    assert len(results) == 2
    assert {graph.value(result, SH.resultSeverity) for result in results} == {SH.Violation, SH.Warning}
    assert set(graph.objects(None, SH.value)) == {Literal("3-3")}
    assert set(graph.objects(None, SH.resultPath)) == {SKOS.notation}
    assert {message.language for message in graph.objects(None, SH.resultMessage)} == set(LANGUAGES)


def test_a_sound_graph_s_turtle_conforms() -> None:
    graph = Graph().parse(data=ValidationReport(()).to_turtle(), format="turtle")
    assert set(graph.objects(None, SH.conforms)) == {Literal(True)}


# Rules that are themselves at fault

RULE = """\
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass skos:Concept ; sh:closed true .",
            "no sh:message in de, fr, en",
        ),
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass skos:Concept ; "
            "sh:property [ sh:path skos:note ; sh:minCount 1 ] .",
            "give every shape an IRI",
        ),
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass skos:Concept ; sh:sparql <urn:q> . "
            '<urn:q> a sh:SPARQLConstraint ; sh:select "SELECT $this WHERE { VALUES ?x { 1 } }" .',
            "VALUES",
        ),
    ],
)
def test_a_faulty_shape_is_named(tmp_path: Path, shape: str, fault: str) -> None:
    graph = PreparedGraph()
    graph.add((SKILL, RDF.type, SKOS.Concept))
    graph.add((SKILL, SKOS.prefLabel, Literal("x")))
    rules = shapes([write(tmp_path, "faulty.ttl", RULE + shape)])
    with pytest.raises(ClustergraphError, match=fault):
        list(shape_findings(graph, rules))


def test_a_check_without_its_messages_is_named(tmp_path: Path) -> None:
    write(tmp_path, "x-violation.rq", "#+ summary: What?\n#+ message-de: Mach.\nSELECT ?focus WHERE { }\n")
    with pytest.raises(ClustergraphError, match="no message-en, message-fr"):
        checks(tmp_path)


def test_a_check_that_is_no_select_is_named(tmp_path: Path, data: Dataset) -> None:
    head = "#+ summary: What?\n#+ message-de: M.\n#+ message-fr: M.\n#+ message-en: M.\n"
    write(tmp_path, "x-violation.rq", head + "ASK { ?s ?p ?o }\n")
    with pytest.raises(ClustergraphError, match="not a SELECT"):
        validate(data, against=checks(tmp_path))


# The built graphs


def test_the_built_graphs_are_sound() -> None:
    report = validate(load([graph_folder()]))
    assert report.findings == (), report.to_text()
