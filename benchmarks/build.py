"""Time build, validation and start of the service, each beside something measured in the same run.

Every figure is the median of several runs of a whole process. The ratio is what counts, since machines
differ: how many times as long as parsing the built Turtle with rdflib alone.

    python benchmarks/build.py [--runs 5] [--json FILE]
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARSE = "import pathlib, rdflib\nfor f in pathlib.Path('data/graph').glob('*.ttl'): rdflib.Graph().parse(f)"


def main() -> None:
    """Measure, and print a table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    work: dict[str, Callable[[], None]] = {
        "parse the Turtle with rdflib": lambda: _run("-c", PARSE),
        "build --check": lambda: _run("-m", "clustergraph", "build", "--check"),
        "validate": lambda: _run("-m", "clustergraph", "validate"),
        "start to first answer": _first_answer,
    }
    seconds = _measure(work, options.runs)
    base = seconds["parse the Turtle with rdflib"]
    for name, median in seconds.items():
        print(f"{name:30} {median:7.2f} s {median / base:7.2f} x")
    if options.json:
        options.json.write_text(
            json.dumps({name: {"seconds": s, "ratio": s / base} for name, s in seconds.items()})
        )


def _measure(work: dict[str, Callable[[], None]], runs: int) -> dict[str, float]:
    """Return the median seconds of each piece of work; the pieces take turns, after one uncounted round."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for number in range(runs + 1):
        for name, do in work.items():
            begin = time.perf_counter()
            do()
            if number:
                times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in times.items()}


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def _first_answer() -> None:
    """Start the service on a free port, ask one query, and end it."""
    import urllib.parse
    import urllib.request

    command = [sys.executable, "-m", "clustergraph", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as service:
        try:
            address = _address(service)
            ask = urllib.parse.urlencode({"query": "ASK { ?s ?p ?o }"})
            with urllib.request.urlopen(f"{address}sparql?{ask}", timeout=10) as answer:  # noqa: S310  # loopback
                assert json.load(answer)["boolean"] is True  # noqa: S101  # a wrong answer is no measurement
        finally:
            service.terminate()


def _address(service: "subprocess.Popen[str]") -> str:
    assert service.stderr is not None  # noqa: S101  # it is a pipe
    for line in service.stderr:
        if "http://" in line:
            return line[line.index("http://") :].split()[0]
    raise SystemExit("the service ended before it said its address")


if __name__ == "__main__":
    main()
