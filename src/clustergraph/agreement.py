"""Two readings of the same statements in; out how far they agree, code by code, and how sure that is."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from rdflib import DCTERMS, PROV, RDF, Literal, Namespace, URIRef

from clustergraph import iris
from clustergraph.coefficients import cohens_kappa, krippendorffs_alpha, masi_difference, nominal_difference
from clustergraph.curation import Curated
from clustergraph.curation.statements import codings
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
class Difference:
    """A code that the readings of one statement do not share."""

    statement: str
    code: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two readings of a report's statements compare; empty where there is no second reading."""

    report: str
    statements: int
    measurements: tuple[Measurement, ...]
    differences: tuple[Difference, ...]

    def text(self) -> str:
        """Return the measurements as a table for a terminal."""
        if not self.measurements:
            return f"{self.report}: there are not two readings to compare\n"
        lines = [f"{self.report}: two readings of {self.statements} statements\n"]
        lines.append(f"{'code':<14} {'metric':<22} {'units':>6} {'value':>7}  95 % interval\n")
        for found in self.measurements:
            lines.append(
                f"{found.code:<14} {found.metric:<22} {found.units:>6} {found.value:>7.3f}"
                f"  {found.low:.3f} to {found.high:.3f}\n"
            )
        return "".join(lines)


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

    Raises:
        SourceError: naming table and line where a reading does not fit its statements.
    """
    first, second = (
        {coding.statement.key: coding for coding in codings(contents, statements, table)}
        for table in readings
    )
    both = [(first[key], second[key]) for key in first if key in second]
    return Agreement(
        report=contents.report.record.slug,
        statements=len(both),
        measurements=tuple(_measurements(both)),
        differences=tuple(_differences(both)),
    )


def _differences(both: Sequence[tuple[Coding, Coding]]) -> Iterator[Difference]:
    for one, other in both:
        for name, code in _CODES.items():
            values = code.values(one), code.values(other)
            if code.kind != "shared" and values[0] != values[1]:
                found = [" ".join(sorted(value)) or _NONE for value in values]
                yield Difference(one.statement.key, name, found[0], found[1])


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
    yield from _observed_and_kappa(name, statements)
    pairs = list(chain.from_iterable(statements))
    apart = [(sum(nominal_difference(*pair) for pair in found), len(found)) for found in statements]
    yield from _alpha(name, len(pairs), krippendorffs_alpha(pairs), apart)


def _of_sets(name: str, values: Sequence[Sets]) -> Iterator[Measurement]:
    """Yield kappa over all decisions, value by value, and alpha over whole sets."""
    used = sorted({value for pair in values for found in pair for value in found})
    decided = [tuple((str(value in one), str(value in other)) for value in used) for one, other in values]
    yield from _observed_and_kappa(name, decided)
    apart = [(masi_difference(one, other), 1) for one, other in values]
    yield from _alpha(name, len(values), krippendorffs_alpha(values, masi_difference), apart)


def _observed_and_kappa(name: str, statements: Sequence[tuple[Pair, ...]]) -> Iterator[Measurement]:
    pairs = list(chain.from_iterable(statements))
    if not pairs:
        return
    counts = [Counter(found) for found in statements]
    cells = sorted({*pairs})
    vectors = [tuple(count[cell] for cell in cells) for count in counts]
    same = [sum(count for (one, other), count in found.items() if one == other) for found in counts]
    shares = _resampled([(part, found.total()) for part, found in zip(same, counts, strict=True)], _share)
    yield _measurement(name, "observed-agreement", len(pairs), sum(same) / len(pairs), shares)
    kappa = cohens_kappa(pairs)
    if kappa is not None:
        resampled = _resampled(vectors, lambda totals: kappa_of_table(cells, totals))
        yield _measurement(name, "cohens-kappa", len(pairs), kappa, resampled)


def _share(totals: Sequence[float]) -> float | None:
    return totals[0] / totals[1] if totals[1] else None


def kappa_of_table(cells: Sequence[Pair], counts: Sequence[float]) -> float | None:
    """Return Cohen's kappa of a table of counts, which is quick to take again for every resample.

    >>> kappa_of_table([("a", "a"), ("a", "b"), ("b", "b")], [1, 1, 2])
    0.5
    """
    whole = sum(counts)
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    observed = 0.0
    for (one, other), count in zip(cells, counts, strict=True):
        first[one] += count  # type: ignore[assignment]  # a Counter of floats
        second[other] += count  # type: ignore[assignment]
        observed += count if one == other else 0
    expected = sum(first[value] * second[value] for value in first)
    if not whole or expected == whole**2:
        return None
    return (observed * whole - expected) / (whole**2 - expected)


def _alpha(
    name: str, units: int, alpha: float | None, apart: Sequence[tuple[float, int]]
) -> Iterator[Measurement]:
    """Yield alpha; its resamples keep the expected disagreement, as Krippendorff's own do."""
    if alpha is None:
        return
    observed = sum(difference for difference, _ in apart) / units
    expected = observed / (1 - alpha) if alpha != 1 else 1.0

    def again(totals: Sequence[float]) -> float | None:
        share = _share(totals)
        return None if share is None else 1 - share / expected

    yield _measurement(name, "krippendorffs-alpha", units, alpha, _resampled(apart, again))


def _resampled(statements: Vectors, statistic: Callable[[Sequence[float]], float | None]) -> list[float]:
    """Return a statistic of the sums over statements drawn with replacement, always the same drawings.

    Whole statements are drawn, since the decisions on one statement hang together.
    """
    drawn = (draw(statements) for draw in _drawings(len(statements)))
    sums = ([sum(column) for column in zip(*vectors, strict=True)] for vectors in drawn)
    return [value for value in map(statistic, sums) if value is not None]


@cache
def _drawings(count: int) -> tuple[Drawing, ...]:
    """Return functions that each draw ``count`` things with replacement from as many."""
    draw = random.Random(SEED)  # noqa: S311  # statistics, no secret
    return tuple(_picker(draw.choices(range(count), k=count)) for _ in range(RESAMPLES))


def _picker(places: list[int]) -> Drawing:
    return itemgetter(*places) if len(places) > 1 else tuple


def _measurement(name: str, metric: str, units: int, value: float, resampled: Sequence[float]) -> Measurement:
    """Return a measurement with the 2.5th and the 97.5th percentile of its resamples."""
    ordered = sorted(resampled)
    cut = len(ordered) // 40
    low, high = (ordered[cut], ordered[-1 - cut]) if ordered else (value, value)
    return Measurement(name, metric, units, rounded(value, 3), rounded(low, 3), rounded(high, 3))


def reading_triples(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield how the codes came about, and how far the readings agree."""
    slug = contents.report.record.slug
    agreement = compare(contents, curated.statements)
    tables = [table for table in (*READINGS, "codings.csv") if (contents.report.folder / table).is_file()]
    for table in tables:
        yield from _step_triples(slug, table, tables)
    for found in agreement.measurements:
        yield from _measurement_triples(slug, found)


_STEPS: Final = MappingProxyType(
    {
        "codings-first.csv": "first-reading",
        "codings-second.csv": "second-reading",
        "codings.csv": "settlement",
    }
)


def _step_triples(report: str, table: str, tables: Sequence[str]) -> Iterator[Triple]:
    """Yield one step of coding: what it used, and which table came out of it."""
    step = _STEPS[table]
    activity = iris.coding_step(report, step)
    yield activity, RDF.type, PROV.Activity
    yield activity, DCTERMS.type, iris.resource(f"coding-step/{step}")
    yield activity, PROV.used, iris.text(report)
    made = iris.graph("coded") if step == "settlement" else iris.reading(report, step)
    yield made, PROV.wasGeneratedBy, activity
    yield made, RDF.type, PROV.Entity
    for other in READINGS if step == "settlement" else ():
        if other in tables:
            yield activity, PROV.used, iris.reading(report, _STEPS[other])
            yield made, PROV.wasDerivedFrom, iris.reading(report, _STEPS[other])


def _measurement_triples(report: str, found: Measurement) -> Iterator[Triple]:
    node = iris.agreement(report, found.code, found.metric)
    yield node, RDF.type, DQV.QualityMeasurement
    yield node, DQV.computedOn, iris.graph("coded")
    yield iris.graph("coded"), DQV.hasQualityMeasurement, node
    yield node, DQV.isMeasurementOf, iris.resource(f"coding-quality/{found.metric}")
    yield node, DQV.value, number(found.value)
    for term in _CODES[found.code].terms:
        yield node, SCHEMA.measuredProperty, term
    yield node, CLG.unitCount, Literal(found.units)
    yield node, CLG.confidenceLow, number(found.low)
    yield node, CLG.confidenceHigh, number(found.high)
    yield node, PROV.wasAttributedTo, iris.resource("org/clustergraph")
    for table in READINGS:
        yield node, PROV.wasDerivedFrom, iris.reading(report, _STEPS[table])
