"""What people see: pages in their language, forms for parameters, tables to download, links that lead on."""

import csv
import io
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import pytest

from clustergraph.tables import building


class Links(HTMLParser):
    """Collects what a page links to and what it loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values["href"])
        self.loads += [values[name] for name in ("src",) if name in values]
        if tag == "link":
            self.loads.append(values["href"])


def fetch(address: str, **headers: str) -> bytes:
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def get(address: str, **headers: str) -> str:
    return fetch(address, **headers).decode("utf-8-sig")


@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_home_speaks_the_readers_language(served: str, language: str) -> None:
    page = get(served, Accept_Language=language, Accept="text/html")
    assert f'<html lang="{language}">' in page


def test_home_loads_nothing_from_elsewhere_and_its_documents_answer(served: str) -> None:
    page = Links(get(f"{served}?lang=fr", Accept="text/html"))
    assert not [link for link in (*page.links, *page.loads) if link.startswith("http")], "no third party"
    documents = {link for link in page.links if link.startswith(("/doc/", "/text/", "/theses", "/skills"))}
    assert len(documents) > 20
    for link in (*documents, *page.loads):
        assert fetch(urllib.parse.urljoin(served, link), Accept="text/html,*/*;q=0.5")


@pytest.mark.parametrize(
    ("table", "rows"), [("ratings", 183), ("skills", 61), ("hypotheses", 12), ("statements", 214)]
)
def test_a_table_can_be_downloaded(served: str, table: str, rows: int) -> None:
    found = list(csv.reader(io.StringIO(get(f"{served}dumps/{table}.csv"))))
    assert len(found) == rows + 1


def test_a_table_can_be_downloaded_as_a_workbook(served: str) -> None:
    """It is the workbook that the command line makes, twice the same, however large it is."""
    local = building.files("xlsx")
    for name in ("ratings.xlsx", "statements.xlsx"):
        with urllib.request.urlopen(f"{served}dumps/{name}", timeout=60) as answer:
            assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
            assert answer.read() == local[name]
        with urllib.request.urlopen(f"{served}dumps/{name}", timeout=60) as again:
            assert again.read() == local[name]


def test_an_unknown_workbook_is_not_found(served: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{served}dumps/nothing.xlsx")


def test_the_tables_are_described(served: str) -> None:
    assert '"url": "ratings.csv"' in get(f"{served}dumps/csv-metadata.json")


def test_an_unknown_table_is_not_found(served: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{served}dumps/nothing.csv")
