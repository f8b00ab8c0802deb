"""A folder that holds data loaded once, and data files, in; the release in it, ready to be opened, out.

A folder holds::

    store.json              which release is whole and what is known of it; renamed into place last
    <identity…>/            the engine's files of a release, never written again
    loading-<identity>/     a load under way or broken off: see :mod:`.loading`
    lock                    held by the process that loads

Nothing but ``store.json`` makes a release usable. A release that it no longer names is removed as soon as
no process holds it. The engine is never open in a process that forks: who needs it opens it for itself.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Store

from clustergraph.errors import StoreError
from clustergraph.resources import graph_folder
from clustergraph.store.sources import DataFile, find

FORMAT: Final = 1
"""The way in which a folder is laid out; one of another way is loaded anew."""
LOADING: Final = re.compile(r"loading-[0-9a-f]{24}")
CACHE: Final = 192 * 1024 * 1024
"""Bytes of the files that the engine keeps in each process that reads a store, at most."""
_MARKER: Final = "store.json"
_RELEASE: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Known:
    """A file that was loaded: as long as size and time stay the same, so does its hash."""

    path: str
    size: int
    modified: int
    hash: str
    graph: str | None
    format: str
    whole: bool
    """Whether the file must be loaded in one part."""

    def is_still(self, file: DataFile) -> bool:
        """Tell whether the file is unchanged, as far as can be seen without reading it."""
        stat = file.path.stat()
        return (self.path, self.size, self.modified, self.graph, self.format) == (
            str(file.path),
            stat.st_size,
            stat.st_mtime_ns,
            file.graph,
            file.format,
        )


@dataclass(frozen=True)
class StoredRelease:
    """A whole release in its folder, kept from removal as long as ``lock`` is open."""

    folder: Path
    identity: str
    quads: int
    graphs: tuple[str, ...]
    merged: bool
    """Whether the store's default graph is the merge of all; otherwise no triple is in two graphs."""
    lock: int

    def open(self) -> Store:
        """Open the store for reading; each process must do so for itself, after any fork."""
        return Store.read_only(str(self.folder))

    def leave(self) -> None:
        """Let the release go, and remove it where another one has taken its place."""
        os.close(self.lock)
        sweep(self.folder.parent)


@dataclass(frozen=True)
class Marker:
    """What ``store.json`` says."""

    format: int
    folder: str
    identity: str
    quads: int
    graphs: tuple[str, ...]
    merged: bool
    tidy: bool
    """Whether the engine's files are in order for quick reading."""
    files: tuple[Known, ...]

    def holds(self, files: tuple[DataFile, ...]) -> bool:
        """Tell whether these files, unchanged, are what was loaded."""
        known = {entry.path: entry for entry in self.files}
        return len(known) == len(files) and all(
            (entry := known.get(str(file.path))) is not None and entry.is_still(file) for file in files
        )


def ensure(folder: Path, data: tuple[Path, ...]) -> StoredRelease:
    """Return the release in ``folder``, loading ``data`` (empty: what is there) first where that is needed.

    Raises:
        StoreError: the data can't be loaded, or there are none.
    """
    marker = read_marker(folder)
    if not data and marker is None:
        if any(matching(folder, LOADING)):
            raise StoreError(f"{folder}: the load was broken off; name the same files with --data to go on")
        if (folder / _MARKER).exists():
            raise StoreError(f"{folder}: another version wrote it; name the files with --data to load anew")
        data = (graph_folder(),)
    if data:
        files = absolute(find(data))
        if marker is None or not marker.holds(files):
            _load_apart(folder, data)
    return _hold(folder)


def is_tidy(folder: Path) -> bool:
    """Tell whether the release in a folder needs no tidying up."""
    marker = read_marker(folder)
    return marker is None or marker.tidy


def sweep(folder: Path) -> None:
    """Remove the releases that are no longer named and that no process holds."""
    marker = read_marker(folder)
    for path in matching(folder, _RELEASE):
        if marker is None or path.name != marker.folder:
            with _descriptor(path) as descriptor:
                if descriptor is not None and lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(path, ignore_errors=True)


def absolute(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    """Return the files with their full paths."""
    return tuple(DataFile(file.path.resolve(), file.format, file.graph, file.gzipped) for file in files)


def _load_apart(folder: Path, data: tuple[Path, ...]) -> None:
    """Load in a process of its own, so that neither memory nor threads of the load stay behind."""
    arguments = [sys.executable, "-m", "clustergraph.store.loading", str(folder), *map(str, data)]
    outcome = subprocess.run(  # noqa: S603  # our own module, no shell
        arguments, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    if outcome.returncode:
        raise StoreError(
            outcome.stdout.strip() or f"{folder}: the load was broken off; the next start goes on with it"
        )


def _hold(folder: Path) -> StoredRelease:
    """Return the release that the marker names, once it is sure that nobody removes it."""
    while marker := read_marker(folder):
        path = folder / marker.folder
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            if marker == read_marker(folder):
                raise StoreError(f"{path}: {error.strerror}; load anew into another folder") from error
            continue
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if marker == read_marker(folder):
            return StoredRelease(
                path, marker.identity, marker.quads, marker.graphs, marker.merged, descriptor
            )
        os.close(descriptor)
    raise StoreError(f"{folder}: nothing is loaded; name the files with --data")


def read_marker(folder: Path) -> Marker | None:
    """Return what the folder holds, None where there is no whole release of this layout."""
    try:
        text = (folder / _MARKER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{folder / _MARKER}: {error.strerror}; check --store") from error
    try:
        return _parse(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder / _MARKER}: was changed by hand ({error}); remove it to load anew"
        ) from error


def _parse(fields: dict[str, Any]) -> Marker | None:
    if fields["format"] != FORMAT:
        return None
    return Marker(
        fields["format"],
        fields["folder"],
        fields["identity"],
        fields["quads"],
        tuple(fields["graphs"]),
        fields["merged"],
        fields["tidy"],
        tuple(Known(**entry) for entry in fields["files"]),
    )


def write_marker(folder: Path, marker: Marker) -> None:
    """Make a release the one that the folder holds, at once and for good."""
    fresh = folder / f".{_MARKER}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(marker), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _MARKER)
    with _descriptor(folder) as descriptor:
        if descriptor is not None:
            os.fsync(descriptor)


def matching(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Return what lies in the folder under such a name."""
    return [path for path in folder.iterdir() if pattern.fullmatch(path.name)] if folder.is_dir() else []


@contextmanager
def _descriptor(path: Path) -> Iterator[int | None]:
    """Open a folder; None where it has gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def lock(descriptor: int, kind: int) -> bool:
    """Lock an open file or folder; tell whether that was possible, where it was not to wait."""
    try:
        fcntl.flock(descriptor, kind)
    except BlockingIOError:
        return False
    return True
