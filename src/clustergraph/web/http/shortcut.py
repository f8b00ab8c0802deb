"""The short way of a plain query: from the bytes of its request to the bytes of its answer in two callbacks.

It takes ``GET /sparql?query=…`` with headers that were seen before, and answers from the cache or by a light
worker. All else, and whatever doesn't end as a whole answer, goes the long way through uvicorn, ASGI and
the exchange, with what was begun here. Both ways use the same functions.
"""

import re
import time
from collections import OrderedDict
from functools import partial
from typing import Final, NamedTuple, Protocol

from clustergraph.store.formats import PAGE
from clustergraph.store.light import Attempt
from clustergraph.store.wire import Failure, pack_job
from clustergraph.web.http.observation import Observer, Seen
from clustergraph.web.http.reply import Headers, Reply, whole, written
from clustergraph.web.http.request import Call, Key, read_call
from clustergraph.web.releases import Release, Service
from clustergraph.web.sparql.exchange import Begun, Exchange, Question
from clustergraph.web.sparql.parameters import QueryRequest, plain_query

_LINE: Final = re.compile(rb"GET /sparql\?(query=[\w%.+~!$'()*,;:@/?=-]{0,16384}) HTTP/1\.1\r\n")
_LONG: Final = frozenset(
    {b"content-length", b"expect", b"if-none-match", b"transfer-encoding", b"upgrade", b"x-request-id"}
)
"""Headers that need the long way."""
_BLOCK: Final = 2048
"""Bytes of a request's headers that are remembered."""
_BLOCKS: Final = 512


class Connection(Protocol):
    """A client's connection, as far as the short way needs it."""

    gone: bool
    """Whether the client has gone."""

    @property
    def server_headers(self) -> Headers:
        """The headers that the server adds to every response."""

    def wait(self) -> None:
        """Take no further request until this one is answered or goes the long way."""

    def answer(self, data: bytes) -> None:
        """Send a response."""

    def go_long(self, data: bytes, begun: Begun) -> None:
        """Take the long way with the bytes of a request."""


class _Block(NamedTuple):
    """What matters of a request's headers."""

    rest: tuple[bytes, ...]
    """The second part of the key of what they can get."""
    tail: bytes
    """What a job has beside its query."""


class _Begun(NamedTuple):
    """A request whose query a worker has been given."""

    connection: Connection
    data: bytes
    release: Release
    seen: Seen
    key: Key


class Shortcut:
    """Knows the headers seen before, and answers plain queries that come with them."""

    def __init__(self, exchange: Exchange, service: Service, observer: Observer) -> None:
        self._exchange = exchange
        self._service = service
        self._observer = observer
        self._path = f"{service.options.root_path}/sparql"
        self._blocks: OrderedDict[bytes, _Block] = OrderedDict()
        self._server_headers: Headers = []
        self._beginning = b""

    @property
    def known(self) -> int:
        """How many blocks of headers are remembered."""
        return len(self._blocks)

    def learn(self, data: bytes, headers: Headers) -> None:
        """Remember the headers of a request, as the server's own parser has read them from its bytes."""
        line = _LINE.match(data)
        block = data[line.end() :] if line else b""
        if not 0 < len(block) <= _BLOCK or not block.endswith(b"\r\n\r\n"):
            return
        if not block.count(b"\n") == block.count(b"\r\n") == len(headers) + 1:
            return
        call = _call(headers)
        if call is None:
            return
        call.path = self._path
        try:
            job = self._exchange.job(call, Question(QueryRequest(None)))
        except Failure:
            return
        if PAGE not in (job.results, job.graph):
            self._blocks[block] = _Block(call.key[1], job.tail())
        if len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)

    def take(self, data: bytes, connection: Connection) -> bool:
        """Answer the request that the bytes are, now or soon; False where it must go the long way."""
        line = _LINE.match(data)
        block = self._blocks.get(data[line.end() :]) if line else None
        if line is None or block is None or not self._service.ready:
            return False
        query_string = line[1]
        if b"html" in query_string or len(query_string) > self._service.options.url:
            return False
        release = self._service.release
        seen = Seen(self._service.request_id().encode(), time.perf_counter())
        key = query_string, block.rest
        if reply := release.replies.get(key):
            seen.cached = True
            self._send(reply, seen, connection)
            return True
        text = plain_query(query_string)
        if text is None or self._exchange.may_call(text):
            return False
        seen.query = text
        connection.wait()
        over = partial(self._over, _Begun(connection, data, release, seen, key))
        release.pool.begin(pack_job(text.encode(), block.tail), None, over)
        return True

    def _over(self, begun: _Begun, attempt: Attempt) -> None:
        opening, connection = attempt.opening, begun.connection
        if connection.gone:
            begun.release.pool.drop(attempt)
            begun.seen.outcome = "gone"
            self._observer.record(begun.seen)
        elif opening is None or opening.body is None:
            connection.go_long(begun.data, Begun(begun.release, attempt))
        else:
            reply = whole(opening.head, opening.body, opening.rows, begun.seen.query)
            if reply.etag:
                begun.release.replies.put(begun.key, reply)
            self._send(reply, begun.seen, connection)

    def _send(self, reply: Reply, seen: Seen, connection: Connection) -> None:
        headers = connection.server_headers
        if headers is not self._server_headers:
            self._server_headers = headers
            self._beginning = b"HTTP/1.1 200 OK\r\n" + written(headers)
        identity = seen.request_id
        connection.answer(
            b"%b%bx-request-id: %b\r\n\r\n%b" % (self._beginning, reply.lines, identity, reply.body)
        )
        seen.status, seen.size, seen.rows, seen.query = reply.status, len(reply.body), reply.rows, reply.query
        self._observer.record(seen)


def _call(headers: Headers) -> Call | None:
    """Return the call that a request with these headers makes, None where it needs the long way."""
    names = [name for name, _ in headers]
    kept = all(value.lower() == b"keep-alive" for name, value in headers if name == b"connection")
    if names.count(b"host") != 1 or not kept or not _LONG.isdisjoint(names):
        return None
    call = read_call({"method": "GET", "query_string": b"", "path": "", "headers": headers})
    call.content_type = b""
    return None if b"html" in call.accept else call
