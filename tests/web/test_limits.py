"""At every limit the work stops, its own client is told, and nobody else notices."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from tests.service import SMALL, TOWNS, Running, Start, alive, beside, eventually, start_service
from tests.web.deadly import DEADLY, RUNAWAY

HUNGRY = (
    "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?a ?b ?c ?d WHERE { "
    + " ".join(f"VALUES ?{name} {{ {' '.join(map(str, range(100)))} }}" for name in "abcd")
    + " } }"
)
LARGE = (
    "SELECT * WHERE { "
    + " ".join(f"VALUES ?{name} {{ {' '.join(map(str, range(100)))} }}" for name in "abc")
    + " }"
)
"""A million rows."""


@pytest.fixture(scope="module")
def brief() -> Iterator[Running]:
    """A service whose queries may run for one and a half seconds."""
    service = start_service(data=SMALL, limits={"seconds": 1.5, "memory": 200 << 20})
    yield service
    service.stop()


@pytest.mark.parametrize("name", DEADLY)
def test_a_deadly_query_harms_only_itself(brief: Running, name: str) -> None:
    with beside(brief) as others:
        assert others.more(5)
        response = brief.client.post("/sparql", data={"query": DEADLY[name]})
        assert others.more(5)
    assert response.status_code in (200, 400, 500, 504, 507)
    if response.status_code != 200:
        assert response.json()["type"].rpartition("/")[2] in ("complexity", "time", "memory", "syntax")
    assert others.failed == []


def test_a_query_that_ends_its_process_is_an_honest_error(small: Running) -> None:
    deep = f"SELECT * WHERE {{ {'{' * 120_000} {'}' * 120_000} }}"
    response = small.client.post("/sparql", data={"query": deep})
    assert response.status_code == 500
    assert response.json()["type"].endswith("/complexity")
    assert small.get("ASK {}").text == '{"head":{},"boolean":true}'


def test_at_the_time_limit_the_work_is_gone_from_the_processor(brief: Running) -> None:
    began = time.monotonic()
    response = brief.get(RUNAWAY)
    assert response.status_code == 504
    assert 1.4 < time.monotonic() - began < 3
    before = brief.processor()
    assert not eventually(lambda: brief.processor() - before > 0.3, 1.0)


def test_a_client_may_ask_for_less_time_but_not_for_more(brief: Running) -> None:
    began = time.monotonic()
    assert brief.get(RUNAWAY, timeout="0.2").status_code == 504
    assert time.monotonic() - began < 1.2
    began = time.monotonic()
    assert brief.get(RUNAWAY + "#", timeout="60").status_code == 504
    assert time.monotonic() - began < 4


def test_a_query_over_its_memory_costs_its_own_answer_only(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 30.0, "memory": 100 << 20})
    with beside(service) as others:
        response = service.get(HUNGRY)
    assert response.status_code == 507
    assert response.json()["type"].endswith("/memory")
    assert others.failed == []


def test_light_queries_stay_light_while_eight_run_away(brief: Running) -> None:
    outcomes: list[int] = []

    def run_away(number: int) -> None:
        response = httpx.get(f"{brief.url}/sparql", params={"query": f"{RUNAWAY}#{number}"}, timeout=30)
        outcomes.append(response.status_code)

    threads = [threading.Thread(target=run_away, args=(number,)) for number in range(8)]
    with beside(brief) as others:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [504] * 8
    assert others.failed == []
    assert others.quantile(0.5) < 250


def test_beyond_its_queues_the_service_says_so_at_once(start: Start) -> None:
    limits = {"seconds": 3.0, "heavy_workers": 1, "heavy_queue": 1}
    service = start(data=SMALL, limits=limits)
    responses: list[httpx.Response] = []

    def run_away(number: int) -> None:
        query = {"query": f"{RUNAWAY}#{number}"}
        responses.append(httpx.get(f"{service.url}/sparql", params=query, timeout=30))

    threads = [threading.Thread(target=run_away, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: any(response.status_code == 503 for response in responses), 2.5)
    assert service.get(TOWNS).status_code == 200
    for thread in threads:
        thread.join()
    assert sorted(response.status_code for response in responses) == [503, 503, 504, 504]
    refused = next(response for response in responses if response.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0


def test_a_client_that_goes_stops_its_query(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = len(service.below())
    parts = urlsplit(service.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        target = f"/sparql?query={quote(RUNAWAY)}"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert eventually(lambda: len(service.below()) > calm)
        running = set(service.below())
    assert eventually(lambda: len(service.below()) == calm)
    assert running - set(service.below())


def test_a_client_that_goes_in_the_middle_of_an_answer_stops_its_query(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = len(service.below())
    with httpx.stream("GET", f"{service.url}/sparql", params={"query": LARGE}, timeout=30) as response:
        pieces = response.iter_raw(1000)
        next(pieces)
        assert eventually(lambda: len(service.below()) > calm)
    assert eventually(lambda: len(service.below()) == calm)


def test_a_large_answer_streams_whole_and_in_bounded_memory(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})  # a busy machine gives a heavy query little time
    began = time.monotonic()
    lines = 0
    first = 0.0
    with service.client.stream(
        "GET", "/sparql", params={"query": LARGE}, headers={"accept": "text/csv"}
    ) as response:
        for chunk in response.iter_bytes():
            first = first or time.monotonic() - began
            lines += chunk.count(b"\n")
    assert response.headers.get("transfer-encoding") == "chunked"
    assert lines == 1_000_001
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 200 * 1024


def test_a_broken_answer_cannot_be_taken_for_a_whole_one(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 1.0})
    endless = "SELECT * WHERE { " + LARGE.removeprefix("SELECT * WHERE {").removesuffix("}")
    endless += " ".join(f"VALUES ?{name} {{ {' '.join(map(str, range(100)))} }}" for name in "de") + " }"
    with pytest.raises(httpx.RemoteProtocolError):
        service.get(endless)


def test_an_answer_over_its_cap_is_refused_or_breaks_off(start: Start) -> None:
    """Which of the two depends on whether the cap was met before the first piece went out."""
    service = start(data=SMALL, limits={"buffered_bytes": 10_000, "max_answer_bytes": 100_000})
    try:
        answer = service.get(LARGE)
    except httpx.RemoteProtocolError:
        return
    assert (answer.status_code, answer.json()["type"]) == (
        507,
        "https://w3id.org/clustergraph/problem/answer-size",
    )


def test_a_worker_killed_from_outside_loses_no_query(start: Start) -> None:
    service = start(data=SMALL)
    with beside(service) as others:
        for _ in range(5):
            os.kill(service.workers()[0], signal.SIGKILL)
            assert others.more(20)
    assert others.failed == []


def test_the_process_with_the_data_killed_from_outside_is_replaced(start: Start) -> None:
    service = start(data=SMALL)
    os.kill(service.holder(), signal.SIGKILL)
    assert eventually(lambda: service.get("ASK {}").status_code == 200)


def test_a_killed_service_leaves_no_process(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = len(service.below())
    thread = threading.Thread(target=forgiving_get, args=(service.url, RUNAWAY))
    thread.start()
    assert eventually(lambda: len(service.below()) > calm)
    below = set(service.below())
    service.process.kill()
    thread.join()
    assert eventually(lambda: not alive(below))


def forgiving_get(url: str, query: str) -> None:
    """Send a query whose connection may be lost."""
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/sparql", params={"query": query}, timeout=30)


def test_long_queries_are_answered_side_by_side(small: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = [f"SELECT ({number} AS ?x) {{}} #{'x' * 900_000}" for number in range(16)]
        headers = {"content-type": "application/sparql-query", "accept": "text/csv"}
        posted = pool.map(lambda text: small.client.post("/sparql", content=text, headers=headers), texts)
        assert [answer.text.split()[1] for answer in posted] == [str(number) for number in range(16)]
