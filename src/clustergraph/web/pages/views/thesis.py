"""One thesis: both verdicts with their words, and what was said on it, by stance; also what was not said."""

from typing import Final

from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses
from clustergraph.web.pages.page import Page, Table, View
from clustergraph.web.pages.statements import STANCES, Statement, statements
from clustergraph.web.pages.terms import Row, Term

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
    return View("thesis.html", values, {"statements": _table(page, entry, said)})


def _table(page: Page, entry: Hypothesis, said: list[Statement]) -> Table:
    columns = (
        "line",
        "stance",
        "words",
        "translation",
        "quantifier",
        "actors",
        "topics",
        "countries",
        "basis",
    )
    return Table(columns, [_row(page, entry, each) for each in said])


def _row(page: Page, entry: Hypothesis, each: Statement) -> Row:
    words = next(iter(each.values.get("text", ())), None)
    report = next((report for report in page.reports if report.text == entry.text), None)
    own = each.words(report.language) if report else words
    return {
        "line": Term("literal", str(each.places[0].line)),
        "stance": Term("literal", each.stance(entry.iri)),
        "words": own or words,
        "translation": each.words(page.language) if not report or page.language != report.language else None,
        "quantifier": each.one("speakerQuantifier"),
        "actors": _joined(each, "mentionsActor"),
        "topics": _joined(each, "topic"),
        "countries": _joined(each, "concernsCountry"),
        "basis": each.one("codingBasis"),
    }


def _joined(each: Statement, name: str) -> Term | None:
    found = each.values.get(name, ())
    return Term("list", " ".join(map(str, found))) if found else None
