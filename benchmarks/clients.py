"""Ask the service as Comunica does, where Node and Comunica are at hand; print what came back.

Comunica is told the address with its kind (``sparql@``) and without, so that it finds out from the service's
description. Nothing is fetched here; where something is absent, the line says so.

    npm install --prefix /tmp/comunica @comunica/query-sparql
    python -m benchmarks.clients --comunica /tmp/comunica
"""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

from tests.service import start_service

PREFIX = "PREFIX clg: <https://w3id.org/clustergraph/ns#>"
RATINGS = f"{PREFIX} SELECT ?r ?i WHERE {{ ?r a clg:SkillRating ; clg:importance ?i }}"
COUNT = f"{PREFIX} SELECT (COUNT(DISTINCT ?r) AS ?n) WHERE {{ ?r a clg:SkillRating }}"
CONSTRUCT = f"{PREFIX} CONSTRUCT WHERE {{ ?r clg:importance ?i }}"
ASK = f"{PREFIX} ASK {{ ?s a clg:Hypothesis }}"
TESTS = (
    ("ratings, one by one", RATINGS, "application/sparql-results+json", "183"),
    ("ratings, counted", COUNT, "application/sparql-results+json", "1: 183"),
    ("ratings, as a graph", CONSTRUCT, "application/n-triples", "183"),
    ("whether there are hypotheses", ASK, "application/sparql-results+json", "true"),
)
ABSENT = "Comunica: absent"


def main() -> None:
    """Start the service, ask it, print a line for each question."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--comunica", type=Path, required=True, help="Folder with its node_modules.")
    given = arguments.parse_args()
    with start_service() as service:
        print("\n".join(comunica(given.comunica, f"{service.url}/sparql")))


def comunica(folder: Path, endpoint: str) -> list[str]:
    """Return a line for each question and way to name the endpoint; or one that says what is absent."""
    node = shutil.which("node")
    package = folder / "node_modules" / "@comunica" / "query-sparql"
    if node is None:
        return [f"{ABSENT} (no node on the PATH)"]
    if not package.exists():
        return [f"{ABSENT} (no @comunica/query-sparql in {folder})"]
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    lines = [f"Comunica {version}"]
    for source in (f"sparql@{endpoint}", endpoint):
        for name, query, form, expected in TESTS:
            command = [node, str(package / "bin" / "query.js"), source, query, "-t", form]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            found = summary(done.stdout, form) if done.returncode == 0 else done.stderr.strip()[:300]
            verdict = "right" if found == expected else f"wrong, expected {expected}"
            lines.append(f"{source.partition('http')[0] or 'found out':<10} {name}: {found} ({verdict})")
    return lines


def summary(text: str, form: str) -> str:
    """Return how many rows or triples there are, and the value where it is one."""
    if form == "application/n-triples":
        return str(len(set(text.splitlines())))
    answer = json.loads(text)
    if "boolean" in answer:
        return str(answer["boolean"]).lower()
    rows = answer["results"]["bindings"]
    if len(rows) == 1:
        return f"1: {next(iter(rows[0].values()))['value']}"
    return str(len(rows))


if __name__ == "__main__":
    main()
