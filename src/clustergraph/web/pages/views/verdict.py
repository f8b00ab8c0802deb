"""A verdict or a group of them: what it means, which theses have it and where, which say more or less."""

from typing import Final

from clustergraph.web.pages.hypotheses import Hypothesis, Verdict, hypotheses
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import Value, column, named, table

ABOUT: Final = ("clg:Verdict",)


async def view(page: Page) -> View:
    """Show a verdict."""
    passed = [
        (entry, verdict)
        for entry in await hypotheses(page)
        for verdict in (entry.chapter, entry.conclusions)
        if page.iri in (verdict.verdict, page.iri.rpartition("/")[0] + f"/{verdict.group}")
    ]
    stronger = await page.rows("stronger")
    meaning = await page.definitions([page.iri])
    words = await page.words_of([page.iri, *(verdict.assessment for _, verdict in passed)])
    related = await page.rows("related", this=page.iri)
    page.mention(page.iri, *(verdict.verdict for _, verdict in passed))
    await page.learn_names()
    values = {
        "passed": passed,
        "meaning": meaning.get(page.iri),
        "words": words,
        "group": page.iri.rpartition("/")[2],
        "broader": [str(row["thing"]) for row in related if str(row["relation"]) == "broader"],
        "narrower": [str(row["thing"]) for row in related if str(row["relation"]) == "narrower"],
        "more": [str(row["stronger"]) for row in stronger if str(row["weaker"]) == page.iri],
        "less": [str(row["weaker"]) for row in stronger if str(row["stronger"]) == page.iri],
    }
    columns = [*map(column, ("report", "theme", "thesis", "chapter", "conclusions"))]
    rows = [_cells(page, entry, verdict) for entry, verdict in passed]
    return View("verdict.html", values, {"theses": table("theses", columns, rows)})


def _cells(page: Page, entry: Hypothesis, verdict: Verdict) -> dict[str, Value]:
    return {
        "report": entry.text.rpartition("/")[2],
        "theme": named(page, entry.theme),
        "thesis": named(page, entry.iri),
        verdict.place: named(page, verdict.verdict),
    }
