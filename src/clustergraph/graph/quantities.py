"""Quantities in, triples out: numbers with their unit, so that a query can compare them."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rdflib import RDF, SKOS, Literal, Namespace

from clustergraph import iris
from clustergraph.graph.anchors import Triple, anchored
from clustergraph.graph.numbers import number
from clustergraph.graph.report import SCHEMA
from clustergraph.namespaces import PREFIXES
from clustergraph.records import Contents, Quantity
from clustergraph.vocabulary import CLG

QUDT: Final = Namespace(PREFIXES["qudt"])
UNIT: Final = Namespace(PREFIXES["unit"])

_BOUNDS: Final = MappingProxyType({"value": SCHEMA.value, "min": SCHEMA.minValue, "max": SCHEMA.maxValue})


def quantity_triples(contents: Contents, quantity: Quantity) -> Iterator[Triple]:
    """Yield a quantity: value or bounds, unit, of what, how the report gives it, and in which words."""
    slug = contents.report.record.slug
    node = iris.quantity(slug, quantity.passage)
    yield iris.statement(slug, quantity.statement.passages[0]), CLG.quantity, node
    yield node, RDF.type, CLG.Quantity
    for language, words in quantity.of.items():
        yield node, SKOS.prefLabel, Literal(words, lang=language)
    for bound, value in quantity.bounds.items():
        yield node, _BOUNDS[bound], number(value)
    yield node, QUDT.unit, UNIT[quantity.unit.removeprefix("unit:")]
    yield node, CLG.quantityStatus, iris.resource(f"quantity-status/{quantity.status}")
    yield from anchored(contents, node, (quantity.passage,))
