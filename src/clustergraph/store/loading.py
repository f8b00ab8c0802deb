"""Data files and a folder in; a release of them in that folder, whole or not there at all, out.

Run as ``python -m clustergraph.store.loading FOLDER FILE…``. ``loading-<identity>/work`` is what the engine
writes; beside it lies, named by a number, the state after that many parts. A part is a file, or 4 GiB of an
N-Triples or N-Quads file without blank nodes (whose labels hold for a whole file). A load that is broken off
goes on from the last state. States share the engine's files by hard links, so they take hardly any room.

Without a file, the release in the folder is tidied up, so that it is read more quickly: a copy takes its
place. Small releases are tidied up as they are loaded, large ones while they are already read.
"""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from gzip import BadGzipFile
from pathlib import Path
from secrets import token_hex
from typing import IO, Final, cast

from pyoxigraph import NamedNode, Store

from clustergraph.errors import StoreError
from clustergraph.namespaces import BASE
from clustergraph.store.confinement import die_with_parent
from clustergraph.store.disk import (
    FORMAT,
    LOADING,
    Known,
    Marker,
    absolute,
    lock,
    matching,
    read_marker,
    sweep,
    write_marker,
)
from clustergraph.store.merging import Counts, has_shared_triple, merge
from clustergraph.store.parts import Advance, Part, is_cut_by_lines, open_file, parts
from clustergraph.store.snapshot import RDF_FORMATS
from clustergraph.store.sources import DataFile, fault, find, identity_of

PART: Final = 4 * 1024 * 1024 * 1024
"""Bytes after which a load keeps its state."""
LATER: Final = 128 * 1024 * 1024
"""Bytes of files from which on a release is tidied up later."""
_READ: Final = 1024 * 1024
_BLANK: Final = re.compile(rb"_:").search  # faster than the operator ``in`` where colons abound
_NAME: Final = 24
_SUFFIX: Final = 4
_NICE: Final = 15


def load(folder: Path, data: tuple[Path, ...]) -> None:
    """Load ``data`` into ``folder``, or go on with a load that was broken off, and make it the release.

    Raises:
        StoreError: a file can't be read, isn't what its name says, or the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as own, _Progress(folder) as progress:
            if not lock(own.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB):
                progress.say("waits for another process that loads")
                lock(own.fileno(), fcntl.LOCK_EX)
            _load(folder, absolute(find(data)), progress)
            sweep(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error}; the next start goes on from the last whole part") from error


def _load(folder: Path, files: tuple[DataFile, ...], progress: "_Progress") -> None:
    marker = read_marker(folder)
    if marker and marker.holds(files):
        return
    known = tuple(_fingerprints(files, marker, progress))
    identity = identity_of((entry.graph, entry.format, entry.hash) for entry in known)
    if marker is None or marker.identity != identity:
        order = sorted(zip(files, known, strict=True), key=lambda pair: (pair[1].graph or "", pair[1].hash))
        loaded = _Load(folder, identity, tuple(order), progress)
        marker = loaded.run()
    write_marker(folder, replace(marker, files=known))
    _remove_states(folder)


def tidy_up(folder: Path) -> bool:
    """Put a release in order for quick reading and let it take its own place; tell whether it needed that."""
    with (folder / "lock").open("w") as own:
        lock(own.fileno(), fcntl.LOCK_EX)
        marker = read_marker(folder)
        if marker is None or marker.tidy:
            return False
        _remove_states(folder)
        states = folder / f"loading-{marker.identity[:_NAME]}"
        states.mkdir()
        work = states / "work"
        shutil.copytree(folder / marker.folder, work, copy_function=_link_or_copy)
        store = Store(str(work))
        store.optimize()
        store.flush()
        del store
        name = _new_name(marker.identity)
        work.rename(folder / name)
        write_marker(folder, replace(marker, folder=name, tidy=True))
        _remove_states(folder)
        sweep(folder)
    return True


def _new_name(identity: str) -> str:
    """Return a name for a release's folder: another one each time, for a former one may still be read."""
    return identity[:_NAME] + token_hex(_SUFFIX)


def _remove_states(folder: Path, but: Path | None = None) -> None:
    for path in matching(folder, LOADING):
        if path != but:
            shutil.rmtree(path, ignore_errors=True)


class _Load:
    """One load, new or continued."""

    def __init__(
        self,
        folder: Path,
        identity: str,
        files: tuple[tuple[DataFile, Known], ...],
        progress: "_Progress",
    ) -> None:
        self._identity = identity
        self._size = sum(entry.size for _, entry in files)
        self._folder = folder
        self._states = folder / f"loading-{identity[:_NAME]}"
        self._work = self._states / "work"
        self._files = files
        self._progress = progress

    def run(self) -> Marker:
        """Load what is left and put the release into its place; return what is known of it."""
        _remove_states(self._folder, but=self._states)
        done = self._go_back()
        if done:
            self._progress.say(f"goes on after part {done}")
        store = Store(str(self._work))
        self._progress.begin("Loading", self._size)
        unkept = 0
        for number, (file, part) in enumerate(self._parts(), 1):
            if number <= done:
                part.skip()
                continue
            self._load_part(store, file, part)
            unkept += part.size
            if unkept >= PART:
                self._keep(store, number)
                unkept = 0
        marker = self._finish(store)
        del store
        self._work.rename(self._folder / marker.folder)
        self._progress.say(f"{marker.quads} quads are loaded")
        return marker

    def _finish(self, store: Store) -> Marker:
        self._progress.begin("Counting", None)
        counts = Counts.of(store)
        graphs = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))
        if merged := has_shared_triple(store, counts):
            merge(store)
        if tidy := self._size < LATER:
            store.optimize()
        store.flush()
        name = _new_name(self._identity)
        return Marker(FORMAT, name, self._identity, counts.quads, tuple(graphs), merged, tidy, ())

    def _parts(self) -> Iterator[tuple[DataFile, Part]]:
        for file, known in self._files:
            for part in parts(file, None if known.whole else PART, self._progress.advance):
                yield file, part

    def _load_part(self, store: Store, file: DataFile, part: Part) -> None:
        try:
            store.bulk_load(
                input=cast("IO[bytes]", part),
                format=RDF_FORMATS[file.format],
                base_iri=BASE,
                to_graph=NamedNode(file.graph) if file.graph else None,
            )
        except (SyntaxError, ValueError, MemoryError) as error:
            shutil.rmtree(self._states, ignore_errors=True)
            raise fault(file, error, part.lines_before()) from error

    def _keep(self, store: Store, number: int) -> None:
        """Keep the state after this part, and no other."""
        fresh = self._states / "next"
        store.backup(str(fresh))
        fresh.rename(self._states / str(number))
        for path in self._kept():
            if path.name != str(number):
                shutil.rmtree(path)

    def _go_back(self) -> int:
        """Take up the last state; return the number of parts in it."""
        self._states.mkdir(exist_ok=True)
        for leftover in ("work", "next"):
            shutil.rmtree(self._states / leftover, ignore_errors=True)
        kept = self._kept()
        if not kept:
            return 0
        shutil.copytree(kept[-1], self._work, copy_function=_link_or_copy)
        return int(kept[-1].name)

    def _kept(self) -> list[Path]:
        states = [path for path in self._states.iterdir() if path.name.isdecimal()]
        return sorted(states, key=lambda path: int(path.name))


def _link_or_copy(source: str, target: str) -> None:
    """Share the engine's data files, which it never changes, and copy the others."""
    if source.endswith(".sst"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _fingerprints(
    files: tuple[DataFile, ...], marker: Marker | None, progress: "_Progress"
) -> Iterator[Known]:
    known = {entry.path: entry for entry in marker.files} if marker else {}
    progress.begin("Reading", sum(file.path.stat().st_size for file in files))
    for file in files:
        entry = known.get(str(file.path))
        yield entry if entry and entry.is_still(file) else _fingerprint(file, progress.advance)


def _fingerprint(file: DataFile, advance: Advance) -> Known:
    """Read the file for its hash, and for whether it can be cut between lines."""
    stat = file.path.stat()
    digest = hashlib.sha256()
    cut = is_cut_by_lines(file)
    before = b""
    try:
        with open_file(file, advance) as stream:
            while piece := stream.read(_READ):
                digest.update(piece)
                cut = cut and not (_BLANK(piece) or (before == b"_" and piece.startswith(b":")))
                before = piece[-1:]
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise StoreError(f"{file.path}: cannot be read ({error}); give a whole file") from error
    return Known(
        str(file.path),
        stat.st_size,
        stat.st_mtime_ns,
        digest.hexdigest(),
        file.graph,
        file.format,
        not cut,
    )


class _Progress:
    """A bar on standard error for people, lines for a log."""

    def __init__(self, folder: Path) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._folder = folder
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self.begin("Reading", None)

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, words: str) -> None:
        """Write one line."""
        self._console.print(f"{self._folder}: {words}", markup=False)

    def begin(self, what: str, size: int | None) -> None:
        """Begin the next stretch of work; None where nobody knows how long it is."""
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._task = self._bar.add_task(what, total=size)
        self._unshown = 0

    def advance(self, size: int) -> None:
        """Note bytes that were read."""
        self._unshown += size
        if self._unshown >= _READ:
            self._bar.advance(self._task, self._unshown)
            self._unshown = 0


def main() -> None:
    """Load what the arguments name; print the fault where that fails."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()
    folder, *data = map(Path, sys.argv[1:])
    try:
        if data:
            load(folder, tuple(data))
        else:
            os.nice(_NICE)
            tidy_up(folder)
    except StoreError as error:
        print(error)
        sys.exit(1)
    except OSError as error:
        print(f"{folder}: not tidied up: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
