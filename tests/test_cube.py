"""The ratings that are published are a well-formed Data Cube."""

import pyoxigraph
import pytest

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import graph_folder
from clustergraph.validation import Check, check_findings, checks

CUBE = tuple(check for check in checks() if check.name.startswith("cube-"))
HEADER = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def stated() -> pyoxigraph.Store:
    """What the report says, with the terms it is said in, and nothing of ours beside."""
    store = pyoxigraph.Store()
    for name in ("ontology", "stated"):
        graph = pyoxigraph.NamedNode(f"{BASE}graph/{name}")
        store.load(
            path=str(graph_folder() / f"{name}.ttl"), format=pyoxigraph.RdfFormat.TURTLE, to_graph=graph
        )
    return store


def ask(store: pyoxigraph.Store, pattern: str) -> bool:
    return bool(store.query(f"{HEADER}ASK {{ {pattern} }}", use_default_graph_as_union=True))


@pytest.mark.parametrize("check", CUBE, ids=lambda check: check.name)
def test_the_ratings_keep_every_integrity_constraint(stated: pyoxigraph.Store, check: Check) -> None:
    assert list(check_findings(stated, (check,))) == []


def test_there_are_observations_so_that_the_constraints_say_something(stated: pyoxigraph.Store) -> None:
    assert ask(stated, "?rating a qb:Observation ; qb:dataSet/qb:structure ?structure")


def test_the_code_lists_are_typed_so_that_membership_is_looked_at(stated: pyoxigraph.Store) -> None:
    assert ask(stated, "clg:countryColumn qb:codeList/a skos:ConceptScheme")
    assert ask(stated, "clg:importance qb:codeList/a skos:ConceptScheme")


def test_a_slice_holds_one_column(stated: pyoxigraph.Store) -> None:
    assert ask(
        stated, "?slice a qb:Slice ; clg:countryColumn ?column ; qb:observation/clg:countryColumn ?column"
    )
    assert not ask(
        stated,
        "?slice a qb:Slice ; clg:countryColumn ?column ; qb:observation/clg:countryColumn ?other "
        "FILTER (?column != ?other)",
    )
