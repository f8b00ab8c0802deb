"""Every rule of shapes/ is tripped by an example that breaks it, and by no example that keeps it."""

import re
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH

from clustergraph.languages import LANGUAGES
from clustergraph.resources import share
from clustergraph.validation import Rules, load, shape_findings, shapes

EXAMPLES = Path(__file__).parent / "shapes"
FILES = sorted((share() / "shapes").glob("*.ttl"))
SHARED = {"anchored"}
"""Files that the others refer to; they target nothing themselves."""
ACROSS_CLASSES = {"ontology-term"}
"""Rules on labels, which hold for several classes alike."""


def tripped(example: Path) -> set[str]:
    """Return the names of the rules that an example trips, of its own folder's shapes and the shared ones."""
    graph = Graph()
    for triple in load([example]):
        graph.add(triple[:3])
    return {finding.shape.rpartition("#")[2] for finding in shape_findings(graph, rules(example.parent.name))}


@cache
def rules(name: str) -> Rules:
    """Return the shapes of one file together with the shared ones."""
    return shapes(file for file in FILES if file.stem in SHARED | {name})


def announced(example: Path) -> set[str]:
    """Return the names of the rules that an example's first line says it trips."""
    first = example.read_text(encoding="utf-8").partition("\n")[0]
    found = re.match(r"# Trips ([\w, -]+): ", first)
    assert found, f"{example}: begin with '# Trips <rule>: <why>.'"
    return set(found[1].split(", "))


def named(examples: list[Path]) -> list[str]:
    return [f"{example.parent.name}/{example.stem}" for example in examples]


VALID = sorted(EXAMPLES.glob("*/valid*.ttl"))
INVALID = sorted(EXAMPLES.glob("*/invalid-*.ttl"))


@pytest.mark.parametrize("example", VALID, ids=named(VALID))
def test_a_valid_example_passes(example: Path) -> None:
    assert tripped(example) == set()


@pytest.mark.parametrize("example", INVALID, ids=named(INVALID))
def test_an_invalid_example_trips_the_rules_it_names_and_no_others(example: Path) -> None:
    assert tripped(example) == announced(example)


def test_every_rule_is_tripped_by_an_example() -> None:
    rules = {str(rule).rpartition("#")[2] for rule in shapes().graph.subjects(SH.message)}
    assert rules - set().union(*map(announced, INVALID)) == set()


def test_every_file_of_shapes_has_a_valid_example() -> None:
    assert {file.stem for file in FILES} - SHARED == {example.parent.name for example in VALID}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_file_targets_one_class(file: Path) -> None:
    targets = set(Graph().parse(file).objects(None, SH.targetClass))
    assert len(targets) == 1 or file.stem in SHARED | ACROSS_CLASSES


def test_every_rule_tells_the_editor_what_to_do_in_three_languages() -> None:
    graph = shapes().graph
    for rule in set(graph.subjects(SH.message)):
        messages = list(graph.objects(rule, SH.message))
        assert sorted(message.language or "" for message in messages) == sorted(LANGUAGES), rule
        assert all(str(message).endswith(".") for message in messages), rule


def test_every_shape_has_a_name_in_three_languages() -> None:
    graph = shapes().graph
    for kind, name in ((SH.PropertyShape, SH.name), (SH.NodeShape, RDFS.label)):
        for shape in graph.subjects(RDF.type, kind):
            languages = sorted(label.language or "" for label in graph.objects(shape, name))
            assert languages == sorted(LANGUAGES), shape


def test_every_rule_has_an_iri() -> None:
    graph = shapes().graph
    lists = {
        node
        for head in set(graph.objects()) - set(graph.objects(None, RDF.rest))
        if (head, RDF.first, None) in graph
        for node in _cells(graph, head)
    }
    paths = set(graph.objects(None, SH.path))
    assert {node for node in graph.subjects() if isinstance(node, BNode)} - lists - paths == set()


def _cells(graph: Graph, head: object) -> list[object]:
    cells = []
    while head and head != RDF.nil:
        cells.append(head)
        head = graph.value(head, RDF.rest)
    return cells


def test_the_shapes_are_well_formed_shacl() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes().graph, meta_shacl=True)
    assert conforms, text


def test_no_shape_states_a_count_of_a_particular_report() -> None:
    graph = shapes().graph
    counts = {int(str(count)) for part in ("minCount", "maxCount") for count in graph.objects(None, SH[part])}
    things_of_a_pair, most_topics_of_a_statement = 2, 4
    assert counts == {0, 1, things_of_a_pair, len(LANGUAGES), most_topics_of_a_statement}


def test_a_rule_that_a_path_leads_to_is_used() -> None:
    graph = shapes().graph
    used = set(graph.objects(None, SH.property)) | set(graph.objects(None, SH.qualifiedValueShape))
    used |= set(graph.objects(None, SH["not"]))
    for choice in (SH["or"], SH.xone):
        for head in graph.objects(None, choice):
            used |= set(Collection(graph, head))
    shapes_without_target = {
        shape
        for kind in (SH.PropertyShape, SH.NodeShape)
        for shape in graph.subjects(RDF.type, kind)
        if isinstance(shape, URIRef)
        and (shape, SH.targetClass, None) not in graph
        and (shape, SH.targetSubjectsOf, None) not in graph
    }
    assert shapes_without_target - used == set()
