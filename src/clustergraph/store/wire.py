"""The messages between the service and its workers: jobs one way, framed answers the other.

A frame is four bytes of length, one byte of kind, a payload. A job is marshalled, which is quick and which
only the service does. What a worker sends is not trusted as far: its fields are joined by NUL.
"""

import hashlib
import marshal
from typing import Final, NamedTuple

JOB: Final = b"J"
WHOLE: Final = b"W"
HEAD: Final = b"H"
DATA: Final = b"D"
END: Final = b"E"
FAILURE: Final = b"F"
_PREFIX: Final = 5
_MARSHAL: Final = 2
"""The version of the format in which equal values give equal bytes."""
_BETWEEN_ROWS = b'"}},{"'
"""Ends one row of JSON and begins the next; within a string each quote would follow a backslash."""


class Job(NamedTuple):
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
    counted: bool = True

    def pack(self) -> bytes:
        """Return the job as one frame; the same job gives the same bytes.

        >>> Job.unpack(Job("ASK {}", values=(("x", "<http://example.org/>"),)).pack()[5:]).values
        (('x', '<http://example.org/>'),)
        """
        return frame(JOB, marshal.dumps(tuple(self), _MARSHAL))

    @classmethod
    def unpack(cls, payload: bytes) -> "Job":
        """Return the job that :meth:`pack` framed (its payload)."""
        return cls(*marshal.loads(payload))  # noqa: S302 - the service itself has written it


class Head(NamedTuple):
    """How an answer begins: its format, its content coding, and its entity tag (empty: not to be kept)."""

    format: str
    coding: str
    tag: str


class AnswerStart(NamedTuple):
    """What a worker sends first: the head, and the body where the answer is whole (else it is streamed)."""

    head: Head
    body: bytes | None = None
    rows: int | None = None


class Failure(Exception):  # noqa: N818 - an outcome that travels between processes
    """Why there is no answer: a kind that the web layer maps to a status, and words for a person."""

    def __init__(self, kind: str, detail: str, line: int = 0, column: int = 0) -> None:
        """Keep the kind, the words, and the place in the query (from 1) where there is one."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.line = line
        self.column = column


class FrameReader:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Return the (kind, payload) pairs that are whole with these bytes."""
        if not self._rest and len(data) == _PREFIX + int.from_bytes(data[:4], "big"):
            return [(data[4:5], data[5:])]
        self._rest += data
        frames = []
        start = 0
        with memoryview(self._rest) as view:
            while len(view) - start >= _PREFIX:
                end = start + _PREFIX + int.from_bytes(view[start : start + 4], "big")
                if len(view) < end:
                    break
                frames.append((bytes(view[start + 4 : start + 5]), bytes(view[start + 5 : end])))
                start = end
        del self._rest[:start]
        return frames


def frame(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return len(payload).to_bytes(4, "big") + kind + payload


def pack_head(head: Head) -> bytes:
    """Return the frame that begins a streamed answer."""
    return frame(HEAD, "\0".join(head).encode())


def unpack_head(payload: bytes) -> AnswerStart:
    """Return the start of a streamed answer from its payload."""
    return AnswerStart(Head(*payload.decode().split("\0")))


def pack_whole(head: Head, rows: int | None, body: bytes) -> bytes:
    r"""Return the frame of a whole answer.

    >>> unpack_whole(pack_whole(Head("json", "", "1f"), 1, b"{}\0")[5:])
    AnswerStart(head=Head(format='json', coding='', tag='1f'), body=b'{}\x00', rows=1)
    """
    fields = "\0".join((*head, "" if rows is None else str(rows), ""))
    return frame(WHOLE, fields.encode() + body)


def unpack_whole(payload: bytes) -> AnswerStart:
    """Return a whole answer from its payload."""
    name, coding, tag, rows, body = payload.split(b"\0", 4)
    return AnswerStart(Head(name.decode(), coding.decode(), tag.decode()), body, int(rows) if rows else None)


def pack_failure(failure: Failure) -> bytes:
    """Return the frame that says why there is no (further) answer."""
    fields = (failure.kind, failure.detail, str(failure.line), str(failure.column))
    return frame(FAILURE, "\0".join(fields).encode("utf-8", "replace"))


def unpack_failure(payload: bytes) -> Failure:
    """Return the failure from its payload."""
    kind, detail, line, column = payload.decode().split("\0")
    return Failure(kind, detail, int(line), int(column))


def count_rows(format_key: str, body: bytes) -> int | None:
    r"""Return the rows of results, the lines of N-Triples and N-Quads, None for other formats.

    >>> count_rows("csv", b'x\r\n"a\r\nb"\r\n'), count_rows("tsv", b"?x\n1\n2\n")
    (1, 2)
    """
    if format_key == "json":
        return body.count(_BETWEEN_ROWS) + 1 if b'"bindings":[{' in body else 0
    if format_key == "xml":
        return body.count(b"<result>")
    if format_key == "tsv":
        return max(body.count(b"\n") - 1, 0)
    if format_key == "csv":
        outside_quotes = body.split(b'"')[::2]
        return max(sum(part.count(b"\r\n") for part in outside_quotes) - 1, 0)
    return body.count(b"\n") if format_key in ("nt", "nq") else None


def tag(identity: str, packed: bytes, form: str, coding: str) -> str:
    """Return the opaque part of the entity tag of what a packed job gives on these data in this form."""
    digest = hashlib.blake2b(packed, digest_size=12, key=identity.encode()[:64])
    digest.update(f"{form} {coding}".encode())
    return digest.hexdigest()


def is_cacheable(job: Job) -> bool:
    """Tell whether the same job gives the same answer again on the same data.

    >>> is_cacheable(Job("SELECT (RAND() AS ?x) {}"))
    False
    """
    text = job.text.lower()
    return job.op != "query" or not ("rand" in text or "now" in text or "uuid" in text)
