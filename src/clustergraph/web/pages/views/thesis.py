"""One thesis: both verdicts with their words, and what was said on it, by stance; also what was not said."""

from typing import Final

from clustergraph.web.pages.hypotheses import hypotheses
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import STANCES, statement_table, statements

ABOUT: Final = ("clg:Hypothesis",)


async def view(page: Page) -> View:
    """Show a thesis."""
    every = await hypotheses(page)
    place = next(number for number, entry in enumerate(every) if entry.iri == page.iri)
    entry = every[place]
    said = await statements(page, page.iri)
    words = await page.words_of([page.iri, entry.chapter.assessment, entry.conclusions.assessment])
    passages = await page.rows("passages", this=page.iri)
    page.mention(page.iri, entry.theme, *(other.iri for other in every))
    await page.learn_names()
    values = {
        "entry": entry,
        "words": words,
        "by_stance": {
            stance: [each for each in said if each.stance(page.iri) == stance] for stance in STANCES
        },
        "discussion": [each for each in said if not each.is_conclusion],
        "description": [row for row in passages if str(row["property"]).endswith("#descriptionPassage")],
        "previous": every[place - 1] if place else None,
        "next": every[place + 1] if place + 1 < len(every) else None,
        "contradicted": {each.iri: each for each in said},
    }
    return View("thesis.html", values, {"statements": statement_table(page, said, page.iri)})
