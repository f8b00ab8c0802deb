"""The job profile: which mark each skill has in each column, sorted and filtered by links."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Final

from clustergraph.tables.schema import Table
from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.takeaway import Value, column, named, table
from clustergraph.web.pages.terms import Row
from clustergraph.web.pages.wording import counted

PATH: Final = "/skills"


@dataclass(frozen=True)
class Mark:
    """What a column says of a skill."""

    level: str
    mark: str
    rank: int


@dataclass(frozen=True)
class Skill:
    """A skill and its marks, one per column of its report's table."""

    iri: str
    number: str
    field: str
    field_number: str
    place: int
    """Where the report has it among all its skills."""
    marks: dict[str, Mark]

    @property
    def spread(self) -> int:
        """Steps between the highest and the lowest mark."""
        ranks = [mark.rank for mark in self.marks.values()]
        return max(ranks) - min(ranks)

    @property
    def sum_of_ranks(self) -> int:
        """Sum of the ranks, to order the skills of one report by."""
        return sum(mark.rank for mark in self.marks.values())


@dataclass(frozen=True)
class Profile:
    """The skills of one report."""

    text: str
    columns: dict[str, str]
    """Countries named in the column heads by their code, in the order of the table."""
    skills: tuple[Skill, ...]

    @property
    def slug(self) -> str:
        """The report's name in addresses."""
        return self.text.rpartition("/")[2]

    @property
    def levels(self) -> list[Mark]:
        """The levels that occur, the highest first."""
        found = {mark.rank: mark for skill in self.skills for mark in skill.marks.values()}
        return [found[rank] for rank in sorted(found, reverse=True)]

    def count(self, column: str, rank: int) -> int:
        """Return how many skills have a level in a column."""
        return sum(skill.marks[column].rank == rank for skill in self.skills if column in skill.marks)

    def everywhere(self, rank: int) -> list[Skill]:
        """Return the skills that have a level in every column."""
        return [skill for skill in self.skills if {mark.rank for mark in skill.marks.values()} == {rank}]

    def steps(self, columns: Sequence[str]) -> list[int]:
        """Return how many skills lie 0, 1, 2 … steps apart in some columns."""
        apart = [_apart(skill, columns) for skill in self.skills]
        return [apart.count(steps) for steps in range(max(apart, default=0) + 1)]

    @property
    def pairs(self) -> list[tuple[str, ...]]:
        """All columns together, then each two of them."""
        return [tuple(self.columns), *combinations(self.columns, 2)]


def profiles(rows: Iterable[Row]) -> Iterable[Profile]:
    """Yield a profile a report from the rows of the query ``skills``."""
    for text, of_report in groupby(rows, lambda row: str(row["text"])):
        marks = list(of_report)
        columns = {str(row["code"]): str(row["column"]) for row in marks}
        each = groupby(marks, lambda row: str(row["skill"]))
        skills = [_skill(place, list(found)) for place, (_, found) in enumerate(each)]
        yield Profile(text, columns, tuple(skills))


def _skill(place: int, rows: list[Row]) -> Skill:
    first = rows[0]
    marks = {
        str(row["code"]): Mark(str(row["level"]), str(row["mark"]), int(str(row["rank"]))) for row in rows
    }
    return Skill(
        str(first["skill"]),
        str(first["number"]),
        str(first["field"]),
        str(first["fieldNumber"]),
        place,
        marks,
    )


def _apart(skill: Skill, columns: Sequence[str]) -> int:
    ranks = [skill.marks[column].rank for column in columns if column in skill.marks]
    return max(ranks) - min(ranks)


async def view(page: Page) -> View:
    """Show the skills of every report, or of the one asked for."""
    rows = await page.rows("skills")
    chosen = [entry for entry in profiles(rows) if page.report is None or entry.text == page.report.text]
    shown = [(profile, select(profile, page.parameters)) for profile in chosen]
    await page.learn_names()
    tables = {profile.slug: _table(page, profile, skills) for profile, skills in shown}
    alphas = await page.rows("comparisons")
    values = [
        {
            "profile": profile,
            "skills": skills,
            "filters": _filters(page, profile),
            "orders": _orders(page, profile),
            "alpha": _alpha(alphas, profile),
        }
        for profile, skills in shown
    ]
    return View("skills.html", {"shown": values}, tables)


def _filters(page: Page, profile: Profile) -> list[Choice]:
    """Return the links that choose skills by how far their marks lie apart."""
    words = page.words.skills
    counts = profile.steps(tuple(profile.columns))
    return [
        page.choice(words.every, len(profile.skills), spread=None, mark=None, country=None, field=None),
        page.choice(words.same, counts[0], spread="0"),
        *(
            page.choice(counted(words.apart, steps, page.language), count, spread=str(steps))
            for steps, count in enumerate(counts)
            if steps and count
        ),
    ]


def _orders(page: Page, profile: Profile) -> list[Choice]:
    """Return the links that sort."""
    words = page.words.skills
    return [
        page.choice(words.as_report, sort=None),
        page.choice(words.spread, sort="spread"),
        page.choice(words.rank_sum, sort="rank"),
        *(page.choice(code, sort=code) for code in profile.columns),
    ]


def _alpha(rows: Iterable[Row], profile: Profile) -> dict[str, str]:
    """Return the agreement of columns by their codes, sorted; of all columns under no code."""
    dataset = profile.text.replace("/text/", "/dataset/") + "/ratings"
    return {
        " ".join(sorted(str(row["codes"]).split())): str(row["value"])
        for row in rows
        if str(row["dataset"]) == dataset and str(row["figure"]).endswith("/ordinal-alpha")
    }


def select(profile: Profile, asked: Mapping[str, str]) -> list[Skill]:
    """Return the skills that the parameters of an address choose, in the order that they ask for."""
    tests: list[Callable[[Skill], bool]] = []
    if field := asked.get("field"):
        tests.append(lambda skill: skill.field_number == field)
    if mark := asked.get("mark"):
        column = asked.get("country", "")
        tests.append(
            lambda skill: any(
                found.mark == mark for code, found in skill.marks.items() if column in ("", code)
            )
        )
    if (spread := asked.get("spread", "")).isdecimal():
        tests.append(lambda skill: skill.spread == int(spread))
    found = [skill for skill in profile.skills if all(test(skill) for test in tests)]
    order = asked.get("sort", "")
    if order == "spread":
        return sorted(found, key=lambda skill: -skill.spread)
    if order == "rank":
        return sorted(found, key=lambda skill: -skill.sum_of_ranks)
    if order in profile.columns:
        return sorted(found, key=lambda skill: -skill.marks[order].rank)
    return found


def _table(page: Page, profile: Profile, skills: Sequence[Skill]) -> Table:
    """Return the skills of a report as a table: marks as they are printed, and as words for CSV."""
    columns = [
        column("report"),
        column("field"),
        column("number", "notation"),
        column("skill"),
        *(column(code, "notation", code) for code in profile.columns),
        *(column(f"{code}_level", title=code) for code in profile.columns),
        column("spread", "integer"),
    ]
    return table(f"skills-{profile.slug}", columns, [_cells(page, profile, skill) for skill in skills])


def _cells(page: Page, profile: Profile, skill: Skill) -> dict[str, Value]:
    return {
        "report": profile.slug,
        "field": named(page, skill.field),
        "number": skill.number,
        "skill": named(page, skill.iri),
        **{code: mark.mark for code, mark in skill.marks.items()},
        **{f"{code}_level": named(page, mark.level) for code, mark in skill.marks.items()},
        "spread": skill.spread,
    }
