"""A request and a way to read it in; an answer, from the cache or a worker, or a problem, out.

Plain ASGI, so that a query costs no more than its own work.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, Final

from clustergraph.errors import StoreError
from clustergraph.store.coding import offered
from clustergraph.store.formats import GRAPHS, PAGE, RESULTS
from clustergraph.store.pool import Answer, PoolLostError, Stream
from clustergraph.store.wire import Failure, Job
from clustergraph.web.cache import Headers, Reply
from clustergraph.web.federation import Federation
from clustergraph.web.negotiation import Choice, choose, choose_coding
from clustergraph.web.observation import Observer, Seen
from clustergraph.web.pages import Pages
from clustergraph.web.problems import PROBLEMS, render
from clustergraph.web.request import QueryRequest
from clustergraph.web.service import Release, Service

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LOG: Final = logging.getLogger(__name__)
METHODS: Final = "GET, HEAD, OPTIONS, POST, QUERY"
_EXPOSED: Final = b"Accept-Query, Allow, Content-Encoding, ETag, Link, Retry-After, X-Request-Id"
ALWAYS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
]
_VOLATILE: Final = re.compile(r"(?i)rand|now|uuid")
_REQUEST_ID: Final = re.compile(rb"[\w.\-]{1,64}")
_FRESH: Final = b"public, max-age=60, stale-while-revalidate=600"
_OF_THE_BODY: Final = frozenset({b"content-type", b"content-length", b"content-encoding"})
_ASKABLE: Final = b"Accept, Content-Type, If-None-Match, X-Request-Id"
_PAGE_ROWS: Final = 500
_SLOWEST: Final = 32 * 1024
"""Bytes a second that a client must take of a long answer, on average."""
_LEADING: Final = {
    entry.key: [*ALWAYS, (b"content-type", entry.content_type.encode())]
    for entry in (*RESULTS.values(), *GRAPHS.values())
}


@dataclass(slots=True)
class Call:
    """The parts of a request that matter here."""

    method: str
    query_string: bytes
    accept: bytes
    coding: bytes
    known: bytes
    content_type: bytes
    request_id: bytes
    language: bytes
    path: str
    body: bytes = b""

    @property
    def key(self) -> tuple[bytes, ...]:
        """What the response depends on."""
        language = self.language if b"html" in self.accept or b"html" in self.query_string else b""
        parts = (self.query_string, self.accept, self.coding, self.content_type, self.body, language)
        return (self.path.encode("utf-8", "replace"), *parts)


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


@dataclass(frozen=True)
class Question:
    """What a request asks: the protocol's parameters, and values to bind into the query."""

    request: QueryRequest
    values: tuple[tuple[str, str], ...] = ()
    op: str = "query"


Reader = Callable[[Call, Scope], Question | Reply]
"""Reads a request: gives the question in it, or a reply that needs no query."""


class Exchange:
    """Answers requests whose question a reader finds."""

    def __init__(self, service: Service, observer: Observer, pages: Pages) -> None:
        self._service = service
        self._observer = observer
        self._pages = pages
        self._codings = offered()
        options = service.options
        self._federation = Federation(
            frozenset(options.allow_service), options.service_seconds, options.service_size
        )

    async def serve(self, scope: Scope, receive: Receive, send: Send, read: Reader) -> None:
        """Answer one request."""
        started = time.perf_counter()
        call = read_call(scope)
        if not _REQUEST_ID.fullmatch(call.request_id):
            call.request_id = self._service.request_id().encode()
        seen = Seen(call.request_id, started)
        try:
            await self._answer(call, scope, receive, send, seen, read)
        except Failure as failure:
            await self._fail(failure, call, scope, send, seen)
        except (StoreError, PoolLostError) as error:
            await self._fail(Failure("busy", str(error)), call, scope, send, seen)
        except Exception:
            _LOG.exception("request %s", call.request_id.decode("latin-1"))
            if seen.status:
                raise
            detail = "the fault is ours; the log holds it under the id of this request"
            await self._fail(Failure("internal", detail), call, scope, send, seen)
        finally:
            self._observer.record(seen)

    async def _answer(
        self, call: Call, scope: Scope, receive: Receive, send: Send, seen: Seen, read: Reader
    ) -> None:
        if call.method in ("GET", "HEAD"):
            call.content_type = b""
        elif call.method in ("POST", "QUERY"):
            call.body = await _read(receive, self._service.options.body)
        elif call.method == "OPTIONS":
            await _options(scope, call, send, seen)
            return
        else:
            raise Failure("method", f"{call.method} is not offered; use {METHODS}")
        if scope["http_version"] == "1.1" and not any(name == b"host" for name, _ in scope["headers"]):
            raise Failure("request", "the Host header is missing")
        release = self._service.release
        key = call.key
        reply = release.replies.get(key)
        if reply is None:
            departure = _Departure(receive)
            try:
                made = await self._make(call, scope, release, seen, read, departure)
                if isinstance(made, _Streamed):
                    _check_streamable(scope, made)
                    await self._stream(made, call, send, seen)
                    return
            except asyncio.CancelledError:
                if departure.happened:
                    raise Failure("gone", "the client has gone") from None
                raise
            finally:
                departure.close()
            reply = made
            if reply.etag and reply.shared:
                release.replies.put(key, reply)
        else:
            seen.cached = True
        await _send(reply, call, send, seen)

    async def _make(
        self, call: Call, scope: Scope, release: Release, seen: Seen, read: Reader, departure: "_Departure"
    ) -> "Reply | _Streamed":
        if len(call.query_string) > self._service.options.url:
            raise Failure("url-size", "the address is too long; send the query by POST")
        question = read(call, scope)
        if isinstance(question, Reply):
            return question
        question, called = await self._federated(question)
        job = self._job(call, question)
        seen.query = job.text
        packed = job.pack()
        try:
            answer = await release.pool.run(packed, question.request.seconds, departure.start)
        except PoolLostError:
            release = await self._service.after(release)
            answer = await release.pool.run(packed, question.request.seconds, departure.start)
        if answer.head.format == PAGE:
            page = self._pages.results(scope, question.request, answer.body, call.language.decode("latin-1"))
            return Reply(200, [*ALWAYS, *self._pages.headers(page)], page, b"", job.text)
        lasting = not called and (question.op != "query" or not _VOLATILE.search(job.text))
        return _reply(answer, release.tag(packed, answer.head) if lasting else b"", question)

    async def _federated(self, question: Question) -> tuple[Question, bool]:
        """Return the question with the answers of endpoints it may call, and whether it called any."""
        text = question.request.text or ""
        if not self._federation.endpoints or question.op != "query" or "service" not in text.lower():
            return question, False
        resolved = await self._federation.resolve(text)
        return replace(question, request=replace(question.request, text=resolved)), resolved != text

    def _job(self, call: Call, question: Question) -> Job:
        request = question.request
        choice = choice_of(call, request)
        if not (choice.results or choice.graph):
            raise Failure("not-acceptable", "no acceptable type is offered; ask for JSON, CSV or Turtle")
        return Job(
            request.text or "",
            op=question.op,
            results=choice.results,
            graph=choice.graph,
            coding="" if PAGE in (choice.results, choice.graph) else self._coding(call),
            dataset=request.dataset,
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
            values=question.values,
            rows=_PAGE_ROWS,
        )

    def _coding(self, call: Call) -> str:
        return choose_coding(call.coding.decode("latin-1"), self._codings)

    async def _stream(self, streamed: "_Streamed", call: Call, send: Send, seen: Seen) -> None:
        """Send a long answer as it comes; a failure ends the connection without the end of the body."""
        seen.status = 200
        try:
            headers = [*streamed.headers, (b"x-request-id", call.request_id)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if call.method != "HEAD":
                await self._send_pieces(streamed.stream, send, seen)
            await send({"type": "http.response.body", "body": b""})
        except Failure as failure:
            seen.outcome = failure.kind
        except TimeoutError:
            seen.outcome = "slow-client"
        finally:
            streamed.stream.close()

    async def _send_pieces(self, stream: Stream, send: Send, seen: Seen) -> None:
        """Send piece after piece; a client that is slower than :data:`_SLOWEST` all along uses up its time.

        Raises:
            TimeoutError: it has none left. Otherwise few slow clients could hold all heavy places for days.
        """
        clock = asyncio.get_running_loop().time
        left = self._service.options.send_seconds
        async for piece in stream.pieces():
            began = clock()
            async with asyncio.timeout(min(left, self._service.options.send_seconds)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            left += len(piece) / _SLOWEST - (clock() - began)
            seen.size += len(piece)

    async def _fail(self, failure: Failure, call: Call, scope: Scope, send: Send, seen: Seen) -> None:
        seen.outcome = failure.kind
        if failure.kind == "gone":
            return
        wanted = _problem_form(call)
        if wanted == PAGE:
            body = self._pages.problem(scope, failure, seen.query, call.language.decode("latin-1"))
            headers: Headers = [*ALWAYS, *self._pages.headers(body)]
        else:
            body, content_type = render(failure, wanted, call.request_id.decode("latin-1"))
            headers = [
                *ALWAYS,
                (b"content-type", content_type),
                (b"content-length", b"%d" % len(body)),
                (b"cache-control", b"no-store"),
            ]
        if failure.kind == "busy":
            headers.append((b"retry-after", b"2"))
        if failure.kind == "method":
            headers.append((b"allow", METHODS.encode()))
        if failure.kind == "media-type":
            headers.append((b"accept-query", b'"application/sparql-query"'))
        await _send(Reply(PROBLEMS[failure.kind].status, headers, body, b""), call, send, seen)


def _reply(answer: Answer, etag: bytes, question: Question) -> "Reply | _Streamed":
    """Return an answer with its headers; without a tag it is not to be kept."""
    head = answer.head
    headers: Headers = [*_LEADING[head.format], (b"cache-control", _FRESH if etag else b"no-store")]
    if etag:
        headers.append((b"etag", etag))
    if head.coding:
        headers.append((b"content-encoding", head.coding.encode()))
    if answer.stream:
        return _Streamed(headers, answer.stream)
    headers.append((b"content-length", b"%d" % len(answer.body)))
    text = question.request.text or ""
    return Reply(200, headers, answer.body, etag, text, answer.rows, shared=question.op == "query")


def _problem_form(call: Call) -> str:
    """Return how the client takes a problem: ``problem``, ``page`` or ``plain``."""
    if b"format=html" in call.query_string or b"format=html" in call.body:
        return PAGE
    choice = choose(call.accept.decode("latin-1"))
    return choice.problem if choice else "plain"


def choice_of(call: Call, request: QueryRequest) -> Choice:
    """Return the formats that a request accepts.

    Raises:
        Failure: of kind ``request`` where its ``format`` is unknown.
    """
    choice = choose(call.accept.decode("latin-1"), request.format)
    if choice is None:
        raise Failure("request", f"format={request.format} is not known; use json, xml, csv, tsv, ttl, nt …")
    return choice


@dataclass(frozen=True)
class _Streamed:
    headers: Headers
    stream: Stream


def _check_streamable(scope: Scope, streamed: _Streamed) -> None:
    """Refuse a streamed answer to HTTP/1.0, whose clients could not see that it broke off."""
    if scope["http_version"] == "1.0":
        streamed.stream.close()
        raise Failure("answer-size", "so long an answer needs HTTP/1.1")


async def _send(reply: Reply, call: Call, send: Send, seen: Seen) -> None:
    seen.status = reply.status
    headers = [*reply.headers, (b"x-request-id", call.request_id)]
    if call.known and reply.etag and _matches(call.known, reply.etag):
        seen.status = 304
        kept = [
            pair
            for pair in headers
            if pair[0] not in (b"content-type", b"content-length", b"content-encoding")
        ]
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


async def _options(scope: Scope, call: Call, send: Send, seen: Seen) -> None:
    """Say what is offered; a preflight gets what it asks for (Fetch, section 3.2)."""
    asked = dict(scope["headers"])
    headers: Headers = [
        *ALWAYS,
        (b"allow", METHODS.encode()),
        (b"accept-query", b'"application/sparql-query"'),
    ]
    if b"access-control-request-method" in asked:
        wanted = asked.get(
            b"access-control-request-headers", b"Accept, Content-Type, If-None-Match, X-Request-Id"
        )
        headers += [
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", b"86400"),
        ]
    await _send(
        Reply(204, [pair for pair in headers if pair[0] != b"content-length"], b"", b""), call, send, seen
    )


async def _read(receive: Receive, cap: int) -> bytes:
    """Return the body; one beyond the cap is read to its end, within reason, and refused."""
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


class _Departure:
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
