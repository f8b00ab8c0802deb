"""The job profile as people see it: all marks, what can be chosen of them, and the same as a table."""

import csv
import io
import re
import zipfile

import pytest
from tests.service import Running

BROWSER = {"accept": "text/html", "accept-language": "de"}


def numbers(page: str) -> list[str]:
    """Return the numbers of the skills that a page shows, in its order."""
    return re.findall(r'<th scope="row"><a [^>]*><span class="no">(\d+\.\d+)</span>', page)


def shown(service: Running, query: str) -> list[str]:
    return numbers(service.client.get(f"/skills?{query}", headers=BROWSER).text)


def test_all_skills_stand_in_the_order_of_the_report(graph_service: Running) -> None:
    found = shown(graph_service, "")
    assert len(found) == 61
    assert found == sorted(found, key=lambda number: [int(part) for part in number.split(".")])


@pytest.mark.parametrize(
    ("query", "expected"),
    [  # read off the report's tables (lines 230 to 305)
        ("spread=3", ["1.3", "2.3", "4.4", "4.7", "6.4"]),
        ("field=3&mark=-&country=DE", ["3.3", "3.6"]),
        ("field=3&spread=0", ["3.1", "3.2", "3.7"]),
    ],
)
def test_an_address_chooses_skills(graph_service: Running, query: str, expected: list[str]) -> None:
    assert shown(graph_service, query) == expected


def test_a_column_sorts_the_skills(graph_service: Running) -> None:
    first = shown(graph_service, "field=3&sort=CH")
    assert first[:4] == ["3.1", "3.2", "3.3", "3.4"]
    assert first[-1] in ("3.5", "3.6")


def test_the_table_of_the_page_is_what_the_page_shows(graph_service: Running) -> None:
    rows = graph_service.client.get("/skills.json?spread=3").json()["rows"]
    assert [row["number"] for row in rows] == ["1.3", "2.3", "4.4", "4.7", "6.4"]
    assert [(row["DE"], row["FR"], row["CH"]) for row in rows if row["number"] == "6.4"] == [
        ("++", "+", "--")
    ]


def test_its_csv_tells_marks_by_their_ranks(graph_service: Running) -> None:
    """A spreadsheet takes ``++`` for a formula and 6.4 for a day in April."""
    text = graph_service.client.get("/skills.csv?spread=3").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["skill"].rpartition("/")[2] for row in rows] == ["01-03", "02-03", "04-04", "04-07", "06-04"]
    assert [rows[-1][f"rank{code}"] for code in ("DE", "FR", "CH")] == ["4", "3", "1"]
    assert not {"number", "DE", "FR", "CH"} & set(rows[-1])


def test_its_workbook_has_the_marks_as_text(graph_service: Running) -> None:
    answer = graph_service.client.get("/skills.xlsx?spread=3")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert ">6.4</t>" in strings
    assert ">++</t>" in strings
    assert "<f>" not in cells
