"""``/quality``: what is checked, what the report declares and the data hold, and how far readings agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from clustergraph import queries, resources
from clustergraph.queries import Query
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import Value, column, listed, named, table
from clustergraph.web.pages.terms import Row

PATH: Final = "/quality"


@dataclass(frozen=True)
class Measurement:
    """A measure of how far readings agree."""

    metric: str
    value: str
    low: str
    high: str
    units: int
    properties: tuple[str, ...]
    """The codes that it is about."""
    readings: tuple[str, ...]


@cache
def _questions() -> tuple[Query, ...]:
    """Return the competency questions: each has an answer that was worked out by hand, and a test."""
    return tuple(queries.below(resources.share() / "queries" / "competency"))


async def view(page: Page) -> View:
    """Show what is known of how good the data are."""
    measurements = list(_measurements(await page.rows("agreement")))
    measurements.sort(key=lambda each: (each.readings, each.properties, each.metric))
    values = {
        "groups": [
            (readings, list(found)) for readings, found in groupby(measurements, lambda each: each.readings)
        ],
        "metrics": _metrics(page, await page.rows("metrics")),
        "counts": await page.rows("counted"),
        "coverage": _coverage(await page.rows("anchors")),
        "questions": [(query.name.partition("-")[0], query.summary(page.language)) for query in _questions()],
    }
    await page.learn_names()
    columns = [column("codes"), column("metric"), column("value"), column("low"), column("high")]
    columns += [column("units", "integer"), column("readings")]
    rows = [_cells(page, each) for each in measurements]
    return View("quality.html", values, {"agreement": table("agreement", columns, rows)})


def _measurements(rows: Iterable[Row]) -> Iterable[Measurement]:
    for _, own in groupby(rows, lambda row: str(row["measurement"])):
        found = list(own)
        first = found[0]
        yield Measurement(
            str(first["metric"]),
            str(first["value"]),
            str(first["low"]),
            str(first["high"]),
            int(str(first["units"])),
            tuple(dict.fromkeys(str(row["property"]) for row in found)),
            tuple(dict.fromkeys(str(row["reading"]) for row in found)),
        )


def _metrics(page: Page, rows: Iterable[Row]) -> Mapping[str, list[str]]:
    """Return what each measure means, in the page's language; formulas have none."""
    found: dict[str, list[str]] = {}
    for row in rows:
        words = row["words"]
        if words and words.language in ("", page.language):
            found.setdefault(str(row["metric"]), []).append(words.value)
    return found


def _coverage(rows: Iterable[Row]) -> list[tuple[str, int, int]]:
    """Return, for each text, how many of its characters lie in some passage that something rests on."""
    found = []
    for text, own in groupby(rows, lambda row: str(row["text"])):
        passages = list(own)
        covered, reached = 0, 0
        for begin, end in sorted((int(str(row["begin"])), int(str(row["end"]))) for row in passages):
            covered += max(end - max(begin, reached), 0)
            reached = max(reached, end)
        found.append((text, covered, int(str(passages[0]["characters"]))))
    return found


def _cells(page: Page, each: Measurement) -> Mapping[str, Value]:
    return {
        "codes": listed(page, each.properties),
        "metric": named(page, each.metric),
        "value": each.value,
        "low": each.low,
        "high": each.high,
        "units": each.units,
        "readings": listed(page, each.readings),
    }
