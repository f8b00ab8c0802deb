"""Rows about the publication of each report in, one record a report out: who made it, when, where."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from clustergraph.web.pages.page import Page
from clustergraph.web.pages.terms import Row, Term


@dataclass(frozen=True)
class Maker:
    """Somebody who has a role in a publication."""

    iri: str
    name: str
    """The name as it is written, empty where the data have only a label."""


@dataclass(frozen=True)
class Publication:
    """What a report says of itself."""

    text: str
    values: Mapping[str, tuple[Row, ...]]
    """Rows by the local name of their property."""

    @property
    def slug(self) -> str:
        """The report's name in addresses."""
        return self.text.rpartition("/")[2]

    def one(self, name: str) -> Term | None:
        """Return the first value of a property."""
        return next((row["value"] for row in self.values.get(name, ())), None)

    def makers(self, name: str) -> list[Maker]:
        """Return who stands in a role: ``creator``, ``funder`` or ``publisher``."""
        return [Maker(str(row["value"]), str(row["detail"] or "")) for row in self.values.get(name, ())]

    def title(self, language: str) -> Term | None:
        """Return the title in a language."""
        titles = (row["value"] for row in self.values.get("title", ()))
        return next((title for title in titles if title and title.language == language), None)

    @property
    def issn(self) -> str:
        """Number of the series, empty where it has none."""
        return next((str(row["detail"]) for row in self.values.get("isPartOf", ()) if row["detail"]), "")

    @property
    def year(self) -> str:
        """Year of publication, empty where the report says none."""
        return str(self.one("issued") or "")[:4]

    @property
    def month(self) -> int:
        """Month of publication, 0 where the report says none."""
        return int(str(self.one("issued") or "")[5:7] or 0)


async def publications(page: Page) -> dict[str, Publication]:
    """Return the publications by the IRI of their text."""
    rows = await page.rows("publications")
    return {text: _publication(text, list(own)) for text, own in groupby(rows, lambda row: str(row["text"]))}


def _publication(text: str, rows: list[Row]) -> Publication:
    values: dict[str, list[Row]] = {}
    for row in rows:
        name = str(row["property"]).rpartition("/")[2].rpartition("#")[2]
        known = values.setdefault(name, [])
        if all(row["value"] != other["value"] for other in known):
            known.append(row)
    return Publication(text, {name: tuple(found) for name, found in values.items()})
