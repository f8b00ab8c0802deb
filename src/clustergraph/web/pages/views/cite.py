"""How to cite a thing, or the whole: a sentence, and files for programs that manage references."""

from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.store.wire import Failure
from clustergraph.web.pages.citing import MEDIA_TYPES, Citation, Source, forms, sentence
from clustergraph.web.pages.page import Attachment, Page, View
from clustergraph.web.pages.publications import publications
from clustergraph.web.pages.terms import Row

PATH: Final = "/cite"
_WHOLE: Final = BASE + "dataset/clustergraph"


async def view(page: Page) -> View:
    """Show how to cite what ``?iri=`` names; without it, the whole."""
    citation = await _citation(page)
    files = forms(citation, page.words)
    attached = {
        form: Attachment(MEDIA_TYPES[form], body.encode(), f"{citation.key}.{form}")
        for form, body in files.items()
    }
    values = {"citation": citation, "sentence": sentence(citation, page.words), "files": files}
    return View("cite-page.html", values, attachments=attached)


async def _citation(page: Page) -> Citation:
    iri = page.parameters.get("iri", "")
    rows = await page.rows("citable", this=iri) if iri else []
    if iri and not rows and not await page.rows("types", this=iri):
        raise Failure("not-found", f"the data do not describe <{iri}>")
    found = await page.rows("release")
    version, date = (str(found[0][name] or "") for name in ("version", "date")) if found else ("", "")
    source = await _source(page, iri, rows)
    page.mention(iri or _WHOLE)
    await page.learn_names()
    if not iri:
        name = page.names.of(_WHOLE, page.language).words
        return Citation(BASE, name, "", "", None, None, version, date)
    name = page.names.of(iri, source.language if source else page.language).words
    report = any(iri in (each.iri, each.text) for each in page.reports)
    if not rows or report or source is None:
        return Citation(iri, name, "", "", None, source, version, date)
    line, begin, end = (int(str(rows[0][part])) for part in ("line", "begin", "end"))
    quote, mark = _quote(page, rows, source.language)
    return Citation(iri, name, quote, mark, (line, begin, end), source, version, date)


async def _source(page: Page, iri: str, rows: list[Row]) -> Source | None:
    """Return the report on whose words a thing rests, or that it is."""
    text = next((each.text for each in page.reports if iri in (each.iri, each.text)), "")
    text = text or (str(rows[0]["text"]) if rows else "")
    report = next((each for each in page.reports if each.text == text), None)
    if report is None:
        return None
    made = (await publications(page))[text]
    await page.learn_names()
    series, publisher = (
        page.names.of(str(made.one(name)), report.language).words if made.one(name) else ""
        for name in ("isPartOf", "publisher")
    )
    return Source(made, report.language, series, publisher)


def _quote(page: Page, rows: list[Row], language: str) -> tuple[str, str]:
    """Return the words that are cited; of a rating the words of its skill, with the mark and its column."""
    first = rows[0]
    if skill := first["skill"]:
        column = page.words.cite.column.format(code=first["code"])
        return page.names.of(str(skill), language).words, f"{first['words']}, {column}"
    whole = (row["whole"] for row in rows)
    found = next((str(words) for words in whole if words and words.language == language), "")
    return found or str(first["words"]), ""
