"""The answer to a query in, as a worker writes it for a page; what a page shows and gives as a file out.

Words that are the name of one thing lead to it, and are shown in the reader's language; lines lead to the
words of the report on them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clustergraph.namespaces import PREFIXES
from clustergraph.queries import literal
from clustergraph.tables.schema import CUT, Cell, Column, Table
from clustergraph.web.pages.page import Page
from clustergraph.web.pages.terms import Term
from clustergraph.web.pages.wording import LANGUAGES, Texts

SHOWN: Final = 500
"""Rows that a page shows."""
MOST: Final = 10_000
"""Rows that a table to take away has."""
_LONGEST: Final = 300
"""Characters of a name."""
_INTEGER: Final = PREFIXES["xsd"] + "integer"
_MISREAD: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|\d+[.,:/-]\d")
"""How words begin that a spreadsheet takes for a formula, a number or a date."""
_TRIPLE: Final = ("subject", "predicate", "object")


@dataclass(frozen=True)
class Shown:
    """A cell as a page shows it."""

    term: Term
    thing: str = ""
    """IRI of what it names."""
    passage: str = ""
    """IRI of the words on the line that it says."""
    quoted: bool = False
    """Whether it is words of a report."""


@dataclass
class Answer:
    """The answer to a query."""

    columns: tuple[str, ...] = ()
    rows: list[list[Term | None]] = field(default_factory=list)
    more: bool = False
    """Whether there are more rows."""
    boolean: bool | None = None
    turtle: str | None = None
    things: Mapping[Term, str] = field(default_factory=dict)
    """What words name."""
    passages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Passages by the words in them and their line."""

    def shown(self, row: list[Term | None]) -> list[Shown | None]:
        """Return the cells of a row as a page shows them."""
        by_name = dict(zip(self.columns, row, strict=True))
        begin = str(by_name.get("words") or "").partition(CUT)[0]
        return [
            term
            and Shown(
                term,
                term.value if term.is_iri else self.things.get(term, ""),
                self.passages.get((begin, term.value), "") if name == "line" else "",
                name == "words",
            )
            for name, term in by_name.items()
        ]

    @property
    def first(self) -> list[list[Shown | None]]:
        """The rows that a page shows."""
        return [self.shown(row) for row in self.rows[:SHOWN]]

    @property
    def is_cut(self) -> bool:
        """Whether a page shows only some of the rows."""
        return self.more or len(self.rows) > SHOWN


def read(body: bytes, bound: Iterable[str] = ()) -> Answer:
    """Return the answer that a worker wrote, without columns that say in every row what was asked for."""
    page: dict[str, Any] = json.loads(body)
    if "boolean" in page:
        return Answer(boolean=page["boolean"])
    names = page.get("variables", _TRIPLE)
    without = set(bound)
    kept = [place for place, name in enumerate(names) if name not in without]
    if without:
        kept = [place for place in kept if not page["rows"] or any(row[place] for row in page["rows"])]
    rows = [[_term(row[place]) for place in kept] for row in page["rows"]]
    return Answer(tuple(names[place] for place in kept), rows, page["more"], turtle=page.get("graph"))


def _term(cell: list[str] | None) -> Term | None:
    if cell is None:
        return None
    kind, value, third = cell
    return Term(kind, value, datatype=third) if ":" in third else Term(kind, value, language=third)


async def link(page: Page, answer: Answer) -> None:
    """Ask what an answer's words name, and where its lines are; learn the names of all things in it."""
    terms = {term for row in answer.rows for term in row if term}
    page.mention(*(term.value for term in terms if term.is_iri))
    named = [term for term in terms if term.language and len(term.value) <= _LONGEST]
    found: dict[Term, set[str]] = defaultdict(set)
    for row in await page.rows_among("labelled", [literal(term.value, term.language) for term in named]):
        if row["label"]:
            found[row["label"]].add(str(row["thing"]))
    answer.things = {term: next(iter(things)) for term, things in found.items() if len(things) == 1}
    answer.passages = await _passages(page, answer)
    await page.learn_names()


async def _passages(page: Page, answer: Answer) -> dict[tuple[str, str], str]:
    if not {"line", "words"} <= set(answer.columns):
        return {}
    place = answer.columns.index("words")
    words = {term for row in answer.rows if (term := row[place])}
    begun = [literal(term.value.partition(CUT)[0], term.language) for term in words]
    rows = await page.rows_among("anchored", begun)
    return {(str(row["words"]), str(row["line"])): str(row["passage"]) for row in rows}


def heads(columns: Iterable[str], language: str, *, stored: bool) -> dict[str, str]:
    """Return the heads of columns: words for the variables of stored questions, else the variables."""
    known = Texts(language).query.columns
    return {name: known[name] if (stored or name in _TRIPLE) and name in known else name for name in columns}


def as_table(page: Page, answer: Answer, name: str, *, stored: bool) -> Table:
    """Return an answer as a table; what it names must have been learned."""
    titles = {code: heads(answer.columns, code, stored=stored) for code in LANGUAGES}
    rows = [tuple(_cell(page, shown) for shown in answer.shown(row)) for row in answer.rows]
    columns = [
        Column(each, {code: titles[code][each] for code in LANGUAGES}, _datatype(answer, rows, place))
        for place, each in enumerate(answer.columns)
    ]
    return Table(name, {}, tuple(columns), tuple(rows))


def _cell(page: Page, shown: Shown | None) -> Cell:
    if shown is None:
        return Cell("")
    if shown.thing and not shown.quoted:
        return Cell(page.names.of(shown.thing, page.language).words, shown.thing)
    if shown.term.datatype.endswith("#boolean"):
        return Cell(page.words.query.yes if shown.term.is_true else page.words.query.no)
    return Cell(shown.term.value, shown.passage)


def _datatype(answer: Answer, rows: list[tuple[Cell, ...]], place: int) -> str:
    terms = [row[place] for row in answer.rows if row[place]]
    if terms and all(term and term.datatype == _INTEGER for term in terms):
        return "integer"
    return "notation" if any(_MISREAD.match(row[place].text) for row in rows) else "string"
