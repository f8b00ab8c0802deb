"""Measure the service on a large store on disk beside Oxigraph's own server; print tables and write JSON.

The data come from ``generate.py``, the queries from ``mix.py``. Both programs load the same file and answer
the same queries, in turns, in one run; the small graph is the beginning of the same file, held in memory.
Oxigraph's server is the command of the PyPI package ``oxigraph``.

    pip install oxigraph
    python benchmarks/large.py --triples 10000000 --folder /var/tmp/large --json large.json
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from statistics import median
from urllib.parse import quote

import generate
import mix

SMALL = 30_000
"""Triples of the small graph: the size of the project's own data."""
ROWS = (100_000, 1_000_000)
MIB = 1024 * 1024
SECONDS = 600
Figures = dict[str, float]


@dataclass(frozen=True)
class Service:
    """A running server."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]
    reports: int
    started: float
    """Seconds from its start to its first answer."""

    def connect(self) -> HTTPConnection:
        """Return a new connection."""
        return HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def memory(self) -> float:
        """Return the MiB that its processes have of their own (Pss: what is shared counts once)."""
        return sum(map(pss, family(self.process.pid))) / 1024


def main() -> None:
    """Load, start, ask, and print what was measured."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--folder", type=Path, required=True, help="Room for about 700 bytes a triple.")
    arguments.add_argument("--oxigraph", default="oxigraph", help="Oxigraph's command.")
    arguments.add_argument("--loads", type=int, default=1, help="Loads of each program, in turns.")
    arguments.add_argument("--rounds", type=int, default=40, help="Rounds of look-ups.")
    arguments.add_argument("--turns", type=int, default=2, help="Runs of each analysis.")
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, object] = {"triples": given.triples, "load average": os.getloadavg()[0]}
    file, reports = data(given.folder / "large.nq", given.triples)
    small, few = data(given.folder / "small.nq", SMALL)
    figures["load"] = load(file, given.folder, given.oxigraph, given.loads)
    figures["store MiB"] = {
        name: {"": sum(path.stat().st_size for path in (given.folder / name).rglob("*.sst")) / MIB}
        for name in ("store", "oxigraph")
    }
    with (
        clustergraph("small", few - 1, "--data", str(small)) as ours_small,
        clustergraph("large", reports - 1, "--store", str(given.folder / "store")) as ours,
        oxigraph(given.oxigraph, given.folder / "oxigraph", reports - 1) as theirs,
    ):
        services = (ours_small, ours, theirs)
        figures["start"] = {service.name: service.started for service in services}
        figures["memory at rest"] = {service.name: service.memory() for service in services}
        figures["look-ups"] = look_ups(services, given.rounds)
        figures["analyses"] = analyses((ours, theirs), given.turns)
        figures["memory after"] = {service.name: service.memory() for service in services}
        figures["long answers"] = {f"{rows}": long_answer(ours, rows) for rows in ROWS}
    show(figures)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def data(path: Path, triples: int) -> tuple[Path, int]:
    """Write a file of triples, unless it is there; return it with its number of reports."""
    note = path.with_suffix(".reports")
    if not note.exists():
        note.write_text(str(generate.write(path, triples)), encoding="utf-8")
    return path, int(note.read_text(encoding="utf-8"))


def load(file: Path, folder: Path, command: str, times: int) -> dict[str, Figures]:
    """Load the file with both programs, in turns; return seconds and peaks of memory.

    The service puts its store in order as it loads; Oxigraph has a command for that.
    """
    ours = [sys.executable, "-m", "clustergraph.store.bulk", str(folder / "store"), str(file)]
    theirs = [command, "load", "--location", str(folder / "oxigraph"), "--file", str(file)]
    taken: dict[str, list[Figures]] = {"clustergraph": [], "oxigraph load": []}
    for number in range(times):
        turns = [("clustergraph", "store", ours), ("oxigraph load", "oxigraph", theirs)]
        for name, place, arguments in turns if number % 2 else turns[::-1]:
            shutil.rmtree(folder / place, ignore_errors=True)
            taken[name].append(run(arguments))
    taken["oxigraph optimize"] = [run([command, "optimize", "--location", str(folder / "oxigraph")])]
    figures = {name: {key: median(each[key] for each in of) for key in of[0]} for name, of in taken.items()}
    least = {name: min(each["seconds"] for each in of) for name, of in taken.items()}
    for name, of in figures.items():
        of["speed against oxigraph load"] = figures["oxigraph load"]["seconds"] / of["seconds"]
        of["of the best of each"] = least["oxigraph load"] / least[name]
    return figures


def run(arguments: list[str]) -> Figures:
    """Run a command; return its seconds, those of the processor, and its peak of memory."""
    os.sync()
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    seconds = time.perf_counter() - begin
    print(f"{' '.join(arguments[:4])} … {seconds:.1f} s", file=sys.stderr)
    return {
        "seconds": seconds,
        "processor s": usage.ru_utime + usage.ru_stime,
        "peak MiB": usage.ru_maxrss / 1024,
    }


@contextmanager
def clustergraph(name: str, reports: int, *options: str) -> Iterator[Service]:
    """Start the service; stop it at the end."""
    port = free_port()
    limits = ["--timeout", str(SECONDS), "--memory", "2048", "--cache", "0"]
    arguments = [sys.executable, "-m", "clustergraph", "serve", "--port", str(port), *limits, *options]
    with running(f"clustergraph, {name}", arguments, port, "/sparql", reports) as service:
        yield service


@contextmanager
def oxigraph(command: str, location: Path, reports: int) -> Iterator[Service]:
    """Start Oxigraph's server; stop it at the end."""
    port = free_port()
    arguments = [command, "serve-read-only", "--location", str(location), "--union-default-graph"]
    arguments += ["--bind", f"127.0.0.1:{port}"]
    with running("oxigraph, large", arguments, port, "/query", reports) as service:
        yield service


@contextmanager
def running(name: str, arguments: list[str], port: int, path: str, reports: int) -> Iterator[Service]:
    """Start a server and wait for its first answer."""
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        service = Service(name, port, path, process, reports, 0)
        while not answers(service):
            if process.poll() is not None:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.02)
        yield Service(name, port, path, process, reports, time.perf_counter() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answers(service: Service) -> bool:
    """Tell whether the server answers a look-up."""
    try:
        return bool(ask(service.connect(), service, mix.explore("words of a statement", 0, 0)))
    except OSError:
        return False


def ask(connection: HTTPConnection, service: Service, query: str) -> bytes:
    """Return the answer of a query."""
    accept = {"accept": "application/sparql-results+json, text/turtle;q=0.9"}
    connection.request("GET", f"{service.path}?query={quote(query)}", headers=accept)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise ValueError(f"{service.name}: {response.status} {body[:200]!r}")
    return body


def look_ups(services: tuple[Service, ...], rounds: int) -> dict[str, Figures]:
    """Return the median and the 99th percentile of each look-up in ms; every text is a new one."""
    times: dict[str, dict[str, list[float]]] = {
        name: {service.name: [] for service in services} for name in mix.EXPLORE
    }
    connections = {service.name: service.connect() for service in services}
    for number in range(rounds * 10):
        for name in mix.EXPLORE:
            for service in services:
                report = number * 7919 % service.reports
                query = f"{mix.explore(name, report, number // 7)}\n# {number}"
                begin = time.perf_counter()
                ask(connections[service.name], service, query)
                times[name][service.name].append((time.perf_counter() - begin) * 1000)
    figures = {name: summary(of) for name, of in times.items()}
    every = {
        service.name: list(chain.from_iterable(of[service.name] for of in times.values()))
        for service in services
    }
    return {**figures, "all": summary(every)}


def summary(times: dict[str, list[float]]) -> Figures:
    """Return p50 and p99 by server."""
    figures = {}
    for name, values in times.items():
        ordered = sorted(values)
        figures[f"{name} p50"] = median(ordered)
        figures[f"{name} p99"] = ordered[len(ordered) * 99 // 100]
    return figures


def analyses(services: tuple[Service, ...], turns: int) -> dict[str, Figures]:
    """Return the seconds of each analysis, the best of some runs in turns."""
    figures: dict[str, Figures] = {name: {} for name in mix.ANALYSE}
    for turn in range(turns):
        for name in mix.ANALYSE:
            for service in services if turn else services[::-1]:
                begin = time.perf_counter()
                ask(service.connect(), service, f"{mix.analyse(name)}\n# {turn}")
                taken = time.perf_counter() - begin
                figures[name][service.name] = min(taken, figures[name].get(service.name, taken))
    return figures


def long_answer(service: Service, rows: int) -> Figures:
    """Return when the first and last byte of a long answer came, and the most memory meanwhile."""
    query = f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {rows}"
    before = service.memory()
    connection = service.connect()
    begin = time.perf_counter()
    connection.request("GET", f"{service.path}?query={quote(query)}", headers={"accept": "text/csv"})
    response = connection.getresponse()
    size = len(response.read(1))
    first = time.perf_counter() - begin
    lines, most, looked = 0, 0.0, 0.0
    while piece := response.read(MIB):
        size += len(piece)
        lines += piece.count(b"\n")
        if time.perf_counter() - looked > 0.1:
            most, looked = max(most, service.memory()), time.perf_counter()
    return {
        "rows": lines - 1,
        "MiB": size / MIB,
        "first byte s": first,
        "all s": time.perf_counter() - begin,
        "memory before MiB": before,
        "most memory MiB": most,
    }


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        below = [int(child) for child in children.read_text(encoding="ascii").split()]
    except OSError:
        return []
    return [pid, *(grandchild for child in below for grandchild in family(child))]


def pss(pid: int) -> int:
    """Return a process's share of memory in KiB."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def show(figures: dict[str, object]) -> None:
    """Print the figures as Markdown tables."""
    for title, values in figures.items():
        if not isinstance(values, dict):
            print(f"{title}: {values:,}")
            continue
        rows = values if all(isinstance(row, dict) for row in values.values()) else {"": values}
        names = list(next(iter(rows.values())))
        print(f"\n| {title} | {' | '.join(names)} |\n| --- {'| ---: ' * len(names)}|")
        for name, row in rows.items():
            print(f"| {name} | {' | '.join(number(row[key]) for key in names)} |")


def number(value: float) -> str:
    """Return three digits of small numbers, whole ones of large."""
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
