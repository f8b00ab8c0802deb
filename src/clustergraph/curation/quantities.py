"""``quantities.csv`` in, amounts out: numbers or bounds with their unit, each at its words in a statement."""

import re
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Final

from clustergraph.curation.concepts import check_concept
from clustergraph.curation.tables import Row, rows
from clustergraph.languages import LANGUAGES
from clustergraph.records import Contents, Quantity, Statement
from clustergraph.source import Passage

_OF: Final = tuple(f"of_{language}" for language in LANGUAGES)
_COLUMNS: Final = ("key", "words", "value", "min", "max", "unit", *_OF, "status", "note")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def quantities(contents: Contents, known: tuple[Statement, ...], concepts: Set[str]) -> tuple[Quantity, ...]:
    """Return the amounts that statements name; a report may have no such table."""
    path = contents.report.folder / "quantities.csv"
    by_key = {statement.key: statement for statement in known}
    found: dict[Passage, Quantity] = {}
    for row in rows(path, _COLUMNS) if path.is_file() else ():
        quantity = _quantity(contents, by_key, concepts, row)
        if quantity.passage in found:
            raise row.fault(f"„{row['words']}“ has a quantity already", "keep one of the two rows")
        found[quantity.passage] = quantity
    return tuple(found.values())


def _quantity(contents: Contents, by_key: Mapping[str, Statement], concepts: Set[str], row: Row) -> Quantity:
    statement = by_key.get(row["key"])
    if statement is None:
        raise row.fault(
            f"no statement has the key {row['key']!r}", "correct the key, or add it to statements.csv"
        )
    check_concept(row, f"quantity-status/{row['status']}", concepts)
    if row["unit"] not in concepts:
        raise row.fault(f"the unit {row['unit']!r} is unknown", f"write {' or '.join(_units(concepts))}")
    if not all(row[column] for column in _OF):
        raise row.fault("it is not said of what this is a quantity", f"fill in {', '.join(_OF)}")
    return Quantity(
        statement=statement,
        passage=_place(contents, statement, row),
        bounds=_bounds(row),
        unit=row["unit"],
        status=row["status"],
        of={language: row[column] for language, column in zip(LANGUAGES, _OF, strict=True)},
        note=row["note"] or None,
        place=row.place,
    )


def _units(concepts: Set[str]) -> Iterator[str]:
    return iter(sorted(name for name in concepts if name.startswith("unit:")))


def _bounds(row: Row) -> Mapping[str, Decimal]:
    """Return ``value``, or ``min`` or ``max`` or both."""
    given = {name: row[name] for name in ("value", "min", "max") if row[name]}
    for name, number in given.items():
        if not _NUMBER.fullmatch(number):
            raise row.fault(f"{number!r} in {name} is no number", "write it like 50 or 2.5")
    numbers = {name: Decimal(number) for name, number in given.items()}
    if not numbers or ("value" in numbers and len(numbers) > 1):
        raise row.fault("a quantity has a value or bounds", "fill in value alone, or min, max or both")
    if "min" in numbers and "max" in numbers and numbers["min"] >= numbers["max"]:
        raise row.fault(f"min {row['min']} is not below max {row['max']}", "swap them, or write a value")
    return numbers


def _place(contents: Contents, statement: Statement, row: Row) -> Passage:
    """Return where the words of a quantity stand within its statement."""
    pattern = re.compile(r"\s+".join(map(re.escape, row["words"].split())))
    content = contents.report.text.content
    hits = [
        Passage(*hit.span())
        for part in statement.passages
        for hit in pattern.finditer(content, part.start, part.end)
        if hit.group()
    ]
    if len(hits) != 1:
        count = f"stand {len(hits)} times in" if hits else "are not in"
        raise row.fault(
            f"the words „{row['words']}“ {count} {statement.key}", "copy words that stand there once"
        )
    return hits[0]
