"""Ranks on an ordered scale in, summaries out that use their order."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate

from clustergraph.graph.numbers import rounded


def mean(ranks: Sequence[int]) -> Decimal:
    """Return the mean of ranks to two places; an order is summed up by it, nothing is measured.

    >>> mean((4, 3, 1))
    Decimal('2.67')
    """
    return rounded(Decimal(sum(ranks)) / Decimal(len(ranks)), 2)


def median(ranks: Sequence[int]) -> Decimal:
    """Return the middle rank, or what lies midway between the two middle ones.

    >>> median((4, 1, 3)), median((4, 3))
    (Decimal('3.0'), Decimal('3.5'))
    """
    ordered = sorted(ranks)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return rounded(Decimal(low + high) / 2, 1)


def places(means: Mapping[Hashable, Decimal | int]) -> dict[Hashable, int]:
    """Return each thing's place, the greatest first; ties share the best place.

    >>> places({"a": 3, "b": 4, "c": 3, "d": 1})
    {'a': 2, 'b': 1, 'c': 2, 'd': 4}
    """
    counts = Counter(means.values())
    ordered = sorted(counts, reverse=True)
    before = dict(zip(ordered, accumulate((counts[value] for value in ordered), initial=0), strict=False))
    return {thing: 1 + before[value] for thing, value in means.items()}
