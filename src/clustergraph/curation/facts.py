"""``entities.csv`` and ``facts.csv`` in, entities and facts out."""

from clustergraph.curation.tables import rows
from clustergraph.records import Contents, Entity, Fact
from clustergraph.source import Report, check_slug

_SHARED = ("country/", "actor-group/")


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
        found[row["id"]] = Entity(row["id"], row["kind"], row.passages(report.text))
    return tuple(found.values())


def facts(contents: Contents, named: tuple[Entity, ...]) -> tuple[Fact, ...]:
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
        value = row["value"]
        if (
            "/" in value
            and row["fact"] not in _LITERALS
            and value not in known
            and not value.startswith(_SHARED)
        ):
            raise row.fault(f"the value {value!r} is unknown", "add it to entities.csv or mend its spelling")
        found.append(
            Fact(
                subject=row["subject"],
                name=row["fact"],
                value=value,
                language=row["language"] or None,
                note=row["note"] or None,
                passages=row.passages(report.text),
                place=row.place,
            )
        )
    return tuple(found)


_LITERALS = ("number", "website")
