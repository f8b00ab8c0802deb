"""What statements speak of (a topic, an actor, an instrument …): what was said on it, by thesis."""

from typing import Final

from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import assessments, by_hypothesis, statement_table, statements

ABOUT: Final = ("clg:Topic", "clg:ActorGroup")
_ROLES: Final = ("addressee", "payer")
"""What a statement may say of an actor beside mentioning it."""
_RELATIONS: Final = ("broader", "narrower", "hypothesis", "skill")


async def view(page: Page) -> View:
    """Show what was said on a thing."""
    said = await statements(page, page.iri)
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
        "related": related,
        "notes": [row for row in descriptions if row["words"] and row["words"].language == page.language],
        "counts": {
            name: sum(page.iri in map(str, each.values.get(name, ())) for each in said) for name in _ROLES
        },
    }
    return View("subject.html", values, {"statements": statement_table(page, said)})
