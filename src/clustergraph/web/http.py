"""uvicorn's HTTP protocol, made to send a response's head and body with one system call.

uvicorn hands them to the transport one after the other, and each wakes the client: joined, the same
answer of 3 kB goes out two to three times as often per second on two cores. It also bounds what
uvicorn does not: how long a request may take to arrive, and how long its head may be.
"""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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

    def __getattr__(self, name: str) -> Any:  # everything else is the transport's own
        return getattr(self._transport, name)


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a joined transport, with a bound on a request's head and on its duration."""

    _size = 0
    _begun: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # as uvicorn declares it
    ) -> None:
        """Begin a connection; its first request must come soon."""
        super().connection_made(cast("asyncio.Transport", JoinedTransport(transport)))
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end()
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, but no head without end."""
        self._size += len(data)
        if self._size > HEAD and self._begun and not self._head_read:
            self.send_400_response("The head of the request is too long.")
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self._head_read = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
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
