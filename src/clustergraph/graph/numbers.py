"""Computed numbers in, rounded decimals and their literals out: the same spelling on every machine."""

from decimal import ROUND_HALF_UP, Decimal

from rdflib import XSD, Literal


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
