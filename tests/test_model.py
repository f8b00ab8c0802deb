"""The page on the model, and the built graphs, use the terms as the ontology means them."""

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.query import ResultRow

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import graph_folder, share
from clustergraph.termlint import known_terms, lint_text
from clustergraph.vocabulary import CLG

SCHEMA = Namespace(PREFIXES["schema"])
HEADER = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
PAGE = (Path(__file__).parents[1] / "docs" / "model.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)
QUERIES = re.findall(r"```sparql\n(.*?)```", PAGE, re.DOTALL)
PROPERTIES = sorted(name for name in CLG.__annotations__ if name[0].islower())


@cache
def built() -> Graph:
    """Every committed graph, merged."""
    merged = Graph(bind_namespaces="none")
    for path in sorted(graph_folder().glob("*.ttl")):
        merged.parse(path)
    return merged


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.partition(" ")[0] for example in EXAMPLES])
def test_every_triple_of_an_example_stands_in_the_built_graphs(example: str) -> None:
    assert list(Graph(bind_namespaces="none").parse(data=HEADER + example) - built()) == []


def test_the_page_uses_defined_terms_only() -> None:
    code = "\n".join((*re.findall(r"`(clg:\w+)`", PAGE), *EXAMPLES, *QUERIES))
    assert list(lint_text(code, "docs/model.md", known_terms())) == []


def test_the_first_query_answers_with_the_seven_skills_of_field_3() -> None:
    (query,) = QUERIES
    rows = [
        tuple(map(str, row))
        for row in built().query(query, initNs=dict(PREFIXES))
        if isinstance(row, ResultRow)
    ]
    assert len(rows) == 21
    assert ("3.3", "Vermarkten der angebotenen Dienstleistungen", "CH", "++") in rows


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (32, "Marisa Helfer, Samuel Waldis"),
        (87, "aus den Ländern Deutschland, Frankreich, der Schweiz sowie Rumänien, Italien und Kroatien"),
        (91, "ohne Wertung"),
        (93, "Individuen sind die wahren Clusterakteure - nicht die Unternehmen"),
        (97, "Demgegenüber steht allerdings die Aussage"),
        (99, "mehrheitlich gestützt"),
        (117, "alleine beim Clustermanager"),
        (119, "liegen sollte."),
        (129, "keine eindeutigen Einschätzungen"),
        (217, "Abbildung 1"),
        (222, "Abbildung 2"),
        (228, "sehr wichtig = ++"),
        (230, "<b>DE</b>\t<b>FR</b>\t<b>CH</b>"),
        (247, "Vermarkten der angebotenen Dienstleistungen\t-\t+\t++"),
        (309, "haben gezeigt"),
    ],
)
def test_a_line_that_the_page_names_holds_what_the_page_says(line: int, words: str) -> None:
    report = (share() / "data" / "sources" / "basel-2014" / "report.txt").read_text(encoding="utf-8")
    assert words in report.splitlines()[line - 1]
    assert re.search(rf"\b[Ll]ines? (\d+ and )?{line}\b", PAGE)


def test_the_page_names_no_line_that_is_not_checked() -> None:
    named = {int(n) for pair in re.findall(r"[Ll]ines? (\d+)(?: and (\d+))?", PAGE) for n in pair if n}
    assert named == {32, 87, 91, 93, 97, 99, 117, 119, 129, 217, 222, 228, 230, 247, 309}


def kinds(node: object) -> set[object]:
    """The classes of a node and what lies above them, or the datatype of a literal."""
    if isinstance(node, Literal):
        return {RDF.langString if node.language else node.datatype or XSD.string}
    types = built().objects(URIRef(str(node)), RDF.type)
    return {above for kind in types for above in built().transitive_objects(kind, RDFS.subClassOf)}


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_joins_what_it_says_it_joins(name: str) -> None:
    term, graph = CLG[name], built()
    domain = set(graph.objects(term, SCHEMA.domainIncludes))
    spread = set(graph.objects(term, SCHEMA.rangeIncludes)) | set(graph.objects(term, RDFS.range))
    for subject, value in graph.subject_objects(term):
        assert not domain or kinds(subject) & domain, subject
        assert kinds(value) & spread, value


def test_what_lies_above_a_term_is_written_out() -> None:
    graph = built()
    for below, above in graph.subject_objects(RDFS.subPropertyOf):
        if str(above).startswith(PREFIXES["dcterms"]):
            continue  # dcterms:source is left to those who infer: it would double every anchor
        assert set(graph.subject_objects(URIRef(str(below)))) <= set(
            graph.subject_objects(URIRef(str(above)))
        )
    for below, above in graph.subject_objects(RDFS.subClassOf):
        assert set(graph.subjects(RDF.type, below)) <= set(graph.subjects(RDF.type, above)), below
