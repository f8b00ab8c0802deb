"""A workbook has its marks as text, its numbers as numbers, its names as links, and says what it holds."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from clustergraph.tables import Cell, Column, Origin, Table, building, write

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT, NUMBER = "s", "n"
TITLES = {"de": "Meine", "fr": "Les miennes", "en": "Mine"}
COLUMNS = (
    Column("skill", {"de": "Fertigkeit", "fr": "compétence", "en": "skill"}),
    Column("notation", {"de": "Nummer", "fr": "numéro", "en": "number"}, "notation"),
    Column("mark", {"de": "Zeichen", "fr": "signe", "en": "mark"}, "notation"),
    Column("rank", {"de": "Rang", "fr": "rang", "en": "rank"}, "integer", note={"en": "An order"}),
    Column("mean", {"de": "Mittel", "fr": "moyenne", "en": "mean"}, "decimal"),
    Column("topics", {"de": "Themen", "fr": "sujets", "en": "topics"}, separator=" "),
)
LINK = "https://w3id.org/clustergraph/id/skill/03-01"
ROWS = tuple(
    (Cell("skill/03-01", LINK), Cell(notation), Cell(mark), Cell(rank), Cell(mean), Cell("label trust"))
    for notation, mark, rank, mean in (
        ("3.1", "++", "4", "2.67"),
        ("3.2", "+", "3", "3"),
        ("3.10", "-", "2", "1.5"),
        ("1e5", "--", "1", ""),
        ("=1+1", "@SUM(A1)", "", "0"),
    )
)
ORIGIN = Origin(
    (("Workshop", "https://example.org/report"),),
    (("de", "© Wer"), ("fr", "© Qui"), ("en", "© Who")),
    "0.1.0",
    "2026-11-24",
)
TABLE = Table("mine", TITLES, COLUMNS, ROWS, ORIGIN)


def parts(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def elements(text: str, name: str) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(text).iter(MAIN + name)  # noqa: S314  # we wrote it


def sheet(found: dict[str, str], number: int) -> dict[str, tuple[str, str]]:
    """Kind and content of each cell that has one, by its address."""
    strings = ["".join(item.itertext()) for item in elements(found["xl/sharedStrings.xml"], "si")]
    cells = {}
    for cell in elements(found[f"xl/worksheets/sheet{number}.xml"], "c"):
        value, kind = cell.findtext(f"{MAIN}v"), cell.get("t", NUMBER)
        if value is not None:
            cells[cell.attrib["r"]] = (kind, strings[int(value)] if kind == TEXT else value)
    return cells


@pytest.fixture(scope="module")
def mine() -> dict[str, str]:
    return parts(write(TABLE, "xlsx"))


def test_marks_and_numbers_as_printed_are_text(mine: dict[str, str]) -> None:
    cells = sheet(mine, 1)
    marks = [cells[f"{column}{line}"] for column in "BC" for line in range(2, 7)]
    texts = ["3.1", "3.2", "3.10", "1e5", "=1+1", "++", "+", "-", "--", "@SUM(A1)"]
    assert marks == [(TEXT, text) for text in texts]
    assert 'numFmtId="49"' in mine["xl/styles.xml"], "their format is text, so that editing keeps them"


def test_no_cell_is_a_formula(mine: dict[str, str]) -> None:
    assert [name for name, content in mine.items() if re.search(r"<f[ >]", content)] == []


def test_numbers_are_numbers_and_what_is_missing_is_empty(mine: dict[str, str]) -> None:
    cells = sheet(mine, 1)
    assert [cells.get(f"D{line}") for line in range(2, 7)] == [*((NUMBER, n) for n in "4321"), None]
    assert [cells.get(f"E{line}") for line in range(2, 7)] == [
        (NUMBER, "2.67"), (NUMBER, "3"), (NUMBER, "1.5"), None, (NUMBER, "0"),
    ]  # fmt: skip


def test_the_head_stays_in_sight_and_filters(mine: dict[str, str]) -> None:
    rows = mine["xl/worksheets/sheet1.xml"]
    assert re.search(r'<pane ySplit="1" topLeftCell="A2"[^>]* state="frozen"/>', rows)
    assert '<autoFilter ref="A1:F6"/>' in rows
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', rows)]
    assert len(widths) > 1
    assert all(8 < width < 64 for width in widths)


def test_a_name_leads_to_the_thing(mine: dict[str, str]) -> None:
    assert sheet(mine, 1)["A2"] == (TEXT, "skill/03-01")
    assert len(re.findall("<hyperlink ", mine["xl/worksheets/sheet1.xml"])) == len(ROWS)
    assert mine["xl/worksheets/_rels/sheet1.xml.rels"].count(f'Target="{LINK}"') >= 1


def test_a_second_sheet_explains_in_three_languages(mine: dict[str, str]) -> None:
    cells = [content for _, content in sheet(mine, 2).values()]
    for expected in (
        *("Deutsch", "Français", "English", *TITLES.values()),
        *(title for column in COLUMNS for title in column.titles.values() if column.name != "rank"),
        *("rank. An order", "© Wer", "© Qui", "© Who"),
        "Quelle: Workshop, https://example.org/report",
        "Release: clustergraph 0.1.0, 2026-11-24",
    ):
        assert expected in cells, expected


def test_the_same_table_gives_the_same_bytes_dated_by_the_release(mine: dict[str, str]) -> None:
    assert parts(write(TABLE, "xlsx")) == mine
    assert write(TABLE, "xlsx") == write(TABLE, "xlsx")
    dates = re.findall(r"\d{4}-\d\d-\d\d", mine["docProps/core.xml"])
    assert set(dates) == {"2026-11-24"}
    with ZipFile(io.BytesIO(write(TABLE, "xlsx"))) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_json_has_values_of_their_kind() -> None:
    found = json.loads(write(TABLE, "json"))
    assert found["columns"][0] == {"name": "skill", "titles": dict(COLUMNS[0].titles)}
    assert found["rows"][0] == {
        "skill": LINK,
        "notation": "3.1",
        "mark": "++",
        "rank": 4,
        "mean": 2.67,
        "topics": ["label", "trust"],
    }
    assert found["rows"][3]["mean"] is None


def test_csv_keeps_what_a_spreadsheet_reads_right() -> None:
    lines = write(TABLE, "csv").decode("utf-8-sig").splitlines()
    assert lines[:2] == ["skill,rank,topics", "skill/03-01,4,label trust"]


@pytest.fixture(scope="module")
def ours() -> dict[str, dict[str, str]]:
    return {name: parts(content) for name, content in building.files("xlsx").items()}


def test_there_is_a_workbook_for_each_table(root: Path, ours: dict[str, dict[str, str]]) -> None:
    assert sorted(ours) == sorted(f"{path.stem}.xlsx" for path in (root / "data" / "tables").glob("*.csv"))


def test_the_ratings_have_their_marks_as_the_report_prints_them(ours: dict[str, dict[str, str]]) -> None:
    """Line 233: skill 1.3 has ``--`` in DE, ``++`` in FR and ``+`` in CH."""
    cells = sheet(ours["ratings.xlsx"], 1)
    letter = {text: place[:-1] for place, (_, text) in cells.items() if re.fullmatch("[A-Z]1", place)}
    lines = [n for n in range(2, 185) if cells[f"{letter['skill_notation']}{n}"] == (TEXT, "1.3")]
    marks = {cells[f"{letter['column']}{n}"][1]: cells[f"{letter['mark']}{n}"] for n in lines}
    assert marks == {"de": (TEXT, "--"), "fr": (TEXT, "++"), "ch": (TEXT, "+")}


def test_each_workbook_names_source_rights_and_release(root: Path, ours: dict[str, dict[str, str]]) -> None:
    version = re.findall(
        r'dcat:version "([^"]+)"', (root / "data" / "catalog.ttl").read_text(encoding="utf-8")
    )[0]
    for name, found in ours.items():
        text = " ".join(content for _, content in sheet(found, 2).values())
        assert "id/basel-2014/publication" in text, name
        assert f"clustergraph {version}" in text, name
        assert ("© Europäisches Kompetenz- und Forschungszentrum" in text) is (name != "codes.xlsx"), name
