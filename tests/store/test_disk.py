"""Data kept in a folder: loaded once, wholly or not at all, going on where a load was broken off."""

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
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from clustergraph.errors import StoreError
from clustergraph.store import disk, loading, parts, snapshot, sources

LINE = "<http://example.org/s{0}> <http://example.org/p> <http://example.org/o{0}> .\n"
BREAK_OFF = """
import os, signal, sys
from pathlib import Path
from clustergraph.store import loading
loading.PART = 1000
keep = loading._Load._keep
def keep_and_end(load, store, number):
    keep(load, store, number)
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
loading._Load._keep = keep_and_end
loading.load(Path(sys.argv[1]), (Path(sys.argv[2]),))
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
    loading.load(folder, paths)
    return disk.ensure(folder, ())


def releases(folder: Path) -> list[str]:
    """Return the names of the releases that lie in the folder."""
    return [path.name for path in folder.iterdir() if path.is_dir() and "-" not in path.name]


def test_a_store_on_disk_holds_what_one_in_memory_holds(write: Write, folder: Path) -> None:
    paths = (
        write("stated.nt"),
        write("coded.nq.gz", LINE.format(1)[:-2] + "<http://example.org/g> .\n"),
        write("extra.ttl", '@prefix ex: <http://example.org/> . ex:a ex:b "ä"@de ; ex:c [ ex:d 1 ] .'),
    )
    held = snapshot.load(sources.find(paths))
    release = loaded(folder, *paths)
    assert (release.identity, release.graphs) == (held.identity, held.graphs)
    assert release.quads == held.quads == 104
    assert {*named(release.open())} == {*named(held.store)}


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
    rows = cast("QuerySolutions", release.open().query(query, use_default_graph_as_union=not merged))
    assert release.merged is merged
    assert next(iter(rows))["n"] == Literal(count)
    assert release.quads == 102


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
    reader = former.open()
    write("stated.nq", count=3)
    release = loaded(folder, path)
    assert (release.quads, len(release.open())) == (3, 3)
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
    assert loaded(folder, path).identity == former.identity
    assert len(former.open()) == 100


def test_a_fault_in_the_data_leaves_the_former_release(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("stated.nq")
    loading.load(folder, (path,))
    write("stated.nq", "".join(LINE.format(number) for number in range(50)) + "<http://example.org/x> .\n")
    monkeypatch.setattr(loading, "PART", 1000)
    with pytest.raises(StoreError, match=r"stated\.nq:51: .*fix the file"):
        loading.load(folder, (path,))
    assert disk.ensure(folder, ()).quads == 100


def test_a_fault_reaches_whoever_started_the_load(write: Write, folder: Path) -> None:
    with pytest.raises(StoreError, match=r"bad\.ttl:1: "):
        disk.ensure(folder, (write("bad.ttl", "<a> <b> ."),))
    with pytest.raises(StoreError, match=r"cut\.nt\.gz: cannot be read"):
        loaded(folder, cut_off(write("cut.nt.gz")))


def cut_off(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-20])
    return path


def test_a_killed_load_leaves_nothing_and_goes_on_after_the_last_whole_part(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("stated.nq")
    killed = subprocess.run([sys.executable, "-c", BREAK_OFF, str(folder), str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(StoreError, match="broken off; name the same files"):
        disk.ensure(folder, ())
    monkeypatch.setattr(loading, "PART", 1000)
    loading.load(folder, (path,))
    assert "goes on after part 2" in capsys.readouterr().err
    assert disk.ensure(folder, ()).quads == 100
    assert sorted(path.name for path in folder.iterdir()) == sorted([*releases(folder), "lock", "store.json"])


def test_other_data_do_not_go_on_with_a_load_that_was_broken_off(
    write: Write, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("stated.nq")
    subprocess.run([sys.executable, "-c", BREAK_OFF, str(folder), str(path)], check=False)
    write("stated.nq", count=7)
    loading.load(folder, (path,))
    assert "goes on" not in capsys.readouterr().err
    assert disk.ensure(folder, ()).quads == 7


@pytest.mark.parametrize("name", ["stated.nq", "stated.nq.gz"])
def test_parts_are_cut_between_lines_at_the_same_places_however_they_are_read(
    write: Write, name: str
) -> None:
    (file,) = sources.find((write(name),))
    read = [read_all(part, 64) for part in parts.parts(file, 1000, lambda _: None)]
    assert [read_all(part, 100_000) for part in parts.parts(file, 1000, lambda _: None)] == read
    assert len(read) > 5
    assert all(piece.endswith(b" .\n") for piece in read)
    assert b"".join(read) == file.read()


def read_all(part: parts.Part, size: int) -> bytes:
    pieces = list(iter(lambda: part.read(size), b""))
    assert max(map(len, pieces)) <= size
    return b"".join(pieces)


def test_a_blank_node_is_one_node_in_a_file_longer_than_a_part(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = '_:b <http://example.org/p> "{}" .\n'
    lines = [about.format(1), *(LINE.format(number) for number in range(50)), about.format(2)]
    monkeypatch.setattr(loading, "PART", 1000)
    loading.load(folder, (write("blank.nt", "".join(lines)),))
    store = disk.ensure(folder, ()).open()
    subjects = {
        quad.subject
        for text in "12"
        for quad in store.quads_for_pattern(None, NamedNode("http://example.org/p"), Literal(text))
    }
    assert len(subjects) == 1


def test_a_second_load_waits_for_the_first(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    folder.mkdir()
    arguments = [sys.executable, "-m", "clustergraph.store.loading", str(folder), str(path)]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        assert "waits for another process" in process.stderr.readline()
    _, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert disk.ensure(folder, ()).quads == 100


def test_a_large_release_is_tidied_up_while_it_is_read(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LATER", 0)
    former = loaded(folder, write("stated.nq"))
    reader = former.open()
    assert not disk.is_tidy(folder)
    assert loading.tidy_up(folder)
    release = disk.ensure(folder, ())
    assert (release.identity, len(release.open()), len(reader)) == (former.identity, 100, 100)
    assert not loading.tidy_up(folder)
    former.leave()
    assert releases(folder) == [release.folder.name]


def test_two_processes_read_one_folder(write: Write, folder: Path) -> None:
    release = loaded(folder, write("stated.nq"))
    count = "import sys, pyoxigraph; print(len(pyoxigraph.Store.read_only(sys.argv[1])))"
    arguments = [sys.executable, "-c", count, str(release.folder)]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert len(release.open()) == 100
    assert [process.communicate(timeout=20)[0] for process in both] == ["100\n", "100\n"]


def test_an_empty_folder_gets_the_built_graphs(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = write("stated.ttl", LINE.format(1))
    monkeypatch.setattr(disk, "graph_folder", lambda: built.parent)
    assert disk.ensure(folder, ()).graphs == ("https://w3id.org/clustergraph/graph/stated",)


def test_a_folder_of_another_layout_is_loaded_anew(write: Write, folder: Path) -> None:
    path = write("stated.nq")
    former = loaded(folder, path)
    former.leave()
    marker = folder / "store.json"
    marker.write_text(marker.read_text(encoding="utf-8").replace('"format": 1', '"format": 0'))
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


def test_a_marker_changed_by_hand_is_told(folder: Path) -> None:
    folder.mkdir()
    (folder / "store.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StoreError, match=r"store\.json: was changed by hand"):
        disk.ensure(folder, ())
