"""The one way in which tests start a service: with options or by command, watched from outside, then ended.

Nothing here counts on a calm machine: what takes time is waited for with :func:`eventually`, and a query may
run for five minutes unless a test is about its limit.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
import pytest

DATA = Path(__file__).parent / "web" / "data"
SMALL = [str(DATA / "small.trig")]
"""A data set of sixteen quads: some towns and a river."""

MIB = 1024 * 1024
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
TOWNS = "SELECT ?s WHERE { ?s a <http://example.org/Town> } # %d"
RATINGS = (
    "SELECT (COUNT(DISTINCT ?r) AS ?n) WHERE { ?r a <https://w3id.org/clustergraph/ns#SkillRating> } # %d"
)
ADDRESS = re.compile(r"clustergraph serves (http://\S+)/\n")
START = """
import json
import sys
from pathlib import Path
from clustergraph.store.limits import Limits
from clustergraph.web.server import ServeOptions, serve
options = json.loads(sys.argv[1])
limits = Limits(**{"seconds": 300.0} | options.pop("limits", {}))
data = tuple(Path(path) for path in options.pop("data", ()))
store = Path(options.pop("store")) if "store" in options else None
serve(ServeOptions(port=0, data=data, store=store, limits=limits, **options))
"""


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until something holds, for a bounded time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Process:
    """What the system says of a process."""

    pid: int
    parent: int
    state: str
    seconds: float
    """Seconds of processor time."""
    memory: int
    """Bytes that are in memory, shared ones included."""


def process(pid: int) -> Process | None:
    """Return what the system says of a process; None where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    stat = text.rpartition(")")[2].split()
    seconds = (int(stat[11]) + int(stat[12])) / TICKS
    return Process(pid, int(stat[1]), stat[0], seconds, int(stat[21]) * PAGE)


def alive(pids: Iterable[int]) -> list[Process]:
    """Return the processes that still run, zombies left out."""
    return [one for one in map(process, pids) if one and one.state != "Z"]


def family(root: int) -> dict[int, Process]:
    """Return a process and all below it, zombies included."""
    everything = [process(int(path.name)) for path in Path("/proc").glob("[0-9]*")]
    there = {one.pid: one for one in everything if one}
    found = {root}
    for _ in range(4):
        found |= {pid for pid, one in there.items() if one.parent in found}
    return {pid: there[pid] for pid in found if pid in there}


@dataclass
class Running:
    """A service that was started for tests; what it says on its standard error is read on."""

    process: "subprocess.Popen[str]"
    url: str
    lines: list[str] = field(default_factory=list)
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.pid = self.process.pid
        self.client = httpx.Client(base_url=self.url, timeout=300)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._asked = 0
        self.processes = len(self.family())

    def _read(self) -> None:
        assert self.process.stderr
        with suppress(ValueError):
            self.lines.extend(iter(self.process.stderr.readline, ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def get(self, query: str, accept: str = "", **parameters: str) -> httpx.Response:
        """Send a query by GET."""
        headers = {"accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": query, **parameters}, headers=headers)

    def rows(self, query: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT as variable to value."""
        bindings = self.get(query).raise_for_status().json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]

    def ratings(self) -> int:
        """Return how many ratings the service counts, asked anew."""
        self._asked += 1
        return int(self.rows(RATINGS % self._asked)[0]["n"])

    def said(self, words: str) -> str:
        """Wait for a line with these words on standard error, and return it; empty where none comes."""
        eventually(lambda: any(words in line for line in self.lines))
        return next((line for line in self.lines if words in line), "")

    def send_signal(self, number: int) -> None:
        """Send the service a signal."""
        self.process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the service and return its exit code."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        self._reader.join(10)
        if self.process.stderr:
            self.process.stderr.close()
        return code

    def family(self) -> dict[int, Process]:
        """Return the service's processes, zombies included."""
        return family(self.pid)

    def below(self) -> dict[int, Process]:
        """Return the running processes below the front."""
        return {pid: one for pid, one in self.family().items() if pid != self.pid and one.state != "Z"}

    def holder(self) -> int:
        """Return the number of the process that holds the data: the front's child."""
        return next(pid for pid, one in self.below().items() if one.parent == self.pid)

    def workers(self) -> list[int]:
        """Return the numbers of the workers: the children of the process that holds the data."""
        below = self.below()
        holders = {pid for pid, one in below.items() if one.parent == self.pid}
        return [pid for pid, one in below.items() if one.parent in holders]

    def memory(self) -> tuple[float, float]:
        """Return MiB of the front, and of the largest process below it."""
        sizes = {pid: one.memory / MIB for pid, one in self.family().items()}
        return sizes.pop(self.pid, 0.0), max(sizes.values(), default=0.0)

    def processor(self) -> float:
        """Return the seconds of processor time that the living processes have used."""
        return sum(one.seconds for one in self.family().values())

    def calm(self, seconds: float = 60) -> bool:
        """Tell whether there are soon as many processes as at the start."""
        return eventually(lambda: len(self.family()) == self.processes, seconds)

    def idle(self) -> float:
        """Return the share of one processor that the service takes over half a second."""
        before, began = self.processor(), time.monotonic()
        threading.Event().wait(0.5)
        return max(self.processor() - before, 0) / (time.monotonic() - began)


Start = Callable[..., Running]


def start_service(**options: object) -> Running:
    """Start a service with options of :class:`ServeOptions`, and wait until it says its address."""
    return launch([sys.executable, "-c", START, json.dumps(options)])


def launch(command: list[str], cwd: Path | None = None) -> Running:
    """Start a command that serves, and wait until it says its address."""
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    lines = []
    for line in process.stderr:
        lines.append(line)
        if found := ADDRESS.fullmatch(line):
            return Running(process, found.group(1), lines)
    process.wait(20)
    process.stderr.close()
    pytest.fail("the service did not start:\n" + "".join(lines))


@dataclass
class Load:
    """Clients that ask light queries, each a new one, while something else happens."""

    url: str
    query: str = RATINGS
    expected: bytes = b'"183"'
    clients: int = 2
    cap: int = 20_000
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What went wrong; also that no answer came at all."""

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(self.clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if not self.seconds:
            self.failed.append("no answer")

    def _run(self, client: int) -> None:
        with httpx.Client(base_url=self.url, timeout=300) as http:
            number = client * 10_000_000
            while not self._stop.is_set() and len(self.seconds) < self.cap:
                number += 1
                began = time.perf_counter()
                try:
                    response = http.get("/sparql", params={"query": self.query % number})
                except httpx.TransportError as error:
                    self.failed.append(type(error).__name__)
                    self._stop.wait(0.05)
                    continue
                self.seconds.append(time.perf_counter() - began)
                if response.status_code != 200 or self.expected not in response.content:
                    self.failed.append(f"{response.status_code} {response.text[:200]}")

    def more(self, number: int, seconds: float = 60) -> bool:
        """Wait until so many further answers have come."""
        goal = len(self.seconds) + number
        return eventually(lambda: len(self.seconds) >= goal, seconds)

    def quantile(self, share: float) -> float:
        """Return a quantile of the answers' times in milliseconds."""
        values = sorted(self.seconds)
        return values[min(int(share * len(values)), len(values) - 1)] * 1000 if values else 0.0


def beside(service: Running) -> Load:
    """Return one client that asks a service of the small data set while a test does something else."""
    return Load(service.url, TOWNS, b"basel", clients=1, cap=5000)


class Supervised:
    """The command line's service on a port of its own, started again whenever it ends."""

    def __init__(self, port: int, *arguments: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "clustergraph", "serve", "--port", str(port), *arguments]
        self._ended = False
        self.process = self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def _watch(self) -> None:
        while not self._ended:
            self.process.wait()
            if not self._ended:
                self.process = self._start()

    def __enter__(self) -> Self:
        assert self.answers_within(20) < 20
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self.process.terminate()
        self._thread.join(30)

    def answers_within(self, seconds: float) -> float:
        """Return after how many seconds a query is answered, at most ``seconds``."""
        began = time.monotonic()
        eventually(self._answers, seconds)
        return time.monotonic() - began

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/sparql", params={"query": "ASK {}"}, timeout=2).is_success
        return False

    def kill(self) -> None:
        """End the service as the kernel does where memory runs out."""
        self.process.kill()
