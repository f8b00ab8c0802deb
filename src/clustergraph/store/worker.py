"""The loop of a worker process: a job comes in over a socket, frames of an answer go out.

A worker may be killed at any moment and may die of a query; nobody but that query notices.
"""

import contextlib
import gc
import os
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from clustergraph.store import coding, description, disk, dumps
from clustergraph.store.answering import answer
from clustergraph.store.confinement import die_with_parent, open_no_sockets
from clustergraph.store.limits import Limits
from clustergraph.store.release import Release, StoreSpec
from clustergraph.store.wire import (
    DATA,
    END,
    Failure,
    FrameReader,
    Head,
    Job,
    count_rows,
    frame,
    is_cacheable,
    pack_failure,
    pack_head,
    pack_whole,
    tag,
)

_SOCKET: Final = 3
_STACK: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_GARBAGE: Final = 20_000
"""Objects that are made before garbage is looked for: a job makes few, and hardly ever cycles."""
_COMPRESSIBLE: Final = 1024
Work = Callable[[Store, Job, "AnswerSink"], None]


class AnswerSink:
    """Keeps an answer back up to a cap, so that its status is known; then streams it."""

    def __init__(self, connection: socket.socket, packed: bytes, limits: Limits, identity: str) -> None:
        self._connection = connection
        self._packed = packed
        self.job = Job.unpack(packed)
        self._identity = identity
        self._limits = limits
        self._format = ""
        self._parts: list[bytes] = []
        self._size = 0
        self._total = 0
        self._streaming = False
        self._compressor: coding.Compressor | None = None

    def open(self, format_key: str) -> None:
        """Remember the format; nothing is sent yet."""
        self._format = format_key

    def write(self, data: bytes, /) -> int:
        """Take bytes; send what is held once it passes the cap."""
        self._parts.append(data)
        self._size += len(data)
        if self._size > self._limits.buffered_bytes:
            self._stream()
        return len(data)

    def flush(self) -> None:
        """Do nothing: when bytes are sent is decided by their number."""

    def close(self) -> None:
        """Send what is left and the end."""
        body = b"".join(self._parts)
        if self._streaming:
            self._connection.sendall(self._pressed(body, last=True) + frame(END, b""))
            return
        counted = count_rows(self._format, body) if self.job.counted else None
        used = self.job.coding if len(body) >= _COMPRESSIBLE else ""
        if used:
            press = coding.compressor(used)
            body = press.compress(body) + press.flush()
        self._connection.sendall(pack_whole(self._head(used), counted, body))

    def _stream(self) -> None:
        self._total += self._size
        if self._total > self._limits.max_answer_bytes:
            raise Failure("answer-size", f"the answer is longer than {self._limits.max_answer_bytes} bytes")
        head = b""
        if not self._streaming:
            self._streaming = True
            self._compressor = coding.compressor(self.job.coding) if self.job.coding else None
            head = pack_head(self._head(self.job.coding))
        self._connection.sendall(head + self._pressed(b"".join(self._parts), last=False))
        self._parts, self._size = [], 0

    def _head(self, used: str) -> Head:
        name = tag(self._identity, self._packed, self._format, used) if is_cacheable(self.job) else ""
        return Head(self._format, used, name)

    def _pressed(self, data: bytes, *, last: bool) -> bytes:
        if self._compressor:
            data = self._compressor.compress(data) + (self._compressor.flush() if last else b"")
        return frame(DATA, data) if data else b""


def run(
    connection: socket.socket, open_store: Callable[[], Store], release: Release, spec: StoreSpec
) -> None:
    """Confine the process, then answer jobs until the service closes the socket."""
    connection = _confine(connection)
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    store = open_store()
    _limit(spec.limits.memory + (disk.CACHE if spec.folder else 0), on_disk=bool(spec.folder))
    for payload in _payloads(connection):
        sink = AnswerSink(connection, payload, spec.limits, release.identity)
        job = sink.job
        try:
            if job.op == "query":
                answer(store, job, spec.base, sink, union=not release.merged)
            else:
                _WORK[job.op](store, job, sink)
            sink.close()
        except Failure as failure:
            connection.sendall(pack_failure(failure))
        except UnicodeEncodeError:
            connection.sendall(pack_failure(Failure("request", "the query holds half a surrogate pair")))


_WORK: Final[dict[str, Work]] = {"dump": dumps.dump, "describe": description.describe}


def _payloads(connection: socket.socket) -> Iterator[bytes]:
    """Yield the payloads of jobs until the service closes the socket."""
    reader = FrameReader()
    while data := connection.recv(_CHUNK):
        for _, payload in reader.feed(data):
            yield payload


def _confine(connection: socket.socket) -> socket.socket:
    """Leave the process one socket and a larger stack."""
    for name in coding.offered():  # imports what it needs, while files can still be opened
        coding.compressor(name)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(connection.fileno(), _SOCKET)
    connection.detach()
    os.closerange(_SOCKET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    if hard == resource.RLIM_INFINITY or hard >= _STACK:
        resource.setrlimit(resource.RLIMIT_STACK, (_STACK, hard))
    die_with_parent()
    return socket.socket(fileno=_SOCKET)


def _limit(memory: int, *, on_disk: bool = False) -> None:
    """Bound the process's memory; let it open nothing more: of a store on disk the files, but no socket."""
    top = _address_space() + memory
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (top, top))
    if on_disk:
        open_no_sockets()
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (_SOCKET + 1, _SOCKET + 1))


def _address_space() -> int:
    """Return the bytes of address space in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
