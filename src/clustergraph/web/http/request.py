"""A request's head in; what matters of it, its body, its client's going out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from itertools import chain
from typing import Any, Final

from clustergraph.store.wire import Failure

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
"""A request as ASGI has it."""
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
MAX_HEAD_BYTES: Final = 256 * 1024
"""Bytes of a request's head."""
_LISTS: Final = frozenset({b"accept", b"accept-encoding", b"accept-language", b"if-none-match"})
Key = tuple[str | bytes, ...]
"""What a response depends on: the query string, and everything else."""


class Request:
    """The parts of a request that matter here; several lines of a list are joined."""

    __slots__ = (
        "_values",
        "accept",
        "accept_encoding",
        "accept_language",
        "body",
        "expects_continue",
        "headers",
        "host",
        "hosts",
        "http_version",
        "if_none_match",
        "method",
        "path",
        "query_string",
        "raw_path",
        "reads",
        "request_id",
        "root_path",
        "scheme",
    )

    def __init__(
        self,
        method: str,
        path: str,
        query_string: bytes,
        headers: Headers,
        http_version: str = "1.1",
        scheme: str = "http",
        root_path: str = "",
        raw_path: bytes = b"",
    ) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.http_version = http_version
        self.scheme = scheme
        self.root_path = root_path
        self.raw_path = raw_path
        """The path as it was sent."""
        self.reads = method in ("GET", "HEAD")
        """Whether the whole request is in its head."""
        self.body = b""
        values = dict(headers)
        self.hosts = int(b"host" in values)
        """How many Host lines there are."""
        if len(values) < len(headers):
            values = _joined(headers)
            self.hosts = sum(name == b"host" for name, _ in headers)
        self._values = values
        self.expects_continue = b"expect" in values and values[b"expect"].lower() == b"100-continue"
        """Whether the client waits for word before it sends the body (RFC 9110, section 10.1.1)."""
        self.host = values.get(b"host", b"")
        self.accept = values.get(b"accept", b"")
        self.accept_encoding = values.get(b"accept-encoding", b"")
        self.accept_language = values.get(b"accept-language", b"")
        self.if_none_match = values.get(b"if-none-match", b"")
        self.request_id = values.get(b"x-request-id", b"")

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> "Request":
        """Return the request that ASGI hands to a route."""
        return cls(
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            scope["http_version"],
            scope["scheme"],
            scope["root_path"],
            scope["raw_path"],
        )

    def header(self, name: bytes) -> bytes:
        """Return the value of a header, empty where it is missing."""
        return self._values.get(name, b"")

    @property
    def key(self) -> Key:
        """What the response depends on."""
        key = (
            self.query_string,
            self.host,
            self.path,
            self.accept,
            self.accept_encoding,
            self.accept_language,
        )
        return key if self.reads else (*key, self.header(b"content-type"), self.body)

    def origin(self, public_url: str) -> str:
        """Return the service's address, no slash at its end: the public one, else what the client says."""
        return public_url or f"{self.scheme}://{self.host.decode('latin-1') or 'localhost'}"

    def refused(self, max_url: int) -> Failure | None:
        """Return what is wrong with the request whatever it asks, None where nothing is."""
        if len(self.raw_path) + 1 + len(self.query_string) > max_url:
            return Failure("url-size", f"the address is longer than {max_url} bytes; send the query by POST")
        if self.http_version not in ("1.0", "1.1"):
            return Failure("request", f"HTTP/{self.http_version} is not spoken here; use HTTP/1.1")
        if sum(map(len, chain.from_iterable(self.headers))) > MAX_HEAD_BYTES:
            return Failure("head-size", f"the head of the request is longer than {MAX_HEAD_BYTES} bytes")
        if self.hosts > 1 or (self.hosts == 0 and self.http_version == "1.1"):
            return Failure("request", "send the Host header exactly once")
        return None


def _joined(headers: Headers) -> dict[bytes, bytes]:
    """Return the values of headers of which some come in several lines."""
    values: dict[bytes, bytes] = {}
    for name, value in headers:
        values[name] = values[name] + b"," + value if name in _LISTS and name in values else value
    return values


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
