"""Turtle and N-Quads hold exactly the triples of a graph, in an order in which small edits stay small."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from clustergraph import iris
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.turtle import new_graph, turtle

Triples = set[tuple[Node, Node, Node]]

paths = st.from_regex(r"[a-z]{1,3}(/[a-z0-9-]{1,4})?(#char=[0-9]{1,3},[0-9]{1,3})?", fullmatch=True)
nodes = st.builds(URIRef, paths.map(lambda path: BASE + path))
terms = st.sampled_from([RDF.type, RDFS.label, RDFS.seeAlso, SKOS.prefLabel, SKOS.notation, SKOS.definition])
words = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
literals = st.one_of(
    st.builds(Literal, words),
    st.builds(Literal, words, lang=st.sampled_from(["de", "fr", "en", "it", "rm"])),
    st.builds(Literal, st.integers(-9999, 9999)),
    st.builds(Literal, st.booleans()),
    st.builds(Literal, st.dates()),
    st.just(Literal("0.50", datatype=XSD.decimal)),
    st.just(Literal("3", datatype=XSD.decimal)),
    st.just(Literal("2014-07", datatype=XSD.gYearMonth)),
)
triples = st.sets(st.tuples(nodes, terms, st.one_of(nodes, literals)), max_size=12)


def graph_of(found: Triples) -> Graph:
    graph = new_graph()
    for triple in found:
        graph.add(triple)
    return graph


def blocks(content: bytes) -> dict[str, str]:
    """The block of each subject, and base and prefixes as one block."""
    parts = [part for part in content.decode().strip().split("\n\n") if part]
    return {part.split()[0]: part for part in parts}


def in_oxigraph(content: bytes, form: ox.RdfFormat) -> set[str]:
    return {str(quad) for quad in ox.parse(content, format=form)}


@settings(max_examples=150, deadline=None)
@given(triples)
def test_turtle_gives_back_the_same_triples(found: Triples) -> None:
    graph = graph_of(found)
    content = turtle(graph)
    assert isomorphic(new_graph().parse(data=content, format="turtle"), graph)
    by_oxigraph = in_oxigraph(content, ox.RdfFormat.TURTLE)
    by_rdflib = in_oxigraph(graph.serialize(format="nt", encoding="utf-8"), ox.RdfFormat.N_TRIPLES)
    assert by_oxigraph == by_rdflib


@settings(max_examples=100, deadline=None)
@given(triples, st.randoms(use_true_random=False))
def test_the_order_in_which_triples_come_does_not_matter(found: Triples, random: object) -> None:
    shuffled = sorted(found, key=str)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    other = new_graph()
    for triple in shuffled:
        other.add(triple)
    assert turtle(other) == turtle(graph_of(found))


@settings(max_examples=100, deadline=None)
@given(triples, st.tuples(nodes, terms, st.one_of(nodes, literals)))
def test_one_more_triple_changes_one_block(found: Triples, more: tuple[Node, Node, Node]) -> None:
    before, after = blocks(turtle(graph_of(found - {more}))), blocks(turtle(graph_of(found | {more})))
    subjects = sorted({key for key in {*before, *after} if before.get(key) != after.get(key)} - {"@base"})
    assert len(subjects) == 1
    assert str(more[0]).removeprefix(BASE) in subjects[0]


def test_a_link_between_real_things_moves_no_line(stated: Graph) -> None:
    before = turtle(stated).decode().split("\n")
    link = (iris.skill("basel-2014", 1, 1), SKOS.related, iris.skill("basel-2014", 10, 5))
    stated.add(link)
    try:
        after = turtle(stated).decode().split("\n")
    finally:
        stated.remove(link)
    assert len(after) == len(before) + 1
    known = set(before)
    changed = [line for line in after if line not in known]
    assert len(changed) == 1
    assert "skos:related" in changed[0]
    rest = [line for line in after if line not in changed]
    assert rest == before


def test_real_graphs_give_back_the_same_triples(built: dict[str, bytes], graphs: dict[str, Graph]) -> None:
    for name, content in built.items():
        by_oxigraph = in_oxigraph(content, ox.RdfFormat.TURTLE)
        by_rdflib = in_oxigraph(graphs[name].serialize(format="nt", encoding="utf-8"), ox.RdfFormat.N_TRIPLES)
        assert by_oxigraph == by_rdflib, name
        assert turtle(graphs[name]) == content, name


def test_a_block_begins_with_class_label_and_definition(built: dict[str, bytes]) -> None:
    block = blocks(built["ontology"])["<id/verdict/supported>"]
    order = [block.index(word) for word in (" a ", "skos:prefLabel", "skos:definition", "skos:inScheme")]
    assert order == sorted(order)
    labels = [block.index(f"@{language}") for language in ("de", "fr", "en")]
    assert labels == sorted(labels)


def test_only_prefixes_that_are_used_are_declared_in_the_projects_order(built: dict[str, bytes]) -> None:
    for content in built.values():
        text = content.decode()
        declared = [line.split()[1].rstrip(":") for line in text.split("\n") if line.startswith("@prefix")]
        assert declared == [prefix for prefix in PREFIXES if prefix in declared]
        for prefix in declared:
            assert (
                f" {prefix}:" in text.split("\n\n", 1)[1] or f"^^{prefix}:" in text or f"\n{prefix}:" in text
            ), prefix


@pytest.mark.parametrize("name", ["stated", "ontology", "coded", "translations", "derived", "catalog"])
def test_files_are_utf_8_with_line_feeds_and_one_final_line_end(name: str, built: dict[str, bytes]) -> None:
    text = built[name].decode()
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not [line for line in text.split("\n") if line != line.rstrip()]


def test_passages_come_in_the_order_of_the_text(built: dict[str, bytes]) -> None:
    starts = [
        int(line.split("#char=")[1].split(",")[0])
        for line in built["stated"].decode().split("\n")
        if line.startswith("<text/basel-2014#char=")
    ]
    assert len(starts) > 1
    assert starts == sorted(starts)


# Names: below @base where that says the same, with a prefix where the local part is plain, else in full


@pytest.mark.parametrize(
    ("iri", "written"),
    [
        (f"{BASE}id/person/marisa-helfer", "<id/person/marisa-helfer>"),
        (f"{BASE}text/basel-2014#char=4347,4412", "<text/basel-2014#char=4347,4412>"),
        (f"{BASE}ns#Hypothesis", "clg:Hypothesis"),
        (f"{BASE}ns", "<ns>"),
        (f"{BASE}graph/", "<graph/>"),
        (BASE, "<>"),
        (f"{BASE}id:1", f"<{BASE}id:1>"),  # relative, it would have a scheme
        (f"{BASE}/id", f"<{BASE}/id>"),  # relative, it would begin at the host
        (f"{BASE}id/../ns", f"<{BASE}id/../ns>"),  # relative, it would lose its dots
        (f"{BASE}./ns", f"<{BASE}./ns>"),
        (f"{BASE}id//ns", f"<{BASE}id//ns>"),
        (f"{BASE}id?x=1", f"<{BASE}id?x=1>"),
        ("http://www.w3.org/2004/02/skos/core#a.b", "<http://www.w3.org/2004/02/skos/core#a.b>"),
        ("http://example.org/a", "<http://example.org/a>"),
    ],
)
def test_a_name_is_as_short_as_it_can_be(iri: str, written: str) -> None:
    graph = graph_of({(URIRef(iri), RDF.type, URIRef(iri))})
    content = turtle(graph)
    assert f"\n{written} a {written} .\n" in content.decode()
    nodes = {str(quad) for quad in in_oxigraph(content, ox.RdfFormat.TURTLE)}
    assert nodes == {f"<{iri}> <{RDF.type}> <{iri}>"}
    assert set(new_graph().parse(data=content, format="turtle")) == set(graph)


def test_types_share_a_line_and_other_objects_have_one_each(stated: Graph) -> None:
    block = blocks(turtle(stated))["<id/basel-2014/publication>"]
    assert block.startswith("<id/basel-2014/publication> a bibo:Report, prov:Entity ;\n    ")
    figures = "    dcterms:hasPart <id/basel-2014/figure/1>,\n        <id/basel-2014/figure/2>,\n"
    assert figures in block


def test_no_built_file_repeats_the_base(built: dict[str, bytes]) -> None:
    for content in built.values():
        text = content.decode()
        assert text.startswith(f"@base <{BASE}> .\n@prefix ")
        assert f"<{BASE}" not in re.sub(r"(?m)^@.*$", "", text)


def test_the_model_page_begins_its_blocks_as_the_build_writes_them(
    root: Path, graphs: dict[str, Graph]
) -> None:
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    printed = re.findall(r"(?m)^<\S+> a .*(?= [;.]$)", page)
    assert len(printed) > 5
    written = {
        block.split("\n")[0].rstrip(" ;.")
        for graph in graphs.values()
        for block in blocks(turtle(graph)).values()
    }
    assert [line for line in printed if line not in written] == []


# What people write by hand: a comma stands at the word before it, as in the files that are built

_OPAQUE = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>"{}|^`\s]*>|#[^\n]*', re.DOTALL)


def loose_commas(text: str) -> list[int]:
    """The lines on which a blank stands before a comma that separates objects."""
    bare = _OPAQUE.sub(lambda found: "x" + "\n" * found.group().count("\n"), text)
    return [bare.count("\n", 0, found.start()) + 1 for found in re.finditer(r"\s,", bare)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('<a> rdfs:label "x"@de ,\n    "y"@fr .', [1]),
        ("<a> a clg:A , clg:B .", [1]),
        ("<a> a clg:A\n    , clg:B .", [2]),
        ('<a> rdfs:label "x , y"@de,\n    """one ,\n" , two"""@fr . # a , b', []),
        ("<text/x#char=1,2> clg:anchoredIn <text/x#char=1,2>, <a> .", []),
    ],
)
def test_a_blank_before_a_comma_is_seen(text: str, lines: list[int]) -> None:
    assert loose_commas(text) == lines


def test_hand_written_turtle_has_no_blank_before_a_comma(root: Path) -> None:
    folders = [
        root / name for name in ("ontology", "shapes", "data/sources", "tests/shapes", "tests/fixtures")
    ]
    files = [root / "data" / "catalog.ttl", *(path for folder in folders for path in folder.rglob("*.ttl"))]
    assert len(files) > 100
    found = {path: loose_commas(path.read_text(encoding="utf-8")) for path in sorted(files)}
    assert {str(path): lines for path, lines in found.items() if lines} == {}
