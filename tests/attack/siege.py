"""The attacks, each as a function: a service and a size in, the figures that it held (or not) out."""

import os
import resource
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.attack.conversation import Got, Request, connect, converse, fault
from tests.attack.malice import DIRECT, FORM, HEADS, NOISE, WELL_FORMED, any_way, ask, requests
from tests.attack.mutation import mutants
from tests.service import Load, Running, Supervised, alive, eventually
from tests.web.deadly import RUNAWAY

Figures = dict[str, object]
SLACK = 20.0
"""Seconds beyond the limit that a machine with other work on it may take."""
QUIET = 0.3
"""Seconds to wait for an answer to bytes that may be no whole request."""
NUMBERS = " ".join(map(str, range(100)))
LARGE = f"SELECT * WHERE {{ VALUES ?a {{ {NUMBERS} }} VALUES ?b {{ {NUMBERS} }} VALUES ?c {{ {NUMBERS} }} }}"


def runaways(number: int) -> list[str]:
    """Return so many different queries that never end."""
    return [f"{RUNAWAY} # {chance}" for chance in Random().sample(range(10**9), number)]  # noqa: S311


def judged(url: str, request: Request, limit: float) -> tuple[Got, str]:
    """Send a request, and say what is wrong with what comes back."""
    seconds = limit + SLACK if request.whole else QUIET
    got = converse(url, request, seconds)
    return got, fault(request, got, limit + SLACK)


def bombard(url: str, shots: Iterable[Request], limit: float, clients: int = 8) -> Figures:
    """Send requests from several clients; count the answers by status, and keep what is wrong."""
    statuses: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    lock = threading.Lock()
    supply = iter(shots)

    def fire() -> None:
        nonlocal slowest
        while True:
            with lock:
                shot = next(supply, None)
            if shot is None:
                return
            got, wrong = judged(url, shot, limit)
            with lock:
                statuses[f"{got.status} {got.kind}".strip() if got.status >= 500 else str(got.status)] += 1
                slowest = max(slowest, got.seconds if shot.whole else 0)
                if wrong:
                    faults.append(f"{wrong} <- {shot.data[:1500]!r}")

    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(fire) for _ in range(clients)]:
            done.result()
    return {
        "requests": statuses.total(),
        "statuses": dict(sorted(statuses.items())),
        "slowest s": round(slowest, 2),
        "faults": faults,
    }


def mutated(seed: int, queries: list[str], number: int) -> Iterator[Request]:
    """Yield requests for damaged queries."""
    random = Random(seed)  # noqa: S311
    return (any_way(random, text) for text in mutants(seed, queries, number))


def drawn(strategy: st.SearchStrategy[Request], number: int, *, fixed: bool = True) -> list[Request]:
    """Return examples of a strategy."""
    found: list[Request] = []

    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        derandomize=fixed,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(request: Request) -> None:
        found.append(request)

    keep()
    return found[:number]


STRATEGIES: dict[str, st.SearchStrategy[Request]] = {
    "protocol": requests(),
    "noise": NOISE,
    "well-formed queries": st.tuples(WELL_FORMED, st.randoms(use_true_random=False)).map(
        lambda pair: any_way(pair[1], pair[0])
    ),
}


def crowd(service: Running, connections: int) -> Figures:
    """Open many connections, then ask on all of them at once; each must be answered rightly."""
    request = ask(
        "SELECT (COUNT(DISTINCT ?r) AS ?n) WHERE { ?r a <https://w3id.org/clustergraph/ns#SkillRating> }"
    )
    began = time.monotonic()
    right = 0
    with ExitStack() as stack:
        opened = [stack.enter_context(connect(service.url)) for _ in range(connections)]
        for connection in opened:
            connection.sendall(request.data)
        for connection in opened:
            answer = read_all(connection)
            right += b" 200 OK" in answer and b'"183"' in answer
    return {"connections": connections, "right": right, "seconds": round(time.monotonic() - began, 2)}


def read_all(connection: socket.socket) -> bytes:
    """Read until the service closes."""
    pieces = []
    with suppress(OSError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def run_away(service: Running, limit: float, number: int = 8, calm: float = 3.0) -> Figures:
    """Measure light queries alone, then beside queries that never end."""
    with Load(service.url) as before:
        threading.Event().wait(calm)
        before.more(1)  # a busy machine may take longer to start the clients
    outcomes: list[Got] = []

    def flee(text: str) -> None:
        outcomes.append(converse(service.url, ask(text, "form"), limit * 3 + SLACK))

    threads = [threading.Thread(target=flee, args=(text,)) for text in runaways(number)]
    with Load(service.url) as beside:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {
        "calm p50 ms": round(before.quantile(0.5), 2),
        "calm p99 ms": round(before.quantile(0.99), 2),
        "beside p50 ms": round(beside.quantile(0.5), 2),
        "beside p99 ms": round(beside.quantile(0.99), 2),
        "p99 ratio": round(beside.quantile(0.99) / max(before.quantile(0.99), 0.001), 2),
        "light answers": len(beside.seconds),
        "light failures": before.failed + beside.failed,
        "runaway outcomes": dict(Counter(f"{got.status} {got.kind}" for got in outcomes)),
        "processor a second later": round(service.idle(), 3),
    }


def leave(service: Running, number: int, seed: int = 1) -> Figures:
    """Send queries and go, before the answer or in its middle; everything must end with its client."""
    random = Random(seed)  # noqa: S311
    for text in runaways(number // 2):
        with connect(service.url) as connection:
            data = ask(text, random.choice(("get", "form", "direct"))).data
            connection.sendall(data if random.random() < 0.7 else data[: random.randrange(len(data))])
            if random.random() < 0.5:
                eventually(lambda: len(service.family()) > service.processes, 0.2)
    for turn in range(number - number // 2):
        with connect(service.url) as connection:
            connection.sendall(ask(f"{LARGE} # {seed} {turn}", "form", "text/csv").data)
            if connection.recv(1) and random.random() < 0.5:
                connection.recv(300_000)
    began = time.monotonic()
    calm = service.calm()
    return {"clients": number, "calm again": calm, "seconds": round(time.monotonic() - began, 2)}


def go(url: str, request: Request, seconds: float) -> None:
    """Send a request and go after a moment, without the answer."""
    with connect(url, seconds) as connection, suppress(OSError):
        connection.sendall(request.data)
        connection.recv(1)


def drip(service: Running, clients: int, seconds: float) -> Figures:
    """Hold connections with heads, bodies and readings that hardly go on, while light queries are asked."""
    heads = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-A: "
    bodies = (
        f"POST /sparql HTTP/1.1\r\n{HEADS}Content-Type: {DIRECT}\r\nContent-Length: 900000\r\n\r\n".encode()
    )
    reads = ask(f"{LARGE} # drip", "form", "text/csv").data
    lost = 0
    with ExitStack() as stack, Load(service.url) as load:
        slow: list[socket.socket] = []
        for number in range(clients):
            connection = stack.enter_context(connect(service.url, 0.05))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(reads if number % 20 == 0 else (heads, bodies)[number % 2])
            slow.append(connection)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and slow:
            for connection in tuple(slow):
                if not trickle(connection):
                    slow.remove(connection)
                    lost += 1
            threading.Event().wait(0.2)
        memory = service.memory()[0]
    return {
        "clients": clients,
        "seconds": seconds,
        "sent away": lost,
        "light answers": len(load.seconds),
        "light failures": load.failed,
        "light p99 ms": round(load.quantile(0.99), 2),
        "front MiB meanwhile": round(memory, 1),
    }


def trickle(connection: socket.socket) -> bool:
    """Send one byte, and take a few; tell whether the connection is still there."""
    try:
        connection.send(b"a")
        connection.setblocking(False)
        return bool(connection.recv(16))
    except BlockingIOError:
        return True
    except OSError:
        return False


def swell(service: Running, size: int) -> Figures:
    """Send heads and bodies without an end; the service must refuse them and not grow."""
    before = service.memory()[0]
    piece = b"a" * 65536
    openings = {
        "address": b"GET /sparql?query=",
        "header": b"GET /sparql HTTP/1.1\r\nHost: x\r\nX-A: ",
        "headers": b"GET /sparql HTTP/1.1\r\nHost: x\r\n",
        "length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: %d\r\n\r\n" % (size * 2),
        "chunks": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
    }
    answers = {}
    for name, opening in openings.items():
        part = {"headers": b"X-A: b\r\n" * 8192, "chunks": b"10000\r\n" + piece + b"\r\n"}.get(name, piece)
        with connect(service.url, 5) as connection:
            with suppress(OSError):
                connection.sendall(opening)
                for _ in range(size // len(part)):
                    connection.sendall(part)
            first = read_first(connection)
        answers[name] = first.split(b"\r\n")[0].decode("latin-1")
    return {"answers": answers, "front grew MiB": round(service.memory()[0] - before, 1)}


def read_first(connection: socket.socket) -> bytes:
    """Return what has come, empty where the connection was reset."""
    with suppress(OSError):
        return connection.recv(4096)
    return b""


def stall(service: Running) -> Figures:
    """Send requests that cost the front itself work; return the longest pause that others saw, in seconds."""
    head = f"POST /sparql HTTP/1.1\r\n{HEADS}Content-Type: {FORM}\r\nContent-Length: %d\r\n\r\n"
    small = "GET /sparql?query=ASK%7B%7D%23{n} HTTP/1.1\r\n" + HEADS
    names = ",".join(f"a{n}/b;q=0.5" for n in range(4500))
    bodies = {"many parameters": b"a&" * 500_000, "many escapes": b"query=" + b"%41" * 340_000}
    shots = {name: Request((head % len(body)).encode() + body, "POST") for name, body in bodies.items()}
    shots["many formats"] = Request(f"{small.format(n=1)}Accept: {names}\r\n\r\n".encode())
    shots["many codings"] = Request(f"{small.format(n=2)}Accept-Encoding: {names}\r\n\r\n".encode())
    shots["many languages"] = Request(f"GET / HTTP/1.1\r\n{HEADS}Accept-Language: {names}\r\n\r\n".encode())
    shots["many tags"] = Request(f"{small.format(n=3)}If-None-Match: {names}\r\n\r\n".encode())
    longest = {}
    for name, shot in shots.items():
        with Load(service.url, clients=1) as load:
            load.more(20)
            load.seconds.clear()
            converse(service.url, shot)
            load.more(20)
        longest[name] = round(max(load.seconds), 3)
    return {"longest pause s": longest}


def kill_workers(service: Running, times: int) -> Figures:
    """Kill workers under load, waiting and working ones; no light query may be lost."""
    with Load(service.url) as load:
        for _ in range(times):
            victims = service.workers()
            for pid in victims[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            load.more(20)
    return {"kills": times, "light answers": len(load.seconds), "light failures": load.failed}


def kill_service(port: int, times: int, *arguments: str) -> Figures:
    """Kill the whole service under load; a supervisor starts it again."""
    seconds = []
    with Supervised(port, *arguments) as supervised:
        for _ in range(times):
            with Load(supervised.url, cap=3000) as load:
                load.more(50)
                supervised.kill()
                eventually(lambda: bool(load.failed), 5)
                seconds.append(round(supervised.answers_within(20), 2))
    return {"kills": times, "answers after s": seconds, "worst s": max(seconds)}


def reload_(service: Running, write: Callable[[int], None], times: int, clients: int = 40) -> Figures:
    """Exchange the data under load; each answer must be whole, and all of one release."""
    mixed: list[str] = []
    answers = [0]
    slowest = [0.0]
    stop = threading.Event()
    request = ask("SELECT ?v WHERE { ?s <http://e.org/version> ?v }", accept="text/csv")
    joined = (
        "SELECT DISTINCT ?s ?v WHERE { ?s <http://e.org/version> ?v . ?t <http://e.org/version> ?v } # %d %d"
    )

    def read(client: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            fresh = ask(joined % (client, number), accept="text/csv")
            got = converse(service.url, fresh if number % 4 else request, 100)
            values = {line.rpartition(b",")[2] for line in got.body.split()[1:]}
            answers[0] += 1
            slowest[0] = max(slowest[0], got.seconds)
            if got.status != 200 or got.broken or len(values) != 1 or len(got.body.split()) != VERSIONED + 1:
                mixed.append(f"{got.status} {got.broken} {values} {got.body[:200]!r}")

    threads = [threading.Thread(target=read, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    stale = []
    for version in range(1, times + 1):
        write(version)
        done = sum("clustergraph: reloaded" in line for line in service.lines)
        service.send_signal(signal.SIGHUP)
        if not eventually(
            lambda done=done: sum("clustergraph: reloaded" in x for x in service.lines) > done, 20
        ):  # type: ignore[misc]
            mixed.append(f"reload {version} did not end")
        if converse(service.url, request).body.split()[1:2] != [str(version).encode()]:
            stale.append(version)
    stop.set()
    for thread in threads:
        thread.join()
    return {
        "reloads": times,
        "answers": answers[0],
        "dropped or mixed": mixed,
        "stale": stale,
        "slowest s": round(slowest[0], 2),
    }


VERSIONED = 200
"""Rows of an answer in :func:`reload_`."""


def versions(path: Path) -> Callable[[int], None]:
    """Return a function that writes the data of a version whole."""

    def write(version: int) -> None:
        lines = (f'<http://e.org/{n}> <http://e.org/version> "{version}" .\n' for n in range(VERSIONED))
        beside = path.with_suffix(".new")
        beside.write_text("".join(lines), encoding="utf-8")
        beside.replace(path)

    return write


def shut_down(service: Running, running: list[str], limit: float) -> Figures:
    """Ask the service to end while queries run; those that end in time are answered, nothing is left."""
    outcomes: list[Got] = []

    def wait(text: str) -> None:
        outcomes.append(converse(service.url, ask(text, "form"), limit + SLACK))

    threads = [threading.Thread(target=wait, args=(text,)) for text in running]
    for thread in threads:
        thread.start()
    eventually(lambda: len(service.family()) > service.processes, 5)
    below = set(service.family())
    began = time.monotonic()
    code = service.stop()
    for thread in threads:
        thread.join()
    return {
        "exit code": code,
        "seconds": round(time.monotonic() - began, 2),
        "outcomes": dict(Counter(f"{got.status} {got.kind}{got.broken}".strip() for got in outcomes)),
        "processes left": len(alive(below)),
    }


def sip(service: Running, seconds: float) -> float:
    """Read a long answer in sips, and return after how many seconds the service has had enough."""
    pause = threading.Event()
    began = time.monotonic()
    with connect(service.url) as connection, suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(ask(f"{LARGE} # sip", "form", "text/csv").data)
        eventually(lambda: len(service.family()) > service.processes, 5)
        while len(service.family()) > service.processes and time.monotonic() - began < seconds:
            connection.recv(512)
            pause.wait(0.05)
    return time.monotonic() - began


def exhaust(service: Running, spare: int = 12) -> list[Got]:
    """Take all descriptors that the service may have, let queries end its workers meanwhile, then let go."""
    used = len(list(Path(f"/proc/{service.pid}/fd").iterdir()))
    resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (used + spare, used + spare))
    with ExitStack() as stack:
        opened = [stack.enter_context(connect(service.url, 10)) for _ in range(3 * spare)]
        for connection, text in zip(opened, runaways(4), strict=False):
            connection.sendall(ask(text, "form").data)
        for connection in opened[:4]:
            read_all(connection)
    return [converse(service.url, ask(f"ASK {{}} # {number}")) for number in range(4)]


def ready(service: Running) -> int:
    """Return the status of the service's readiness."""
    return converse(service.url, Request(f"GET /health/ready HTTP/1.1\r\n{HEADS}\r\n".encode())).status
