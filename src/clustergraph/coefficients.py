"""Values that several readings give to the same units in, chance-corrected agreement out."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

Difference = Callable[[Any, Any], float]
"""How far two values lie apart; 0 for equal ones."""


def cohens_kappa(table: Mapping[tuple[Hashable, Hashable], float]) -> float | None:
    """Return Cohen's kappa of a table: how often each pair of values occurs in two readings.

    None where fewer than two values occur: chance then explains all.

    >>> cohens_kappa({("a", "a"): 1, ("a", "b"): 1, ("b", "b"): 2})
    0.5
    """
    whole = sum(table.values())
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), count in table.items():
        first[one] += count  # type: ignore[assignment]  # shares are counted as well
        second[other] += count  # type: ignore[assignment]
    observed = sum(count for (one, other), count in table.items() if one == other)
    expected = sum(count * second[value] for value, count in first.items())
    if expected == whole**2:
        return None
    return (observed * whole - expected) / (whole**2 - expected)


def krippendorffs_alpha(rows: Sequence[Sequence[Hashable]], difference: Difference) -> float | None:
    """Return Krippendorff's alpha; each row holds one unit's values.

    A unit with one value says nothing on agreement and does not count. None where fewer than two values
    occur: there is then no difference that chance could explain.
    """
    paired = [row for row in rows if len(row) > 1]
    expected = expected_difference(Counter(chain.from_iterable(paired)), difference)
    if not expected:
        return None
    apart = sum(2 * _apart(row, difference) / (len(row) - 1) for row in paired)
    return 1 - apart / sum(map(len, paired)) / expected


def expected_difference(values: Mapping[Hashable, int], difference: Difference) -> float:
    """Return how far two values lie apart on average that are drawn from all, without replacement."""
    whole = sum(values.values())
    apart = sum(
        values[one] * values[other] * difference(one, other) for one, other in combinations(values, 2)
    )
    return 2 * apart / (whole * (whole - 1)) if apart else 0.0


def _apart(row: Sequence[Hashable], difference: Difference) -> float:
    return sum(difference(one, other) for one, other in combinations(row, 2))


def nominal_difference(one: Hashable, other: Hashable) -> float:
    """Return 0 for equal names and 1 for different ones."""
    return float(one != other)


def ordinal_difference(frequencies: Mapping[int, int]) -> Difference:
    """Return Krippendorff's ordinal difference of two ranks: the values that lie between them, squared."""

    def difference(one: int, other: int) -> float:
        low, high = sorted((one, other))
        between = sum(count for rank, count in frequencies.items() if low <= rank <= high)
        return (between - (frequencies[low] + frequencies[high]) / 2) ** 2

    return difference


def ordinal_alpha(rows: Sequence[Sequence[int]]) -> float | None:
    """Return Krippendorff's alpha of ranks, which uses their order and no distances."""
    frequencies = Counter(rank for row in rows if len(row) > 1 for rank in row)
    return krippendorffs_alpha(rows, ordinal_difference(frequencies))


def masi_difference(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two sets lie apart; partial overlap counts in part (Passonneau 2006).

    The likeness is Jaccard's, weighted by 1 for equal sets, 2/3 where one holds the other, 1/3 for an
    overlap; two empty sets are equal.

    >>> masi_difference(frozenset("a"), frozenset("ab")), masi_difference(frozenset(), frozenset())
    (0.6666666666666667, 0.0)
    """
    if one == other:
        return 0.0
    weight = 2 / 3 if one <= other or one >= other else 1 / 3
    return 1 - weight * len(one & other) / len(one | other)
