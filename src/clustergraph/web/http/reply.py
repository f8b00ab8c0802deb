"""A response: its headers, its body, and how it is sent."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from clustergraph.store.formats import GRAPHS, RESULTS
from clustergraph.store.pool import Stream
from clustergraph.store.wire import Head
from clustergraph.web.http.observation import Seen
from clustergraph.web.http.request import Call, Scope, Send

Headers = list[tuple[bytes, bytes]]
METHODS: Final = "GET, HEAD, OPTIONS, POST, QUERY"
_EXPOSED: Final = b"Accept-Query, Allow, Content-Encoding, ETag, Link, Retry-After, X-Request-Id"
ALWAYS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
]
_FRESH: Final = b"public, max-age=60, stale-while-revalidate=600"
_OF_THE_BODY: Final = frozenset({b"content-type", b"content-length", b"content-encoding"})
_ASKABLE: Final = b"Accept, Content-Type, If-None-Match, X-Request-Id"


class Reply(NamedTuple):
    """A response that can be sent again: status, header lines, body, and its entity tag (empty: none)."""

    status: int
    lines: bytes
    """The headers as HTTP/1.1 writes them, each with its end of line."""
    body: bytes
    etag: bytes = b""
    query: str = ""
    rows: int | None = None
    shared: bool = True
    """Whether the reply depends on nothing but the key of the cache."""

    @property
    def headers(self) -> Headers:
        """The headers as ASGI takes them.

        >>> Reply(204, written([(b"vary", b"Accept")]), b"").headers
        [(b'vary', b'Accept')]
        """
        pairs = (line.partition(b": ") for line in self.lines.split(b"\r\n")[:-1])
        return [(name, value) for name, _, value in pairs]


@dataclass(frozen=True)
class Streamed:
    """A long answer that is sent as it comes."""

    head: Head
    stream: Stream

    @property
    def headers(self) -> Headers:
        """The headers as ASGI takes them."""
        return Reply(200, lines_of(self.head), b"").headers


def written(headers: Headers) -> bytes:
    r"""Return headers as HTTP/1.1 writes them.

    >>> written([(b"vary", b"Accept")])
    b'vary: Accept\r\n'
    """
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


_LEADING: Final = {
    entry.key: written([*ALWAYS, (b"content-type", entry.content_type.encode())])
    for entry in (*RESULTS.values(), *GRAPHS.values())
}


def lines_of(head: Head) -> bytes:
    """Return the header lines of an answer; without a tag it is not to be kept."""
    kept = b'%b\r\netag: W/"%b"\r\n' % (_FRESH, head.tag.encode()) if head.tag else b"no-store\r\n"
    coded = b"content-encoding: %b\r\n" % head.coding.encode() if head.coding else b""
    return b"%bcache-control: %b%b" % (_LEADING[head.format], kept, coded)


def whole(head: Head, body: bytes, rows: int | None, query: str, *, shared: bool = True) -> Reply:
    """Return the reply that holds a whole answer."""
    lines = b"%bcontent-length: %d\r\n" % (lines_of(head), len(body))
    etag = b'W/"%b"' % head.tag.encode() if head.tag else b""
    return Reply(200, lines, body, etag, query, rows, shared)


def options(scope: Scope) -> Reply:
    """Say what is offered; a preflight gets what it asks for (Fetch, section 3.2)."""
    asked = dict(scope["headers"])
    headers: Headers = [
        *ALWAYS,
        (b"allow", METHODS.encode()),
        (b"accept-query", b'"application/sparql-query"'),
    ]
    if b"access-control-request-method" in asked:
        headers += [
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", asked.get(b"access-control-request-headers", _ASKABLE)),
            (b"access-control-max-age", b"86400"),
        ]
    return Reply(204, written(headers), b"")


async def send_reply(reply: Reply, call: Call, send: Send, seen: Seen) -> None:
    """Send a reply, or only its head, or word that the client's copy is still good."""
    seen.status = reply.status
    headers = [*reply.headers, (b"x-request-id", call.request_id)]
    if call.known and reply.etag and _matches(call.known, reply.etag):
        seen.status = 304
        kept = [pair for pair in headers if pair[0] not in _OF_THE_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": kept})
        await send({"type": "http.response.body", "body": b""})
        return
    seen.size = len(reply.body)
    seen.query = seen.query or reply.query
    seen.rows = reply.rows
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else reply.body})


def _matches(known: bytes, etag: bytes) -> bool:
    """Compare weakly (RFC 9110, section 13.1.2)."""
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (opaque, b"*") for tag in known.split(b","))
