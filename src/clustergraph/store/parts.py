"""A data file in; readers of its parts, each of which can be loaded by itself, out."""

import gzip
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import IO, Final, cast

from clustergraph.store.sources import DataFile

_BUFFER: Final = 1024 * 1024
_BY_LINES: Final = frozenset({"nt", "nq"})
Advance = Callable[[int], object]


class Part:
    """A stretch of a file that reads like a file of its own."""

    def __init__(self, file: DataFile, stream: IO[bytes], limit: int | None, start: int) -> None:
        self._file = file
        self._stream = stream
        self._left = limit
        self._start = start
        self._ended = False
        self.size = 0
        """Bytes that were read."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; past the limit comes the rest of the line, wherever it was cut."""
        if self._ended:
            return b""
        if self._left is None:
            data = self._stream.read(size)
        elif self._left:
            data = self._stream.read(min(size, self._left) if size >= 0 else self._left)
            self._left -= len(data)
        else:
            data = self._stream.readline(size)
            self._ended = data.endswith(b"\n")
        self.size += len(data)
        return data

    def skip(self) -> None:
        """Read to the end and keep nothing."""
        while self.read(_BUFFER):
            pass

    def lines_before(self) -> int:
        """Return how many lines of the file come before this part."""
        lines, left = 0, self._start
        with open_file(self._file) as stream:
            while left and (piece := stream.read(min(left, _BUFFER))):
                lines += piece.count(b"\n")
                left -= len(piece)
        return lines


def is_cut_by_lines(file: DataFile) -> bool:
    """Tell whether each line of the file stands for itself (blank nodes aside)."""
    return file.format in _BY_LINES


def parts(file: DataFile, limit: int | None, advance: Advance) -> Iterator[Part]:
    """Yield the parts of a file, of about ``limit`` bytes (None: one part); each must be read to its end."""
    with open_file(file, advance) as stream:
        start = 0
        while stream.peek(1):
            part = Part(file, stream, limit, start)
            yield part
            start += part.size


@contextmanager
def open_file(file: DataFile, advance: Advance = id) -> Iterator[BufferedReader]:
    """Open a data file, uncompressed; ``advance`` is told the bytes that come from the disk."""
    with file.path.open("rb", buffering=0) as raw:
        stream = BufferedReader(cast("RawIOBase", _Counted(raw, advance)), _BUFFER)
        if file.gzipped:
            stream = BufferedReader(cast("RawIOBase", gzip.GzipFile(fileobj=stream)), _BUFFER)
        if stream.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
            stream.read(len(BOM_UTF8))
        yield cast("BufferedReader", stream)


class _Counted(RawIOBase):
    """Passes a file on and tells how much was read."""

    def __init__(self, raw: RawIOBase, advance: Advance) -> None:
        self._raw = raw
        self._advance = advance

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: "memoryview", /) -> int | None:  # type: ignore[override]  # the buffer is written to
        """Fill the buffer."""
        count = self._raw.readinto(buffer)
        self._advance(count or 0)
        return count
