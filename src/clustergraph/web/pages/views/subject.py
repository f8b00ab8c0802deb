"""What statements speak of (a topic, an actor, an instrument …): what was said on it, by thesis."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.statements import (
    STANCES,
    Statement,
    assessments,
    by_hypothesis,
    statement_table,
    statements,
)
from clustergraph.web.pages.takeaway import Tables
from clustergraph.web.pages.wording import counted

ABOUT: Final = ("clg:Topic", "clg:ActorGroup")
_ROLES: Final = ("addressee", "payer")
"""What a statement may say of an actor beside mentioning it."""
_RELATIONS: Final = ("broader", "narrower", "hypothesis", "skill")


async def view(page: Page) -> View:
    """Show what was said on a thing, or on what lies below it; of one country, or in one stance."""
    inner = [str(row["inner"]) for row in await page.rows("inner", this=page.iri)]
    every = await said_on(page, [page.iri, *inner])
    said = [each for each in every if _is_asked_for(page, each)]
    related: dict[str, list[str]] = {name: [] for name in _RELATIONS}
    for row in await page.rows("related", this=page.iri):
        related[str(row["relation"])].append(str(row["thing"]))
    descriptions = await page.rows("definition", this=page.iri)
    page.mention(page.iri)
    await page.learn_names()
    values = {
        "groups": by_hypothesis(said),
        "said": said,
        "assessed": await assessments(page),
        "every": every,
        "related": related,
        "filters": _filters(page, every) if len(every) > 1 else {},
        "notes": [row for row in descriptions if row["words"] and row["words"].language == page.language],
        "counts": {
            name: sum(page.iri in map(str, each.values.get(name, ())) for each in said) for name in _ROLES
        },
    }
    return View("subject.html", values, Tables(statements=lambda: statement_table(page, said)))


async def said_on(page: Page, things: Iterable[str]) -> list[Statement]:
    """Return what is said on things, in the order of the texts, each statement once."""
    found: dict[str, Statement] = {}
    for thing in things:
        found |= {each.iri: each for each in await statements(page, thing) if each.places}
    return sorted(found.values(), key=lambda each: (each.text, each.places[0].line, _offset(each)))


def _offset(each: Statement) -> int:
    """Return where a statement begins: its passage says so."""
    return min(int(place.passage.partition("=")[2].partition(",")[0] or 0) for place in each.places)


def _countries(each: Statement) -> list[str]:
    return [str(value) for value in each.values.get("concernsCountry", ())]


def _stances(each: Statement) -> set[str]:
    return {stance for _, stance in each.hypotheses}


def _is_asked_for(page: Page, each: Statement) -> bool:
    country, stance = page.parameters.get("country", ""), page.parameters.get("stance", "")
    return (not country or any(iri.endswith(f"/{country}") for iri in _countries(each))) and (
        not stance or stance in _stances(each)
    )


def _filters(page: Page, every: list[Statement]) -> dict[str, list[Choice]]:
    """Return the links that choose by country and by stance, where there is a choice."""
    words = page.words.subject
    countries = Counter(iri for each in every for iri in _countries(each))
    stances = Counter(stance for each in every for stance in _stances(each))
    by_country = [
        page.choice(iri, countries[iri], country=iri.rpartition("/")[2]) for iri in sorted(countries)
    ]
    by_stance = [
        page.choice(counted(page.words.frame.stances[stance], 2, page.language), count, stance=stance)
        for stance in STANCES
        if (count := stances[stance])
    ]
    return {
        name: [page.choice(words.every, len(every), **{name: None}), *choices]
        for name, choices in (("country", by_country), ("stance", by_stance))
        if choices
    }
