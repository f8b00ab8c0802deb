"""A report's theses and job profile in, what strikes one in them out: figures for sentences and pictures.

Nothing here knows a report. A finding that a report does not bear out is None, and the page leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from clustergraph.web.pages.hypotheses import Hypothesis
from clustergraph.web.pages.views.skills import Profile, Skill


@dataclass(frozen=True)
class Everywhere:
    """The skills that have the highest level in every column."""

    profile: Profile
    skills: tuple[Skill, ...]

    @property
    def field(self) -> str:
        """Number of the field to which all of them belong; empty where they belong to several or to none."""
        fields = {skill.field_number for skill in self.skills}
        return fields.pop() if len(fields) == 1 else ""


def everywhere(profile: Profile) -> Everywhere | None:
    """Return the skills of the highest level everywhere; None where there is nothing to compare."""
    if len(profile.columns) < 2 or not profile.skills:
        return None
    return Everywhere(profile, tuple(profile.everywhere(profile.levels[0].rank)))


@dataclass(frozen=True)
class Agreement:
    """How many skills lie how many steps apart, in all columns and in each two of them."""

    profile: Profile
    steps: dict[tuple[str, ...], list[int]]

    @property
    def same(self) -> int:
        """How many skills have the same mark in all columns."""
        return self.steps[tuple(self.profile.columns)][0]

    @property
    def furthest(self) -> tuple[str, ...]:
        """The two columns that share the fewest marks; empty where two pairs share as few."""
        pairs = list(combinations(self.profile.columns, 2))
        fewest = min(self.steps[pair][0] for pair in pairs)
        found = [pair for pair in pairs if self.steps[pair][0] == fewest]
        return found[0] if len(found) == 1 and len(pairs) > 1 else ()


def agreement(profile: Profile) -> Agreement | None:
    """Return how far the columns agree; None where there are no two columns."""
    if len(profile.columns) < 2 or not profile.skills:
        return None
    pairs = profile.pairs if len(profile.columns) > 2 else profile.pairs[:1]
    return Agreement(profile, {pair: profile.steps(pair) for pair in pairs})


@dataclass(frozen=True)
class Verdicts:
    """Where theses are judged: in both places, only in one, in neither."""

    entries: tuple[Hypothesis, ...]

    @property
    def late(self) -> list[Hypothesis]:
        """Theses that only the conclusions judge."""
        return [entry for entry in self.entries if entry.conclusions.judges and not entry.chapter.judges]

    @property
    def dropped(self) -> list[Hypothesis]:
        """Theses that their chapter judges and the conclusions do not."""
        return [entry for entry in self.entries if entry.chapter.judges and not entry.conclusions.judges]

    def judged(self, number: int) -> int:
        """Return how many theses are judged in 2, 1 or 0 places."""
        return sum(entry.judged == number for entry in self.entries)


def opposed(entries: Sequence[Hypothesis]) -> list[tuple[Hypothesis, list[str]]]:
    """Return the theses that statements of a discussion oppose, with these statements."""
    found = [
        (entry, [m.statement for m in entry.marks if m.stance == "opposes" and not m.conclusion])
        for entry in entries
    ]
    return [(entry, against) for entry, against in found if against]


def unsupported(entries: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return the theses that the conclusions affirm though no statement of the discussion supports them."""
    return [
        entry
        for entry in entries
        if entry.conclusions.group == "affirmative"
        and any(not mark.conclusion for mark in entry.marks)
        and not entry.count("supports")
    ]
