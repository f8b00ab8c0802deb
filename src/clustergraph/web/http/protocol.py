"""uvicorn's HTTP protocol, with one way for every request from its head to its answer, and bounds on both.

uvicorn's parser reads each request and calls ``_start_asgi_task`` when its turn has come. Here that makes a
:class:`Turn` of it and shows it to the application, which either sends a whole reply in one write (now, or
from a callback later), or lets the same turn go on as a task. Nothing is read twice.

A connection, and what it waits for::

                  ┌────────── keep-alive seconds ──────────► closed
    connected ──► idle ──first byte──► arriving ──whole──► answering ──sent──► idle
        │                                 │                    └── nothing taken for STALL_SECONDS ──► aborted
        └──────── REQUEST_SECONDS ────────┴──► closed

Invariants: one turn is under way at most; ``cycle`` is the request parsed last, and what stands between the
two waits in ``pipeline``. Reading pauses while anything waits there. One timer serves all three deadlines. A
byte is shown to the parser once; a byte of a body never begins a request. After a refusal that concerns the
connection itself nothing more is read from it, and it closes behind the answers that are due before.
"""

import asyncio
import math
from collections.abc import Callable, MutableMapping
from typing import Any, Final, Protocol, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import Headers, Reply, header_lines
from clustergraph.web.http.request import MAX_HEAD_BYTES, Application, Request, read_request

MAX_URL_BYTES: Final = 65_535
"""Bytes of an address that are looked at; httptools takes no more, and the limit is below that."""
REQUEST_SECONDS: Final = 30.0
"""Seconds in which a request must arrive whole."""
STALL_SECONDS: Final = 60.0
"""Seconds in which a client must take what is ready for it."""
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class CoalescingTransport:
    """A transport whose writes of one turn of the event loop go out with one system call.

    uvicorn hands over head and body one after the other, and each write wakes the client.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep the bytes until the loop's next turn."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        """Send what is kept, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(data)

    def write_now(self, data: bytes) -> None:
        """Write what is kept and then the bytes."""
        self._flush()
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # everything else is the transport's own
        return getattr(self._transport, name)


class Turn:
    """One request whose turn on its connection has come, until it is answered."""

    __slots__ = ("_cycle", "_protocol", "request")

    def __init__(self, protocol: "ServiceProtocol", cycle: RequestResponseCycle) -> None:
        self._protocol = protocol
        self._cycle = cycle
        self.request: Request = read_request(self.scope)

    @property
    def scope(self) -> MutableMapping[str, Any]:
        """The request as ASGI has it."""
        return cast("MutableMapping[str, Any]", self._cycle.scope)

    @property
    def gone(self) -> bool:
        """Whether the client has gone."""
        return self._cycle.disconnected

    @property
    def behind(self) -> bool:
        """Whether the client has yet to take earlier answers."""
        return self._cycle.flow.write_paused

    def when_gone(self, callback: Callable[[], object] | None) -> None:
        """Have something called if the client goes before the turn ends."""
        self._protocol.on_gone = callback

    async def drain(self) -> None:
        """Wait until the client has taken earlier answers, or has gone."""
        if self._cycle.flow.write_paused and not self.gone:
            await self._cycle.flow.drain()

    def send(self, reply: Reply, more: bytes = b"") -> None:
        """Send a whole reply, perhaps with more header lines, with one write, and end the turn."""
        cycle = self._cycle
        if cycle.waiting_for_100_continue:  # whether its body still comes is anyone's guess
            cycle.keep_alive = False
        body = b"" if self.request.method == "HEAD" else reply.body
        self._protocol.send(reply.status, reply.lines + more, body, close=not cycle.keep_alive)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()

    def go_on(self, application: "Application") -> None:
        """Go on as a task that runs an ASGI application on this very request."""
        self._protocol.start_task(self._cycle, application)


class Handler(Protocol):
    """What a connection hands its requests to: the application."""

    def begin(self, turn: Turn) -> None:
        """Answer the turn, now or later, or let it go on."""

    def refusal(self, failure: Failure, request: Request) -> Reply:
        """Return the reply to a request that is refused before it is anybody's turn."""


class ServiceProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a coalescing transport; the module says how it works."""

    _joined: CoalescingTransport
    _turn: RequestResponseCycle | None = None
    """The request that is being answered."""
    on_gone: Callable[[], object] | None = None
    """Called if the client goes before the request is answered."""
    _last: Reply | None = None
    """The refusal after which the connection closes."""
    _in_head = False
    """Whether a request's head has begun to arrive and is not whole."""
    _in_message = False
    """Whether a request has begun to arrive and is not whole."""
    _resuming = False
    """Whether a new parser is told how the body that it will read is framed."""
    _head_bytes = 0
    _request_due = math.inf
    _idle_due = math.inf
    _stall_due = math.inf
    _timer: asyncio.TimerHandle | None = None
    _timer_due = math.inf
    _server_headers: Headers | None = None
    _server_lines = b""

    # The transport's callbacks

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # as uvicorn declares it
    ) -> None:
        """Begin a connection; its first request must come soon."""
        self._joined = CoalescingTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._joined))
        self._request_due = self.loop.time() + REQUEST_SECONDS
        self._set_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that the client has gone, and forget what waits."""
        if self._timer:
            self._timer.cancel()
        self.pipeline.clear()
        if self._turn:
            self._turn.disconnected = True
            self._turn.message_event.set()
        if on_gone := self.on_gone:
            self.on_gone = None
            on_gone()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Show the parser what has come."""
        if self._last or self.transport.is_closing():
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                kind = "url-size" if len(self.url) == MAX_URL_BYTES else "head-size"
                self._refuse(Failure(kind, f"the head of the request is longer than {MAX_HEAD_BYTES} bytes"))
                return
        try:
            self._feed(memoryview(data))
        except httptools.HttpParserInvalidMethodError:
            self._refuse(Failure("unknown-method", "no such method is known here; use GET or POST"))
        except httptools.HttpParserError as error:
            self._refuse(Failure("request", f"this is not HTTP/1.1: {error}"))

    def pause_writing(self) -> None:
        """Note that the client is behind; it must catch up, or a closed connection would stay for good."""
        self._stall_due = self.loop.time() + STALL_SECONDS
        self._set_timer()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        self._stall_due = math.inf
        super().resume_writing()

    # The parser's callbacks

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._resuming:
            return
        self._in_head = self._in_message = True
        self._head_bytes = 0
        self._idle_due = math.inf
        self._request_due = self.loop.time() + REQUEST_SECONDS
        self._set_timer()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address, but no more than can be too long."""
        if not self._resuming:
            self.url = (self.url + url)[:MAX_URL_BYTES]

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if not self._resuming:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Note that the head is whole; uvicorn starts the request or has it wait for its turn."""
        if not self._resuming:
            super().on_headers_complete()
            self._in_head = False

    def on_message_complete(self) -> None:
        """Note that the request is whole, unless its body is to come behind an upgrade."""
        if self.parser.should_upgrade() and self._framing():
            return
        self._in_message = False
        self._request_due = math.inf
        if self._turn is None:
            self._be_idle()
        super().on_message_complete()

    # Requests, one after the other

    def _feed(self, data: memoryview) -> None:
        """Show the parser bytes; where it stops for an upgrade, go on behind (RFC 9110, section 7.8)."""
        while data and not self.transport.is_closing():
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                if self.scope["method"] == "CONNECT":  # what follows belongs to a tunnel that there is not
                    self.flow.pause_reading()
                    return
                self._continue()
            else:
                return

    def _continue(self) -> None:
        """Have a new parser read on, from the body of the request, if it has one."""
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        if framing := self._framing():
            self._resuming = True
            try:
                self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % header_lines(framing))
            finally:
                self._resuming = False

    def _framing(self) -> Headers:
        """Return the headers that say where the body of the request ends."""
        return [pair for pair in self.headers if pair[0] in _FRAMING]

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Show the application a request whose turn has come; uvicorn calls this for each."""
        self._turn = cycle
        self._idle_due = math.inf
        if cycle.scope["method"] == "CONNECT":
            cycle.keep_alive = False
        cast("Handler", app).begin(Turn(self, cycle))

    def start_task(self, cycle: RequestResponseCycle, application: "Application") -> None:
        """Run an ASGI application on a request, as uvicorn does."""
        super()._start_asgi_task(cycle, cast("Any", application))

    def send(self, status: int, lines: bytes, body: bytes, *, close: bool) -> None:
        """Write a whole response at once."""
        headers = self.server_state.default_headers
        if headers is not self._server_headers:
            self._server_headers, self._server_lines = headers, header_lines(headers)
        end = b"connection: close\r\n\r\n" if close else b"\r\n"
        self._joined.write_now(b"".join((STATUS_LINE[status], self._server_lines, lines, end, body)))
        if close:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Give the next request its turn, or wait for one."""
        self.server_state.total_requests += 1
        self._turn = self.on_gone = None
        if self.transport.is_closing():
            return
        if self.pipeline:
            self.loop.call_soon(self._next)  # not at once: a thousand small requests would nest as deep
        elif self._last:
            self.send(self._last.status, self._last.lines, self._last.body, close=True)
        else:
            self.flow.resume_reading()
            self._be_idle()

    def _next(self) -> None:
        if self.pipeline and not self.transport.is_closing():
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def _refuse(self, failure: Failure) -> None:
        """Answer what is no request, when all before it is answered; read no further."""
        request = read_request({"method": "", "path": "", "headers": self.headers or []})
        self._last = cast("Handler", self.app).refusal(failure, request)
        self._request_due = math.inf
        self.flow.pause_reading()
        if self._in_message and not self._in_head:  # it is a body that is broken
            if self.pipeline and self.pipeline[0][0] is self.cycle:
                self.pipeline.popleft()
            elif self.cycle.response_started:
                self.transport.close()
                return
            else:
                self._turn = None
        if self._turn is None and not self.pipeline:
            self.send(self._last.status, self._last.lines, self._last.body, close=True)

    # Time

    def _be_idle(self) -> None:
        if not self._in_message:
            self._idle_due = self.loop.time() + self.timeout_keep_alive
            self._set_timer()

    def _set_timer(self) -> None:
        """Have the timer ring at the next deadline at the latest; it may ring in vain."""
        due = min(self._request_due, self._idle_due, self._stall_due)
        if due >= self._timer_due:
            return
        if self._timer:
            self._timer.cancel()
        self._timer_due = due
        self._timer = self.loop.call_later(due - self.loop.time(), self._ring)

    def _ring(self) -> None:
        self._timer, self._timer_due = None, math.inf
        now = self.loop.time() + 0.001
        if self._stall_due <= now:
            self.transport.abort()
        elif min(self._request_due, self._idle_due) <= now:
            self.transport.close()
        else:
            self._set_timer()
