"""A table's rows come with their places; white space round cells and blank lines don't count."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustergraph.curation.tables import rows
from clustergraph.errors import SourceError

COLUMNS = ("id", "words")


def read(path: Path, content: str) -> list[tuple[str, str, str]]:
    path.write_text(content, encoding="utf-8", newline="")
    return [(row.place.rsplit(":", 1)[-1], row["id"], row["words"]) for row in rows(path, COLUMNS)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,words\n", []),
        ("id,words\na,b\n", [("2", "a", "b")]),
        ("id,words\na,b", [("2", "a", "b")]),
        ("id,words\n\n a , b \n\nc,d\n", [("3", "a", "b"), ("5", "c", "d")]),
        ('id,words\na,"b, ""c"""\n', [("2", "a", 'b, "c"')]),
        ('id,words\na,"b\nc"\nd,e\n', [("3", "a", "b\nc"), ("4", "d", "e")]),
        ("\ufeffid,words\r\na,b\r\n", [("2", "a", "b")]),
        ('\ufeffid;words\r\na;b, c\r\nd;"e;f"\r\n', [("2", "a", "b, c"), ("3", "d", "e;f")]),
    ],
    ids=[
        "no row",
        "a row",
        "no final line end",
        "blanks",
        "quotation marks",
        "a cell of two lines",
        "a byte order mark",
        "semicolons, as Excel saves them",
    ],
)
def test_rows_have_the_line_on_which_they_end(
    content: str, expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    assert read(tmp_path / "table.csv", content) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "table.csv:1: the columns are ''; write 'id,words'"),
        ("words,id\n", "table.csv:1: the columns are 'words,id'"),
        ("id;word\na;b\n", "table.csv:1: the columns are 'id;word'"),
        ("id;words\na;b;c\n", "table.csv:2: 3 cells for 2 columns; quote cells that hold a semicolon"),
        ("id,words\na\n", "table.csv:2: 1 cells for 2 columns; quote cells that hold a comma"),
        ("id,words\na,b\na,b,c\n", "table.csv:3: 3 cells for 2 columns"),
        ('id,words\na,"b\n', "table.csv:2: is not CSV"),
        ('id,words\na,"b"c\n', "table.csv:2: is not CSV"),
        ("\ufeff\ufeffid,words\n", "table.csv:1: the columns are"),
    ],
)
def test_a_table_that_is_none_is_refused(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "table.csv", content)
    assert message in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*(st.text("ab ,\"'äß„“", min_size=1).map(str.strip).filter(bool) for _ in COLUMNS)),
        max_size=6,
    )
)
def test_cells_are_read_back(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (COLUMNS, *cells)]
    found = read(tmp_path_factory.mktemp("tables") / "table.csv", "\n".join(lines) + "\n")
    assert [(one, two) for _, one, two in found] == cells
