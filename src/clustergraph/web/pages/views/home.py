"""Home: what was found, what of one's country, and whether to trust it; or the classes of any data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from clustergraph.web.pages import findings
from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses
from clustergraph.web.pages.page import Page, View, Words
from clustergraph.web.pages.publications import Publication, publications
from clustergraph.web.pages.reports import Report
from clustergraph.web.pages.statements import Statement, statements
from clustergraph.web.pages.terms import Row
from clustergraph.web.pages.views.skills import Profile, profiles

PATH: Final = "/"
_EXAMPLES: Final = 5
"""Topics that are offered beside the search."""
_COUNTED: Final = 1_000_000
"""Typed things that are counted."""


@dataclass(frozen=True)
class Counts:
    """How many statements a report has, and how many speak of each thing."""

    statements: int = 0
    countries: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What home says of one report."""

    report: Report
    publication: Publication
    counts: Counts
    theses: tuple[Hypothesis, ...]
    profile: Profile | None

    @cached_property
    def verdicts(self) -> findings.Verdicts | None:
        """Where its theses are judged."""
        return findings.Verdicts(self.theses) if self.theses else None

    @cached_property
    def everywhere(self) -> findings.Everywhere | None:
        """The skills that matter most in every column."""
        return findings.everywhere(self.profile) if self.profile else None

    @cached_property
    def agreement(self) -> findings.Agreement | None:
        """How far the columns agree."""
        return findings.agreement(self.profile) if self.profile else None

    @cached_property
    def opposed(self) -> list[tuple[Hypothesis, list[str]]]:
        """The theses that statements oppose."""
        return findings.opposed(self.theses)

    @cached_property
    def opposing(self) -> set[str]:
        """The statements that oppose a thesis."""
        return {statement for _, against in self.opposed for statement in against}

    @cached_property
    def unsupported(self) -> list[Hypothesis]:
        """The theses affirmed at the end that nothing in the discussion supports."""
        return findings.unsupported(self.theses)

    @cached_property
    def countries(self) -> dict[str, tuple[int, str]]:
        """The countries with their number of statements and the code of their column, if they have one."""
        codes = {iri: code for code, iri in self.profile.columns.items()} if self.profile else {}
        known = dict.fromkeys([*codes, *self.counts.countries])
        return {iri: (self.counts.countries.get(iri, 0), codes.get(iri, "")) for iri in known}


async def view(page: Page) -> View:
    """Show what is in the data."""
    if not page.reports:
        return await _classes(page)
    shown = await _entries(page)
    against, words = await _words(page, shown)
    makers = [maker.iri for each in shown for role in _ROLES for maker in each.publication.makers(role)]
    page.mention(*makers, *(each.profile.text for each in shown if each.profile))
    await page.learn_names()
    values = {
        "shown": shown,
        "against": against,
        "words": words,
        "places": _names(page, (str(each.publication.one("location") or "") for each in shown)),
        "topics": sorted(_summed(shown).items(), key=lambda topic: -topic[1])[:_EXAMPLES],
    }
    return View("home.html", values)


_ROLES: Final = ("creator", "publisher", "funder")


async def _entries(page: Page) -> list[Entry]:
    made = await publications(page)
    counts = _counts(await page.rows("statement-counts"))
    theses = await hypotheses(page)
    found = {profile.text: profile for profile in profiles(await page.rows("skills"))}
    return [
        Entry(
            report,
            made[report.text],
            counts.get(report.text, Counts()),
            tuple(entry for entry in theses if entry.text == report.text),
            found.get(report.text),
        )
        for report in page.reports
        if page.report in (None, report)
    ]


async def _words(page: Page, shown: list[Entry]) -> tuple[dict[str, Statement], dict[str, Words]]:
    """Return the statements that oppose a thesis, and the words of conclusions that go further."""
    theses = {entry.iri for each in shown for entry, _ in each.opposed[:1]}
    said = {each.iri: each for thesis in sorted(theses) for each in await statements(page, thesis)}
    further = [entry.conclusions.assessment for each in shown for entry in each.unsupported[:1]]
    return said, await page.words_of(further)


def _counts(rows: Iterable[Row]) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for row in rows:
        text, thing, number = str(row["text"]), str(row["thing"]), int(str(row["count"]))
        counts = found.setdefault(text, Counts())
        name = str(row["property"]).rpartition("#")[2]
        if name == "concernsCountry":
            counts.countries[thing] = number
        elif name == "topic":
            counts.topics[thing] = number
        elif thing.endswith("#Statement"):
            found[text] = Counts(number, counts.countries, counts.topics)
    return found


def _summed(shown: list[Entry]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for each in shown:
        for topic, number in each.counts.topics.items():
            sums[topic] = sums.get(topic, 0) + number
    return sums


def _names(page: Page, iris: Iterable[str]) -> list[str]:
    return [page.names.of(iri, page.language).words for iri in dict.fromkeys(iris) if iri]


async def _classes(page: Page) -> View:
    """Show data without a report by the classes of their things."""
    rows = await page.rows("classes")
    await page.learn_names()
    counted = [(str(row["class"]), int(str(row["count"]))) for row in rows]
    total = sum(number for _, number in counted)
    return View("classes.html", {"classes": counted, "capped": total > _COUNTED, "cap": _COUNTED})
