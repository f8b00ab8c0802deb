"""The build: the same bytes everywhere, all files or none, and whoever is killed leaves whole files."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clustergraph import dataset
from clustergraph.errors import BuildError
from clustergraph.iris import GRAPHS

OLD, NEW = b"# old\n" * 2000, b"# new\n" * 3000
NAMES = ("coded", "ontology", "stated")

KILLER = """
import os, signal, sys
from pathlib import Path
from clustergraph import dataset

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def dying(function, nth, after):
    calls = []
    def call(*args, **kwargs):
        calls.append(1)
        if len(calls) == nth and not after:
            die()
        result = function(*args, **kwargs)
        if len(calls) == nth:
            die()
        return result
    return call

root, point, nth, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "after"
if point == "fsync":
    os.fsync = dying(os.fsync, nth, after)
else:
    setattr(Path, point, dying(getattr(Path, point), nth, after))
if sys.argv[5] == "whole":
    files = dataset.outputs(root)
else:
    files = {name: NEW for name in NAMES}
dataset.write(root, files)
"""

MOMENTS = [
    ("fsync", 1, "before"),
    ("fsync", 1, "after"),
    ("fsync", 3, "after"),
    ("replace", 1, "before"),
    ("replace", 1, "after"),
    ("replace", 2, "after"),
    ("replace", 3, "after"),
    ("unlink", 1, "before"),
    ("unlink", 4, "before"),
    ("unlink", 4, "after"),
]


def run_until_killed(root: Path, point: str, nth: int, when: str, files: str) -> None:
    """Run a build in a process that kills itself at the named point."""
    script = KILLER.replace("NEW", repr(NEW)).replace("NAMES", repr(NAMES))
    arguments = [sys.executable, "-c", script, str(root), point, str(nth), when, files]
    done = subprocess.run(arguments, check=False, timeout=60, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def graph_files(root: Path) -> dict[str, bytes]:
    found = (root / "data" / "graph").iterdir()
    return {path.name: path.read_bytes() for path in found if not path.name.startswith(".")}


def hidden(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".")]


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A project with an earlier build, of which one graph is no longer made."""
    folder = tmp_path / "data" / "graph"
    folder.mkdir(parents=True)
    for name in (*NAMES, "retired"):
        (folder / f"{name}.ttl").write_bytes(OLD)
    return tmp_path


@pytest.mark.parametrize(
    ("point", "nth", "when"), MOMENTS, ids=[" ".join(map(str, moment)) for moment in MOMENTS]
)
def test_a_killed_build_leaves_each_file_old_or_new_and_whole(
    point: str, nth: int, when: str, earlier: Path
) -> None:
    run_until_killed(earlier, point, nth, when, "small")
    left = graph_files(earlier)
    assert set(left) - {"retired.ttl"} == {f"{name}.ttl" for name in NAMES}
    assert set(left.values()) <= {OLD, NEW}
    if point == "fsync":
        assert set(left.values()) == {OLD}
    dataset.write(earlier, dict.fromkeys(NAMES, NEW))
    assert graph_files(earlier) == {f"{name}.ttl": NEW for name in NAMES}
    assert hidden(earlier) == []


def test_a_whole_build_that_is_killed_can_be_repeated(make_project: Callable[..., Path], lyon: Path) -> None:
    project = make_project(lyon)
    run_until_killed(project, "replace", 2, "before", "whole")
    assert len(graph_files(project)) == 1
    files = dataset.outputs(project)
    dataset.write(project, files)
    assert dataset.differences(project, files) == ""
    assert hidden(project) == []


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_full_disk_leaves_the_old_files(nth: int, earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def full(_: int) -> None:
        calls.append(1)
        if len(calls) == nth:
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BuildError, match="cannot be written"):
        dataset.write(earlier, dict.fromkeys(NAMES, NEW))
    assert set(graph_files(earlier).values()) == {OLD}
    assert hidden(earlier) == []


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_file_that_cannot_take_its_place_leaves_whole_files(
    nth: int, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        calls.append(1)
        if len(calls) == nth:
            raise PermissionError(13, os.strerror(13))
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(BuildError, match=r"cannot be written \(Permission denied\); each file is whole"):
            dataset.write(earlier, dict.fromkeys(NAMES, NEW))
    left = graph_files(earlier)
    assert sorted(left.values()) == sorted([NEW] * (nth - 1) + [OLD] * (5 - nth))
    dataset.write(earlier, dict.fromkeys(NAMES, NEW))
    assert set(graph_files(earlier).values()) == {NEW}


def test_only_files_that_changed_are_written(earlier: Path) -> None:
    graphs = earlier / "data" / "graph"
    before = (graphs / "coded.ttl").stat()
    changed = dataset.write(earlier, {"coded": OLD, "ontology": NEW, "stated": OLD})
    assert changed == ("ontology",)
    assert (graphs / "coded.ttl").stat().st_mtime_ns == before.st_mtime_ns
    assert not (graphs / "retired.ttl").exists()


def test_the_committed_files_are_what_the_sources_give(root: Path, outputs: dict[str, bytes]) -> None:
    assert dataset.differences(root, outputs) == "", "run: clustergraph build"


def test_a_clone_that_changes_line_ends_keeps_every_byte(root: Path, tmp_path: Path) -> None:
    git, origin, clone = shutil.which("git") or "git", tmp_path / "origin", tmp_path / "clone"
    for folder in ("data", "ontology", "queries"):
        shutil.copytree(root / folder, origin / folder)
    shutil.copy(root / ".gitattributes", origin)
    for command in ("init --quiet", "add .", "-c user.name=x -c user.email=x@e.org commit --quiet -m x"):
        subprocess.run([git, *command.split()], cwd=origin, check=True, timeout=60)
    windows = [git, "-c", "core.autocrlf=true", "clone", "--quiet", str(origin), str(clone)]
    subprocess.run(windows, check=True, timeout=60)
    paths = [
        path.relative_to(origin)
        for folder in ("data", "ontology", "queries")
        for path in (origin / folder).rglob("*")
    ]
    assert len(paths) > 100
    assert [
        path for path in paths if path.suffix and (clone / path).read_bytes() != (origin / path).read_bytes()
    ] == []


def test_a_stale_file_is_shown_as_a_difference(earlier: Path) -> None:
    shown = dataset.differences(earlier, {"coded": OLD, "ontology": b"# new\n", "stated": OLD})
    assert "--- built/ontology.ttl\n+++ sources/ontology.ttl\n" in shown
    assert "-# old\n" in shown
    assert "--- built/retired.ttl" in shown
    assert "coded" not in shown


def test_every_named_graph_is_built(built: dict[str, bytes]) -> None:
    assert set(GRAPHS) == set(built)


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_hash_seed_changes_no_byte(
    seed: str, root: Path, outputs: dict[str, bytes], tmp_path: Path
) -> None:
    script = (
        "import hashlib, json, sys\nfrom pathlib import Path\nfrom clustergraph import dataset\n"
        "found = dataset.outputs(Path(sys.argv[1]))\n"
        "print(json.dumps({name: hashlib.sha256(content).hexdigest() for name, content in found.items()}))\n"
    )
    surroundings = {
        "PYTHONHASHSEED": seed,
        "LC_ALL": "C",
        "TZ": "Pacific/Auckland",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=surroundings,
        timeout=120,
    )
    assert json.loads(done.stdout) == {
        n: hashlib.sha256(content).hexdigest() for n, content in outputs.items()
    }


def test_another_folder_changes_no_byte(
    root: Path, outputs: dict[str, bytes], basel: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(root / "ontology", elsewhere / "ontology")
    shutil.copytree(basel, elsewhere / "data" / "sources" / basel.name)
    for path in (root / "data").glob("*.*"):
        shutil.copy(path, elsewhere / "data")
    assert dataset.outputs(elsewhere) == outputs
