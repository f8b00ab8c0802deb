"""A response: its headers and its body, as they are sent."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from clustergraph.store.formats import GRAPHS, RESULTS
from clustergraph.store.wire import Head
from clustergraph.web.http.request import Headers, Request

METHODS: Final = "GET, HEAD, OPTIONS, POST, QUERY"
"""What a SPARQL endpoint offers."""
READING: Final = "GET, HEAD, OPTIONS"
"""What everything else offers."""
ALWAYS: Final = (
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "Accept-Query, Allow, Content-Encoding, ETag, Link, Location, Retry-After, X-Request-Id",
    ),
    ("x-content-type-options", "nosniff"),
)
"""Headers of every response of every route; the server itself adds them."""
VARY: Final = (b"vary", b"Accept, Accept-Encoding")
ACCEPT_QUERY: Final = (b"accept-query", b'"application/sparql-query"')
_FRESH: Final = b"public, max-age=60, stale-while-revalidate=600"
_OF_THE_BODY: Final = (b"content-type:", b"content-length:", b"content-encoding:")
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

    @property
    def headers(self) -> Headers:
        """The headers as ASGI takes them.

        >>> Reply(204, header_lines([(b"vary", b"Accept")]), b"").headers
        [(b'vary', b'Accept')]
        """
        pairs = (line.partition(b": ") for line in self.lines.split(b"\r\n")[:-1])
        return [(name, value) for name, _, value in pairs]

    def unless_known(self, known: bytes) -> "Reply":
        """Return the reply, or only word that the client's copy is still good; ``known`` are its tags."""
        if not (self.etag and _matches(known, self.etag)):
            return self
        lines = self.lines.splitlines(keepends=True)
        return Reply(304, b"".join(line for line in lines if not line.startswith(_OF_THE_BODY)), b"")


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    r"""Return headers as HTTP/1.1 writes them.

    >>> header_lines([(b"vary", b"Accept")])
    b'vary: Accept\r\n'
    """
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


_LEADING: Final = {
    entry.key: header_lines([VARY, (b"content-type", entry.content_type.encode())])
    for entry in (*RESULTS.values(), *GRAPHS.values())
}


def answer_lines(head: Head) -> bytes:
    """Return the header lines of an answer; without a tag it is not to be kept."""
    kept = b'%b\r\netag: W/"%b"\r\n' % (_FRESH, head.tag.encode()) if head.tag else b"no-store\r\n"
    coded = b"content-encoding: %b\r\n" % head.coding.encode() if head.coding else b""
    return b"%bcache-control: %b%b" % (_LEADING[head.format], kept, coded)


def complete_reply(
    head: Head, body: bytes, rows: int | None, query: str, more: Sequence[tuple[bytes, bytes]] = ()
) -> Reply:
    """Return the reply that holds a whole answer, perhaps with more headers."""
    lines = b"%bcontent-length: %d\r\n%b" % (answer_lines(head), len(body), header_lines(more))
    etag = b'W/"%b"' % head.tag.encode() if head.tag else b""
    return Reply(200, lines, body, etag, query, rows)


def options_reply(request: Request, methods: str) -> Reply:
    """Say what is offered; a preflight gets what it asks for (Fetch, section 3.2)."""
    headers: Headers = [(b"allow", methods.encode())]
    if methods == METHODS:
        headers.append(ACCEPT_QUERY)
    if request.header(b"access-control-request-method"):
        headers += [
            (b"access-control-allow-methods", methods.encode()),
            (b"access-control-allow-headers", request.header(b"access-control-request-headers") or _ASKABLE),
            (b"access-control-max-age", b"86400"),
        ]
    return Reply(204, header_lines(headers), b"")


def _matches(known: bytes, etag: bytes) -> bool:
    """Compare weakly (RFC 9110, section 13.1.2)."""
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (opaque, b"*") for tag in known.split(b","))
