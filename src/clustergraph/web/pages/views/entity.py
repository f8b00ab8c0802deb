"""Persons, organisations, places, documents, parts of a report: in which role, and what was said on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from clustergraph.tables.schema import Cell, Table
from clustergraph.web.pages.edition import plain
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import assessments, statement_table
from clustergraph.web.pages.takeaway import Tables, Value, column, named, table
from clustergraph.web.pages.terms import Row, Term
from clustergraph.web.pages.views.subject import said_on

ABOUT: Final = (
    "bibo:Document",
    "bibo:Report",
    "bibo:Series",
    "clg:GuidingQuestion",
    "clg:Instrument",
    "clg:Quantity",
    "clg:ThemeArea",
    "clg:Workshop",
    "clg:WorkshopSession",
    "doco:Figure",
    "doco:Footnote",
    "doco:Section",
    "foaf:Agent",
    "foaf:Person",
    "foaf:Project",
    "org:Organization",
    "prov:Activity",
    "schema:EventSeries",
    "schema:Occupation",
    "schema:Place",
)
_FIRST: Final = 12
"""Things that one property shows before the rest is folded away."""


@dataclass(frozen=True)
class Words:
    """A quotation that names the thing; the parts that name it by themselves are marked."""

    passage: str
    line: int
    language: str
    pieces: tuple[tuple[str, bool], ...]
    """Words without the marks of their spelling, and whether they are marked."""


@dataclass(frozen=True)
class Told:
    """A role or a membership, and the words that tell it."""

    told: Mapping[str, str]
    """IRIs by what they are: ``role``, ``agent``, ``entity``, ``other``."""
    basis: str
    """What it rests on where it is not said outright; empty where the data tell none."""
    places: dict[str, str] = field(default_factory=dict)
    """Passages by line."""
    notes: list[Term] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """Return an IRI."""
        return self.told[name]


async def view(page: Page) -> View:
    """Show a thing."""
    roles = await page.rows("roles", this=page.iri)
    memberships = await page.rows("memberships", this=page.iri)
    facts = await page.rows("facts", this=page.iri)
    said = await said_on(page, [page.iri])
    descriptions = await page.rows("definition", this=page.iri)
    types = await page.rows("types", this=page.iri)
    passages = await page.rows("passages", this=page.iri)
    page.mention(page.iri)
    await page.learn_names()
    roles_in = [row for row in roles if str(row["agent"]) == page.iri]
    values = {
        "kinds": kinds([str(row["type"]) for row in types]),
        "roles_in": _merged(roles_in, ("role", "entity")),
        "roles_of": _merged([row for row in roles if row not in roles_in], ("role", "agent")),
        "belongs": _merged([row for row in memberships if str(row["direction"]) == "of"], ("other",)),
        "members": _merged([row for row in memberships if str(row["direction"]) == "has"], ("other",)),
        "facts": _facts(page, _of(facts, "of", {str(row["agent"]) for row in roles})),
        "incoming": _facts(page, _of(facts, "to", {str(row["entity"]) for row in roles_in})),
        "said": said,
        "assessed": await assessments(page),
        "notes": [row for row in descriptions if row["words"] and row["words"].language == page.language],
        "also": _also(page, descriptions),
        "words": quotations(page, passages),
        "first": _FIRST,
    }
    tables = Tables(
        **({"statements": lambda: statement_table(page, said)} if said else {}),
        facts=lambda: _table(page, roles, facts),
    )
    return View("entity.html", values, tables)


def kinds(types: Iterable[str]) -> list[str]:
    """Return the classes to name a thing by: ours and special ones before those that say little."""
    general = ("Agent", "Actor", "Entity", "Activity", "Concept", "Context")
    found = [iri for iri in types if not iri.endswith(general)]
    if any(iri.endswith("OrganizationalUnit") for iri in found):
        found = [iri for iri in found if not iri.endswith("#Organization")]
    if any(iri.endswith(("#Workshop", "#WorkshopSession")) for iri in found):
        found = [iri for iri in found if not iri.endswith("/Event")]
    if any(iri.endswith("/Preface") for iri in found):
        found = [iri for iri in found if not iri.endswith("/Section")]
    return found


def _also(page: Page, rows: Iterable[Row]) -> list[Term]:
    """Return other names of a thing, not those that are its name already."""
    name = page.names.of(page.iri, page.language).words
    found = [row["words"] for row in rows if str(row["property"]).endswith("#altLabel")]
    return [term for term in found if term and term.value != name]


def _merged(rows: Iterable[Row], keys: tuple[str, ...]) -> list[Told]:
    """Return rows that say the same once, with all places and notes."""
    found: dict[tuple[str, ...], Told] = {}
    for row in rows:
        told = tuple(str(row[key]) for key in keys)
        entry = found.setdefault(told, Told(dict(zip(keys, told, strict=True)), str(row.get("basis") or "")))
        if row["passage"]:
            entry.places.setdefault(str(row["line"]), str(row["passage"]))
        if row["note"] and row["note"] not in entry.notes:
            entry.notes.append(row["note"])
    return list(found.values())


def _of(rows: Iterable[Row], direction: str, told: set[str]) -> list[Row]:
    """Return the rows of a direction without what is told as a role already."""
    return [row for row in rows if str(row["direction"]) == direction and str(row["value"]) not in told]


def _facts(page: Page, rows: Iterable[Row]) -> list[tuple[str, list[Term]]]:
    """Return properties with their values: in the page's language where there are several."""
    found: dict[str, list[Term]] = {}
    for row in rows:
        if value := row["value"]:
            found.setdefault(str(row["property"]), []).append(value)
    return [(name, _in_language(values, page.language)) for name, values in found.items()]


def _in_language(values: list[Term], language: str) -> list[Term]:
    own = [value for value in values if value.language == language]
    return own or values


def quotations(page: Page, rows: Iterable[Row]) -> list[Words]:
    """Return the words that name a thing; a passage inside another is marked there."""
    spans = {(int(str(row["begin"])), int(str(row["begin"])) + len(str(row["words"]))): row for row in rows}
    outer = [
        (begin, end)
        for begin, end in spans
        if not any(b <= begin and end <= e and (b, e) != (begin, end) for b, e in spans)
    ]
    found = []
    for begin, end in sorted(outer):
        row = spans[begin, end]
        inside = sorted(
            (b - begin, e - begin) for b, e in spans if begin <= b and e <= end and (b, e) != (begin, end)
        )
        pieces = tuple(_marked(str(row["words"]), inside))
        text = str(row["passage"]).partition("#")[0]
        language = next((report.language for report in page.reports if report.text == text), "")
        found.append(Words(str(row["passage"]), int(str(row["line"])), language, pieces))
    return found


def _marked(words: str, inside: Iterable[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    at = 0
    for begin, end in inside:
        if end <= at:
            continue
        yield _shown(words[at : max(at, begin)]), False
        yield _shown(words[max(at, begin) : end]), True
        at = end
    yield _shown(words[at:]), False


def _shown(words: str) -> str:
    """Return words as they are read, with a blank where they begin or end with one."""
    shown = plain(words)
    if not shown:
        return " " if words else ""
    return " " * words[0].isspace() + shown + " " * words[-1].isspace()


def _table(page: Page, roles: Iterable[Row], facts: Iterable[Row]) -> Table:
    """Return roles and properties as a table."""
    columns = [*map(column, ("property", "value", "line"))]
    rows: list[dict[str, Value]] = []
    for row in roles:
        other = row["entity"] if str(row["agent"]) == page.iri else row["agent"]
        rows.append(
            {
                "property": named(page, str(row["role"])),
                "value": named(page, str(other)),
                "line": str(row["line"] or ""),
            }
        )
    for row in facts:
        if str(row["direction"]) == "of" and (value := row["value"]):
            shown = named(page, value.value) if value.is_iri else Cell(value.value)
            rows.append({"property": named(page, str(row["property"])), "value": shown})
    return table("facts", columns, rows)
