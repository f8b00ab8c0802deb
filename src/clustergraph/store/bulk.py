"""Data files and a folder in; a release of them in that folder, whole or not there at all, out.

Run as ``python -m clustergraph.store.bulk FOLDER FILE…``. The engine writes into a folder of its own beside
what is served, which gets its final name once all is loaded, counted and put in order for quick reading. A
load that is broken off leaves nothing that could be taken for data, and the next one begins again.
"""

import fcntl
import hashlib
import shutil
import signal
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from gzip import BadGzipFile, GzipFile
from io import BufferedReader
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import Store

from clustergraph.errors import StoreError
from clustergraph.store.confinement import die_with_parent
from clustergraph.store.disk import (
    FORMAT,
    LOADING,
    Manifest,
    absolute,
    lock,
    matching,
    read_manifest,
    sweep,
    write_manifest,
)
from clustergraph.store.loading import finish, load_file, loaded_file
from clustergraph.store.release import LoadedFile, identity
from clustergraph.store.sources import DataFile, find

if TYPE_CHECKING:
    from rich.progress import Progress

_PIECE: Final = 1024 * 1024
_NAME_BYTES: Final = 16


def load(folder: Path, data: tuple[Path, ...]) -> None:
    """Load ``data`` into ``folder`` and make them the release that it holds.

    Raises:
        StoreError: a file can't be read, isn't what its name says, or the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as own, _progress() as progress:
            if not lock(own.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB):
                progress.console.print(f"{folder}: waits for another process that loads", markup=False)
                lock(own.fileno(), fcntl.LOCK_EX)
            for leftover in matching(folder, LOADING):
                shutil.rmtree(leftover)
            _load_unless_held(folder, absolute(find(data)), progress)
            sweep(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error}; nothing was loaded") from error


def _load_unless_held(folder: Path, files: tuple[DataFile, ...], progress: "Progress") -> None:
    manifest = read_manifest(folder)
    if manifest and manifest.holds(files):
        return
    if manifest and (known := _as_before(files, manifest, progress)):
        write_manifest(folder, replace(manifest, release=replace(manifest.release, files=known)))
        return
    order = sorted(files, key=lambda file: (file.graph or "", str(file.path)))
    name = token_hex(_NAME_BYTES)
    work = folder / f"loading-{name}"
    try:
        manifest = _load(work, tuple(order), name, progress)
        work.rename(folder / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    write_manifest(folder, manifest)
    progress.console.print(f"{folder}: {manifest.release.quads} quads are loaded", markup=False)


def _load(work: Path, files: tuple[DataFile, ...], name: str, progress: "Progress") -> Manifest:
    store = Store(str(work))
    loaded = []
    for file in files:
        with _reading(file, "Loading", progress) as stream:
            load_file(store, file, cast("IO[bytes]", stream))
            loaded.append(loaded_file(file, stream.stat, stream.digest.hexdigest()))
    task = progress.add_task("Counting and putting in order", total=None)
    release = finish(store, tuple(loaded))
    store.optimize()
    store.flush()
    progress.remove_task(task)
    return Manifest(FORMAT, name, release)


def _as_before(
    files: tuple[DataFile, ...], manifest: Manifest, progress: "Progress"
) -> tuple[LoadedFile, ...] | None:
    """Return the records of files that were only touched or moved; None where their content is new."""
    former = manifest.release.files
    if sorted(file.path.stat().st_size for file in files) != sorted(file.size for file in former):
        return None
    known = []
    for file in files:
        with _reading(file, "Reading", progress) as stream:
            while stream.read(_PIECE):
                pass
        known.append(loaded_file(file, stream.stat, stream.digest.hexdigest()))
    return tuple(known) if identity(tuple(known)) == manifest.release.identity else None


class _Reading:
    """A file's content, uncompressed and without a byte order mark; what is read is hashed and told."""

    def __init__(self, file: DataFile, raw: BufferedReader, tell: Callable[..., None]) -> None:
        self.stat = file.path.stat()
        self.digest = hashlib.sha256()
        self._raw = raw
        self._tell = tell
        self._stream = GzipFile(fileobj=raw) if file.gzipped else raw
        if self._stream.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
            self._stream.read(len(BOM_UTF8))

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes."""
        data = self._stream.read(size)
        self.digest.update(data)
        self._tell(completed=self._raw.tell())
        return data


@contextmanager
def _reading(file: DataFile, words: str, progress: "Progress") -> Iterator[_Reading]:
    with file.path.open("rb") as raw:
        task = progress.add_task(words, total=file.path.stat().st_size)
        try:
            yield _Reading(file, raw, partial(progress.update, task))
        except (EOFError, BadGzipFile, zlib.error) as error:
            raise StoreError(f"{file.path}: cannot be read ({error}); give a whole file") from error
        finally:
            progress.remove_task(task)


def _progress() -> "Progress":
    """Return a bar on standard error for people, which a log doesn't show."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)


def main() -> None:
    """Load what the arguments name; print the fault where that fails."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()
    folder, *data = map(Path, sys.argv[1:])
    try:
        load(folder, tuple(data))
    except StoreError as error:
        print(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
