"""All theses: the two verdicts on each, and how the statements stand to it."""

from typing import Final

from clustergraph.tables.schema import Table
from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses, without_conclusions
from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.statements import STANCES
from clustergraph.web.pages.takeaway import Value, column, named, table

PATH: Final = "/theses"
_GROUPS: Final = ("affirmative", "hedged", "open", "no-verdict")


async def view(page: Page) -> View:
    """Show the theses of a report or of all, filtered by theme and verdict."""
    found = await hypotheses(page)
    theme, verdict = page.parameters.get("theme", ""), page.parameters.get("verdict", "")
    shown = [
        entry
        for entry in found
        if (not theme or entry.theme.endswith(f"/{theme}"))
        and (not verdict or verdict in (entry.chapter.group, entry.conclusions.group))
    ]
    values = {
        "shown": shown,
        "all": found,
        "themes": list(dict.fromkeys(entry.theme for entry in shown)),
        "by_theme": _themes(page, found),
        "by_verdict": _verdicts(page, found),
        "judged": [sum(entry.judged == number for entry in found) for number in (2, 1, 0)],
    }
    await page.learn_names()
    return View("theses.html", values, {"theses": _table(page, shown)})


def _themes(page: Page, found: list[Hypothesis]) -> list[Choice]:
    names = list(dict.fromkeys(entry.theme for entry in found))
    page.mention(*names)
    return [
        page.choice(page.words.theses.every, len(found), theme=None),
        *(
            page.choice(name, sum(entry.theme == name for entry in found), theme=name.rpartition("/")[2])
            for name in names
        ),
    ]


def _verdicts(page: Page, found: list[Hypothesis]) -> list[Choice]:
    counts = {group: sum(group in (e.chapter.group, e.conclusions.group) for e in found) for group in _GROUPS}
    base = "https://w3id.org/clustergraph/id/verdict/"
    page.mention(*(base + group for group in _GROUPS))
    return [
        page.choice(page.words.theses.every, len(found), verdict=None),
        *(page.choice(base + group, count, verdict=group) for group, count in counts.items() if count),
    ]


def _table(page: Page, shown: list[Hypothesis]) -> Table:
    columns = [
        *map(column, ("report", "theme")),
        column("number", "integer"),
        *map(column, ("thesis", "chapter", "conclusions")),
        *(column(stance, "integer") for stance in STANCES),
        column("line", "integer"),
    ]
    return table("theses", columns, [_cells(page, entry) for entry in shown])


def _cells(page: Page, entry: Hypothesis) -> dict[str, Value]:
    counts = without_conclusions(entry)
    return {
        "report": entry.text.rpartition("/")[2],
        "theme": named(page, entry.theme),
        "number": entry.number,
        "thesis": named(page, entry.iri),
        "chapter": named(page, entry.chapter.verdict),
        "conclusions": named(page, entry.conclusions.verdict),
        **(counts if entry.marks else {}),
        "line": entry.place.line,
    }
