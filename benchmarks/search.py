"""Ask a service what people search for, and say how long that takes.

The questions are those of ``tests/search/queries.csv``. A search is timed in the index itself, wall clock and
processor, and over HTTP as JSON and as a page, one client on a kept connection; quantiles are of all rounds.

    python benchmarks/search.py [--rounds 5] [--data FILE …]
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from clustergraph.search import Index

ROOT = Path(__file__).resolve().parent.parent
QUERIES = ROOT / "tests" / "search" / "queries.csv"
PATIENCE = 600.0


def main() -> None:
    """Measure, and print a table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--data", nargs="*", default=[])
    options = arguments.parse_args()
    with QUERIES.open(encoding="utf-8", newline="") as file:
        questions = [row["query"] for row in csv.DictReader(file)]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "clustergraph", "serve", "--port", "0", "--store", f"{folder}/store"]
        data = [option for path in options.data or ["data/graph"] for option in ("--data", path)]
        with subprocess.Popen([*command, *data], cwd=ROOT, stderr=subprocess.PIPE, text=True) as service:
            try:
                _measure(_address(service), Path(folder) / "store", questions, options.rounds)
            finally:
                service.terminate()


def _measure(address: str, store: Path, questions: list[str], rounds: int) -> None:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        began = time.perf_counter()
        while not (answer := client.get("search.json", params={"q": "a"})).is_success:
            assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE  # noqa: S101 - it is being made
        (file,) = store.glob("search-*.sqlite")
        print(f"index: {time.perf_counter() - began:.1f} s to first answer, {file.stat().st_size:,} bytes")
        index = Index(file)
        ask: dict[str, Callable[[str], object]] = {
            "search in the index": lambda question: index.search(question, count=50),
            "search.json": lambda question: client.get("search.json", params={"q": question}),
            "search page": lambda question: client.get(
                "search", params={"q": question}, headers={"accept": "text/html"}
            ),
        }
        for name, do in ask.items():
            _print(name, [_timed(do, question) for _ in range(rounds) for question in questions])


def _timed(do: Callable[[str], object], question: str) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    do(question)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000


def _print(name: str, times: list[tuple[float, float]]) -> None:
    for kind, values in zip(("wall", "own processor"), zip(*times, strict=True), strict=True):
        ranked = sorted(values)
        half, most = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)]
        print(f"{name:20} {kind:14} p50 {half:6.1f} ms  p95 {most:6.1f} ms  max {ranked[-1]:6.1f} ms")


def _address(service: "subprocess.Popen[str]") -> str:
    assert service.stderr is not None  # noqa: S101 - it is a pipe
    for line in service.stderr:
        if " serves " in line:
            return line.split(" serves ")[1].strip()
    raise SystemExit("the service did not start")


if __name__ == "__main__":
    main()
