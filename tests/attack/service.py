"""A service under attack: started, watched from outside (processes, memory, processor), kept running."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from tests.attack.conversation import connect
from tests.attack.malice import HEADS
from tests.web.conftest import Running, start_service

MIB = 1024 * 1024
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
RATINGS = (
    "SELECT (COUNT(DISTINCT ?r) AS ?n) WHERE { ?r a <https://w3id.org/clustergraph/ns#SkillRating> } # %d"
)


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
        stat = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return None
    seconds = (int(stat[11]) + int(stat[12])) / TICKS
    return Process(pid, int(stat[1]), stat[0], seconds, int(stat[21]) * PAGE)


def family(root: int) -> dict[int, Process]:
    """Return a process and all below it."""
    everything = [process(int(path.name)) for path in Path("/proc").glob("[0-9]*")]
    alive = {one.pid: one for one in everything if one}
    found = {root}
    for _ in range(4):
        found |= {pid for pid, one in alive.items() if one.parent in found}
    return {pid: alive[pid] for pid in found if pid in alive}


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until something holds, for a bounded time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


class Attacked:
    """A running service whose standard error is read on, and that is ended at the end."""

    def __init__(self, **options: object) -> None:
        self._running: Running = start_service(**options)
        self.url = self._running.url
        self.pid = self._running.process.pid
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.number = 0
        self.processes = len(self.family())

    def _read(self) -> None:
        stream = self._running.process.stderr
        assert stream
        with suppress(ValueError):
            self.lines.extend(iter(stream.readline, ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the service and return its exit code."""
        process = self._running.process
        self._running.client.close()
        if process.poll() is None:
            process.send_signal(number)
        code = process.wait(30)
        self._reader.join(10)
        if process.stderr:
            process.stderr.close()
        return code

    def signal(self, number: int) -> None:
        """Send the service a signal."""
        self._running.process.send_signal(number)

    def family(self) -> dict[int, Process]:
        """Return the service's processes."""
        return family(self.pid)

    def memory(self) -> tuple[float, float]:
        """Return MiB of the front, and of the largest process below it."""
        sizes = {pid: one.memory / MIB for pid, one in self.family().items()}
        return sizes.pop(self.pid, 0.0), max(sizes.values(), default=0.0)

    def processor(self) -> float:
        """Return the seconds of processor time that the living processes have used."""
        return sum(one.seconds for one in self.family().values())

    def workers(self) -> list[int]:
        """Return the numbers of the workers: the children of the process that holds the data."""
        below = self.family()
        holders = {pid for pid, one in below.items() if one.parent == self.pid}
        return [pid for pid, one in below.items() if one.parent in holders and one.state != "Z"]

    def calm(self, seconds: float = 10) -> bool:
        """Tell whether there are soon as many processes as at the start."""
        return eventually(lambda: len(self.family()) == self.processes, seconds)

    def idle(self) -> float:
        """Return the share of one processor that the service takes over half a second."""
        before, began = self.processor(), time.monotonic()
        threading.Event().wait(0.5)
        return max(self.processor() - before, 0) / (time.monotonic() - began)

    def ratings(self) -> int:
        """Return how many ratings the service counts, asked anew."""
        self.number += 1
        response = httpx.get(f"{self.url}/sparql", params={"query": RATINGS % self.number}, timeout=30)
        return int(response.json()["results"]["bindings"][0]["n"]["value"])


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

    def _run(self, client: int) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as http:
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

    def more(self, number: int, seconds: float = 15) -> bool:
        """Wait until so many further answers have come."""
        goal = len(self.seconds) + number
        return eventually(lambda: len(self.seconds) >= goal, seconds)

    def quantile(self, share: float) -> float:
        """Return a quantile of the answers' times in milliseconds."""
        values = sorted(self.seconds)
        return values[min(int(share * len(values)), len(values) - 1)] * 1000 if values else 0.0


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
        with suppress(OSError), connect(self.url, 2) as connection:
            connection.sendall(f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n{HEADS}\r\n".encode())
            return connection.recv(15) == b"HTTP/1.1 200 OK"
        return False

    def kill(self) -> None:
        """End the service as the kernel does where memory runs out."""
        self.process.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
