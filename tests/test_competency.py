"""The built graphs in; out, per competency question, whether its query gives the answer of the report."""

import csv
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from clustergraph import queries

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "queries" / "competency"
ANSWERS = sorted(FOLDER.glob("*.csv"))
GRAPH_BASE = "https://w3id.org/clustergraph/graph/"
NUMERIC = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double")}
SUMMARIES = ("#+ summary: ", "#+ summary-de: ", "#+ summary-fr: ")

Cell = str | Decimal


@pytest.fixture(scope="module", params=["alone", "with a second report beside it"])
def store(request: pytest.FixtureRequest) -> ox.Store:
    """Every built graph under its own name; queries see their union.

    The answers are of one report, the first, whether it stands alone or a second stands beside it.
    """
    project: Path = ROOT if request.param == "alone" else request.getfixturevalue("both")
    built = ox.Store()
    for path in sorted((project / "data" / "graph").glob("*.ttl")):
        built.bulk_load(path=path, to_graph=ox.NamedNode(GRAPH_BASE + path.stem))
    return built


def hand_answer(path: Path) -> tuple[list[str], list[list[str]]]:
    """Head and rows of an answer that was worked out by hand."""
    with path.open(encoding="utf-8", newline="") as lines:
        head, *rows = list(csv.reader(lines))
    return head, rows


def cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Cell:
    """A term of the query's answer as the table writes it: a number, some words, or nothing."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return Decimal(term.value) if term.datatype.value in NUMERIC else term.value
    return str(term)


def like(expected: str, got: Cell) -> Cell:
    """The expected cell read as the kind of value that the query gave, so that 2.60 equals 2.6."""
    if isinstance(got, Decimal) and expected.strip():
        return Decimal(expected)
    return expected


def query_answer(store: ox.Store, path: Path) -> tuple[list[str], list[list[Cell]]]:
    """Head and rows that the stored query gives over the union of the graphs."""
    solutions = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    head = [variable.value for variable in solutions.variables]
    return head, [[cell(solution[name]) for name in head] for solution in solutions]


def test_every_question_has_a_query_and_an_answer() -> None:
    assert [path.stem for path in sorted(FOLDER.glob("*.rq"))] == [path.stem for path in ANSWERS]


def test_the_numbers_of_the_questions_leave_no_gap() -> None:
    assert [path.stem[:2] for path in ANSWERS] == [f"{n:02}" for n in range(1, len(ANSWERS) + 1)]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_query_says_of_which_report_its_answer_is(path: Path) -> None:
    assert queries.read(path.with_suffix(".rq")).report == "basel-2014"


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_question_is_listed_as_its_query_asks_it(path: Path) -> None:
    header = path.with_suffix(".rq").read_text(encoding="utf-8").splitlines()[: len(SUMMARIES)]
    asked = [line.removeprefix(mark) for line, mark in zip(header, SUMMARIES, strict=True)]
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[part.strip() for part in line.split("|")] for line in lines if line.startswith("| ")]
    assert [row[2:5] for row in rows if len(row) == 7 and row[1] == path.stem[:2]] == [asked]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_graphs_give_the_answer_that_was_read_off_the_report(store: ox.Store, path: Path) -> None:
    head, rows = hand_answer(path)
    got_head, got_rows = query_answer(store, path.with_suffix(".rq"))
    assert got_head == head
    expected: list[list[Cell]] = [
        [like(words, value) for words, value in zip(row, found, strict=True)]
        for row, found in zip(rows, got_rows, strict=False)
    ]
    assert got_rows == [*expected, *rows[len(expected) :]]


def served_answer(address: str, path: Path) -> tuple[list[str], list[list[str]]]:
    """Head and rows that the served endpoint gives to the stored query, asked for as CSV."""
    headers = {"content-type": "application/sparql-query", "accept": "text/csv"}
    response = httpx.post(f"{address}sparql", content=path.read_bytes(), headers=headers, timeout=30)
    assert response.status_code == 200, response.text
    head, *rows = list(csv.reader(io.StringIO(response.text, newline="")))
    return head, rows


def number_or_words(words: str) -> Cell:
    """A cell of a table as a number where it is one, so that 2.60 equals 2.6."""
    try:
        return Decimal(words)
    except InvalidOperation:
        return words


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_service_gives_the_same_answer_over_http(served: str, path: Path) -> None:
    (head, rows), (got_head, got_rows) = hand_answer(path), served_answer(served, path.with_suffix(".rq"))
    assert got_head == head
    assert [list(map(number_or_words, row)) for row in got_rows] == [
        list(map(number_or_words, row)) for row in rows
    ]
