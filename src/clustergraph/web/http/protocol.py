"""uvicorn's HTTP protocol, with one way for every request from its head to its answer, and bounds on both.

httptools, uvicorn's parser, calls the methods ``on_…`` as it reads a request. When its turn has come, a
:class:`Turn` of it is shown to the application, which either sends a whole reply in one write (now, or from a
callback later), or lets the turn go on as a task: only then it becomes a cycle of uvicorn's. Nothing is read
twice.

A connection, and what it waits for::

                  ┌────────── keep-alive seconds ──────────► closed
    connected ──► idle ──first byte──► arriving ──whole──► answering ──sent──► idle
        │                                 │                    └── nothing taken for STALL_SECONDS ──► aborted
        └──────── REQUEST_SECONDS ────────┴──► closed

Invariants: one turn is under way at most (``_turn``), others wait in ``_waiting``, and ``_last_turn`` is the
request parsed last, whose body may still arrive. Reading pauses while anything waits. One timer serves all
deadlines. A byte is shown to the parser once; a byte of a body never begins a request. After a refusal that
concerns the connection itself nothing more is read from it, and it closes behind the answers that are due
before.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import Reply, header_lines
from clustergraph.web.http.request import MAX_HEAD_BYTES, Application, Headers, Request, Scope

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
        self.is_closing = transport.is_closing

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
        if self._parts:
            self._flush()
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # everything else is the transport's own
        return getattr(self._transport, name)


class Turn:
    """One request on its connection, until it is answered."""

    __slots__ = ("_body", "_cycle", "_is_whole", "_keeps_alive", "_protocol", "gone", "over", "request")

    def __init__(self, protocol: "ServiceProtocol", request: Request, *, keeps_alive: bool) -> None:
        self._protocol = protocol
        self._cycle: RequestResponseCycle | None = None
        self._keeps_alive = keeps_alive
        self._body = b""
        """What has come of the body before there was a cycle to take it."""
        self._is_whole = False
        self.request = request
        self.gone = False
        """Whether the client has gone."""
        self.over = False
        """Whether the request has been answered."""

    @property
    def scope(self) -> Scope:
        """The request as ASGI has it."""
        return cast("Scope", self._cycle.scope) if self._cycle else self._protocol.scope_of(self.request)

    @property
    def behind(self) -> bool:
        """Whether the client has yet to take earlier answers."""
        return self._protocol.flow.write_paused

    @property
    def begun(self) -> bool:
        """Whether something of the answer has been sent."""
        return self.over or (self._cycle is not None and self._cycle.response_started)

    def when_gone(self, callback: Callable[[], object] | None) -> None:
        """Have something called if the client goes before the turn ends."""
        self._protocol.on_gone = callback

    async def drain(self) -> None:
        """Wait until the client has taken earlier answers, or has gone."""
        if self.behind and not self.gone:
            await self._protocol.flow.drain()

    def send(self, reply: Reply, more: bytes = b"") -> None:
        """Send a whole reply, perhaps with more header lines, with one write, and end the turn."""
        waits = self.request.expects_continue
        if cycle := self._cycle:
            waits, self._keeps_alive = cycle.waiting_for_100_continue, cycle.keep_alive
            cycle.response_started = cycle.response_complete = True
            cycle.message_event.set()
        body = b"" if self.request.method == "HEAD" else reply.body
        # whether a body that was not asked for still comes is anyone's guess
        self._protocol.send(reply.status, reply.lines + more, body, close=waits or not self._keeps_alive)
        self._protocol.on_response_complete()

    def go_on(self, application: Application) -> None:
        """Go on as a task that runs an ASGI application on this very request."""
        cycle = self._cycle = self._protocol.cycle_of(self.request, keep_alive=self._keeps_alive)
        cycle.body += self._body
        cycle.more_body = not self._is_whole
        cycle.disconnected = self.gone
        self._protocol.start_task(cycle, application)

    def take_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        if self._cycle:
            self._cycle.body += data
            self._cycle.message_event.set()
        else:
            self._body += data
        if len(self._cycle.body if self._cycle else self._body) > HIGH_WATER_LIMIT:
            self._protocol.flow.pause_reading()

    def be_whole(self) -> None:
        """Note that nothing more of the body comes."""
        self._is_whole = True
        if self._cycle:
            self._cycle.more_body = False
            self._cycle.message_event.set()

    def close_after(self) -> None:
        """Have the connection close behind the answer."""
        self._keeps_alive = False
        if self._cycle:
            self._cycle.keep_alive = False

    def leave(self) -> None:
        """Note that the client has gone."""
        self.gone = True
        if self._cycle:
            self._cycle.disconnected = True
            self._cycle.message_event.set()


class Handler(Protocol):
    """What a connection hands its requests to: the application."""

    def begin(self, turn: Turn) -> None:
        """Answer the turn, now or later, or let it go on."""

    def refusal(self, failure: Failure, request: Request) -> Reply:
        """Return the reply to a request that is refused before it is anybody's turn."""


class ServiceProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a coalescing transport; the module says how it works."""

    _joined: CoalescingTransport
    _turn: Turn | None = None
    """The request that is being answered."""
    _last_turn: Turn | None = None
    """The request parsed last."""
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
    _due = math.inf
    """When the request must have arrived, or the next one begun."""
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
        self._waiting: deque[Turn] = deque()
        super().connection_made(cast("asyncio.Transport", self._joined))
        self._expect_within(REQUEST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that the client has gone, and forget what waits."""
        if self._timer:
            self._timer.cancel()
        self._waiting.clear()
        for turn in (self._turn, self._last_turn):
            if turn and not turn.over:
                turn.leave()
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
            self._feed(data)
        except httptools.HttpParserInvalidMethodError:
            self._refuse(Failure("unknown-method", "no such method is known here; use GET or POST"))
        except httptools.HttpParserError as error:
            self._refuse(Failure("request", f"this is not HTTP/1.1: {error}"))

    def pause_writing(self) -> None:
        """Note that the client is behind; it must catch up, or a closed connection would stay for good."""
        self._stall_due = self.loop.time() + STALL_SECONDS
        self._ring_by(self._stall_due)
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
        self.url = b""
        self.headers = []
        self._expect_within(REQUEST_SECONDS)

    def on_url(self, url: bytes) -> None:
        """Take a part of the address, but no more than can be too long."""
        if not self._resuming:
            self.url = (self.url + url)[:MAX_URL_BYTES]

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if not self._resuming:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Begin the request whose head is whole, or have it wait for its turn."""
        if self._resuming:
            return
        self._in_head = False
        parser, address = self.parser, httptools.parse_url(self.url)
        method, version, path = parser.get_method(), parser.get_http_version(), address.path.decode("ascii")
        request = Request(
            method.decode("ascii"),
            self.root_path + (unquote(path) if "%" in path else path),
            address.query or b"",
            self.headers,
            version,
            self.scheme or "http",
            self.root_path,
            self.root_path.encode() + address.path,
        )
        keeps_alive = version != "1.0" and method != b"CONNECT" and parser.should_keep_alive()
        turn = self._last_turn = Turn(self, request, keeps_alive=keeps_alive)
        if self._turn or self._waiting:
            self.flow.pause_reading()
            self._waiting.append(turn)
        else:
            self._begin(turn)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body; of a request that has been answered it is passed over."""
        if self._last_turn and not self._last_turn.over:
            self._last_turn.take_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is whole, unless its body is to come behind an upgrade."""
        if self.parser.should_upgrade() and self._framing():
            return
        self._in_message = False
        if self._turn is None:
            self._expect_within(self.timeout_keep_alive)
        else:
            self._due = math.inf
        if self._last_turn and not self._last_turn.over:
            self._last_turn.be_whole()

    # Requests, one after the other

    def _feed(self, data: bytes | memoryview) -> None:
        """Show the parser bytes; where it stops for an upgrade, go on behind (RFC 9110, section 7.8)."""
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                if self.parser.get_method() == b"CONNECT":  # what follows is for a tunnel that isn't there
                    self.flow.pause_reading()
                    return
                self._read_on()
                data = b"" if self.transport.is_closing() else memoryview(data)[upgrade.args[0] :]
            else:
                return

    def _read_on(self) -> None:
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

    def _begin(self, turn: Turn) -> None:
        """Show the application a request whose turn has come."""
        self._turn = turn
        cast("Handler", self.app).begin(turn)

    def scope_of(self, request: Request) -> Scope:
        """Return a request as ASGI has it."""
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": request.http_version,
            "server": self.server,
            "client": self.client,
            "scheme": request.scheme,
            "root_path": request.root_path,
            "headers": request.headers,
            "state": self.app_state.copy(),
            "method": request.method,
            "path": request.path,
            "raw_path": request.raw_path,
            "query_string": request.query_string,
        }

    def cycle_of(self, request: Request, *, keep_alive: bool) -> RequestResponseCycle:
        """Return what uvicorn answers a request with."""
        return RequestResponseCycle(
            scope=cast("Any", self.scope_of(request)),
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=request.expects_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )

    def start_task(self, cycle: RequestResponseCycle, application: Application) -> None:
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
        if self._turn:
            self._turn.over = True
        self._turn = self.on_gone = None
        if self.transport.is_closing():
            return
        if self._waiting:
            self.loop.call_soon(self._next)  # not at once: a thousand small requests would nest as deep
        elif self._last:
            self.send(self._last.status, self._last.lines, self._last.body, close=True)
        else:
            self.flow.resume_reading()
            if not self._in_message:
                self._expect_within(self.timeout_keep_alive)

    def _next(self) -> None:
        if self._waiting and not self.transport.is_closing():
            if not self._in_message:
                self._due = math.inf
            self._begin(self._waiting.popleft())

    def shutdown(self) -> None:
        """Close the connection, behind the answer where one is due."""
        if self._last_turn is None or self._last_turn.over:
            self.transport.close()
        else:
            self._last_turn.close_after()

    def _refuse(self, failure: Failure) -> None:
        """Answer what is no request, when all before it is answered; read no further."""
        request = Request("", "", b"", self.headers or [])
        self._last = cast("Handler", self.app).refusal(failure, request)
        self._due = math.inf
        self.flow.pause_reading()
        if self._in_message and not self._in_head and self._last_turn:  # it is a body that is broken
            if self._waiting and self._waiting[-1] is self._last_turn:
                self._waiting.pop()
            elif self._last_turn.begun:
                self.transport.close()
                return
            else:
                self._turn = None
        if self._turn is None and not self._waiting:
            self.send(self._last.status, self._last.lines, self._last.body, close=True)

    # Time

    def _expect_within(self, seconds: float) -> None:
        """Wait so long for what the client is to send."""
        self._due = self.loop.time() + seconds
        if self._due < self._timer_due:
            self._ring_by(self._due)

    def _ring_by(self, due: float) -> None:
        """Have the timer ring at a deadline at the latest; it may ring in vain."""
        if due < self._timer_due:
            if self._timer:
                self._timer.cancel()
            self._timer_due = due
            self._timer = self.loop.call_later(due - self.loop.time(), self._ring)

    def _ring(self) -> None:
        self._timer, self._timer_due = None, math.inf
        now = self.loop.time() + 0.001
        if self._stall_due <= now:
            self.transport.abort()
        elif self._due <= now:
            self.transport.close()
        elif (due := min(self._due, self._stall_due)) < math.inf:
            self._ring_by(due)
