"""Values that several readings give to the same units in, chance-corrected agreement out (by nltk)."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

Difference = Callable[[Any, Any], float]
"""How far two values lie apart; 0 for equal ones."""


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Return Cohen's kappa of two readings of the same units.

    None where fewer than two values occur: chance then explains all.

    >>> cohens_kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    if len({value for pair in pairs for value in pair}) < 2:
        return None
    return float(_task(pairs).kappa())


def krippendorffs_alpha(
    rows: Sequence[Sequence[Hashable]], difference: Difference | None = None
) -> float | None:
    """Return Krippendorff's alpha; each row holds one unit's values, names where no difference is given.

    None where fewer than two values occur: there is then no difference that chance could explain.
    """
    if len({value for row in rows for value in row}) < 2:
        return None
    return float(_task(rows, difference or nominal_difference).alpha())


def _task(rows: Sequence[Sequence[Hashable]], difference: Difference | None = None) -> Any:
    from nltk.metrics.agreement import (  # type: ignore[import-untyped]  # slow to load: only when needed
        AnnotationTask,
    )

    data = [(reading, unit, value) for unit, row in enumerate(rows) for reading, value in enumerate(row)]
    return AnnotationTask(data, difference or nominal_difference)


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
    """Return Krippendorff's alpha of ranks, which uses their order and no distances.

    A unit with one value says nothing on agreement and does not count, not even for the distances.
    """
    paired = [row for row in rows if len(row) > 1]
    return krippendorffs_alpha(paired, ordinal_difference(Counter(rank for row in paired for rank in row)))


def masi_difference(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two sets lie apart; partial overlap counts in part (Passonneau 2006).

    >>> masi_difference(frozenset("a"), frozenset("ab")), masi_difference(frozenset(), frozenset())
    (0.6666666666666667, 0.0)
    """
    from nltk.metrics.distance import masi_distance  # type: ignore[import-untyped]  # slow to load

    return 0.0 if one == other else float(masi_distance(one, other))
