"""Rows about hypotheses in, one record a hypothesis out: its two verdicts and how statements stand to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from clustergraph.web.pages.page import Page
from clustergraph.web.pages.statements import STANCES, Place
from clustergraph.web.pages.terms import Row


@dataclass(frozen=True)
class Verdict:
    """What one place of a report says of a hypothesis."""

    place: str
    """``chapter`` or ``conclusions``."""
    verdict: str
    group: str
    """Local name of the group that the verdict belongs to, as ``affirmative``."""
    assessment: str
    """IRI of what it rests on; empty where the place says nothing."""
    places: tuple[Place, ...]

    @property
    def judges(self) -> bool:
        """Whether it is a verdict at all."""
        return self.group != "no-verdict"


@dataclass(frozen=True)
class Mark:
    """A statement as a mark of a strip."""

    statement: str
    stance: str
    conclusion: bool


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis with what became of it."""

    iri: str
    text: str
    theme: str
    number: int
    place: Place
    chapter: Verdict
    conclusions: Verdict
    marks: tuple[Mark, ...] = field(default=())

    @property
    def judged(self) -> int:
        """How many places judge it."""
        return self.chapter.judges + self.conclusions.judges

    def count(self, stance: str, *, conclusion: bool = False) -> int:
        """Return how many statements stand to it in a way: of the discussions, or of the conclusions."""
        return sum(mark.stance == stance and mark.conclusion == conclusion for mark in self.marks)


async def hypotheses(page: Page) -> list[Hypothesis]:
    """Return the hypotheses of the page's report, or of all, in the order of the texts."""
    marks: dict[str, list[Mark]] = {}
    for row in await page.rows("stances"):
        stance = str(row["property"]).rpartition("#")[2]
        conclusion = bool(row["conclusion"] and row["conclusion"].is_true)
        marks.setdefault(str(row["hypothesis"]), []).append(Mark(str(row["statement"]), stance, conclusion))
    rows = await page.rows("hypotheses")
    found = [_hypothesis(list(own), marks) for _, own in groupby(rows, lambda row: str(row["hypothesis"]))]
    return [entry for entry in found if page.report is None or entry.text == page.report.text]


def _hypothesis(rows: list[Row], marks: dict[str, list[Mark]]) -> Hypothesis:
    first = rows[0]
    verdicts = {
        place: _verdict(place, found) for place, found in groupby(rows, lambda row: str(row["place"]))
    }
    iri = str(first["hypothesis"])
    return Hypothesis(
        iri,
        str(first["text"]),
        str(first["theme"]),
        int(str(first["number"])),
        Place(str(first["passage"]), int(str(first["line"]))),
        verdicts["chapter"],
        verdicts["conclusions"],
        tuple(sorted(marks.get(iri, ()), key=lambda mark: mark.conclusion)),
    )


def _verdict(place: str, rows: Iterable[Row]) -> Verdict:
    found = list(rows)
    first = found[0]
    places = [Place(str(row["assessed"]), int(str(row["assessedLine"]))) for row in found if row["assessed"]]
    return Verdict(
        place,
        str(first["verdict"]),
        str(first["group"] or "").rpartition("/")[2],
        str(first["assessment"] or ""),
        tuple(places),
    )


def without_conclusions(entry: Hypothesis) -> dict[str, int]:
    """Return how many statements of the discussions stand to a hypothesis in each way."""
    return {stance: entry.count(stance) for stance in STANCES}
