"""``entities.csv`` and ``facts.csv`` in, entities and facts out."""

import re
from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Final

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
    """Return what the report says of its parts and entities, and what the project infers of them.

    Both tables have the same columns. In ``inferred.csv``, which a report may lack, each row must give in its
    note the reason for what the report itself does not say.
    """
    folder = contents.report.folder
    known = {entity.id for entity in named} | set(_parts(contents))
    stated = [_fact(contents, known, concepts, row) for row in rows(folder / "facts.csv", _COLUMNS)]
    inferred = folder / "inferred.csv"
    for row in rows(inferred, _COLUMNS) if inferred.is_file() else ():
        if not row["note"]:
            raise row.fault("an inference without a reason", "say in the note what it is read from")
        stated.append(replace(_fact(contents, known, concepts, row), inferred=True))
    return tuple(stated)


_COLUMNS: Final = ("subject", "fact", "value", "language", "line", "quote", "note")


def _parts(contents: Contents) -> Iterator[str]:
    """Yield the parts of a report of which tables may say something."""
    slug = contents.report.record.slug
    yield from (f"{slug}/theme/{theme.slug}" for theme in contents.themes)
    yield from (f"{slug}/session/{session.slug}" for session in contents.sessions)
    yield from (f"{slug}/figure/{figure.number}" for figure in contents.figures)
    yield from (f"{slug}/footnote/{footnote.number}" for footnote in contents.footnotes)


def _fact(contents: Contents, known: Set[str], concepts: Set[str], row: Row) -> Fact:
    if row["subject"] not in known:
        raise row.fault(
            f"the subject {row['subject']!r} is unknown", "add it to entities.csv or fix its spelling"
        )
    _check_value(row, known, concepts)
    return Fact(
        subject=row["subject"],
        name=row["fact"],
        value=row["value"],
        language=row["language"] or None,
        note=row["note"] or None,
        passages=row.passages(contents.report.text),
        place=row.place,
    )


def _check_value(row: Row, known: Set[str], concepts: Set[str]) -> None:
    value = row["value"]
    if not value:
        raise row.fault("the value is empty", "write what the report says, or remove the row")
    if row["language"] and not _LANGUAGE.fullmatch(row["language"]):
        raise row.fault(f"{row['language']!r} is no language", "write a code such as de, fr or it")
    if value.startswith(_SHARED):
        check_concept(row, value, concepts)
    elif _ID.fullmatch(value) and row["fact"] not in _LITERALS and value not in known:
        raise row.fault(f"the value {value!r} is unknown", "add it to entities.csv or fix its spelling")


_ID = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")
_LITERALS = ("number", "website")
