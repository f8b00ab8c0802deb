"""A service whose data lie on disk: the same answers and limits; and long answers that take no memory."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.service import DATA, Running, Start

if TYPE_CHECKING:
    import httpx

SMALL = str(DATA / "small.trig")
NUMBERS = "VALUES ?{0} {{ {1} }}"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
MIB = 1024 * 1024


def product(name: str, rows: int) -> str:
    """Return a query with so many rows times a thousand."""
    first, second = (" ".join(map(str, range(number))) for number in (rows, 1000))
    return f"SELECT * {{ {NUMBERS.format(name, first)} {NUMBERS.format('b', second)} }}"


def peak(pid: int) -> int:
    """Return the most memory that a process ever had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def test_a_service_on_disk_answers_as_one_in_memory(start: Start, small: Running, tmp_path: Path) -> None:
    service = start(data=[SMALL], store=str(tmp_path / "store"))
    for query in (COUNT, "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", "ASK { ?s a ?c }"):
        assert service.get(query).text == small.get(query).text
    ready, other = (of.client.get("/health/ready").json() for of in (service, small))
    assert ready == other, "one identity, so one entity tag"


def test_a_service_starts_from_what_was_loaded(start: Start, tmp_path: Path) -> None:
    store = tmp_path / "store"
    former = start(data=[SMALL], store=str(store))
    rows = former.rows(COUNT)
    former.stop()
    manifest = (store / "store.json").stat().st_mtime_ns
    assert start(store=str(store)).rows(COUNT) == rows
    assert (store / "store.json").stat().st_mtime_ns == manifest


def test_a_reload_exchanges_the_release_on_disk(start: Start, tmp_path: Path) -> None:
    data, store = tmp_path / "towns.nt", tmp_path / "store"
    data.write_text("<http://e.org/a> <http://e.org/p> 1 .\n".replace("1", '"1"'), encoding="utf-8")
    service = start(data=[str(data)], store=str(store))
    assert service.rows(COUNT) == [{"n": "1"}]
    data.write_text("".join(f'<http://e.org/a> <http://e.org/p> "{n}" .\n' for n in "12"), encoding="utf-8")
    service.send_signal(signal.SIGHUP)
    assert service.said("clustergraph: reloaded\n")
    assert service.rows(COUNT) == [{"n": "2"}]


def test_two_services_share_one_folder(start: Start, tmp_path: Path) -> None:
    one = start(data=[SMALL], store=str(tmp_path / "store"))
    two = start(store=str(tmp_path / "store"))
    assert one.rows(COUNT) == two.rows(COUNT)


def test_a_worker_on_disk_is_killed_at_its_limit_and_replaced(start: Start, tmp_path: Path) -> None:
    service = start(data=[SMALL], store=str(tmp_path / "store"), limits={"seconds": 0.5})
    endless = " ".join(NUMBERS.format(name, " ".join(map(str, range(1000)))) for name in "abcd")
    assert service.get(f"SELECT (COUNT(*) AS ?n) {{ {endless} }}").status_code == 504
    assert service.get("ASK {}").status_code == 200


def test_nothing_to_open_is_one_line(tmp_path: Path, start: Start) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text("<a> <b> .", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=r"bad\.ttl:1: .*fix the file"):
        start(data=[str(bad)], store=str(tmp_path / "store"))


def test_a_long_answer_begins_early_and_takes_no_memory(small: Running) -> None:
    with stream(small, product("a", 30)) as response:
        short = sum(len(piece) for piece in response.iter_raw())
    before = peak(small.process.pid)
    with stream(small, product("a", 400)) as response:
        pieces = response.iter_raw(MIB)
        first = next(pieces)
        size = len(first) + sum(map(len, pieces))
    assert size > 10 * short
    assert len(first) <= MIB
    assert peak(small.process.pid) - before < 8 * MIB


def stream(service: Running, query: str) -> "httpx._client._StreamContextManager":
    headers = {"accept": "text/csv", "accept-encoding": "identity"}
    return service.client.stream("POST", "/sparql", data={"query": query}, headers=headers)


def test_a_dump_that_its_format_cannot_hold_is_refused(start: Start, tmp_path: Path) -> None:
    for name, turtle in {
        "digit": '<http://ex.org/s> <http://ex.org/1> "x" .',
        "escape": '<http://ex.org/s> <http://ex.org/p> "\\u001B]0;x" .',
        "star": "<urn:a> <urn:b> <<( <urn:a> <urn:b> <urn:c> )>> .",
    }.items():
        (tmp_path / f"{name}.ttl").write_text(turtle, encoding="utf-8")
    service = start(data=[str(tmp_path)])
    for path in ("digit.rdf", "escape.rdf", "star.jsonld", "clustergraph.rdf", "clustergraph.jsonld"):
        answer = service.client.get(f"/dumps/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")
        assert "ask for Turtle" in answer.json()["detail"]
    for path in ("digit.nt", "escape.jsonld", "star.ttl", "clustergraph.trig"):
        assert service.client.get(f"/dumps/{path}").status_code == 200
