"""A skill or a field of activity: its marks in each column, among the skills of its field."""

from dataclasses import replace
from typing import Final

from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.views import resource
from clustergraph.web.pages.views.skills import profiles

ABOUT: Final = ("clg:Skill", "clg:FieldOfActivity")


async def view(page: Page) -> View:
    """Show the marks of a skill, or of all skills of a field, before what is said of any thing."""
    shown = await resource.view(page)
    every = list(profiles(await page.rows("skills")))
    skills = [skill for profile in every for skill in profile.skills]
    field = next((skill.field for skill in skills if skill.iri == page.iri), page.iri)
    found = [
        (profile, [skill for skill in profile.skills if skill.field == field])
        for profile in every
        if any(skill.field == field for skill in profile.skills)
    ]
    own = next((skill for skill in skills if skill.iri == page.iri), None)
    page.mention(field)
    await page.learn_names()
    values = {**shown.values, "found": found, "field": field, "own": own}
    return replace(shown, template="skill.html", values=values)
