"""A statement or an assessment: its words and place, its codes with what they mean, what stands around it."""

from dataclasses import dataclass
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import (
    Statement,
    assessments,
    contradictions,
    statement_table,
    statements_at,
)
from clustergraph.web.pages.terms import Term

ABOUT: Final = (
    "clg:ContextStatement",
    "clg:DescriptionStatement",
    "clg:DiscussionStatement",
    "clg:ConclusionStatement",
    "clg:Statement",
    "clg:Assessment",
)
_STANCE: Final = BASE + "id/stance/"
_CODES: Final = (
    "verdict",
    "assesses",
    "verdictPlace",
    "speakerQuantifier",
    "modality",
    "addressee",
    "payer",
    "mentionsActor",
    "topic",
    "concernsCountry",
    "mentions",
    "quantity",
    "codingBasis",
)
"""Codes that are shown after the stances, in their order."""


@dataclass(frozen=True)
class Code:
    """One code of a statement: its kind, its value, and what the value means."""

    kind: str
    value: str
    meaning: Term | None
    hypothesis: str = ""
    """The hypothesis towards which a stance is taken."""


async def view(page: Page) -> View:
    """Show a statement or an assessment."""
    found = await statements_at(page, [page.iri])
    statement = found[page.iri]
    around = await page.rows("neighbours", this=page.iri)
    part_of = (await assessments(page)).get(page.iri, "")
    comprised = [str(each) for each in statement.values.get("comprises", ())]
    near = await statements_at(page, [str(row["statement"]) for row in around] + comprised + [part_of])
    against = await contradictions(page, [page.iri])
    values = {
        "statement": statement,
        "codes": await _codes(page, statement),
        "part_of": near.get(part_of),
        "comprised": [near[iri] for iri in comprised if iri in near],
        "before": next((near[str(row["statement"])] for row in around if str(row["step"]) == "-1"), None),
        "after": next((near[str(row["statement"])] for row in around if str(row["step"]) == "1"), None),
        "against": against.get(page.iri, []),
        "wordings": page.wordings(_source(page, statement)),
    }
    page.mention(page.iri)
    await page.learn_names()
    return View("statement-page.html", values, {"statements": statement_table(page, [statement])})


def _source(page: Page, statement: Statement) -> str:
    return next(report.language for report in page.reports if report.text == statement.text)


async def _codes(page: Page, statement: Statement) -> list[Code]:
    """Return the codes of a statement, stances first."""
    stances = [(stance, hypothesis) for hypothesis, stance in statement.hypotheses]
    values = [(kind, str(value)) for kind in _CODES for value in statement.values.get(kind, ())]
    concepts = {stance: f"{_STANCE}{stance}" for stance, _ in stances}
    meanings = await page.definitions([*concepts.values(), *(value for _, value in values)])
    return [
        *(
            Code("stance", concepts[stance], meanings.get(concepts[stance]), thesis)
            for stance, thesis in stances
        ),
        *(Code(kind, value, meanings.get(value)) for kind, value in values),
    ]
