"""The service in operation: start, reload, shutdown, log, metrics, and what stands in front of it."""

import fcntl
import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from tests.service import DATA, SMALL, Running, Start, beside, eventually, start_service
from tests.web.deadly import RUNAWAY

from clustergraph.errors import ClustergraphError
from clustergraph.web.server import ServeOptions, serve

COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://example.org/version> ?o }"


def write_release(folder: Path, number: int) -> None:
    """Write data whose version is visible in two triples that must never be mixed."""
    text = f"<http://example.org/a> <http://example.org/version> {number} .\n"
    fresh = folder / "new.tmp"
    fresh.write_text(text + text.replace("/a>", "/b>"), encoding="utf-8")
    fresh.replace(folder / "data.ttl")


def test_it_answers_soon_after_its_start() -> None:
    began = time.monotonic()
    service = start_service()
    assert service.get("ASK { ?s ?p ?o }").json()["boolean"] is True
    took = time.monotonic() - began
    service.stop()
    assert took < 5, "1.5 s on a quiet machine; the benchmark measures it"


def test_serving_imports_neither_builder_nor_engine(graph_service: Running) -> None:
    pids = graph_service.pid, graph_service.holder()
    maps = [Path(f"/proc/{pid}/maps").read_text(encoding="utf-8") for pid in pids]
    assert ["pyoxigraph" in loaded for loaded in maps] == [False, True]
    builders = "{'rdflib', 'pyshacl', 'SPARQLWrapper'}"
    code = f"import sys, clustergraph.web.server; print({builders} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


def test_a_reload_under_load_drops_and_mixes_nothing(start: Start, tmp_path: Path) -> None:
    write_release(tmp_path, 1)
    service = start(data=[str(tmp_path)])
    stop = threading.Event()
    seen: list[tuple[str, ...]] = []

    def ask() -> None:
        with httpx.Client(base_url=service.url, timeout=30) as client:
            while not stop.is_set() and len(seen) < 20_000:
                query = f"SELECT ?o {{ ?s <http://example.org/version> ?o }} #{len(seen) % 7}"
                bindings = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
                seen.append(tuple(row["o"]["value"] for row in bindings))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in (2, 3):
        write_release(tmp_path, number)
        service.send_signal(signal.SIGHUP)
        assert eventually(lambda number=number: (str(number),) * 2 in seen[-1:])  # type: ignore[misc]  # a lambda with a default has no type
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {("1", "1"), ("2", "2"), ("3", "3")}


def test_a_reload_of_broken_data_keeps_the_old(start: Start, tmp_path: Path) -> None:
    write_release(tmp_path, 1)
    service = start(data=[str(tmp_path)])
    (tmp_path / "data.ttl").write_text("this is no Turtle", encoding="utf-8")
    service.send_signal(signal.SIGHUP)
    assert "data.ttl" in service.said("not reloaded")
    assert service.rows(COUNT) == [{"n": "2"}]
    assert service.client.get("/dumps/data.ttl").text.count("version") == 2


def test_a_reload_that_fails_is_one_attempt_and_one_message_until_the_next(
    start: Start, tmp_path: Path
) -> None:
    write_release(tmp_path, 1)
    service = start(data=[str(tmp_path)])
    (tmp_path / "data.ttl").write_text("this is no Turtle", encoding="utf-8")
    for attempts in (1, 2):
        service.send_signal(signal.SIGHUP)
        assert eventually(lambda attempts=attempts: len(refusals(service)) == attempts)  # type: ignore[misc]  # a lambda with a default has no type
    assert service.calm()
    assert not eventually(lambda: len(service.family()) != service.processes or len(refusals(service)) > 2, 2)
    assert service.rows(COUNT) == [{"n": "2"}]
    write_release(tmp_path, 3)
    service.send_signal(signal.SIGHUP)
    assert service.said("clustergraph: reloaded")
    assert service.rows("SELECT DISTINCT ?o { ?s ?p ?o }") == [{"o": "3"}]


def refusals(service: Running) -> list[str]:
    return [line for line in service.lines if "not reloaded" in line]


def test_lost_data_that_cannot_be_loaded_are_served_again_once_they_can(start: Start, tmp_path: Path) -> None:
    write_release(tmp_path, 1)
    service = start(data=[str(tmp_path)])
    (tmp_path / "data.ttl").write_text("this is no Turtle", encoding="utf-8")
    os.kill(service.holder(), signal.SIGKILL)
    assert service.said("not loaded again")
    write_release(tmp_path, 2)
    assert eventually(lambda: service.get("SELECT ?o { ?s ?p ?o }").status_code == 200)
    assert service.calm()


def test_a_reload_asked_for_before_the_service_is_ready_waits(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    command = [sys.executable, "-m", "clustergraph", "serve", "--port", "0", "--data", *SMALL]
    with (store / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen([*command, "--store", str(store)], stderr=subprocess.PIPE, text=True)
        assert process.stderr
        assert "waits for another process" in process.stderr.readline()
        process.send_signal(signal.SIGHUP)
    with process:
        lines = iter(process.stderr.readline, "")
        assert any("clustergraph serves" in line for line in lines)
        assert next(lines) == "clustergraph: reloaded\n"
        process.terminate()
        assert process.wait(20) == 0


def test_a_signal_to_all_processes_ends_the_service_quietly(start: Start) -> None:
    service = start(data=SMALL)
    before = len(service.lines)
    for pid in (*service.below(), service.pid):
        os.kill(pid, signal.SIGTERM)
    assert service.process.wait(20) == 0
    service.stop()
    assert service.lines[before:] == []


def test_many_graphs_and_many_files_are_served(start: Start, tmp_path: Path) -> None:
    line = "<http://example.org/a> <http://example.org/p> <http://example.org/o> <http://example.org/{}> .\n"
    (tmp_path / "graphs.nq").write_text("".join(map(line.format, range(8000))), encoding="utf-8")
    for number in range(1200):
        (tmp_path / f"a-file-with-a-name-of-some-length-{number}.nq").write_text("", encoding="utf-8")
    service = start(data=[str(tmp_path)])
    assert service.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == [{"n": "8000"}]
    assert service.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [{"n": "1"}]


@pytest.mark.parametrize(
    ("name", "graph"),
    [("Meine Daten", "Meine%20Daten"), ("a{b}", "a%7Bb%7D"), ("Größe", "Größe"), ("100%", "100%25")],
)
def test_a_file_may_have_any_name(start: Start, tmp_path: Path, name: str, graph: str) -> None:
    (tmp_path / f"{name}.ttl").write_text("<http://e.org/a> <http://e.org/p> 1 .\n", encoding="utf-8")
    service = start(data=[str(tmp_path)])
    iri = f"https://w3id.org/clustergraph/graph/{graph}"
    assert service.rows("SELECT ?g { GRAPH ?g { ?s ?p ?o } }") == [{"g": iri}]
    assert service.client.get(f"/dumps/{quote(name)}.nt").text.startswith("<http://e.org/a>")


def test_entity_tags_change_with_the_data(start: Start, tmp_path: Path) -> None:
    write_release(tmp_path, 1)
    service = start(data=[str(tmp_path)])
    first = service.get(COUNT).headers["etag"]
    write_release(tmp_path, 2)
    service.send_signal(signal.SIGHUP)
    assert eventually(lambda: service.get(COUNT).headers["etag"] != first)


def test_a_running_query_may_end_when_the_service_stops(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 2.0})
    calm = len(service.below())
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(httpx.get(f"{service.url}/sparql", params={"query": RUNAWAY}, timeout=30).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    assert eventually(lambda: len(service.below()) > calm)
    assert service.stop() == 0
    thread.join()
    assert statuses == [504]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_when_nothing_runs(number: int) -> None:
    service = start_service(data=SMALL)
    service.get("ASK {}")
    began = time.monotonic()
    assert service.stop(number) == 0
    assert time.monotonic() - began < 4


def test_the_access_log_tells_each_request(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    service = start(data=SMALL, access_log=str(log))
    service.client.get("/sparql", params={"query": "ASK {}"}, headers={"x-request-id": "first"})
    service.get("ASK {}")
    service.get("ASK {")
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
        service.get("SELECT * { VALUES ?x { 1 'a\"}},{\"b' '\\r\\n' } }", accept)
    service.stop()
    first, second, third, *counted = [
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()
    ]
    assert first["request"] == "first"
    assert (first["status"], first["outcome"], first["cached"]) == (200, "ok", False)
    assert (second["cached"], second["query"]) == (True, first["query"])
    assert (third["status"], third["outcome"]) == (400, "syntax")
    assert [entry["rows"] for entry in counted] == [3, 3, 3]
    assert 0 < first["seconds"] < 10
    assert "ASK" not in log.read_text(encoding="utf-8")


def test_metrics_count_outcomes(start: Start) -> None:
    service = start(data=SMALL)
    service.get("ASK {}")
    service.get("ASK {}")
    service.get("ASK {")
    text = service.client.get("/metrics").text
    assert 'clustergraph_sparql_requests_total{cached="no",outcome="ok"} 1.0' in text
    assert 'clustergraph_sparql_requests_total{cached="yes",outcome="ok"} 1.0' in text
    assert 'clustergraph_sparql_requests_total{cached="no",outcome="syntax"} 1.0' in text
    assert "clustergraph_sparql_request_duration_seconds_count 3.0" in text
    assert "clustergraph_quads 16.0" in text


def test_health_is_told(small: Running) -> None:
    assert small.client.get("/health/live").json() == {"status": "live"}
    ready = small.client.get("/health/ready").json()
    assert (ready["status"], ready["quads"]) == ("ready", 16)
    assert small.client.head("/health/ready").status_code == 200


def test_a_dump_of_one_graph_is_its_file(graph_service: Running) -> None:
    for path in sorted((Path(__file__).parents[2] / "data" / "graph").glob("*.ttl")):
        assert graph_service.client.get(f"/dumps/{path.name}").content == path.read_bytes()


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig"])
def test_dumps_are_the_same_bytes_from_every_process(small: Running, start: Start, form: str) -> None:
    other = start(data=SMALL)
    one = small.client.get(f"/dumps/clustergraph.{form}")
    two = other.client.get(f"/dumps/clustergraph.{form}")
    assert one.content == two.content
    again = small.client.get(f"/dumps/clustergraph.{form}", headers={"if-none-match": one.headers["etag"]})
    assert again.status_code == 304


def test_data_may_be_gzipped_and_in_any_of_four_formats(start: Start, tmp_path: Path) -> None:
    triple = "<http://example.org/{}> <http://example.org/p> <http://example.org/o> "
    for name, graph in (("a.ttl", ""), ("b.nt", ""), ("c.nq", "<http://example.org/g> ")):
        text = f"{triple.format(name)}{graph}.\n"
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    shutil.copy(DATA / "small.trig", tmp_path)
    service = start(data=[str(tmp_path)])
    rows = service.rows("SELECT ?g ?s { GRAPH ?g { ?s <http://example.org/p> ?o } } ORDER BY ?s")
    assert [row["g"] for row in rows] == [
        "https://w3id.org/clustergraph/graph/a",
        "https://w3id.org/clustergraph/graph/b",
        "http://example.org/g",
    ]
    assert service.get("ASK { ?s a <http://example.org/Town> }").json()["boolean"] is True


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("missing.ttl", None, "no such file or folder"),
        ("data.docx", "x", "unknown kind of file"),
        ("broken.ttl", "<a> <b> .", "fix the file"),
        ("broken.ttl.gz", "no gzip", "cannot be read"),
    ],
)
def test_data_that_cannot_be_served_are_an_error_in_words(
    tmp_path: Path, name: str, text: str | None, fault: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ClustergraphError, match=fault):
        serve(ServeOptions(port=0, data=(path,)))


def test_a_port_that_is_taken_is_an_error_in_words(small: Running) -> None:
    port = urlsplit(small.url).port or 0
    with pytest.raises(ClustergraphError, match="choose another --host or --port"):
        serve(ServeOptions(port=port))


def test_under_a_sub_path_all_links_hold(start: Start) -> None:
    service = start(data=SMALL, public_url="https://example.org/graph")
    with httpx.Client(base_url=service.url) as plain:
        page = plain.get("/", headers={"accept-language": "en"})
        assert 'href="/graph/static/pages.css?' in page.text
        assert 'action="/graph/search"' in page.text
        assert plain.get("/sparql", params={"query": "ASK {}"}).json() == {"head": {}, "boolean": True}
        assert plain.get("/health/ready").status_code == 200
        assert (
            "<https://example.org/graph/sparql>"
            in plain.get("/sparql", headers={"accept": "application/n-triples"}).text
        )


def test_a_request_that_never_ends_holds_nothing_up(small: Running) -> None:
    parts = urlsplit(small.url)
    place = (parts.hostname or "", parts.port or 0)
    slow = [socket.create_connection(place) for _ in range(200)]
    try:
        for connection in slow:
            connection.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        with beside(small) as others:
            assert others.more(50)
        assert others.failed == []
    finally:
        for connection in slow:
            connection.close()


def test_an_endless_head_is_refused(small: Running) -> None:
    parts = urlsplit(small.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        connection.settimeout(10)
        connection.sendall(b"GET /sparql HTTP/1.1\r\nHost: x\r\nX-Long: ")
        answer = b""
        try:
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
            answer = connection.recv(1000)
        except ConnectionError:
            answer = answer or b"closed"
        assert answer.startswith((b"HTTP/1.1 431", b"closed"))


@pytest.mark.parametrize(("head", "status"), [("HTTP/1.1\r\n", b"400"), ("HTTP/1.0\r\n", b"200")])
def test_a_host_is_demanded_from_http_1_1(small: Running, head: str, status: bytes) -> None:
    parts = urlsplit(small.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        connection.settimeout(10)
        connection.sendall(f"GET /sparql?query=ASK%7B%7D {head}Connection: close\r\n\r\n".encode())
        assert connection.recv(1000).split()[1] == status
