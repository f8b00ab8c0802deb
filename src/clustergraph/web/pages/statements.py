"""Rows about statements in, one record a statement out; many pages show statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.tables.schema import Table
from clustergraph.web.pages.page import Page
from clustergraph.web.pages.takeaway import Value, column, listed, table
from clustergraph.web.pages.terms import Row, Term
from clustergraph.web.pages.wording import counted

STANCES: Final = ("supports", "opposes", "qualifies", "contextualises")
"""Local names of the four properties between a statement and a hypothesis, in the order of pages."""
_CLG: Final = PREFIXES["clg"]


@dataclass(frozen=True)
class Place:
    """A passage and the line of the text in which it begins."""

    passage: str
    line: int


@dataclass(frozen=True)
class Statement:
    """A statement with its words and codes."""

    iri: str
    text: str
    """IRI of the report's text."""
    values: Mapping[str, tuple[Term, ...]]
    """Values by property, shortened: ``clg:topic`` is ``topic``."""
    places: tuple[Place, ...]

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Local names of its classes: ``DiscussionStatement`` and the like."""
        return frozenset(str(kind).rpartition("#")[2] for kind in self.values.get("type", ()))

    @property
    def kind(self) -> str:
        """Local name of its most special class."""
        return next(iter(sorted(self.kinds - {"Statement"})), "Statement")

    @property
    def is_conclusion(self) -> bool:
        """Whether it is a conclusion of the report, not said in a discussion."""
        return "ConclusionStatement" in self.kinds

    def words(self, language: str) -> Term | None:
        """Return its full words in a language."""
        return next((words for words in self.values.get("text", ()) if words.language == language), None)

    def stance(self, hypothesis: str) -> str:
        """Return how it stands towards a hypothesis: one of :data:`STANCES`, empty where it doesn't."""
        named = (stance for stance in STANCES if hypothesis in map(str, self.values.get(stance, ())))
        return next(named, "")

    @property
    def hypotheses(self) -> list[tuple[str, str]]:
        """The hypotheses on which it bears, each with the stance."""
        return [(str(value), stance) for stance in STANCES for value in self.values.get(stance, ())]

    def one(self, name: str) -> Term | None:
        """Return the first value of a property."""
        return next(iter(self.values.get(name, ())), None)


async def statements(page: Page, thing: str) -> list[Statement]:
    """Return what is said on a thing, in the order of the text."""
    return list(statements_of(await page.rows("statements", this=thing)))


async def statements_at(page: Page, iris: Iterable[str]) -> dict[str, Statement]:
    """Return statements or assessments by their IRIs, in the order of the text."""
    return {each.iri: each for each in statements_of(await page.rows_about("statements-at", iris))}


async def contradictions(page: Page, iris: Iterable[str]) -> dict[str, list[Statement]]:
    """Return the statements that cannot hold together with some, by those; either way counts."""
    pairs = [(str(row["statement"]), str(row["other"])) for row in await page.rows("contradictions")]
    asked = set(iris)
    against = [(one, other) for pair in pairs for one, other in (pair, pair[::-1]) if one in asked]
    known = await statements_at(page, (other for _, other in against))
    found: dict[str, list[Statement]] = {}
    for one, other in against:
        if other in known:
            found.setdefault(one, []).append(known[other])
    return found


async def assessments(page: Page) -> dict[str, str]:
    """Return the assessment to whose words a statement belongs, by statement."""
    return {str(row["statement"]): str(row["assessment"]) for row in await page.rows("comprised")}


def by_hypothesis(said: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Return statements by the hypothesis on which they bear first; those that bear on none come last."""
    groups: dict[str, list[Statement]] = {}
    for each in said:
        first = each.hypotheses[0][0] if each.hypotheses else ""
        groups.setdefault(first, []).append(each)
    return {iri: found for iri, found in groups.items() if iri} | {"": groups.get("", [])}


def statements_of(rows: Iterable[Row]) -> Iterable[Statement]:
    """Yield a statement for each run of rows about it."""
    for iri, found in groupby(rows, lambda row: str(row["statement"])):
        own = list(found)
        values: dict[str, list[Term]] = defaultdict(list)
        for row in own:
            if row["value"]:
                values[_local(str(row["property"]))].append(row["value"])
        places = [Place(str(row["value"]), int(str(row["line"]))) for row in own if row["line"]]
        places.sort(key=lambda place: place.line)
        yield Statement(
            iri, str(own[0]["text"]), {name: tuple(terms) for name, terms in values.items()}, tuple(places)
        )


def _local(iri: str) -> str:
    return iri.removeprefix(_CLG) if iri.startswith(_CLG) else iri.replace("#", "/").rpartition("/")[2]


def statement_table(page: Page, said: Iterable[Statement], hypothesis: str = "") -> Table:
    """Return statements as a table; names must have been learned. ``hypothesis``: whose stances are told."""
    columns = [
        column("report"),
        column("line", "integer"),
        *map(
            column, ("stance", "words", "translation", "quantifier", "actors", "topics", "countries", "basis")
        ),
    ]
    return table("statements", columns, [_cells(page, each, hypothesis) for each in said])


def _cells(page: Page, each: Statement, hypothesis: str) -> dict[str, Value]:
    report = next(report for report in page.reports if report.text == each.text)
    translated = each.words(page.language) if page.language != report.language else None
    stances = [each.stance(hypothesis)] if hypothesis else [stance for _, stance in each.hypotheses]
    words = page.words.frame.stances
    return {
        "report": report.slug,
        "line": each.places[0].line,
        "stance": "; ".join(
            counted(words[stance], 1, page.language) for stance in dict.fromkeys(stances) if stance
        ),
        "words": str(each.words(report.language) or ""),
        "translation": str(translated or ""),
        "quantifier": listed(page, map(str, each.values.get("speakerQuantifier", ()))),
        "actors": listed(page, map(str, each.values.get("mentionsActor", ()))),
        "topics": listed(page, map(str, each.values.get("topic", ()))),
        "countries": listed(page, map(str, each.values.get("concernsCountry", ()))),
        "basis": listed(page, map(str, each.values.get("codingBasis", ()))),
    }
