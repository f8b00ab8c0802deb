"""What the term lint finds, and what it lets pass."""

from pathlib import Path

import pytest
from rdflib import Graph

from clustergraph.errors import ClustergraphError
from clustergraph.namespaces import PREFIXES
from clustergraph.resources import share
from clustergraph.termlint import known_terms, lint_graph, lint_text

TERMS = known_terms()

# Names that stand in well-known repositories although no vocabulary defines them.
INVENTED = [
    "rdfs:Property",
    "rdf:domain",
    "dcat:DataSet",
    "dcat:issued",
    "dcterms:submitted",
    "sh:nodeType",
    "sh:dataType",
    "xsd:langString",
    "clg:ratedBy",
    "clg:anchordIn",
]
REAL = [
    "rdf:Property",
    "rdf:_12",
    "rdf:langString",
    "dcat:Dataset",
    "dcterms:dateSubmitted",
    "sh:nodeKind",
    "xsd:gYearMonth",
    "nif:RFC5147String",
    "spdx:checksumAlgorithm_sha256",
    "cito:qualifies",
    "clg:anchoredIn",
]


def turtle(name: str) -> str:
    """One triple with the name as its object."""
    prefix = name.partition(":")[0]
    return (
        f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n<http://example.org/a> <http://example.org/b> {name} .\n"
    )


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_name_is_found_in_a_graph(name: str) -> None:
    prefix, _, local = name.partition(":")
    found = list(lint_graph(Graph().parse(data=turtle(name)), TERMS))
    assert [term.iri for term in found] == [PREFIXES[prefix] + local]


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_name_is_found_in_a_text_with_its_line(name: str) -> None:
    assert [term.place for term in lint_text(turtle(name), "a.ttl", TERMS)] == ["a.ttl:2"]


@pytest.mark.parametrize("name", REAL)
def test_a_defined_name_passes(name: str) -> None:
    assert list(lint_graph(Graph().parse(data=turtle(name)), TERMS)) == []
    assert list(lint_text(turtle(name), "a.ttl", TERMS)) == []


def test_the_datatype_of_a_literal_is_judged() -> None:
    graph = Graph().parse(data='<http://e/a> <http://e/b> "x"^^<http://www.w3.org/2001/XMLSchema#int8> .')
    assert [term.iri for term in lint_graph(graph, TERMS)] == ["http://www.w3.org/2001/XMLSchema#int8"]


def test_https_for_a_namespace_that_is_http_is_found() -> None:
    (found,) = lint_text("ASK { ?s a <https://schema.org/Event> }", "a.rq", TERMS)
    assert (found.fault, found.advice) == ("begins with https", "write http://schema.org/Event")


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX clg: <https://w3id.org/clustergraph/ns#>\nASK { ?s\n  clg:anchordIn ?p }",
        "ASK { ?s a clg:Statement . # clg:wrong\n\n  ?s clg:suports ?h }",
        "BASE <https://w3id.org/clustergraph/>\n\nASK { ?s <ns#anchordIn> ?p }",
        "ASK { ?s\n\n  ^skos:broader/clg:infield* ?f }",
    ],
    ids=["declared prefix", "after a comment", "relative to the base", "in a path"],
)
def test_a_wrong_term_of_a_query_is_found_on_its_line(query: str) -> None:
    assert [term.place for term in lint_text(query, "q.rq", TERMS)] == ["q.rq:3"]


@pytest.mark.parametrize(
    "query",
    [
        'ASK { ?s rdfs:label "clg:wrong <http://schema.org/Wrong>"@de }',
        "ASK { ?s rdfs:label '''clg:wrong''' } # clg:wrong",
        "ASK { ?s ?p ?o FILTER(?a<?b && ?b>?c) }",
        "ASK { _:clg clg:theme ?clg }",
        "ASK { ?s a clg:Hypothesis. ?s clg:theme ?t.}",
        r"ASK { ?s bibo:status <http://purl.org/ontology/bibo/status/draft>, bibo:status\/draft }",
    ],
    ids=["string", "long string and comment", "comparison", "blank node", "full stop", "escaped slash"],
)
def test_what_is_no_term_is_not_taken_for_one(query: str) -> None:
    assert list(lint_text(query, "q.rq", TERMS)) == []


def test_a_prefix_that_nobody_declared_is_found() -> None:
    (found,) = lint_text("ASK { ?s oa:motivation ?o }", "q.rq", TERMS)
    assert found.fault == "has a prefix that is not declared"


def test_the_message_says_where_what_and_what_to_do() -> None:
    (found,) = lint_text("ASK { ?s clg:anchordIn ?p }", "q.rq", TERMS)
    assert str(found) == (
        "q.rq:1: https://w3id.org/clustergraph/ns#anchordIn is not defined in "
        "https://w3id.org/clustergraph/ns#; did you mean anchoredIn?"
    )


def test_a_list_of_terms_without_a_namespace_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "vocabularies"
    folder.mkdir(parents=True)
    (folder / "ex.txt").write_text("Thing\n", encoding="utf-8")
    with pytest.raises(ClustergraphError, match=r"ex\.txt:1: no namespace"):
        known_terms(tmp_path)


def test_every_prefix_of_the_project_has_its_list_of_terms() -> None:
    assert set(TERMS) == set(PREFIXES.values())


@pytest.mark.parametrize("prefix", [p for p in PREFIXES if p != "clg"])
def test_a_list_of_terms_is_sorted_and_free_of_doubles(prefix: str) -> None:
    heading, *names = (share() / "data" / "vocabularies" / f"{prefix}.txt").read_text("utf-8").splitlines()
    assert heading == f"# {PREFIXES[prefix]}"
    assert names == sorted(set(names))


def test_the_projects_files_use_defined_terms_only() -> None:
    root = share()
    paths = [
        path
        for folder, suffix in (
            ("ontology", "ttl"),
            ("shapes", "ttl"),
            ("queries", "rq"),
            ("data/graph", "ttl"),
        )
        for path in sorted((root / folder).rglob(f"*.{suffix}"))
    ]
    known = known_terms()
    unknown = [term for path in paths for term in lint_text(path.read_text("utf-8"), str(path), known)]
    assert not unknown, "\n".join(map(str, unknown))
