"""At every limit the work stops, its own client is told, and nobody else notices."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from tests.web.conftest import DATA, Running, Start, start_service
from tests.web.deadly import DEADLY, RUNAWAY

SMALL = [str(DATA / "small.trig")]
LIGHT = "SELECT ?s WHERE { ?s a <http://example.org/Town> } # %d"
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


class Beside:
    """Sends light queries, each a new one, while a test does something else; keeps what came back."""

    def __init__(self, service: Running) -> None:
        self._url = service.url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.statuses: list[int] = []
        self.seconds: list[float] = []

    def __enter__(self) -> "Beside":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while not self._stop.is_set() and len(self.statuses) < 5000:
                began = time.perf_counter()
                response = client.get("/sparql", params={"query": LIGHT % len(self.statuses)})
                self.statuses.append(response.status_code if b"basel" in response.content else 0)
                self.seconds.append(time.perf_counter() - began)


def workers_of(service: Running) -> dict[int, int]:
    """Return the processes below the service, by number, with the processor ticks they have used."""
    found: dict[int, int] = {}
    parents = {service.process.pid}
    stats = {int(path.parent.name): stat_of(path) for path in Path("/proc").glob("[0-9]*/stat")}
    for _ in range(3):
        children = {pid for pid, stat in stats.items() if stat and int(stat[1]) in parents}
        found |= {pid: int(stats[pid][11]) + int(stats[pid][12]) for pid in children}
        parents |= children
    return found


def stat_of(path: Path) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, none where the process has gone or is a zombie."""
    try:
        fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] == "Z" else fields


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until something holds, for a bounded time."""
    deadline = time.monotonic() + seconds
    waiting = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        waiting.wait(0.02)
    return True


@pytest.fixture(scope="module")
def brief() -> Iterator[Running]:
    """A service whose queries may run for one and a half seconds."""
    service = start_service(data=SMALL, limits={"seconds": 1.5, "memory": 200 << 20})
    yield service
    service.stop()


@pytest.mark.parametrize("name", DEADLY)
def test_a_deadly_query_harms_only_itself(brief: Running, name: str) -> None:
    with Beside(brief) as beside:
        assert eventually(lambda: len(beside.statuses) > 5)
        response = brief.client.post("/sparql", data={"query": DEADLY[name]})
        done = len(beside.statuses)
        assert eventually(lambda: len(beside.statuses) > done + 5)
    assert response.status_code in (200, 400, 500, 504, 507)
    if response.status_code != 200:
        assert response.json()["type"].rpartition("/")[2] in ("complexity", "time", "memory", "syntax")
    assert set(beside.statuses) == {200}


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
    before = workers_of(brief)
    assert not eventually(lambda: sum(workers_of(brief).values()) - sum(before.values()) > 30, 1.0)


def test_a_client_may_ask_for_less_time_but_not_for_more(brief: Running) -> None:
    began = time.monotonic()
    assert brief.get(RUNAWAY, timeout="0.2").status_code == 504
    assert time.monotonic() - began < 1.2
    began = time.monotonic()
    assert brief.get(RUNAWAY + "#", timeout="60").status_code == 504
    assert time.monotonic() - began < 4


def test_a_query_over_its_memory_costs_its_own_answer_only(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 30.0, "memory": 100 << 20})
    with Beside(service) as beside:
        response = service.get(HUNGRY)
    assert response.status_code == 507
    assert response.json()["type"].endswith("/memory")
    assert set(beside.statuses) == {200}


def test_light_queries_stay_light_while_eight_run_away(brief: Running) -> None:
    with Beside(brief) as calm:
        assert eventually(lambda: len(calm.seconds) >= 300, 20)
    outcomes: list[int] = []

    def run_away(number: int) -> None:
        response = httpx.get(f"{brief.url}/sparql", params={"query": f"{RUNAWAY}#{number}"}, timeout=30)
        outcomes.append(response.status_code)

    threads = [threading.Thread(target=run_away, args=(number,)) for number in range(8)]
    with Beside(brief) as busy:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [504] * 8
    assert set(busy.statuses) == {200}
    assert sorted(busy.seconds)[len(busy.seconds) // 2] < 0.25


def test_beyond_its_queues_the_service_says_so_at_once(start: Start) -> None:
    limits = {"seconds": 3.0, "heavy": 1, "heavy_queue": 1}
    service = start(data=SMALL, limits=limits)
    responses: list[httpx.Response] = []

    def run_away(number: int) -> None:
        query = {"query": f"{RUNAWAY}#{number}"}
        responses.append(httpx.get(f"{service.url}/sparql", params=query, timeout=30))

    threads = [threading.Thread(target=run_away, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: any(response.status_code == 503 for response in responses), 2.5)
    assert service.get(LIGHT).status_code == 200
    for thread in threads:
        thread.join()
    assert sorted(response.status_code for response in responses) == [503, 503, 504, 504]
    refused = next(response for response in responses if response.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0


def test_a_client_that_goes_stops_its_query(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = set(workers_of(service))
    parts = urlsplit(service.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        target = f"/sparql?query={quote(RUNAWAY)}"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert eventually(lambda: len(workers_of(service)) > len(calm))
        running = set(workers_of(service))
    assert eventually(lambda: len(workers_of(service)) == len(calm), 3)
    assert running - set(workers_of(service))


def test_a_client_that_goes_in_the_middle_of_an_answer_stops_its_query(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = len(workers_of(service))
    with httpx.stream("GET", f"{service.url}/sparql", params={"query": LARGE}, timeout=30) as response:
        pieces = response.iter_raw(1000)
        next(pieces)
        assert eventually(lambda: len(workers_of(service)) > calm)
    assert eventually(lambda: len(workers_of(service)) == calm, 3)


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


def test_an_answer_over_its_cap_breaks_off(start: Start) -> None:
    service = start(data=SMALL, limits={"held": 10_000, "answer": 100_000})
    with pytest.raises(httpx.RemoteProtocolError):
        service.get(LARGE)


def test_a_worker_killed_from_outside_loses_no_query(start: Start) -> None:
    service = start(data=SMALL)
    with Beside(service) as beside:
        for _ in range(5):
            done = len(beside.statuses)
            nursery = next(pid for pid, stat in parents_of(service).items() if stat == service.process.pid)
            workers = [pid for pid, parent in parents_of(service).items() if parent == nursery]
            os.kill(workers[0], signal.SIGKILL)
            assert eventually(lambda done=done: len(beside.statuses) > done + 20)  # type: ignore[misc]
    assert set(beside.statuses) == {200}


def test_the_process_with_the_data_killed_from_outside_is_replaced(start: Start) -> None:
    service = start(data=SMALL)
    nursery = next(pid for pid, parent in parents_of(service).items() if parent == service.process.pid)
    os.kill(nursery, signal.SIGKILL)
    assert eventually(lambda: service.get("ASK {}").status_code == 200, 2)


def test_a_killed_service_leaves_no_process(start: Start) -> None:
    service = start(data=SMALL, limits={"seconds": 60.0})
    calm = len(workers_of(service))
    thread = threading.Thread(target=forgiving_get, args=(service.url, RUNAWAY))
    thread.start()
    assert eventually(lambda: len(workers_of(service)) > calm)
    below = set(workers_of(service))
    service.process.kill()
    thread.join()
    assert eventually(lambda: not any(stat_of(Path(f"/proc/{pid}/stat")) for pid in below), 3)


def forgiving_get(url: str, query: str) -> None:
    """Send a query whose connection may be lost."""
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/sparql", params={"query": query}, timeout=30)


def parents_of(service: Running) -> dict[int, int]:
    """Return the processes below the service with their parents."""
    below = workers_of(service)
    stats = {pid: stat_of(Path(f"/proc/{pid}/stat")) for pid in below}
    return {pid: int(stat[1]) for pid, stat in stats.items() if stat}


def test_long_queries_are_answered_side_by_side(small: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = [f"SELECT ({number} AS ?x) {{}} #{'x' * 900_000}" for number in range(16)]
        headers = {"content-type": "application/sparql-query", "accept": "text/csv"}
        posted = pool.map(lambda text: small.client.post("/sparql", content=text, headers=headers), texts)
        assert [answer.text.split()[1] for answer in posted] == [str(number) for number in range(16)]
