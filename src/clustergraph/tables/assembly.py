"""The solutions of a table's query in, its rows out: solutions of one key are one row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from clustergraph.errors import BuildError
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import BASE
from clustergraph.tables.header import Header, spread
from clustergraph.tables.schema import EMPTY, Cell, Column, Origin, Table

Term = Sequence[str]
"""Kind (``iri`` or ``literal``), text, and language or datatype, as a page's answer has them."""

Answer = tuple[Sequence[str], Sequence[Sequence[Term | None]]]
"""Variables, and rows of terms."""

Solution = dict[str, Term]

_BREAK: Final = re.compile(r"[ \t\r\n]+")
_THINGS: Final = f"{BASE}id/"


def assemble(head: Header, answer: Answer, origin: Origin) -> Table:
    """Return the table of a query from its answer.

    SPARQL joins the values of a list in no order, and cannot turn values into columns: both are done here. A
    cell that lists its values keeps the order of the solutions.

    Raises:
        BuildError: where a cell would hold two values, and its column is no list.
    """
    variables, rows = answer
    solutions = [
        {name: term for name, term in zip(variables, row, strict=True) if term is not None} for row in rows
    ]
    values = {
        name: tuple(dict.fromkeys(found[name][1] for found in solutions if name in found))
        for name in variables
    }
    columns = [(column, one) for column in head.columns for one in spread(column, values)]
    found: dict[tuple[str, ...], dict[str, list[Cell]]] = {}
    for solution in solutions:
        key = tuple(solution[name][1] for name in head.primary_key)
        row = found.setdefault(key, {})
        for name, cell in _cells(head, solution):
            if cell not in row.setdefault(name, []):
                row[name].append(cell)
    finished = tuple(
        tuple(_joined(head, one, row.get(one.name, [])) for _, one in columns) for row in found.values()
    )
    rights = () if head.license else origin.rights
    return Table(
        head.name, head.titles, tuple(one for _, one in columns), finished, replace(origin, rights=rights)
    )


def _cells(head: Header, solution: Solution) -> Iterator[tuple[str, Cell]]:
    """Yield the cells of one solution, with the names of their columns."""
    for column in head.columns:
        term = solution.get(head.origins[column.name])
        if term is None:
            continue
        pivot = column.pivot
        if not pivot:
            yield column.name, _cell(column, term)
        elif pivot != "lang":
            yield column.name.replace(f"{{{pivot}}}", solution[pivot][1].lower()), _cell(column, term)
        elif term[2] in LANGUAGES:
            yield column.name.replace("{lang}", term[2]), _cell(column, term)


def _cell(column: Column, term: Term) -> Cell:
    """Return a term as a cell; an IRI as what its column's template leaves open, or its path."""
    kind, text, _ = term
    if kind != "iri":
        return Cell(_BREAK.sub(" ", text)) if "\n" in text else Cell(text)
    match = _template(column.value_url, column.name).fullmatch(text)
    return Cell(match["own"] if match else text.removeprefix(_THINGS), text)


@cache
def _template(url: str, name: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\+?\w+\})", url)
    own = {f"{{{name}}}": "(?P<own>[^/]+)", f"{{+{name}}}": "(?P<own>.+)"}
    if not own.keys() & set(parts):
        return re.compile(r"(?!)")
    return re.compile("".join(own.get(p, ".+" if p.startswith("{") else re.escape(p)) for p in parts))


def _joined(head: Header, column: Column, cells: list[Cell]) -> Cell:
    if len(cells) < 2:
        return cells[0] if cells else EMPTY
    if not column.separator:
        both = " and ".join(repr(cell.text[:40]) for cell in cells[:2])
        raise BuildError(
            f"queries/tables/{head.name}.rq: {column.name} has two values, {both}; list them or choose"
        )
    return Cell(column.separator.join(cell.text for cell in cells))
