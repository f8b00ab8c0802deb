"""Measure the service beside Oxigraph's server and rdflib-endpoint; print a table and write JSON.

All three serve the project's own graphs from memory, over loopback, in turns, in one run; the figures are
medians over rounds. The load comes from another process: wrk where it is installed, else threads of this one.

    pip install oxigraph rdflib-endpoint   # best into an environment of their own, then --peers FOLDER/bin
    python benchmarks/serve.py --rounds 5 --json serve.json --markdown docs/benchmarks.md
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from statistics import median
from urllib.parse import quote

import pyoxigraph as ox

from clustergraph.resources import graph_folder

PREFIXES = (
    "PREFIX clg: <https://w3id.org/clustergraph/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
JOIN = (
    f"{PREFIXES}SELECT ?s ?n ?f ?k WHERE {{ ?s a clg:Skill ; skos:notation ?n ; clg:inField ?f . "
    "?f skos:notation ?k }"
)
SCAN = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 10"
HEAVY = (
    f"{PREFIXES}SELECT ?l (COUNT(*) AS ?n) WHERE {{ ?a a clg:SkillRating ; clg:importance ?l . "
    "?b a clg:SkillRating ; clg:importance ?l . ?c a clg:SkillRating ; clg:importance ?l } GROUP BY ?l"
)
RUNAWAY = (
    "SELECT (COUNT(*) AS ?n) WHERE { "
    + " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(6))
    + " }"
)
ACCEPT = "application/sparql-results+json"
CONNECTIONS = 8
MIB = 1024 * 1024
LUA = """
local n = {seed}
function request()
  n = n + 1
  local text = "{target}"
  if {distinct} then text = text .. "%23" .. n end
  return wrk.format("GET", text, {{ Accept = "{accept}" }})
end
"""


@dataclass(frozen=True)
class Peer:
    """A server to measure: how it is started, and the path of its endpoint."""

    name: str
    command: Callable[[int, Path], list[str]]
    path: str
    upload: str = ""
    heavy: bool = True
    """Whether it ends the heavy query at all within a minute."""


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    peer: Peer
    port: int
    process: subprocess.Popen[bytes]
    started: float

    def target(self, query: str) -> str:
        """Return the address of a query, without the host."""
        return f"{self.peer.path}?query={quote(query, safe='')}"


def ours(port: int, _data: Path) -> list[str]:
    """Return the command that starts the service."""
    program = "from clustergraph.cli import main; main()"
    return [sys.executable, "-c", program, "serve", "--port", str(port)]


def peers(folder: str) -> Iterator[Peer]:
    """Yield the service and those of its peers that are installed."""
    yield Peer("clustergraph", ours, "/sparql")
    path = os.pathsep.join((folder, str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    oxigraph = shutil.which("oxigraph", path=path)
    if oxigraph:
        yield Peer(
            "Oxigraph",
            lambda port, _: [oxigraph, "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"],
            "/query",
            upload="/store",
        )
    endpoint = shutil.which("rdflib-endpoint", path=path)
    if endpoint:
        yield Peer(
            "rdflib-endpoint",
            lambda port, data: [endpoint, "serve", "--port", str(port), str(data)],
            "/",
            heavy=False,
        )


@contextmanager
def running(peer: Peer, data: Path) -> Iterator[Running]:
    """Start a server, wait until it has answered a query, and end it afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        peer.command(port, data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    server = Running(peer, port, process, 0)
    try:
        wait(lambda: ask(server, "ASK {}")[0] == 200)
        started = time.perf_counter() - began
        if peer.upload:
            upload(port, peer.upload, data)
        yield Running(peer, port, process, started)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise TimeoutError("the server did not come up")


def ask(server: Running, query: str, seconds: float = 60) -> tuple[int, bytes]:
    """Send one query; return status and body."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=seconds)
    try:
        connection.request("GET", server.target(query), headers={"Accept": ACCEPT})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def upload(port: int, path: str, data: Path) -> None:
    """Send the data to a server that starts empty."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, data.read_bytes(), {"Content-Type": "application/n-quads"})
    connection.getresponse().read()
    connection.close()


def load(
    server: Running, query: str, seconds: float, *, distinct: bool, connections: int = CONNECTIONS
) -> tuple[float, float]:
    """Return answers per second and the 99th percentile in milliseconds under load."""
    wrk = shutil.which("wrk")
    if not wrk:
        return load_by_threads(server, query, seconds, distinct=distinct, connections=connections)
    seed = time.time_ns() // 1000 % 10**9
    target = server.target(query)
    script = LUA.format(seed=seed, target=target, distinct=str(distinct).lower(), accept=ACCEPT)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", "-s", file.name]
        result = subprocess.run(
            [*command, f"http://127.0.0.1:{server.port}"], capture_output=True, text=True, check=True
        )
    if "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        print(f"{server.peer.name}: {result.stdout}", file=sys.stderr)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", result.stdout)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", result.stdout)
    assert rate  # noqa: S101 - wrk always says it
    assert tail  # noqa: S101 - wrk always says it
    return float(rate.group(1)), float(tail.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[tail.group(2)]


def load_by_threads(
    server: Running, query: str, seconds: float, *, distinct: bool, connections: int
) -> tuple[float, float]:
    """Do the same with threads of this process, where wrk is not installed."""
    times: list[float] = []
    until = time.monotonic() + seconds

    def run(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.monotonic() < until:
            text = f"{query}#{number}-{time.perf_counter_ns()}" if distinct else query
            began = time.perf_counter()
            connection.request("GET", server.target(text), headers={"Accept": ACCEPT})
            connection.getresponse().read()
            times.append(time.perf_counter() - began)
        connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, sorted(times)[int(len(times) * 0.99)] * 1000


def heavy(server: Running) -> float:
    """Return the seconds of one heavy query."""
    began = time.perf_counter()
    status, _ = ask(server, f"{HEAVY} #{time.perf_counter_ns()}")
    return time.perf_counter() - began if status == 200 else float("nan")


def beside_runaways(server: Running, seconds: float) -> float:
    """Return the 99th percentile of light queries in milliseconds while eight others run away."""
    stop = threading.Event()

    def run_away(number: int) -> None:
        while not stop.is_set():
            ask(server, f"{RUNAWAY} #{number}-{time.perf_counter_ns()}")

    threads = [threading.Thread(target=run_away, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    _, tail = load(server, JOIN, seconds, distinct=True, connections=2)
    stop.set()
    for thread in threads:
        thread.join()
    return tail


def memory(server: Running) -> float:
    """Return the MiB of all processes of a server (Pss: what is shared counts once)."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            if os.getsid(int(status.parent.name)) == server.process.pid:
                found = re.search(r"^Pss:\s+(\d+)", status.read_text(encoding="ascii"), re.MULTILINE)
                total += int(found.group(1)) if found else 0
        except OSError:
            continue
    return total / 1024


def measure(servers: list[Running], rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """Return the medians of all figures of all servers, measured in turns."""
    seen: dict[str, dict[str, list[float]]] = {server.peer.name: {} for server in servers}

    def note(server: Running, figure: str, value: float) -> None:
        seen[server.peer.name].setdefault(figure, []).append(value)

    for server in servers:
        note(server, "start", server.started)
        note(server, "memory", memory(server))
    for _ in range(rounds):
        for server in servers:
            note(server, "repeated", load(server, JOIN, seconds, distinct=False)[0])
            note(server, "joins", load(server, JOIN, seconds, distinct=True)[0])
            note(server, "scans", load(server, SCAN, seconds, distinct=True)[0])
            if server.peer.heavy:
                note(server, "heavy", heavy(server))
    for server in servers:
        if server.peer.name == "clustergraph":
            for _ in range(rounds):
                note(server, "p99 calm", load(server, JOIN, seconds, distinct=True, connections=2)[1])
                note(server, "p99 beside 8 runaways", beside_runaways(server, seconds))
    return {
        name: {figure: median(values) for figure, values in found.items()} for name, found in seen.items()
    }


def table(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as Markdown: a row per figure, a column per server, and the ratios."""
    rows = (
        ("repeated", "a query again and again, answers/s", "{:,.0f}", 1),
        ("joins", "distinct joins of 4 patterns (61 rows), answers/s", "{:,.0f}", 1),
        ("scans", "distinct trivial scans (10 rows), answers/s", "{:,.0f}", 1),
        ("heavy", "one heavy analytic query, s", "{:.3f}", -1),
        ("start", "start to first answer, s", "{:.2f}", -1),
        ("memory", "memory at rest, MiB", "{:.0f}", -1),
        ("p99 calm", "99th percentile of joins, 2 connections, ms", "{:.2f}", -1),
        ("p99 beside 8 runaways", "the same while 8 queries run away, ms", "{:.2f}", -1),
    )
    names = list(figures)
    lines = [f"| | {' | '.join(names)} | {' | '.join(f'to {name}' for name in names[1:])} |"]
    lines.append("|" + " --- |" * (2 * len(names)))
    for key, label, form, sign in rows:
        cells = [form.format(figures[name][key]) if key in figures[name] else "" for name in names]
        mine = figures[names[0]].get(key, float("nan"))
        others = [figures[name].get(key) for name in names[1:]]
        ratios = [f"{(mine / other) ** sign:.2f}×" if other else "" for other in others]
        lines.append(f"| {label} | {' | '.join(cells)} | {' | '.join(ratios)} |")
    return "\n".join(lines)


def circumstances(options: argparse.Namespace) -> str:
    """Return machine, versions, date and command."""
    names = ("pyoxigraph", "fastapi", "uvicorn", "uvloop", "httptools")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    cpu = platform.processor() or platform.machine()
    model = Path("/proc/cpuinfo")
    if model.exists():
        found = re.search(r"model name\s*: (.*)", model.read_text(encoding="utf-8"))
        cpu = found.group(1) if found else cpu
    loads = "/".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(tz=UTC):%Y-%m-%d}, {os.cpu_count()} processors ({cpu}), load {loads}, "
        f"Python {platform.python_version()}, {versions}; {options.rounds} rounds of {options.seconds:g} s, "
        f"{CONNECTIONS} connections, load from {'wrk' if shutil.which('wrk') else 'threads'}."
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", default="", help="folder with the programs of the other servers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--markdown", type=Path, help="write the table here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder) / "data.nq"
        store = ox.Store()
        for path in sorted(graph_folder().glob("*.ttl")):
            store.load(path=path, to_graph=ox.NamedNode(f"https://w3id.org/clustergraph/graph/{path.stem}"))
        store.dump(data, ox.RdfFormat.N_QUADS)
        servers = [stack.enter_context(running(peer, data)) for peer in peers(options.peers)]
        before = circumstances(options)
        figures = measure(servers, options.rounds, options.seconds)
    text = f"{before}\n\n{table(figures)}\n"
    print(text)
    if options.json:
        options.json.write_text(json.dumps({"circumstances": before, "figures": figures}, indent=2) + "\n")
    if options.markdown:
        command = f"python benchmarks/serve.py --rounds {options.rounds} --seconds {options.seconds:g}"
        options.markdown.write_text(
            f"# The service beside other servers\n\nWritten by `{command}`.\n\n{text}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
