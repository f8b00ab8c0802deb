"""The job profile as people see it: all marks, what can be chosen of them, and the same as a table."""

import csv
import io
import re

import pytest
from tests.service import Running

SPREAD_3 = (  # lines 233, 239, 256, 259 and 276
    "Erarbeiten und Festlegen",
    "Identifizieren von gemeinsamen Interessen",
    "Antizipieren und Mobilisieren",
    "Einarbeiten in neue Themengebiete",
    "Schaffen von Vertrauen",
)
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
    text = graph_service.client.get("/skills.csv?spread=3&lang=de").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["skill"][:12] for row in rows] == [text[:12] for text in SPREAD_3]
    assert [(row["DE_level"], row["FR_level"], row["CH_level"]) for row in rows[-1:]] == [
        ("sehr wichtig", "eher wichtig", "unwichtig")
    ]
