"""Ratings of skills in, figures out: means, medians, places, agreement of columns, marks per level."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from clustergraph import iris
from clustergraph.coefficients import ordinal_alpha
from clustergraph.derived.figure import Figure
from clustergraph.derived.ordinal import mean, median, places
from clustergraph.errors import BuildError
from clustergraph.graph.numbers import rounded, share
from clustergraph.records import Contents, Skill

Ranks = Mapping[tuple[int, int], Mapping[str, int]]
"""Field and skill number to column to rank."""

Named = Iterator[tuple[str, int | Decimal]]
"""Variables with their values."""


def profile_figures(contents: Contents, ranks: Mapping[str, int]) -> Iterator[Figure]:
    """Yield what can be computed from a report's ratings; nothing where it has none."""
    table = _table(contents, ranks)
    if not table:
        return
    columns = tuple(sorted({rating.column for rating in contents.ratings}))
    yield from _skill_figures(contents, table)
    yield from _field_figures(contents, table, columns)
    yield from _agreement_figures(contents, table, columns)
    yield from _level_figures(contents, columns)


def _table(contents: Contents, ranks: Mapping[str, int]) -> Ranks:
    table: dict[tuple[int, int], dict[str, int]] = {}
    for rating in contents.ratings:
        if rating.level not in ranks:
            place = contents.report.text.place(rating.passage.start)
            raise BuildError(f"{place}: the level {rating.level!r} has no rank; add it to its scheme")
        table.setdefault((rating.field, rating.skill), {})[rating.column] = ranks[rating.level]
    return table


def _skill_figures(contents: Contents, table: Ranks) -> Iterator[Figure]:
    slug = contents.report.record.slug
    source = iris.ratings(slug)
    rated = [skill for skill in contents.skills if (skill.field, skill.number) in table]
    found = {skill: tuple(table[skill.field, skill.number].values()) for skill in rated}
    place = places({skill: mean(marks) for skill, marks in found.items()})
    for skill, marks in found.items():
        about = (iris.skill(slug, skill.field, skill.number),)
        spread = max(marks) - min(marks)
        for variable, value in (
            ("mean-rank-of-skill", mean(marks)),
            ("median-rank-of-skill", median(marks)),
            ("rank-spread", spread),
            ("same-level-in-all-columns", spread == 0),
            ("within-one-level-in-all-columns", spread <= 1),
            ("place-by-mean-rank", place[skill]),
        ):
            yield Figure(variable, _key(skill), about, source, value)


def _key(skill: Skill) -> str:
    return f"{skill.field:02}-{skill.number:02}"


def _field_figures(contents: Contents, table: Ranks, columns: Sequence[str]) -> Iterator[Figure]:
    slug = contents.report.record.slug
    source = iris.ratings(slug)
    for field in contents.fields:
        about = (iris.field(slug, field.number),)
        rows = [row for (number, _), row in table.items() if number == field.number]
        for column in columns:
            marks = [row[column] for row in rows if column in row]
            if marks:
                key = f"{field.number:02}-{column}"
                yield Figure("mean-rank-of-field", key, about, source, mean(marks), (column,))
                yield Figure("median-rank-of-field", key, about, source, median(marks), (column,))
        for variable, value in _same_and_near(rows, columns):
            yield Figure(variable, f"field-{field.number:02}", about, source, value)


def _same_and_near(rows: Sequence[Mapping[str, int]], columns: Sequence[str]) -> Named:
    """Yield number and share of the rows in which the columns agree, exactly and within one level."""
    whole = _complete(rows, columns)
    if not whole:
        return
    spreads = [max(marks) - min(marks) for marks in whole]
    for name, at_most in (("with-same-level", 0), ("within-one-level", 1)):
        count = sum(spread <= at_most for spread in spreads)
        yield f"skills-{name}", count
        yield f"share-of-skills-{name}", share(count, len(whole))


def _complete(rows: Sequence[Mapping[str, int]], columns: Sequence[str]) -> list[tuple[int, ...]]:
    return [tuple(row[column] for column in columns) for row in rows if set(columns) <= set(row)]


def _agreement_figures(contents: Contents, table: Ranks, columns: Sequence[str]) -> Iterator[Figure]:
    cube = iris.ratings(contents.report.record.slug)
    rows = list(table.values())
    if len(columns) < 2:
        return
    for compared in {*combinations(columns, 2), tuple(columns)}:
        everything = compared == tuple(columns)
        key, named = ("all", ()) if everything else ("-".join(compared), compared)
        for variable, value in _same_and_near(rows, compared):
            yield Figure(variable, key, (cube,), cube, value, named)
        coefficient = ordinal_alpha(_complete(rows, compared))
        if coefficient is not None:
            yield Figure("ordinal-alpha", key, (cube,), cube, rounded(coefficient, 3), named)


def _level_figures(contents: Contents, columns: Sequence[str]) -> Iterator[Figure]:
    cube = iris.ratings(contents.report.record.slug)
    counts = Counter((rating.level, rating.column) for rating in contents.ratings)
    for level in contents.report.record.levels.values():
        about = (iris.resource(f"importance/{level}"),)
        for column in columns:
            count = counts[level, column]
            whole = sum(counts[other, column] for other in contents.report.record.levels.values())
            key = f"{level}-{column}"
            yield Figure("marks-per-level", key, about, cube, count, (column,))
            yield Figure("share-of-marks-per-level", key, about, cube, share(count, whole), (column,))
