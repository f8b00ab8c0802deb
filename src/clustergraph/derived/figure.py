"""One computed figure in, its node out: what it is about, by which method, from what, and the value."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rdflib import PROV, RDF, Namespace, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import Triple
from clustergraph.graph.numbers import number
from clustergraph.namespaces import PREFIXES
from clustergraph.vocabulary import CLG

SCHEMA: Final = Namespace(PREFIXES["schema"])


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of one of the variables of the scheme of derived figures.

    ``key`` names the figure within its variable and report; ``columns`` are the slugs of the columns that
    went in, and empty where all did.
    """

    variable: str
    key: str
    about: tuple[URIRef, ...]
    source: URIRef
    value: int | bool | Decimal
    columns: tuple[str, ...] = ()


def figure_triples(report: str, figure: Figure) -> Iterator[Triple]:
    """Yield a figure as an observation that says it is the project's."""
    node = iris.derived(report, figure.variable, figure.key)
    yield node, RDF.type, SCHEMA.Observation
    for thing in figure.about:
        yield node, SCHEMA.observationAbout, thing
    for column in figure.columns:
        yield node, CLG.countryColumn, iris.country(column)
    yield node, SCHEMA.variableMeasured, iris.resource(f"derived-figure/{figure.variable}")
    yield node, SCHEMA.value, number(figure.value)
    yield node, PROV.wasAttributedTo, iris.resource("org/clustergraph")
    yield node, PROV.wasDerivedFrom, figure.source
