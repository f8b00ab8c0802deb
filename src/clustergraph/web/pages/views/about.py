"""``/about``: how the data came about, who made them, under which rights they stand, how to cite them."""

from typing import Final

from clustergraph.web.pages.page import Page, View

PATH: Final = "/about"


async def view(page: Page) -> View:
    """Show method, makers, rights and citation."""
    page.mention(*(report.iri for report in page.reports))
    return View("about.html", {})
