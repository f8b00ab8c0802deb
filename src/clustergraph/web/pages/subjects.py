"""Rows about topics or groups of actors in, the tree of them with the statements that speak of each out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.tables.schema import Table
from clustergraph.web.pages.page import Choice, Page
from clustergraph.web.pages.takeaway import Value, column, named, table

_CLG: Final = PREFIXES["clg"]


@dataclass(frozen=True)
class Spoken:
    """A statement that speaks of something."""

    text: str
    """IRI of the report's text."""
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """What statements speak of."""

    iri: str
    broader: str
    said: Mapping[str, Spoken] = field(default_factory=dict)
    """The statements that speak of it itself."""
    inner: "tuple[Subject, ...]" = ()

    def chosen(self, text: str, country: str) -> set[str]:
        """Return the statements of a report on a country; empty: of all reports, on whatever."""
        return {
            iri
            for iri, each in self.said.items()
            if (not text or each.text == text) and (not country or country in each.countries)
        }

    def whole(self, text: str, country: str) -> set[str]:
        """Return the statements that speak of it or of what lies below it."""
        return self.chosen(text, country).union(*(each.whole(text, country) for each in self.inner))


async def subjects(page: Page, kind: str, link: str) -> tuple[Subject, ...]:
    """Return the uppermost things of a class, with those below them; ``link`` leads there from statements."""
    found: dict[str, Subject] = {}
    for row in await page.rows("subjects", kind=_CLG + kind, link=_CLG + link):
        iri = str(row["thing"])
        known = found.setdefault(iri, Subject(iri, str(row["broader"] or ""), {}))
        if row["statement"]:
            said = dict(known.said)
            before = said.get(str(row["statement"]), Spoken(str(row["text"])))
            countries = before.countries | ({str(row["country"])} if row["country"] else set())
            said[str(row["statement"])] = replace(before, countries=countries)
            found[iri] = replace(known, said=said)
    await page.learn_names()
    return _below(page, found, "")


def _below(page: Page, found: Mapping[str, Subject], broader: str) -> tuple[Subject, ...]:
    """Return the things right below one, by name."""
    here = [
        replace(each, inner=_below(page, found, each.iri))
        for each in found.values()
        if each.broader == broader or (not broader and each.broader not in found)
    ]
    return tuple(sorted(here, key=lambda each: page.names.of(each.iri, page.language).words.casefold()))


def flat(tree: Iterable[Subject]) -> Iterable[Subject]:
    """Yield all things of a tree."""
    for each in tree:
        yield each
        yield from flat(each.inner)


def by_country(page: Page, tree: Iterable[Subject], text: str) -> list[Choice]:
    """Return the links that choose statements on a country; counted are statements."""
    said = {iri: each for subject in flat(tree) for iri, each in subject.said.items()}
    here = [each for each in said.values() if not text or each.text == text]
    countries = sorted({country for each in here for country in each.countries})
    page.mention(*countries)
    return [
        page.choice(page.words.topics.everywhere, len(here), country=None),
        *(
            page.choice(iri, sum(iri in each.countries for each in here), country=iri.rpartition("/")[2])
            for iri in countries
        ),
    ]


def country_asked(page: Page, tree: Iterable[Subject]) -> str:
    """Return the IRI of the country that the address asks for by the end of its IRI; empty: none."""
    asked = page.parameters.get("country", "")
    countries = {each for subject in flat(tree) for said in subject.said.values() for each in said.countries}
    return next((iri for iri in sorted(countries) if asked and iri.endswith(f"/{asked}")), "")


def subject_table(page: Page, name: str, tree: Iterable[Subject], text: str = "", country: str = "") -> Table:
    """Return the tree as a table: each thing with the one above it."""
    columns = [column(name), column("broader"), *(column(each, "integer") for each in ("own", "whole"))]

    def cells(each: Subject) -> dict[str, Value]:
        return {
            name: named(page, each.iri),
            "broader": named(page, each.broader),
            "own": len(each.chosen(text, country)),
            "whole": len(each.whole(text, country)),
        }

    return table(f"{name}s", columns, [cells(each) for each in flat(tree)])
