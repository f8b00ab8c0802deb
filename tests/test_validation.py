"""Validation reads data, holds them against the rules and says in three languages what is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH, SKOS, XSD

from clustergraph.errors import ClustergraphError
from clustergraph.findings import Finding, ValidationReport
from clustergraph.languages import LANGUAGES
from clustergraph.lexical import is_valid
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.reading import load
from clustergraph.resources import graph_folder
from clustergraph.validation import checks, shape_findings, shapes, validate

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
        ("nested.ttl", "\n<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .", "nested.ttl:2: triples within"),
        ("directed.ttl", '<urn:a> <urn:b> "x"@ar--rtl .', "directed.ttl:1: .* base direction"),
        ("blank.nq", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:c> _:g .\n", "blank.nq:2: a graph is"),
        (
            "month.nt",
            f'<urn:a> <urn:b> "2014-13"^^<{XSD.gYearMonth}> .',
            "month.nt:1: .2014-13. is no xsd:g",
        ),
        (
            "day.ttl",
            f'<urn:a> <urn:b>\n"2014-02-30"^^<{XSD.date}>\n.',
            "day.ttl:2: .2014-02-30. is no",
        ),
        ("empty.ttl", "# nothing\n", "empty.ttl: there is no triple in it"),
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


@pytest.mark.parametrize("name", ["x.rdf", "x.jsonld", "x.owl", "X.TTL"])
def test_files_of_every_format_are_read(name: str, tmp_path: Path) -> None:
    graph = Graph().parse(data=f"<{SKILL}> a <{CLG}Skill> .", format="turtle")
    form = {".jsonld": "json-ld", ".TTL": "turtle"}.get(Path(name).suffix, "pretty-xml")
    graph.serialize(tmp_path / name, format=form)
    assert set(load([tmp_path]).triples((None, None, None))) == set(graph)


def test_blank_nodes_of_two_files_are_two(tmp_path: Path) -> None:
    for name, kind in (("one", "Hypothesis"), ("two", "Skill")):
        write(tmp_path, f"{name}.ttl", f"_:x a <{CLG}{kind}> .")
    assert len(set(load([tmp_path]).subjects())) == 2


@pytest.mark.parametrize("word", ["ontology", "data", "shapes", "queries", "stated", "graph"])
def test_the_name_of_a_folder_above_the_data_says_nothing(word: str, tmp_path: Path) -> None:
    folder = tmp_path / word / "checkout" / "graph"
    folder.mkdir(parents=True)
    write(folder, "stated.ttl", "<urn:a> <urn:b> <urn:c> .")
    write(folder, "mine.ttl", "<urn:a> <urn:b> <urn:d> .")
    for paths in ([folder], [folder / "stated.ttl", folder / "mine.ttl"], [tmp_path / word]):
        dataset = load(paths)
        assert len(dataset.graph(STATED)) == 1
        assert len(dataset.default_graph) == 1


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("boolean", "true 0", "True yes"),
        ("integer", "-0 +7 007 99999999999999999999", "abc 1.0 1e2 \u0661"),
        ("byte", "-128 127", "128 -129"),
        ("nonNegativeInteger", "0 -0", "-1"),
        ("positiveInteger", "1", "0"),
        ("decimal", "1 1. .5 -0.50", "1e2 . INF 1,5"),
        ("double", "1.0E400 INF -INF +INF NaN .5e-3", "inf 1e nan"),
        ("date", "2012-02-29 -0004-02-29 12000-02-29 2014-05-14+02:00", "2014-02-30 2013-02-29 14-05-14"),
        ("dateTime", "2014-05-14T24:00:00 2014-05-14T09:30:00.5Z", "2014-05-14 2014-04-31T00:00:00"),
        ("time", "24:00:00 09:30:00Z", "24:01:00 9:30:00 09:60:00"),
        ("gYear", "2014 0000 -0044 12000", "14 02014"),
        ("gYearMonth", "2014-12", "2014-13 2014-1"),
        ("gMonthDay", "--02-29", "--02-30 --13-01"),
        ("gDay", "---31", "---32"),
        ("duration", "P1Y P1M2DT3H PT0.5S -P1D", "P PT P1S PT1.5H P1D2M"),
        ("dayTimeDuration", "P1DT2H", "P1Y"),
    ],
)  # fmt: skip
def test_a_form_has_a_value_as_xml_schema_says(datatype: str, good: str, bad: str) -> None:
    assert [form for form in good.split() if not is_valid(form, str(XSD[datatype]))] == []
    assert [form for form in bad.split() if is_valid(form, str(XSD[datatype]))] == []


def test_a_datatype_of_others_is_left_to_them() -> None:
    assert is_valid("x", "http://example.org/datatype")


def test_values_that_python_has_no_type_for_are_read_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = write(
        tmp_path, "l.ttl", f'<urn:a> <urn:b> "24:00:00"^^<{XSD.time}>, "12000-01-01"^^<{XSD.date}> .'
    )
    assert len(load([file])) == 2
    assert caplog.text == ""


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


def test_a_check_speaks_its_three_languages(data: Dataset) -> None:
    data.graph(STATED).set((SKILL, SKOS.notation, Literal("2.1")))
    found = {finding.shape.rpartition("/")[2]: finding for finding in validate(data).findings}
    finding = found["position-not-notation-violation"]
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
    inverse = graph.value(predicate=SH.inversePath, object=URIRef(f"{CLG}skill"))
    assert set(graph.objects(None, SH.resultPath)) == {SKOS.notation, inverse}
    assert {message.language for message in graph.objects(None, SH.resultMessage)} == set(LANGUAGES)


RULE = """\
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
ONE = {SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent}
AT_MOST_ONE = {SH.resultPath, SH.value, SH.sourceShape}


def test_every_result_has_what_shacl_asks_for(data: Dataset) -> None:
    """SHACL, section 3.6.2: what a result must have once, and may have once."""
    stated = data.graph(STATED)
    stated.set((SKILL, SKOS.notation, Literal("2.1")))
    stated.remove((None, URIRef(f"{CLG}importance"), None))
    stated.add((SKILL, SKOS.altLabel, Literal("Ziele setzen", lang="de")))
    stated.add((SKILL, URIRef(f"{CLG}importence"), Literal("x")))
    report = validate(data)
    graph = Graph().parse(data=report.to_turtle(), format="turtle")
    results = list(graph.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == len(report.findings) > 4
    for result in results:
        assert {term: len(list(graph.objects(result, term))) for term in ONE} == dict.fromkeys(ONE, 1)
        assert all(len(list(graph.objects(result, term))) <= 1 for term in AT_MOST_ONE)
    components = {str(node).rpartition("#")[2] for node in graph.objects(None, SH.sourceConstraintComponent)}
    assert {"MinCountConstraintComponent", "SPARQLConstraintComponent"} <= components
    rule = URIRef(f"{BASE}checks/position-not-notation-violation")
    (by_check,) = graph.subjects(SH.sourceConstraint, rule)
    assert graph.value(by_check, SH.sourceShape) is None


@pytest.mark.parametrize(
    ("path", "turtle"),
    [
        ("^<urn:a>", "[ sh:inversePath <urn:a> ]"),
        ("<urn:a>/<urn:b>", "( <urn:a> <urn:b> )"),
        ("<urn:a>|<urn:b>", "[ sh:alternativePath ( <urn:a> <urn:b> ) ]"),
        ("<urn:a>*", "[ sh:zeroOrMorePath <urn:a> ]"),
        ("(^<urn:a>)+", "[ sh:oneOrMorePath [ sh:inversePath <urn:a> ] ]"),
        ("((<u:a>|<u:b>)*)/<u:c>", "( [ sh:zeroOrMorePath [ sh:alternativePath ( <u:a> <u:b> ) ] ] <u:c> )"),
        ("<urn:a>/(<urn:b>?)", "( <urn:a> [ sh:zeroOrOnePath <urn:b> ] )"),
    ],
)  # fmt: skip
def test_a_composed_path_is_read_and_written_as_shacl_writes_it(
    path: str, turtle: str, tmp_path: Path
) -> None:
    shape = f"""{RULE}<urn:s> a sh:PropertyShape ; sh:targetNode <urn:x> ; sh:path {turtle} ;
        sh:hasValue <urn:none> ; sh:message "d"@de, "f"@fr, "e"@en ."""
    rules = shapes([write(tmp_path, "path.ttl", shape)])
    (finding,) = shape_findings(Graph(), rules)
    assert finding.path == path
    report = Graph().parse(data=ValidationReport((finding,)).to_turtle(), format="turtle")
    written = report.value(predicate=SH.resultPath, any=False, subject=next(report.subjects(SH.resultPath)))
    expected = Graph().parse(data=f"{RULE}<urn:s> sh:resultPath {turtle} .", format="turtle")
    only = Graph()
    for triple in report.cbd(written) if isinstance(written, BNode) else ():
        only.add(triple)
    only.add((URIRef("urn:s"), SH.resultPath, written))
    assert isomorphic(only, expected)


def test_a_warning_is_a_result_and_a_result_does_not_conform(report: ValidationReport) -> None:
    warned = ValidationReport(tuple(replace(finding, severity="Warning") for finding in report.findings))
    graph = Graph().parse(data=warned.to_turtle(), format="turtle")
    assert set(graph.objects(None, SH.conforms)) == {Literal(False)}
    assert warned.conforms


def test_a_sound_graph_s_turtle_conforms() -> None:
    graph = Graph().parse(data=ValidationReport(()).to_turtle(), format="turtle")
    assert set(graph.objects(None, SH.conforms)) == {Literal(True)}


# Rules that are themselves at fault


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
    ],
)
def test_a_faulty_shape_is_named(tmp_path: Path, shape: str, fault: str) -> None:
    graph = Graph()
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
