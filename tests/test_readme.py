"""The README's commands run as written and print what it shows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
STARTS_OVER = ("git clone", "cd ", "make ")
"""Commands that set the project up; a test of their own runs them."""


def commands() -> Iterator[ParameterSet]:
    """Yield each command of the README with the lines that it shows as printed."""
    for block in BLOCKS:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = part.rstrip("\n").split("\n")
            if not command.startswith(STARTS_OVER):
                yield pytest.param(command, printed, marks=pytest.mark.needs(program(command)))


def program(command: str) -> str:
    """Return the program that a command starts; our own is always there."""
    name = command.split()[0]
    return "sh" if name.startswith(".venv/") else name


@pytest.mark.parametrize(("command", "printed"), list(commands()))
def test_a_command_of_the_readme_runs(command: str, printed: list[str], tmp_path: Path, served: str) -> None:
    for name in ("queries", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run(
        ["/bin/sh", "-c", _here(command, served)],
        cwd=tmp_path,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    for line in printed:
        assert line in done.stdout.splitlines(), done.stdout


def test_the_readme_sparqlwrapper_example_counts_the_marks(served: str) -> None:
    (example,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    done = subprocess.run(
        [sys.executable, "-c", _here(example, served)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    marks = dict(line.split() for line in done.stdout.splitlines())
    assert set(marks) == {"+", "++", "-", "--"}
    assert sum(map(int, marks.values())) == 183, "61 skills in three columns"


def test_the_readme_shows_what_the_service_says_when_it_is_ready() -> None:
    assert any("clustergraph serves http://127.0.0.1:8000/" in block for block in BLOCKS)


def _here(words: str, served: str) -> str:
    """Point a command at this interpreter and at the service that runs for the tests."""
    return words.replace(".venv/bin/clustergraph", f"{sys.executable} -m clustergraph").replace(
        "http://127.0.0.1:8000/", served
    )
