"""A request as the server hands it over (ASGI) in; what matters of it, its body, its client's going out."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from clustergraph.store.wire import Failure

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Key = tuple[bytes, tuple[bytes, ...]]
"""What a response depends on: the query string, and everything else."""


@dataclass(slots=True)
class Call:
    """The parts of a request that matter here."""

    method: str
    query_string: bytes
    accept: bytes = b""
    coding: bytes = b""
    known: bytes = b""
    content_type: bytes = b""
    request_id: bytes = b""
    language: bytes = b""
    path: str = ""
    body: bytes = b""

    @property
    def key(self) -> "Key":
        """What the response depends on."""
        language = self.language if b"html" in self.accept or b"html" in self.query_string else b""
        path = self.path.encode("utf-8", "replace")
        return self.query_string, (path, self.accept, self.coding, self.content_type, self.body, language)


def read_call(scope: Scope) -> Call:
    """Return the parts of a request; several Accept lines are joined."""
    accept = coding = known = content_type = request_id = language = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"accept-encoding":
            coding = coding + b"," + value if coding else value
        elif name == b"if-none-match":
            known = known + b"," + value if known else value
        elif name == b"content-type":
            content_type = value
        elif name == b"x-request-id":
            request_id = value
        elif name == b"accept-language":
            language = value
    return Call(
        scope["method"],
        scope["query_string"],
        accept,
        coding,
        known,
        content_type,
        request_id,
        language,
        scope["path"],
    )


async def receive_body(receive: Receive, cap: int) -> bytes:
    """Return the body; one beyond the cap is read to its end, within reason, and refused.

    Raises:
        Failure: it is too long, or the client has gone.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Failure("gone", "the client has gone")
        part = message.get("body", b"")
        size += len(part)
        if size <= cap:
            parts.append(part)
        if not message.get("more_body") or size > 16 * cap:
            break
    if size > cap:
        raise Failure("body-size", f"the body is longer than {cap} bytes")
    return b"".join(parts)


class Departure:
    """Watches, once a query is heavy, for the client's going, and then cancels the request's task."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._task: asyncio.Task[Any] | None = None
        self._watch: asyncio.Task[None] | None = None
        self.happened = False

    def start(self) -> None:
        """Begin to watch; the task that calls this is the one to cancel."""
        self._task = asyncio.current_task()
        self._watch = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.happened = True
        if self._task:
            self._task.cancel()

    def close(self) -> None:
        """Watch no longer."""
        if self._watch:
            self._watch.cancel()
