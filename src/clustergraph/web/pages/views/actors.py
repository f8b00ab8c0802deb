"""All who are named: groups of actors with what was said on them; persons, organisations, funds, projects."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.tables.schema import Cell, Table
from clustergraph.web.pages.addresses import document_path
from clustergraph.web.pages.page import Choice, Page, View
from clustergraph.web.pages.subjects import by_country, country_asked, flat, subject_table, subjects
from clustergraph.web.pages.takeaway import Tables, Value, column, listed, named, table
from clustergraph.web.pages.terms import Row

PATH: Final = "/actors"
_KINDS: Final = ("groups", "persons", "organisations", "funds", "projects")
_CLASSES: Final = {
    PREFIXES["foaf"] + "Person": "persons",
    PREFIXES["org"] + "Organization": "organisations",
    PREFIXES["foaf"] + "Project": "projects",
    PREFIXES["foaf"] + "Agent": "funds",
}
"""Which kind things of a class are; of several classes the first that is named here."""


@dataclass(frozen=True)
class Agent:
    """A person, an organisation, a fund or a project."""

    iri: str
    kind: str
    texts: frozenset[str]
    """The texts that name it."""
    roles: tuple[tuple[str, str], ...]
    """Its roles, each with what it has the role in."""
    belongs: tuple[str, ...]
    """The organisations that it belongs to."""


async def view(page: Page) -> View:
    """Show the actors of a report or of all, of all kinds or of one, in all roles or in one."""
    tree = await subjects(page, "ActorGroup", "mentionsActor")
    text = page.report.text if page.report else ""
    country = country_asked(page, tree)
    rows = await page.rows("agents")
    await page.learn_names()
    every = [each for each in _agents(page, rows) if not text or text in each.texts]
    kind, role = page.parameters.get("kind", ""), page.parameters.get("role", "")
    shown = [
        each
        for each in every
        if kind in ("", each.kind) and (not role or any(iri.endswith(f"/{role}") for iri, _ in each.roles))
    ]
    groups = tree if kind in ("", "groups") and not role else ()
    values = {
        "tree": groups,
        "text": text,
        "country": country,
        "asked": {"country": country.rpartition("/")[2], "report": page.parameters.get("report", "")},
        "path_of": document_path,
        "most": max((len(each.whole(text, country)) for each in tree), default=0),
        "shown": {name: found for name in _KINDS if (found := [a for a in shown if a.kind == name])},
        "by_country": by_country(page, tree, text) if groups else [],
        "by_kind": _by_kind(page, every, len(list(flat(tree)))),
        "by_role": _by_role(page, every),
    }
    return View(
        "actors.html",
        values,
        Tables(
            actors=lambda: _table(page, shown),
            groups=lambda: subject_table(page, "group", tree, text, country),
        ),
    )


def _agents(page: Page, rows: Iterable[Row]) -> list[Agent]:
    found: dict[str, Agent] = {}
    for row in rows:
        iri, relation = str(row["agent"]), str(row["relation"] or "")
        kind = _CLASSES[str(row["kind"])]
        known = found.get(iri, Agent(iri, kind, frozenset(), (), ()))
        role = (str(row["value"]), str(row["entity"])) if relation == "role" else None
        belongs = str(row["value"]) if relation == "member" else ""
        found[iri] = Agent(
            iri,
            min(kind, known.kind, key=list(_CLASSES.values()).index),
            known.texts | ({str(row["text"])} if row["text"] else set()),
            (*known.roles, role) if role and role not in known.roles else known.roles,
            (*known.belongs, belongs) if belongs and belongs not in known.belongs else known.belongs,
        )
    return sorted(found.values(), key=lambda each: page.names.of(each.iri, page.language).words.casefold())


def _by_kind(page: Page, every: list[Agent], groups: int) -> list[Choice]:
    words = page.words.actors
    counts = {name: sum(each.kind == name for each in every) for name in _KINDS} | {"groups": groups}
    return [
        page.choice(words.every, sum(counts.values()), kind=None),
        *(page.choice(words.kinds[name], count, kind=name) for name, count in counts.items() if count),
    ]


def _by_role(page: Page, every: list[Agent]) -> list[Choice]:
    roles = dict.fromkeys(role for each in every for role, _ in each.roles)
    return [
        page.choice(page.words.actors.every, None, role=None),
        *(
            page.choice(role, sum(role in dict(each.roles) for each in every), role=role.rpartition("/")[2])
            for role in sorted(roles)
        ),
    ]


def _table(page: Page, shown: Iterable[Agent]) -> Table:
    columns = [*map(column, ("name", "kind", "role", "role_in", "belongs"))]
    return table("actors", columns, [row for each in shown for row in _cells(page, each)])


def _cells(page: Page, each: Agent) -> Iterable[dict[str, Value]]:
    """Yield a row for each role of an actor, or one."""
    for role, entity in each.roles or (("", ""),):
        yield {
            "name": named(page, each.iri),
            "kind": Cell(str(page.words.actors.kinds[each.kind])),
            "role": named(page, role),
            "role_in": named(page, entity),
            "belongs": listed(page, each.belongs),
        }
