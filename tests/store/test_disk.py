"""Data kept in a folder: loaded once, wholly or not at all."""

import fcntl
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, Quad, QuerySolutions, Store

from clustergraph.errors import StoreError
from clustergraph.store import bulk, disk, loading, sources

LINE = "<http://example.org/s{0}> <http://example.org/p> <http://example.org/o{0}> .\n"
BREAK_OFF = """
import os, signal, sys
from pathlib import Path
from clustergraph.store import bulk
def finish(store, files):
    os.kill(os.getpid(), signal.SIGKILL)
bulk.finish = finish
bulk.load(Path(sys.argv[1]), (Path(sys.argv[2]),))
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of numbered triples, or of a text, into a folder of data."""

    def at(name: str, content: str = "", count: int = 100) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(exist_ok=True)
        data = (content or "".join(LINE.format(number) for number in range(count))).encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    return at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that keeps the data."""
    return tmp_path / "store"


def loaded(folder: Path, *paths: Path) -> disk.StoredRelease:
    """Load in this process, and return what the folder then holds."""
    bulk.load(folder, paths)
    return disk.ensure(folder, ())


def opened(stored: disk.StoredRelease) -> Store:
    """Open a release for reading."""
    return Store.read_only(str(stored.folder))


def releases(folder: Path) -> list[str]:
    """Return the names of the releases that lie in the folder."""
    return [path.name for path in folder.iterdir() if path.is_dir() and "-" not in path.name]


def test_a_store_on_disk_holds_what_one_in_memory_holds(write: Write, folder: Path) -> None:
    paths = (
        write("stated.nt"),
        write("coded.nq.gz", LINE.format(1)[:-2] + "<http://example.org/g> .\n"),
        write("extra.ttl", '@prefix ex: <http://example.org/> . ex:a ex:b "ä"@de ; ex:c [ ex:d 1 ] .'),
    )
    store, held = loading.load(sources.find(paths))
    stored = loaded(folder, *paths)
    release = stored.release
    assert (release.identity, release.graphs, release.merged) == (held.identity, held.graphs, held.merged)
    assert {file.digest for file in release.files} == {file.digest for file in held.files}
    assert release.quads == held.quads == 104
    assert {*named(opened(stored))} == {*named(store)}


def named(store: Store) -> Iterator[Quad]:
    """Yield what is in named graphs and has no blank node."""
    for quad in store:
        if quad.graph_name != DefaultGraph() and not any(isinstance(term, BlankNode) for term in quad):
            yield quad


@pytest.mark.parametrize(
    ("second", "merged", "count"),
    [(LINE.format(1), True, 101), ("<http://example.org/s1> <http://example.org/p> 1 .\n", False, 102)],
)
def test_a_triple_in_two_graphs_is_one_of_all(
    write: Write, folder: Path, second: str, merged: bool, count: int
) -> None:
    first = "".join(LINE.format(number) for number in range(101))
    release = loaded(folder, write("stated.ttl", first), write("coded.ttl", second))
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    rows = cast("QuerySolutions", opened(release).query(query, use_default_graph_as_union=not merged))
    assert release.release.merged is merged
    assert next(iter(rows))["n"] == Literal(count)
    assert release.release.quads == 102


def test_data_are_loaded_once(write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("stated.nq")
    first = disk.ensure(folder, (path,))
    monkeypatch.setattr(subprocess, "run", None)
    assert disk.ensure(folder, (path,)).folder == first.folder
    assert disk.ensure(folder, ()).folder == first.folder


def test_a_file_that_was_only_touched_is_not_loaded_again(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    first = loaded(folder, path)
    os.utime(path, (1, 1))
    assert loaded(folder, path).folder == first.folder


def test_other_data_take_the_place_of_the_former(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    former = loaded(folder, path)
    reader = opened(former)
    write("stated.nq", count=3)
    release = loaded(folder, path)
    assert (release.release.quads, len(opened(release))) == (3, 3)
    assert len(reader) == 100, "a release that is read stays"
    assert len(releases(folder)) == 2
    former.leave()
    assert releases(folder) == [release.folder.name]


def test_the_same_data_come_back_while_their_former_release_is_read(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    former = loaded(folder, path)
    write("stated.nq", count=3)
    loaded(folder, path).leave()
    write("stated.nq")
    assert loaded(folder, path).release.identity == former.release.identity
    assert len(opened(former)) == 100


def test_a_fault_in_the_data_leaves_the_former_release(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    bulk.load(folder, (path,))
    write("stated.nq", "".join(LINE.format(number) for number in range(50)) + "<http://example.org/x> .\n")
    with pytest.raises(StoreError, match=r"stated\.nq:51: .*fix the file"):
        bulk.load(folder, (path,))
    assert sorted(path.name for path in folder.iterdir()) == sorted([*releases(folder), "lock", "store.json"])
    assert disk.ensure(folder, ()).release.quads == 100


def test_a_fault_reaches_whoever_started_the_load(write: Write, folder: Path) -> None:
    with pytest.raises(StoreError, match=r"bad\.ttl:1: "):
        disk.ensure(folder, (write("bad.ttl", "<a> <b> ."),))
    with pytest.raises(StoreError, match=r"cut\.nt\.gz: cannot be read"):
        loaded(folder, cut_off(write("cut.nt.gz")))


def cut_off(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-20])
    return path


def test_a_killed_load_leaves_nothing_that_is_taken_for_data(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    killed = subprocess.run([sys.executable, "-c", BREAK_OFF, str(folder), str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(StoreError, match="broken off; name the files"):
        disk.ensure(folder, ())
    bulk.load(folder, (path,))
    assert disk.ensure(folder, ()).release.quads == 100
    assert sorted(path.name for path in folder.iterdir()) == sorted([*releases(folder), "lock", "store.json"])


def test_a_killed_load_leaves_the_former_release(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    bulk.load(folder, (path,))
    write("stated.nq", count=7)
    subprocess.run([sys.executable, "-c", BREAK_OFF, str(folder), str(path)], check=False)
    assert disk.ensure(folder, ()).release.quads == 100
    assert disk.ensure(folder, (path,)).release.quads == 7


def test_a_second_load_waits_for_the_first(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    folder.mkdir()
    arguments = [sys.executable, "-m", "clustergraph.store.bulk", str(folder), str(path)]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        assert "waits for another process" in process.stderr.readline()
    _, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert disk.ensure(folder, ()).release.quads == 100


def test_two_processes_read_one_folder(write: Write, folder: Path) -> None:
    release = loaded(folder, write("stated.nq"))
    count = "import sys, pyoxigraph; print(len(pyoxigraph.Store.read_only(sys.argv[1])))"
    arguments = [sys.executable, "-c", count, str(release.folder)]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert len(opened(release)) == 100
    assert [process.communicate(timeout=20)[0] for process in both] == ["100\n", "100\n"]


def test_an_empty_folder_gets_the_built_graphs(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = write("stated.ttl", LINE.format(1))
    monkeypatch.setattr(disk, "graph_folder", lambda: built.parent)
    assert disk.ensure(folder, ()).release.graphs == ("https://w3id.org/clustergraph/graph/stated",)


def test_a_folder_of_another_layout_is_loaded_anew(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    former = loaded(folder, path)
    former.leave()
    manifest = folder / "store.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": 2', '"format": 0'))
    with pytest.raises(StoreError, match="another version wrote it"):
        disk.ensure(folder, ())
    assert loaded(folder, path).folder != former.folder


def test_a_confined_process_opens_no_socket_but_files() -> None:
    program = """
import socket
from clustergraph.store.confinement import open_no_sockets
assert open_no_sockets()
open("/proc/self/stat").close()
try:
    socket.socket()
except PermissionError:
    print("refused")
"""
    outcome = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert outcome.stdout == "refused\n"


def test_a_manifest_changed_by_hand_is_told(folder: Path) -> None:
    folder.mkdir()
    (folder / "store.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StoreError, match=r"store\.json: was changed by hand"):
        disk.ensure(folder, ())
