"""The texts of all reports; where there is one, straight to it."""

from typing import Final

from clustergraph.web.pages.addresses import document_path
from clustergraph.web.pages.page import Elsewhere, Page, View

PATH: Final = "/text"


async def view(page: Page) -> View | Elsewhere:
    """Show which texts there are."""
    path = document_path(page.report.text) if page.report else None
    if path:
        return Elsewhere(path)
    page.mention(*(report.iri for report in page.reports))
    return View("texts.html", {})
