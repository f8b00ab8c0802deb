"""Attack the service on this machine with all that ``tests/attack`` knows; print what it held, write JSON.

Everything stays on the loopback interface. The service holds the built graphs with a time limit of two
seconds and 256 MiB of memory for a query. The queries that are damaged are the project's own, and those of
any folder that is named, for instance a copy of the W3C's test suite.

    python -m benchmarks.attack --requests 20000 --json attack.json
    python -m benchmarks.attack --queries path/to/rdf-tests/sparql
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

from tests.attack import siege
from tests.attack.conversation import Request
from tests.attack.mutation import sources
from tests.service import Running, free_port, start_service

LIMIT = 2.0
MEMORY = 256 << 20
OWN = Path(__file__).resolve().parents[1] / "queries"
SHARES = {"protocol": 0.2, "noise": 0.05, "well-formed queries": 0.15}
"""Shares of the requests that are drawn; the rest are damaged queries."""
DRAWN = 1000
"""Examples that are drawn at a time: hypothesis slows down over a long run."""
Table = dict[str, siege.Figures]


def main() -> None:
    """Attack in turn, and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--requests", type=int, default=20_000, help="Requests of the bombardment.")
    arguments.add_argument("--queries", type=Path, action="append", default=[], help="More .rq files.")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    queries = list(chain.from_iterable(sources(folder) for folder in (OWN, *given.queries)))
    table: Table = {"machine": {"processors": os.cpu_count(), "load average": os.getloadavg()[0]}}
    with start_service(limits={"seconds": LIMIT, "memory": MEMORY}) as service:
        bombardment(table, service, queries, given.requests, given.seed)
        assaults(table, service)
        note(table, "the service at the end", lambda: state(service))
    note(table, "kill -9 of the whole service under load", lambda: siege.kill_service(free_port(), 5))
    note(table, "reload under load", reload_)
    note(table, "shutdown with running queries", shut_down)
    if given.json:
        given.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


def note(table: Table, name: str, attack: Callable[[], siege.Figures]) -> None:
    """Run an attack; keep and print its figures."""
    began = time.monotonic()
    figures = attack()
    table[name] = {**figures, "took s": round(time.monotonic() - began, 1)}
    print(f"\n{name}")
    for key, value in table[name].items():
        shown = [str(one)[:700] for one in value[:10]] if isinstance(value, list) else [str(value)]
        print(f"  {key:<28} {(chr(10) + ' ' * 31).join(shown) or 'none'}", flush=True)


def bombardment(table: Table, service: Running, queries: list[str], number: int, seed: int) -> None:
    """Send requests that are odd, broken or costly."""
    note(table, "the service at the beginning", lambda: state(service))
    left = number
    for name, share in SHARES.items():
        size = int(number * share)
        left -= size
        shots = supply(name, size)
        note(table, f"requests: {name}", lambda shots=shots: siege.bombard(service.url, shots, LIMIT))  # type: ignore[misc]
    damaged = siege.mutated(seed, queries, left)
    note(
        table,
        f"requests: {len(queries)} queries, damaged",
        lambda: siege.bombard(service.url, damaged, LIMIT),
    )
    note(table, "the service after the requests", lambda: state(service))


def supply(name: str, size: int) -> Iterator[Request]:
    """Yield so many examples of a strategy, drawn anew by chance."""
    rounds = (siege.drawn(siege.STRATEGIES[name], DRAWN, fixed=False) for _ in range(size // 100 + 1))
    return islice(chain.from_iterable(rounds), size)


def assaults(table: Table, service: Running) -> None:
    """Do what one request alone can't."""
    note(table, "200 connections at once", lambda: siege.crowd(service, 200))
    note(table, "8 runaway queries beside light ones", lambda: siege.run_away(service, LIMIT))
    note(table, "clients that go", lambda: siege.leave(service, 60))
    note(table, "slow clients (head, body, reading)", lambda: siege.drip(service, 200, 40))
    note(table, "requests without an end", lambda: siege.swell(service, 64 << 20))
    note(table, "requests that cost the front", lambda: siege.stall(service))
    note(table, "kill -9 of workers under load", lambda: siege.kill_workers(service, 20))


def state(service: Running) -> siege.Figures:
    """Return how the service is: memory, processes, processor, and whether it still answers rightly."""
    calm = service.calm()
    front, largest = service.memory()
    return {
        "front MiB": round(front, 1),
        "largest process MiB": round(largest, 1),
        "processes": len(service.family()),
        "processes as at the start": calm,
        "processor when idle": round(service.idle(), 3),
        "ratings": service.ratings(),
        "tracebacks in the log": sum("Traceback" in line for line in service.lines),
    }


def reload_() -> siege.Figures:
    """Exchange the data ten times under load."""
    with tempfile.TemporaryDirectory() as folder:
        write = siege.versions(Path(folder) / "versions.nt")
        write(0)
        with start_service(data=[str(Path(folder) / "versions.nt")]) as service:
            return siege.reload_(service, write, 10)


def shut_down() -> siege.Figures:
    """End a service in which queries run."""
    return siege.shut_down(start_service(limits={"seconds": LIMIT}), siege.runaways(6), LIMIT)


if __name__ == "__main__":
    main()
