"""Places and contents in; files that are whole, old or new, out.

A regular file is written beside its place and takes it in one step; mode, owner and symbolic links stay as
they are. A pipe or character device is written to, and so is a file with further names (hard links) or of
another owner, which could not be kept otherwise.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


def write(files: Mapping[Path, bytes]) -> None:
    """Write files; none takes its place before all are written.

    Raises:
        OSError: naming the place that can't be written.
    """
    beside: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            with _naming(path):
                if place := _replaceable(path):
                    beside[path] = place.with_name(f".{place.name}.{os.getpid()}.new")
                    _write_beside(beside[path], content, place)
        for path, content in files.items():
            with _naming(path):
                if path in beside:
                    beside[path].replace(Path(os.path.realpath(path)))
                else:
                    path.write_bytes(content)
    finally:
        for fresh in beside.values():
            with suppress(OSError):
                fresh.unlink()


def _replaceable(path: Path) -> Path | None:
    """Return the place that a new file takes, at the end of links; None where what is there is written to."""
    place = Path(os.path.realpath(path))
    try:
        there = path.stat()
    except FileNotFoundError:
        return place
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISBLK(there.st_mode):
        raise OSError(errno.ENOTSUP, "Is a block device")
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    owned = there.st_uid == os.geteuid() or os.geteuid() == 0
    whole = stat.S_ISREG(there.st_mode) and there.st_nlink == 1 and place.exists()
    return place if owned and whole else None


def _write_beside(fresh: Path, content: bytes, place: Path) -> None:
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        there = place.stat()
        if (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(fresh, there.st_uid, there.st_gid)
        fresh.chmod(stat.S_IMODE(there.st_mode))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Have every error name the place that was asked for."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise
