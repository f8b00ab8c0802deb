"""Data, quality and about: what can be taken away, how good it is, who made it, what may be done with it."""

import csv
import hashlib
import io
import re

import pytest
from tests.service import Running

COUNTED = {  # what the report holds, counted by hand in its report.toml
    "Hypothese": 12,
    "Themenbereich": 4,
    "Tätigkeitsfeld": 10,
    "Fertigkeit": 61,
    "Einstufung einer Fertigkeit": 183,
}


def page(service: Running, path: str, language: str = "de") -> str:
    answer = service.client.get(path, headers={"accept": "text/html", "accept-language": language})
    assert answer.status_code == 200
    return answer.text


def test_every_file_can_be_taken_away_and_is_what_its_checksum_says(graph_service: Running) -> None:
    text = graph_service.client.get("/dumps.csv").content.decode("utf-8-sig")
    files = list(csv.DictReader(io.StringIO(text)))
    names = {file["file"] for file in files}
    assert {"stated.ttl", "coded.ttl", "ratings.csv", "ratings.xlsx", "clustergraph.trig"} <= names
    linked = set(re.findall(r'href="/dumps/([^"]+)" download', page(graph_service, "/dumps/")))
    assert linked == names
    known = [file for file in files if file["checksum"]]
    assert len(known) >= 10
    for file in known:
        body = graph_service.client.get(f"/dumps/{file['file']}").content
        assert hashlib.sha256(body).hexdigest() == file["checksum"]
        assert len(body) == int(file["size"])
    for file in files:
        assert graph_service.client.head(f"/dumps/{file['file']}").status_code == 200


def test_what_the_report_holds_is_in_the_data(graph_service: Running) -> None:
    text = page(graph_service, "/quality")
    rows = re.findall(
        r'<th scope="row"><a [^>]*>([^<]+)</a></th><td class="r">(\d+)</td><td class="r">(\d+)</td>', text
    )
    assert {kind: (int(declared), int(found)) for kind, declared, found in rows} == {
        kind: (number, number) for kind, number in COUNTED.items()
    }


def test_agreement_comes_with_its_interval(graph_service: Running) -> None:
    text = graph_service.client.get("/quality.csv?lang=en").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    counted = graph_service.rows(
        "SELECT (COUNT(*) AS ?n) { ?m a <http://www.w3.org/ns/dqv#QualityMeasurement> }"
    )
    assert len(rows) == int(counted[0]["n"])
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in rows)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Kein Mensch hat Codes und Übersetzungen geprüft."),
        ("fr", "Aucune personne n’a vérifié les codes ni les traductions."),
        ("en", "No person has checked the codes and translations."),
    ],
)
def test_about_says_that_machines_read_and_what_may_be_done(
    graph_service: Running, language: str, words: str
) -> None:
    text = page(graph_service, "/about", language)
    assert words in text
    assert "CC BY 4.0" in text
    assert "© Europäisches Kompetenz- und Forschungszentrum Clustermanagement" in text
    for place in ("method", "rights", "cite"):
        assert f'id="{place}"' in text


def test_other_data_have_the_same_pages(small: Running) -> None:
    assert "clustergraph.ttl" in page(small, "/dumps/")
    assert "CC BY 4.0" in page(small, "/about")
    assert "Diese Daten enthalten keine Angaben" in page(small, "/quality")
