"""One thesis: both verdicts with their words, and what was said on it, by stance; also what was not said."""

from collections.abc import Iterable
from typing import Final

from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import (
    STANCES,
    Statement,
    assessments,
    contradictions,
    statement_table,
    statements,
)

ABOUT: Final = ("clg:Hypothesis",)


async def view(page: Page) -> View:
    """Show a thesis."""
    every = await hypotheses(page)
    place = next(number for number, entry in enumerate(every) if entry.iri == page.iri)
    entry = every[place]
    said = await statements(page, page.iri)
    assessed = await assessments(page)
    own = {entry.chapter.assessment, entry.conclusions.assessment}
    listed = [each for each in said if assessed.get(each.iri, "") not in own]
    words = await page.words_of([page.iri, *own])
    passages = await page.rows("passages", this=page.iri)
    page.mention(page.iri, entry.theme, *(other.iri for other in every))
    against = await contradictions(page, (each.iri for each in said))
    stronger = await page.rows("stronger")
    await page.learn_names()
    source = next(report.language for report in page.reports if report.text == entry.text)
    values = {
        "entry": entry,
        "words": words,
        "by_stance": {
            stance: [each for each in listed if each.stance(page.iri) == stance] for stance in STANCES
        },
        "listed": listed,
        "unsaid": unsaid(entry, said),
        "demands": [each for each in said if str(each.one("modality")).endswith("/demanded")],
        "stronger": (entry.conclusions.verdict, entry.chapter.verdict)
        in {(str(row["stronger"]), str(row["weaker"])) for row in stronger},
        "description": [row for row in passages if str(row["property"]).endswith("#descriptionPassage")],
        "previous": every[place - 1] if place else None,
        "next": every[place + 1] if place + 1 < len(every) else None,
        "against": against,
        "assessed": assessed,
        "wordings": page.wordings(source),
    }
    return View("thesis.html", values, {"statements": statement_table(page, said, page.iri)})


def unsaid(entry: Hypothesis, said: Iterable[Statement]) -> list[str]:
    """Return what the report does not say of a thesis, by keys of ``texts/thesis.toml``."""
    discussion = [each for each in said if not each.is_conclusion]
    stances = {each.stance(entry.iri) for each in discussion}
    missing = {
        "no_discussion": not discussion,
        "no_supports": bool(discussion) and "supports" not in stances,
        "no_opposes": bool(discussion) and "opposes" not in stances,
        "no_qualifies": bool(discussion) and "qualifies" not in stances,
        "no_quantifier": bool(discussion) and not any(each.one("speakerQuantifier") for each in discussion),
        "no_country": bool(discussion) and not any(each.one("concernsCountry") for each in discussion),
        "no_chapter": not entry.chapter.judges,
        "no_conclusions": not entry.conclusions.judges,
    }
    return [key for key, holds in missing.items() if holds]
