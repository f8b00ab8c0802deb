"""uvicorn's HTTP protocol, made to send a response's head and body with one system call.

uvicorn hands them to the transport one after the other, and each wakes the client: joined, the same
answer of 3 kB goes out two to three times as often per second on two cores. It also bounds what
uvicorn does not: how long a request may take to arrive, and how long its head may be. And it offers each
request to the short way (:mod:`~clustergraph.web.http.shortcut`) before uvicorn's parser sees it.
"""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from clustergraph.web.http.reply import Headers
from clustergraph.web.http.shortcut import Shortcut
from clustergraph.web.sparql.exchange import BEGUN, Begun

HEAD: Final = 256 * 1024
"""Bytes of a request's head."""
SECONDS: Final = 30.0
"""Seconds in which a request must arrive whole."""
TAKING: Final = 60.0
"""Seconds in which a client must take what is ready for it."""


class JoinedTransport:
    """A transport whose writes of one turn of the event loop go out together."""

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


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a joined transport, with bounds on a request's head and duration."""

    gone = False
    _shortcut: Shortcut | None = None
    _joined: JoinedTransport
    _waiting = False
    """Whether a request is on the short way."""
    _early = b""
    """What the client has sent meanwhile."""
    _arriving = False
    """Whether a request has begun to arrive and is not whole."""
    _first = b""
    """The bytes with which the request under way began, if it began at the beginning of them."""
    _last = 0.0
    """When the short way was last taken, by the loop's clock."""
    _size = 0
    _stopping = False
    _begun: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # as uvicorn declares it
    ) -> None:
        """Begin a connection; its first request must come soon."""
        self._joined = JoinedTransport(transport)
        self._shortcut = getattr(self.app, "shortcut", None)
        super().connection_made(cast("asyncio.Transport", self._joined))
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.gone = True
        self._end()
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes: one request more for the short way, or whatever it is for the long one."""
        if self._waiting:
            self._early += data
            self.transport.pause_reading()
        elif self._between():
            if not (self._shortcut and self._shortcut.take(data, self)):
                self._first = data
                self._read(data)
        else:
            self._first = b""
            self._read(data)

    def _between(self) -> bool:
        """Tell whether no request is under way and the client has taken what was sent."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not (self._arriving or self.flow.write_paused or self.transport.is_closing())

    def _read(self, data: bytes) -> None:
        """Hand bytes to uvicorn, but no head without end."""
        self._size += len(data)
        if self._size > HEAD and self._begun and not self._head_read:
            self.send_400_response("The head of the request is too long.")
            return
        super().data_received(data)

    @property
    def server_headers(self) -> Headers:
        """The headers that the server adds to every response."""
        return self.server_state.default_headers

    def wait(self) -> None:
        """Take no further request until this one is answered or goes the long way."""
        self._waiting = True

    def answer(self, data: bytes) -> None:
        """Send a response on the short way."""
        self._joined.write_now(data)
        self._end()
        self._last = self.loop.time()
        if not self.timeout_keep_alive_task:
            self._close_later(self.timeout_keep_alive)
        if self._waiting:
            self._go_on()

    def go_long(self, data: bytes, begun: Begun) -> None:
        """Take the long way with a request whose query was begun on the short one."""
        self._first = b""
        self._read(data)
        cast("dict[str, object]", self.scope)[BEGUN] = begun
        if self._stopping:
            self.cycle.keep_alive = False
        self._go_on()

    def _go_on(self) -> None:
        """Take what has come while a request was on the short way."""
        self._waiting = False
        if self._stopping and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()
        elif self._early:
            early, self._early = self._early, b""
            self.transport.resume_reading()
            self.data_received(early)

    def shutdown(self) -> None:
        """Close the connection, after the answer where one is on its way."""
        self._stopping = True
        if not self._waiting:
            super().shutdown()

    def _close_later(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing has happened; the short way sets no timer for each request."""
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if self._waiting or left > 0:
            self._close_later(max(left, 1.0))
        else:
            super().timeout_keep_alive_handler()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._arriving = True
        self._begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole, and what it looks like."""
        self._head_read = True
        super().on_headers_complete()
        if self._shortcut and self._first:
            self._shortcut.learn(self._first, self.headers)

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._arriving = False
        self._end()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Note that the client is behind; it must catch up, or a closed connection would stay for good."""
        self._taken()
        self._untaken = asyncio.get_running_loop().call_later(TAKING, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        self._taken()
        super().resume_writing()

    def _taken(self) -> None:
        if self._untaken:
            self._untaken.cancel()
            self._untaken = None

    def _begin(self) -> None:
        self._end()
        self._head_read = False
        self._size = 0
        self._begun = asyncio.get_running_loop().call_later(SECONDS, self._late)

    def _end(self) -> None:
        if self._begun:
            self._begun.cancel()
            self._begun = None

    def _late(self) -> None:
        """Close a connection whose request doesn't come to its end."""
        self._begun = None
        self.transport.close()
