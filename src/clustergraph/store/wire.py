"""The messages between the service and its workers: jobs one way, framed answers the other.

Fields are joined by NUL, which the service refuses in every parameter, so that neither side
spends time on a general format. A frame is four bytes of length, one byte of kind, a payload.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

HEAD: Final = b"H"
DATA: Final = b"D"
END: Final = b"E"
FAILURE: Final = b"F"
_PREFIX: Final = 5


@dataclass(frozen=True)
class Job:
    """One piece of work for a worker.

    ``results`` and ``graph`` are the formats (keys of :mod:`.formats`) for either kind of outcome,
    empty where the client takes none. ``dataset`` tells whether the protocol's dataset parameters
    were given. ``values`` are (variable, N-Triples term) pairs bound into the query.
    """

    text: str
    op: str = "query"
    results: str = "json"
    graph: str = "ttl"
    coding: str = ""
    dataset: bool = False
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    rows: int = 0

    def pack(self) -> bytes:
        """Return the job as one frame.

        >>> Job.unpack(Job("ASK {}", values=(("x", "<http://example.org/>"),)).pack()[4:]).values
        (('x', '<http://example.org/>'),)
        """
        fields = (
            self.text,
            self.op,
            self.results,
            self.graph,
            self.coding,
            "1" if self.dataset else "",
            "\n".join(self.default_graphs),
            "\n".join(self.named_graphs),
            "\x01".join("\x02".join(pair) for pair in self.values),
            str(self.rows),
        )
        payload = "\0".join(fields).encode()
        return len(payload).to_bytes(4, "big") + payload

    @classmethod
    def unpack(cls, payload: bytes) -> "Job":
        """Return the job that :meth:`pack` framed (without the length)."""
        text, op, results, graph, coding, dataset, default, named, values, rows = payload.decode().split("\0")
        return cls(
            text,
            op,
            results,
            graph,
            coding,
            bool(dataset),
            tuple(default.split("\n")) if default else (),
            tuple(named.split("\n")) if named else (),
            tuple(_pair(value) for value in values.split("\x01")) if values else (),
            int(rows),
        )


def _pair(value: str) -> tuple[str, str]:
    name, _, term = value.partition("\x02")
    return name, term


@dataclass(frozen=True)
class Head:
    """How an answer begins: its format, its content coding, whether it is whole or will be streamed."""

    format: str
    coding: str
    whole: bool


class Failure(Exception):  # noqa: N818 - an outcome that travels between processes
    """Why there is no answer: a kind that the web layer maps to a status, and words for a person."""

    def __init__(self, kind: str, detail: str, line: int = 0, column: int = 0) -> None:
        """Keep the kind, the words, and the place in the query (from 1) where there is one."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.line = line
        self.column = column


@dataclass
class FrameReader:
    """Cuts a byte stream into frames."""

    buffer: bytearray = field(default_factory=bytearray)

    def frames(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the (kind, payload) pairs that have arrived whole."""
        buffer = self.buffer
        start = 0
        while len(buffer) - start >= _PREFIX:
            end = start + _PREFIX + int.from_bytes(buffer[start : start + 4], "big")
            if len(buffer) < end:
                break
            yield bytes(buffer[start + 4 : start + 5]), bytes(buffer[start + 5 : end])
            start = end
        if start:
            del buffer[:start]


def frame(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return len(payload).to_bytes(4, "big") + kind + payload


def pack_head(head: Head) -> bytes:
    """Return the frame that opens an answer."""
    return frame(HEAD, f"{head.format}\0{head.coding}\0{'1' if head.whole else ''}".encode())


def unpack_head(payload: bytes) -> Head:
    """Return the head of an answer from its payload."""
    name, coding, whole = payload.decode().split("\0")
    return Head(name, coding, bool(whole))


def pack_failure(failure: Failure) -> bytes:
    """Return the frame that says why there is no (further) answer."""
    fields = (failure.kind, failure.detail, str(failure.line), str(failure.column))
    return frame(FAILURE, "\0".join(fields).encode("utf-8", "replace"))


def unpack_failure(payload: bytes) -> Failure:
    """Return the failure from its payload."""
    kind, detail, line, column = payload.decode().split("\0")
    return Failure(kind, detail, int(line), int(column))
