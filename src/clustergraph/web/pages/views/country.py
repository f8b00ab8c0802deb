"""A country: what was said of it, by thesis and topic, and how the column named after it was marked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.statements import (
    Statement,
    assessments,
    by_hypothesis,
    statement_table,
    statements,
)
from clustergraph.web.pages.views.skills import Mark, Profile, Skill, profiles

ABOUT: Final = ("schema:Country",)


@dataclass(frozen=True)
class Column:
    """The column of a report's job profile that is named after a country."""

    profile: Profile
    code: str

    def at(self, rank: int) -> list[Skill]:
        """Return the skills that have a level in the column."""
        return [skill for skill in self.profile.skills if self._rank(skill) == rank]

    @property
    def levels(self) -> list[Mark]:
        """The levels that occur in the column, the highest first."""
        return [level for level in self.profile.levels if self.at(level.rank)]

    @property
    def alone(self) -> dict[int, list[Skill]]:
        """The skills that stand furthest above (1) and below (-1) all other columns, where any do."""
        found: dict[int, list[Skill]] = {}
        for side in (1, -1):
            gaps = [(skill, self._gap(skill, side)) for skill in self.profile.skills]
            widest = max((gap for _, gap in gaps), default=0)
            if widest > 0:
                found[side] = [skill for skill, gap in gaps if gap == widest]
        return found

    def gap(self, side: int) -> int:
        """Return how many levels the skills of :attr:`alone` lie from the nearest other column."""
        return self._gap(self.alone[side][0], side)

    def _rank(self, skill: Skill) -> int:
        mark = skill.marks.get(self.code)
        return mark.rank if mark else 0

    def _gap(self, skill: Skill, side: int) -> int:
        others = [side * mark.rank for code, mark in skill.marks.items() if code != self.code]
        return side * self._rank(skill) - max(others) if others and self._rank(skill) else 0


async def view(page: Page) -> View:
    """Show a country."""
    found = [each for each in await statements(page, page.iri) if _is_asked_for(page, each)]
    asked = page.parameters.get("topic", "")
    said = [each for each in found if not asked or asked in _topics(each)]
    columns = _columns(page, profiles(await page.rows("skills")))
    workshops = await page.rows("participation", this=page.iri)
    page.mention(page.iri)
    await page.learn_names()
    values = {
        "said": said,
        "all": found,
        "groups": by_hypothesis(said),
        "topics": _choices(page, found),
        "columns": columns,
        "workshops": [] if found or columns else [row["workshop"] for row in workshops],
        "assessed": await assessments(page),
    }
    return View("country.html", values, {"statements": statement_table(page, said)})


def _is_asked_for(page: Page, statement: Statement) -> bool:
    """Whether a statement is about the country itself, in the report that is asked for."""
    concerned = page.iri in map(str, statement.values.get("concernsCountry", ()))
    return concerned and (page.report is None or page.report.text == statement.text)


def _topics(statement: Statement) -> list[str]:
    return [str(topic).rpartition("/")[2] for topic in statement.values.get("topic", ())]


def _choices(page: Page, said: Iterable[Statement]) -> list[Choice]:
    """Return the links that filter by topic, the most frequent first."""
    every = list(said)
    counts = Counter(str(topic) for each in every for topic in each.values.get("topic", ()))
    page.mention(*counts)
    return [
        page.choice(page.words.country.every, len(every), topic=None),
        *(
            page.choice(topic, number, topic=topic.rpartition("/")[2])
            for topic, number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        ),
    ]


def _columns(page: Page, found: Iterable[Profile]) -> list[Column]:
    return [
        Column(profile, code)
        for profile in found
        for code, iri in profile.columns.items()
        if iri == page.iri and (page.report is None or page.report.text == profile.text)
    ]
