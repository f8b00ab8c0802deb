"""Build and validate more and more reports, and print how time and memory grow with their number.

The small report of the tests is multiplied under fresh slugs beside the real ontology. The exponent is the
slope of log(seconds beyond one report) over log(reports): 1 is linear growth. Seconds are those of the
processor, so that a busy machine does not bend the line.

    python benchmarks/growth.py [--reports 1 10 100]
"""

import argparse
import math
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "tests" / "fixtures" / "sources" / "lyon-2019"
GIB = 1024 * 1024  # ru_maxrss counts KiB


def main() -> None:
    """Measure, and print a table with the exponents."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--reports", type=int, nargs="+", default=[1, 10, 100])
    figures: dict[str, list[tuple[int, float]]] = {"build": [], "validate": []}
    print(f"{'reports':>8} {'build s':>9} {'validate s':>11} {'peak GiB so far':>16}")
    for count in arguments.parse_args().reports:
        with tempfile.TemporaryDirectory() as folder:
            project = multiply(Path(folder), count)
            build = _seconds("build", "--root", str(project))
            validate = _seconds("validate", str(project / "data" / "graph"))
        figures["build"].append((count, build))
        figures["validate"].append((count, validate))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / GIB
        print(f"{count:8} {build:9.2f} {validate:11.2f} {peak:16.2f}")
    for name, points in figures.items():
        print(f"{name}: time grows with the power {exponent(points):.2f} of the number of reports")


def multiply(folder: Path, count: int) -> Path:
    """Return a project that holds the small report ``count`` times, each under a slug of its own."""
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    for path in (ROOT / "data").glob("*.*"):
        folder.joinpath("data").mkdir(exist_ok=True)
        shutil.copy(path, folder / "data" / path.name)
    for number in range(count):
        slug = f"report-{number:04}"
        target = folder / "data" / "sources" / slug
        shutil.copytree(FIXTURE, target)
        for path in (path for path in target.iterdir() if path.name != "report.txt"):
            path.write_text(path.read_text(encoding="utf-8").replace(FIXTURE.name, slug), encoding="utf-8")
    return folder


def exponent(points: list[tuple[int, float]]) -> float:
    """Return the slope of the last two points on logarithmic scales, start-up taken off."""
    (_, start), (few, some), (many, most) = points[0], points[-2], points[-1]
    return math.log((most - start) / (some - start)) / math.log(many / few)


def _seconds(*arguments: str) -> float:
    begin = _used()
    subprocess.run([sys.executable, "-m", "clustergraph", *arguments], check=True, capture_output=True)
    return _used() - begin


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
