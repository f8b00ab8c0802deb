"""A request as the server hands it over (ASGI) in; what matters of it, its body, its client's going out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from clustergraph.store.wire import Failure

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
MAX_HEAD_BYTES: Final = 256 * 1024
"""Bytes of a request's head."""
_LISTS: Final = frozenset({b"accept", b"accept-encoding", b"accept-language", b"if-none-match"})
Key = tuple[bytes, tuple[bytes, ...]]
"""What a response depends on: the query string, and everything else."""


@dataclass(slots=True)
class Request:
    """The parts of a request that matter here."""

    method: str
    path: str
    query_string: bytes
    http_version: str
    scheme: str
    root_path: str
    url_bytes: int
    host: bytes
    head_bytes: int
    hosts: int
    """How many Host lines there are."""
    accept: bytes
    accept_encoding: bytes
    accept_language: bytes
    if_none_match: bytes
    content_type: bytes
    content_encoding: bytes
    request_id: bytes
    preflight: bool
    """Whether a browser asks before it sends the request itself (Fetch, section 3.2)."""
    preflight_headers: bytes
    body: bytes = b""

    @property
    def reads(self) -> bool:
        """Whether the whole request is in its head."""
        return self.method in ("GET", "HEAD")

    @property
    def key(self) -> Key:
        """What the response depends on."""
        sent = () if self.reads else (self.content_type, self.body)
        path = self.path.encode("utf-8", "replace")
        return self.query_string, (
            self.host,
            path,
            self.accept,
            self.accept_encoding,
            self.accept_language,
            *sent,
        )

    def origin(self, public_url: str) -> str:
        """Return the service's address, no slash at its end: the public one, else what the client says."""
        host = self.host.decode("latin-1") or "localhost"
        return public_url or f"{self.scheme}://{host}"

    def refused(self, max_url: int) -> Failure | None:
        """Return what is wrong with the request whatever it asks, None where nothing is."""
        if self.url_bytes > max_url:
            return Failure("url-size", f"the address is longer than {max_url} bytes; send the query by POST")
        if self.http_version not in ("1.0", "1.1"):
            return Failure("request", f"HTTP/{self.http_version} is not spoken here; use HTTP/1.1")
        if self.head_bytes > MAX_HEAD_BYTES:
            return Failure("head-size", f"the head of the request is longer than {MAX_HEAD_BYTES} bytes")
        if self.hosts > 1 or (self.hosts == 0 and self.http_version == "1.1"):
            return Failure("request", "send the Host header exactly once")
        return None


def read_request(scope: Mapping[str, Any]) -> Request:
    """Return the parts of a request; several lines of a list are joined."""
    hosts = size = 0
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        hosts += name == b"host"
        headers[name] = headers[name] + b"," + value if name in _LISTS and name in headers else value
    query_string, header = scope.get("query_string", b""), headers.get
    return Request(
        scope["method"],
        scope["path"],
        query_string,
        scope.get("http_version", "1.1"),
        scope.get("scheme", "http"),
        scope.get("root_path", ""),
        len(scope.get("raw_path", b"")) + 1 + len(query_string),
        header(b"host", b""),
        size,
        hosts,
        header(b"accept", b""),
        header(b"accept-encoding", b""),
        header(b"accept-language", b""),
        header(b"if-none-match", b""),
        header(b"content-type", b""),
        header(b"content-encoding", b""),
        header(b"x-request-id", b""),
        b"access-control-request-method" in headers,
        header(b"access-control-request-headers", b""),
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


class DisconnectWatcher:
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
