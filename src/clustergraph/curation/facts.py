"""``entities.csv`` and ``facts.csv`` in, entities and facts out."""

import re
from collections.abc import Set

from clustergraph.curation.concepts import check_concept
from clustergraph.curation.tables import Row, rows
from clustergraph.records import Contents, Entity, Fact
from clustergraph.source import Report, check_slug

_SHARED = ("country/", "actor-group/", "method/")
_LANGUAGE = re.compile("[a-z]{2,3}")


def entities(report: Report) -> tuple[Entity, ...]:
    """Return who and what the report names."""
    found: dict[str, Entity] = {}
    for row in rows(report.folder / "entities.csv", ("id", "kind", "line", "quote")):
        for slug in row["id"].split("/"):
            check_slug(slug, row.place)
        if row["id"] in found:
            raise row.fault(
                f"{row['id']!r} stands twice", "join the two rows, or add the second quote as a fact"
            )
        found[row["id"]] = Entity(row["id"], row["kind"], row.passages(report.text), row.place)
    return tuple(found.values())


def facts(contents: Contents, named: tuple[Entity, ...], concepts: Set[str]) -> tuple[Fact, ...]:
    """Return what the report says of its entities and themes."""
    report = contents.report
    known = {entity.id for entity in named}
    known |= {f"{report.record.slug}/theme/{theme.slug}" for theme in contents.themes}
    found = []
    columns = ("subject", "fact", "value", "language", "line", "quote", "note")
    for row in rows(report.folder / "facts.csv", columns):
        if row["subject"] not in known:
            raise row.fault(
                f"the subject {row['subject']!r} is unknown", "add it to entities.csv or mend its spelling"
            )
        _check_value(row, known, concepts)
        found.append(
            Fact(
                subject=row["subject"],
                name=row["fact"],
                value=row["value"],
                language=row["language"] or None,
                note=row["note"] or None,
                passages=row.passages(report.text),
                place=row.place,
            )
        )
    return tuple(found)


def _check_value(row: Row, known: Set[str], concepts: Set[str]) -> None:
    value = row["value"]
    if not value:
        raise row.fault("the value is empty", "write what the report says, or remove the row")
    if row["language"] and not _LANGUAGE.fullmatch(row["language"]):
        raise row.fault(f"{row['language']!r} is no language", "write a code such as de, fr or it")
    if value.startswith(_SHARED):
        check_concept(row, value, concepts)
    elif _ID.fullmatch(value) and row["fact"] not in _LITERALS and value not in known:
        raise row.fault(f"the value {value!r} is unknown", "add it to entities.csv or mend its spelling")


_ID = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")
_LITERALS = ("number", "website")
