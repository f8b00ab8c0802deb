"""All theses: the two verdicts on each, and how the statements stand to it."""

from typing import Final

from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses, without_conclusions
from clustergraph.web.pages.page import Choice, Page, Table, View
from clustergraph.web.pages.statements import STANCES
from clustergraph.web.pages.terms import Row, Term

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
    return View("theses.html", values, {"theses": _table(shown)})


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


def _table(shown: list[Hypothesis]) -> Table:
    columns = ("report", "theme", "number", "thesis", "chapter", "conclusions", *STANCES, "line")
    return Table(columns, [_row(entry) for entry in shown])


def _row(entry: Hypothesis) -> Row:
    counts = without_conclusions(entry)
    return {
        "report": Term("literal", entry.text.rpartition("/")[2]),
        "theme": Term("iri", entry.theme),
        "number": Term("literal", str(entry.number)),
        "thesis": Term("iri", entry.iri),
        "chapter": Term("iri", entry.chapter.verdict),
        "conclusions": Term("iri", entry.conclusions.verdict),
        **{stance: Term("literal", str(count)) for stance, count in counts.items()},
        "line": Term("literal", str(entry.place.line)),
    }
