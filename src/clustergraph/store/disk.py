"""A folder that holds data loaded once, and data files, in; the release in it, ready to be opened, out.

A folder holds::

    store.json          the manifest: which release is whole, what is known of it; renamed into place last
    <32 hexadecimals>/  the engine's files of a release, never written again
    loading-<…>/        a load under way, or what a broken-off one left
    lock                held by the process that loads (:mod:`.bulk`)

Nothing but the manifest makes a release usable. A release that it no longer names is removed as soon as no
process holds it. The engine is never open in a process that forks: each worker opens it for itself.
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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.resources import graph_folder
from clustergraph.store.release import Release
from clustergraph.store.sources import DataFile, find

FORMAT: Final = 2
"""The way in which a folder is laid out; one of another way is loaded anew."""
LOADING: Final = re.compile(r"loading-[0-9a-f]+")
CACHE: Final = 192 * 1024 * 1024
"""Bytes of the files that the engine keeps in each process that reads a store, at most."""
_MANIFEST: Final = "store.json"
_RELEASE: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class StoredRelease:
    """A whole release in its folder, kept from removal as long as ``lock`` is open."""

    folder: Path
    release: Release
    lock: int

    def leave(self) -> None:
        """Let the release go, and remove it where another one has taken its place."""
        os.close(self.lock)
        sweep(self.folder.parent)


@dataclass(frozen=True)
class Manifest:
    """What ``store.json`` says."""

    format: int
    folder: str
    release: Release

    def holds(self, files: tuple[DataFile, ...]) -> bool:
        """Tell whether these files, unchanged, are what was loaded."""
        known = {entry.path: entry for entry in self.release.files}
        return len(known) == len(files) and all(
            (entry := known.get(str(file.path))) is not None and entry.is_unchanged(file) for file in files
        )


def ensure(folder: Path, data: tuple[Path, ...]) -> StoredRelease:
    """Return the release in ``folder``, loading ``data`` (empty: what is there) first where that is needed.

    Raises:
        StoreError: the data can't be loaded, or there are none.
    """
    manifest = read_manifest(folder)
    if not data and manifest is None:
        if (folder / _MANIFEST).exists():
            raise StoreError(f"{folder}: another version wrote it; name the files with --data to load anew")
        if any(matching(folder, LOADING)):
            raise StoreError(f"{folder}: the load was broken off; name the files with --data to load anew")
        data = (graph_folder(),)
    if data:
        files = absolute(find(data))
        if manifest is None or not manifest.holds(files):
            _load_apart(folder, data)
    return _hold(folder)


def sweep(folder: Path) -> None:
    """Remove the releases that are no longer named and that no process holds."""
    manifest = read_manifest(folder)
    for path in matching(folder, _RELEASE):
        if manifest is None or path.name != manifest.folder:
            with _descriptor(path) as descriptor:
                if descriptor is not None and lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(path, ignore_errors=True)


def absolute(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    """Return the files with their full paths."""
    return tuple(replace(file, path=file.path.resolve()) for file in files)


def _load_apart(folder: Path, data: tuple[Path, ...]) -> None:
    """Load in a process of its own, so that neither memory nor threads of the load stay behind."""
    arguments = [sys.executable, "-m", "clustergraph.store.bulk", str(folder), *map(str, data)]
    outcome = subprocess.run(  # noqa: S603  # our own module, no shell
        arguments, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    if outcome.returncode:
        raise StoreError(outcome.stdout.strip() or f"{folder}: the load was broken off; start it again")


def _hold(folder: Path) -> StoredRelease:
    """Return the release that the manifest names, once it is sure that nobody removes it."""
    while manifest := read_manifest(folder):
        path = folder / manifest.folder
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            if manifest == read_manifest(folder):
                raise StoreError(f"{path}: {error.strerror}; load anew into another folder") from error
            continue
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if manifest == read_manifest(folder):
            return StoredRelease(path, manifest.release, descriptor)
        os.close(descriptor)
    raise StoreError(f"{folder}: nothing is loaded; name the files with --data")


def read_manifest(folder: Path) -> Manifest | None:
    """Return what the folder holds, None where there is no whole release of this layout."""
    path = folder / _MANIFEST
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields["format"] != FORMAT:
            return None
        return Manifest(FORMAT, fields["folder"], Release.from_fields(fields["release"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check --store") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: was changed by hand ({error}); remove it to load anew") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a release the one that the folder holds, at once and for good."""
    fresh = folder / f".{_MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _MANIFEST)
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
