"""All topics as a tree, each with how many statements speak of it."""

from typing import Final

from clustergraph.web.pages.addresses import document_path
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.subjects import by_country, country_asked, flat, subject_table, subjects
from clustergraph.web.pages.takeaway import Tables

PATH: Final = "/topics"


async def view(page: Page) -> View:
    """Show the topics of a report or of all, counted for all countries or for one."""
    tree = await subjects(page, "Topic", "topic")
    text = page.report.text if page.report else ""
    country = country_asked(page, tree)
    values = {
        "tree": tree,
        "size": len(list(flat(tree))),
        "text": text,
        "country": country,
        "asked": {"country": country.rpartition("/")[2], "report": page.parameters.get("report", "")},
        "path_of": document_path,
        "by_country": by_country(page, tree, text),
        "most": max((len(each.whole(text, country)) for each in tree), default=0),
    }
    return View(
        "topics.html", values, Tables(topics=lambda: subject_table(page, "topic", tree, text, country))
    )
