"""Chance-corrected agreement is that of published examples, and that of exact fractions."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from clustergraph.coefficients import (
    cohens_kappa,
    expected_difference,
    krippendorffs_alpha,
    masi_difference,
    nominal_difference,
    ordinal_alpha,
)

Apart = Callable[[int, int], Fraction]


def coincidences(rows: list[tuple[int, ...]]) -> dict[tuple[int, int], Fraction]:
    """Krippendorff's coincidence matrix: the ordered pairs of a unit, over its number of values less one."""
    table: dict[tuple[int, int], Fraction] = {}
    for row in rows:
        for pair in permutations(row, 2):
            table[pair] = table.get(pair, Fraction(0)) + Fraction(1, len(row) - 1)
    return table


def alpha_from_coincidences(rows: list[tuple[int, ...]], *, ordinal: bool = True) -> Fraction:
    """Alpha in exact fractions, from the matrix instead of from the raw values."""
    table = coincidences([row for row in rows if len(row) > 1])
    totals: Counter[int] = Counter()
    for (one, _), count in table.items():
        totals[one] += count  # type: ignore[assignment]  # fractions are counted
    whole = sum(totals.values())

    def apart(low: int, high: int) -> Fraction:
        between = sum(count for rank, count in totals.items() if low <= rank <= high)
        return (between - Fraction(totals[low] + totals[high], 2)) ** 2 if ordinal else Fraction(1)

    pairs = list(combinations(sorted(totals), 2))
    observed = sum((table.get(pair, Fraction(0)) * apart(*pair) for pair in pairs), Fraction(0))
    expected = sum((totals[a] * totals[b] * apart(a, b) for a, b in pairs), Fraction(0))
    return 1 - (whole - 1) * observed / expected


# Krippendorff's own example ("Computing Krippendorff's Alpha-Reliability", 2011, part C): four observers,
# some values missing. He gives 0.743 for names and 0.815 for ordered values.
KRIPPENDORFF = [
    tuple(map(int, unit))
    for unit in ["111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3"]
]


def test_alpha_is_the_one_of_krippendorffs_own_example() -> None:
    assert round(krippendorffs_alpha(KRIPPENDORFF, nominal_difference) or 0, 3) == 0.743
    assert round(ordinal_alpha(KRIPPENDORFF) or 0, 3) == 0.815


def test_alpha_is_that_of_the_coincidence_matrix() -> None:
    names, ordered = (alpha_from_coincidences(KRIPPENDORFF, ordinal=ordinal) for ordinal in (False, True))
    assert krippendorffs_alpha(KRIPPENDORFF, nominal_difference) == pytest.approx(float(names), abs=1e-12)
    assert ordinal_alpha(KRIPPENDORFF) == pytest.approx(float(ordered), abs=1e-12)


def test_alpha_of_names_is_the_one_worked_out_by_hand() -> None:
    # a a, a b, b b: observed 1/3; of 6 values 3 are a and 3 are b: expected 2 · 9 / 30 = 0.6
    alpha = krippendorffs_alpha([("a", "a"), ("a", "b"), ("b", "b")], nominal_difference)
    assert alpha == pytest.approx(1 - 1 / 0.6 / 3)
    assert expected_difference(Counter("aaabbb"), nominal_difference) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Artstein and Poesio, "Inter-Coder Agreement for Computational Linguistics", 2008, table 1:
        # observed 0.7, expected 0.3 · 0.4 + 0.7 · 0.6 = 0.54; they give 0.348
        ((20, 20, 10, 50), 0.348),
        # observed 0.7, expected 0.5 · 0.6 + 0.5 · 0.4
        ((20, 5, 10, 15), 0.4),
    ],
)
def test_kappa_is_that_of_a_published_table(table: tuple[int, ...], kappa: float) -> None:
    pairs = [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")]
    found = cohens_kappa(dict(zip(pairs, table, strict=True)))
    assert round(found or 0, 3) == kappa


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("ab", "ab", 0), ("a", "ab", 2 / 3), ("ab", "bc", 8 / 9), ("a", "b", 1), ("", "", 0), ("", "a", 1)],
)
def test_two_sets_lie_apart_as_passonneau_defines(one: str, other: str, expected: float) -> None:
    # "Measuring Agreement on Set-valued Items (MASI)", 2006: Jaccard times 1, 2/3, 1/3 or 0 for equal sets, a
    # set within the other, an overlap, and sets with nothing in common
    assert masi_difference(frozenset(one), frozenset(other)) == pytest.approx(expected)
    assert masi_difference(frozenset(other), frozenset(one)) == pytest.approx(expected)


def test_without_any_difference_there_is_no_coefficient() -> None:
    assert ordinal_alpha([(4, 4), (4, 4)]) is None
    assert krippendorffs_alpha([("a", "a"), ("b",)], nominal_difference) is None
    assert cohens_kappa({}) is None
    assert cohens_kappa({("a", "a"): 3}) is None
