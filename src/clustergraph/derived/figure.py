"""One computed figure in, its node out: what it is about, by which method, from what, and the value."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from rdflib import PROV, RDF, XSD, Literal, Namespace, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import Triple
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


def rounded(value: Decimal | float, places: int) -> Decimal:
    """Return a value to some decimal places, half up, without the noise of binary fractions.

    >>> rounded(Decimal("3.375"), 2), rounded(0.1 + 0.2, 3)
    (Decimal('3.38'), Decimal('0.300'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.12f}")
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def share(part: int, whole: int, places: int = 3) -> Decimal:
    """Return a part of a whole as a rounded decimal."""
    return rounded(Decimal(part) / Decimal(whole), places)


def number(value: int | bool | Decimal) -> Literal:
    """Return a literal in the one spelling that stores keep: decimals without closing zeros.

    >>> number(Decimal("2.60")), number(Decimal("3.00"))  # doctest: +ELLIPSIS
    (rdflib.term.Literal('2.6', ...), rdflib.term.Literal('3', ...))
    """
    if not isinstance(value, Decimal):
        return Literal(value)
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Literal("0" if plain == "-0" else plain, datatype=XSD.decimal)
