"""The ratings as a cube of cube.link: a view of its own that holds what the Data Cube holds."""

import pyshacl
import pytest
from rdflib import RDF, SH, Graph, Namespace

from clustergraph import queries
from clustergraph.store import local
from clustergraph.turtle import new_graph
from clustergraph.vocabulary import CLG

CUBE = Namespace("https://cube.link/")
SCHEMA = Namespace("http://schema.org/")


@pytest.fixture(scope="module")
def view() -> Graph:
    text = queries.find("ratings-as-cube-link").text
    return new_graph().parse(data=local.query(text, "ttl"), format="turtle")


def test_each_rating_is_an_observation_of_the_view(view: Graph, stated: Graph) -> None:
    def marks(graph: Graph, kind: object) -> set[tuple[object, ...]]:
        terms = (CLG.skill, CLG.countryColumn, CLG.importance)
        return {tuple(graph.value(node, term) for term in terms) for node in graph.subjects(RDF.type, kind)}

    assert len(list(view.subjects(RDF.type, CUBE.Observation))) == 183
    assert marks(view, CUBE.Observation) == marks(stated, CLG.SkillRating)


def test_no_node_is_of_both_kinds(view: Graph, stated: Graph) -> None:
    assert not set(view.subjects(RDF.type, CUBE.Observation)) & set(
        stated.subjects(RDF.type, CLG.SkillRating)
    )


def test_the_observations_keep_the_closed_constraint(view: Graph) -> None:
    (constraint,) = view.subjects(RDF.type, CUBE.Constraint)
    shapes = Graph() + view
    shapes.add((constraint, SH.targetClass, CUBE.Observation))
    assert pyshacl.validate(view, shacl_graph=shapes)[0]
    broken = Graph() + view
    broken.add((next(view.subjects(RDF.type, CUBE.Observation)), SCHEMA.name, SCHEMA.name))
    assert not pyshacl.validate(broken, shacl_graph=shapes)[0]


def test_the_cube_has_what_its_schema_demands(view: Graph) -> None:
    (cube,) = view.subjects(RDF.type, CUBE.Cube)
    demanded = ("name", "contactPoint", "dateCreated", "datePublished", "dateModified")
    assert all((cube, SCHEMA[name], None) in view for name in demanded)
    (found,) = view.objects(cube, CUBE.observationSet)
    assert len(list(view.objects(found, CUBE.observation))) == 183
    (constraint,) = view.objects(cube, CUBE.observationConstraint)
    assert len(list(view.objects(constraint, SH.property))) == 5, "type, publisher, two dimensions, a measure"
