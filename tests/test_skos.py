"""The schemes that are published hold concepts, so that the conditions of SKOS say something of them."""

import pyoxigraph
import pytest

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import graph_folder

HEADER = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def published() -> pyoxigraph.Store:
    """Every graph that is published, each under its name."""
    store = pyoxigraph.Store()
    for file in sorted(graph_folder().glob("*.ttl")):
        graph = pyoxigraph.NamedNode(f"{BASE}graph/{file.stem}")
        store.load(path=str(file), format=pyoxigraph.RdfFormat.TURTLE, to_graph=graph)
    return store


def test_every_scheme_has_a_concept(published: pyoxigraph.Store) -> None:
    query = """SELECT ?scheme WHERE {
      ?scheme a skos:ConceptScheme .
      FILTER NOT EXISTS { ?concept skos:inScheme ?scheme ; a skos:Concept }
    }"""
    assert list(published.query(HEADER + query, use_default_graph_as_union=True)) == []


def test_there_are_schemes_and_concepts(published: pyoxigraph.Store) -> None:
    query = "SELECT DISTINCT ?scheme WHERE { ?concept a skos:Concept ; skos:inScheme ?scheme }"
    found = {row["scheme"].value for row in published.query(HEADER + query, use_default_graph_as_union=True)}
    assert {f"{BASE}scheme/importance", f"{BASE}scheme/verdict", f"{BASE}scheme/country-column"} <= found
