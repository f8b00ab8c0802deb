"""Two readings of the same statements in; out how far they agree, code by code, and how sure that is."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final

from rdflib import DCTERMS, PROV, RDF, Literal, Namespace, URIRef

from clustergraph import iris
from clustergraph.coefficients import (
    Difference,
    cohens_kappa,
    expected_difference,
    masi_difference,
    nominal_difference,
)
from clustergraph.curation import Curated
from clustergraph.curation.statements import codings, recut
from clustergraph.graph.anchors import Triple
from clustergraph.graph.numbers import number, rounded
from clustergraph.namespaces import PREFIXES
from clustergraph.records import Coding, Contents, Statement
from clustergraph.vocabulary import CLG

DQV: Final = Namespace(PREFIXES["dqv"])
SCHEMA: Final = Namespace(PREFIXES["schema"])

READINGS: Final = ("codings-first.csv", "codings-second.csv")
RESAMPLES: Final = 1000
SEED: Final = 2014
_NONE: Final = "none"

Pair = tuple[str, str]
"""The values that the first and the second reading give to one unit."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """How far two readings agree on one code, by one metric, with the ends of a 95 per cent interval."""

    code: str
    metric: str
    units: int
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two readings of a report's statements compare; empty where there is no second reading."""

    report: str
    statements: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class _Code:
    """A kind of code: its terms in the graph, what a reading gives, and of which statements it is asked.

    ``kind`` says how values are compared: ``set`` and ``name`` statement by statement, ``shared`` and
    ``keyed`` hypothesis by hypothesis, on those that both readings name or that either one names.
    """

    terms: tuple[URIRef, ...]
    values: Callable[[Coding], frozenset[str]]
    kind: str
    roles: frozenset[str] | None = None


def _name(value: str | None) -> frozenset[str]:
    return frozenset({value or _NONE})


def _hypotheses(coding: Coding) -> frozenset[str]:
    return frozenset(notation for _, notation in coding.stances)


def _stances(coding: Coding) -> frozenset[str]:
    return frozenset(f"{notation}:{stance}" for stance, notation in coding.stances)


_DISCUSSION: Final = frozenset({"discussion"})
_STANCES: Final = (CLG.contextualises, CLG.opposes, CLG.qualifies, CLG.supports)
_CODES: Final[Mapping[str, _Code]] = MappingProxyType(
    {
        "hypotheses": _Code((CLG.bearsOn,), _hypotheses, "set", _DISCUSSION),
        "stance": _Code(_STANCES, _stances, "shared", _DISCUSSION),
        "stance-or-none": _Code((CLG.bearsOn, *_STANCES), _stances, "keyed", _DISCUSSION),
        "basis": _Code((CLG.codingBasis,), lambda coding: _name(coding.basis), "name", _DISCUSSION),
        "quantifier": _Code((CLG.speakerQuantifier,), lambda coding: _name(coding.quantifier), "name"),
        "countries": _Code((CLG.concernsCountry,), lambda coding: frozenset(coding.countries), "set"),
        "actors": _Code((CLG.mentionsActor,), lambda coding: frozenset(coding.actors), "set"),
        "topics": _Code((CLG.topic,), lambda coding: frozenset(coding.topics), "set"),
    }
)

Vectors = Sequence[tuple[float, ...]]
Drawing = Callable[[Vectors], Vectors]
Sets = tuple[frozenset[str], frozenset[str]]
"""What the two readings give to one statement."""


def compare(
    contents: Contents, statements: tuple[Statement, ...], readings: tuple[str, str] = READINGS
) -> Agreement:
    """Compare two readings of a report's statements, by the names of their tables beside the report.

    Both are held against the statements as they were cut when they were read; what was cut out later has
    no second reading and does not count.

    Raises:
        SourceError: naming table and line where a reading does not fit its statements.
    """
    as_read = (*statements, *recut(contents))
    first, second = (
        {coding.statement.key: coding for coding in codings(contents, as_read, table)} for table in readings
    )
    both = [(first[key], second[key]) for key in first if key in second]
    return Agreement(
        report=contents.report.record.slug,
        statements=len(both),
        measurements=tuple(_measurements(both)),
    )


def _measurements(both: Sequence[tuple[Coding, Coding]]) -> Iterator[Measurement]:
    for name, code in _CODES.items():
        values = [
            (code.values(one), code.values(other))
            for one, other in both
            if code.roles is None or one.statement.role in code.roles
        ]
        if code.kind == "set":
            yield from _of_sets(name, values)
        else:
            yield from _of_names(name, [_DECISIONS[code.kind](pair) for pair in values])


def _one_each(values: Sets) -> tuple[Pair, ...]:
    (one,), (other,) = values
    return ((one, other),)


def _keyed(values: Sets) -> tuple[Pair, ...]:
    """Return both stances to each hypothesis on which at least one reading sees the statement bear."""
    one, other = (dict(_split(value) for value in found) for found in values)
    return tuple((one.get(name, _NONE), other.get(name, _NONE)) for name in sorted({*one, *other}))


def _shared(values: Sets) -> tuple[Pair, ...]:
    """Return both stances to each hypothesis on which both readings see the statement bear."""
    return tuple(pair for pair in _keyed(values) if _NONE not in pair)


def _split(value: str) -> tuple[str, str]:
    hypothesis, _, stance = value.partition(":")
    return hypothesis, stance


_DECISIONS: Final = MappingProxyType({"name": _one_each, "keyed": _keyed, "shared": _shared})


def _of_names(name: str, statements: Sequence[tuple[Pair, ...]]) -> Iterator[Measurement]:
    pairs = list(chain.from_iterable(statements))
    apart = [sum(nominal_difference(*pair) for pair in decided) for decided in statements]
    cells, drawn = _resampled(statements, apart)
    yield from _observed_and_kappa(name, pairs, cells, drawn)
    shares = [_ratio(totals[-1], sum(totals[:-1])) for totals in drawn]
    yield from _alpha(name, pairs, nominal_difference, sum(apart), shares)


def _of_sets(name: str, values: Sequence[Sets]) -> Iterator[Measurement]:
    """Yield kappa over all decisions, value by value, and alpha over whole sets."""
    used = sorted({value for pair in values for found in pair for value in found})
    decided = [tuple((str(value in one), str(value in other)) for value in used) for one, other in values]
    apart = [masi_difference(one, other) for one, other in values]
    cells, drawn = _resampled(decided, apart)
    yield from _observed_and_kappa(name, list(chain.from_iterable(decided)), cells, drawn)
    shares = [_ratio(totals[-1], len(values)) for totals in drawn]
    yield from _alpha(name, values, masi_difference, sum(apart), shares)


def _observed_and_kappa(
    name: str, pairs: Sequence[Pair], cells: Sequence[Pair], drawn: Sequence[Sequence[float]]
) -> Iterator[Measurement]:
    if not pairs:
        return
    same = sum(one == other for one, other in pairs) / len(pairs)
    equal = [place for place, (one, other) in enumerate(cells) if one == other]
    shares = [_ratio(sum(totals[place] for place in equal), sum(totals[:-1])) for totals in drawn]
    yield _measurement(name, "observed-agreement", len(pairs), same, shares)
    kappa = cohens_kappa(Counter(pairs))
    if kappa is not None:
        kappas = [cohens_kappa(dict(zip(cells, totals, strict=False))) for totals in drawn]
        yield _measurement(name, "cohens-kappa", len(pairs), kappa, kappas)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _alpha(
    name: str,
    pairs: Sequence[tuple[Hashable, Hashable]],
    difference: Difference,
    apart: float,
    shares: Sequence[float | None],
) -> Iterator[Measurement]:
    """Yield Krippendorff's alpha; its resamples keep the expected disagreement, as his own do."""
    expected = expected_difference(Counter(chain.from_iterable(pairs)), difference)
    if not expected:
        return
    again = [None if share is None else 1 - share / expected for share in shares]
    yield _measurement(name, "krippendorffs-alpha", len(pairs), 1 - apart / len(pairs) / expected, again)


def _resampled(
    statements: Sequence[tuple[Pair, ...]], apart: Sequence[float]
) -> tuple[list[Pair], list[list[float]]]:
    """Draw statements with replacement, always in the same way; whole ones, as their decisions hang together.

    Returns the pairs of values that occur, and for each drawing how often each does; the sum of ``apart``,
    how far the readings of a statement lie apart, comes last.
    """
    cells = sorted({pair for decided in statements for pair in decided})
    counts = [Counter(decided) for decided in statements]
    vectors = [
        (*(count[cell] for cell in cells), difference)
        for count, difference in zip(counts, apart, strict=True)
    ]
    picked = (draw(vectors) for draw in _drawings(len(vectors)))
    return cells, [[sum(column) for column in zip(*drawn, strict=True)] for drawn in picked]


@cache
def _drawings(count: int) -> tuple[Drawing, ...]:
    """Return functions that each draw ``count`` things with replacement from as many."""
    draw = random.Random(SEED)  # noqa: S311  # statistics, no secret
    return tuple(_picker(draw.choices(range(count), k=count)) for _ in range(RESAMPLES)) if count else ()


def _picker(places: list[int]) -> Drawing:
    return itemgetter(*places) if len(places) > 1 else tuple


def _measurement(
    name: str, metric: str, units: int, value: float, resampled: Sequence[float | None]
) -> Measurement:
    """Return a measurement with the 2.5th and the 97.5th percentile of its resamples."""
    ordered = sorted(found for found in resampled if found is not None)
    cut = len(ordered) // 40
    low, high = (ordered[cut], ordered[-1 - cut]) if ordered else (value, value)
    return Measurement(name, metric, units, rounded(value, 3), rounded(low, 3), rounded(high, 3))


_STEPS: Final = ("first-reading", "second-reading")
_SETTLED: Final = "codings.csv"


def reading_triples(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield how the codes came about, and how far the readings of each round agree."""
    slug, folder = contents.report.record.slug, contents.report.folder
    before: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    for prefix, tables in _rounds(folder):
        read = zip(_STEPS, tables, strict=True)
        before, steps = steps, tuple(prefix + step for step, table in read if (folder / table).is_file())
        for step in steps:
            yield from _step_triples(slug, step, before)
        for found in compare(contents, curated.statements, tables).measurements:
            yield from _measurement_triples(slug, prefix, found)
    if (folder / _SETTLED).is_file():
        yield from _settlement_triples(slug, steps)


def _rounds(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the two tables of each round, the one that counts last; earlier ones lie in ``rounds/``."""
    numbers = sorted(int(path.name.partition("-")[0]) for path in folder.glob("rounds/*-first.csv"))
    for count in numbers:
        yield f"round-{count}/", (f"rounds/{count}-first.csv", f"rounds/{count}-second.csv")
    yield "", READINGS


def _step_triples(report: str, step: str, before: Sequence[str]) -> Iterator[Triple]:
    """Yield a reading: its text, the readings of the round before, and the table that came out of it."""
    activity, made = iris.coding_step(report, step), iris.reading(report, step)
    yield activity, RDF.type, PROV.Activity
    yield activity, DCTERMS.type, iris.resource(f"coding-step/{step.rpartition('/')[2]}")
    yield activity, PROV.used, iris.text(report)
    for earlier in before:
        yield activity, PROV.wasInformedBy, iris.coding_step(report, earlier)
    yield made, RDF.type, PROV.Entity
    yield made, PROV.wasGeneratedBy, activity


def _settlement_triples(report: str, readings: Sequence[str]) -> Iterator[Triple]:
    """Yield that the codes published come from both readings."""
    activity, made = iris.coding_step(report, "settlement"), iris.graph("coded")
    yield activity, RDF.type, PROV.Activity
    yield activity, DCTERMS.type, iris.resource("coding-step/settlement")
    yield activity, PROV.used, iris.text(report)
    yield made, PROV.wasGeneratedBy, activity
    for step in readings:
        yield activity, PROV.used, iris.reading(report, step)
        yield made, PROV.wasDerivedFrom, iris.reading(report, step)


def _measurement_triples(report: str, prefix: str, found: Measurement) -> Iterator[Triple]:
    """Yield a measurement; it is one of the published codes only where it is of the last round."""
    node = iris.agreement(report, f"{prefix}{found.code}", found.metric)
    readings = [iris.reading(report, prefix + step) for step in _STEPS]
    yield node, RDF.type, DQV.QualityMeasurement
    for measured in readings if prefix else [iris.graph("coded")]:
        yield node, DQV.computedOn, measured
        yield measured, DQV.hasQualityMeasurement, node
    yield node, DQV.isMeasurementOf, iris.resource(f"coding-quality/{found.metric}")
    yield node, DQV.value, number(found.value)
    for term in _CODES[found.code].terms:
        yield node, SCHEMA.measuredProperty, term
    yield node, CLG.unitCount, Literal(found.units)
    yield node, CLG.confidenceLow, number(found.low)
    yield node, CLG.confidenceHigh, number(found.high)
    yield node, PROV.wasAttributedTo, iris.resource("org/clustergraph")
    for reading in readings:
        yield node, PROV.wasDerivedFrom, reading
