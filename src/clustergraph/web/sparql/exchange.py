"""A request and a way to read it in; an answer, from the cache or a worker, or a problem, out.

Plain ASGI, so that a query costs no more than its own work.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.store.coding import offered
from clustergraph.store.formats import PAGE
from clustergraph.store.light import Attempt
from clustergraph.store.pool import PoolLostError, Stream
from clustergraph.store.wire import Failure, Job
from clustergraph.web.http.negotiation import NAMES, Choice, choose, choose_coding
from clustergraph.web.http.observation import Observer, Seen
from clustergraph.web.http.problems import PROBLEMS, render
from clustergraph.web.http.reply import (
    ALWAYS,
    METHODS,
    Headers,
    Reply,
    Streamed,
    options,
    send_reply,
    whole,
    written,
)
from clustergraph.web.http.request import Call, Departure, Receive, Scope, Send, read_call, receive_body
from clustergraph.web.pages.rendering import Pages
from clustergraph.web.releases import Release, Service
from clustergraph.web.sparql.federation import Federation
from clustergraph.web.sparql.parameters import QueryRequest

_LOG: Final = logging.getLogger(__name__)
_REQUEST_ID: Final = re.compile(rb"[\w.\-]{1,64}")
_PAGE_ASKED: Final = re.compile(rb"(?:^|&)(?:format|output|results)=(?:text(?:/|%2F))?html")
_PAGE_ROWS: Final = 500
_SLOWEST: Final = 32 * 1024
"""Bytes a second that a client must take of a long answer, on average."""
BEGUN: Final = "clustergraph.begun"
"""Key of a scope that holds a :class:`Begun`."""


@dataclass(frozen=True)
class Question:
    """What a request asks: the protocol's parameters, and values to bind into the query."""

    request: QueryRequest
    values: tuple[tuple[str, str], ...] = ()
    op: str = "query"


Composer = Callable[[Release], Awaitable["Question | Reply"]]
"""Finds out, asking a release, what a request asks or is answered."""
Reader = Callable[[Call, Scope], "Question | Reply | Composer"]
"""Reads a request: gives the question in it, a reply that needs no query, or what will find out."""


@dataclass(frozen=True)
class Begun:
    """An attempt at a request's job that the short way has made, and the release that it was made with."""

    release: Release
    attempt: Attempt


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
            if begun := scope.get(BEGUN):
                begun.release.pool.drop(begun.attempt)
            self._observer.record(seen)

    async def _answer(
        self, call: Call, scope: Scope, receive: Receive, send: Send, seen: Seen, read: Reader
    ) -> None:
        if call.method in ("GET", "HEAD"):
            call.content_type = b""
        elif call.method in ("POST", "QUERY"):
            call.body = await receive_body(receive, self._service.options.body)
        elif call.method == "OPTIONS":
            await send_reply(options(scope), call, send, seen)
            return
        else:
            raise Failure("method", f"{call.method} is not offered; use {METHODS}")
        if scope["http_version"] == "1.1" and not any(name == b"host" for name, _ in scope["headers"]):
            raise Failure("request", "the Host header is missing")
        release = begun.release if (begun := scope.get(BEGUN)) else self._service.release
        reply = None if begun else release.replies.get(call.key)
        if reply is None:
            departure = Departure(receive)
            try:
                made = await self._make(call, scope, release, seen, read, departure)
                if isinstance(made, Streamed):
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
                release.replies.put(call.key, reply)
        else:
            seen.cached = True
        await send_reply(reply, call, send, seen)

    async def _make(
        self, call: Call, scope: Scope, release: Release, seen: Seen, read: Reader, departure: Departure
    ) -> Reply | Streamed:
        if len(call.query_string) > self._service.options.url:
            raise Failure("url-size", "the address is too long; send the query by POST")
        question = read(call, scope)
        if callable(question):
            question = await question(release)
        if isinstance(question, Reply):
            return question
        question, called = await self._federated(question)
        job = self.job(call, question)
        seen.query = job.text
        packed = job.pack()
        begun = scope.pop(BEGUN, None)
        attempt = begun.attempt if begun else None
        try:
            answer = await release.pool.run(packed, question.request.seconds, departure.start, attempt)
        except PoolLostError:
            release = await self._service.after(release)
            answer = await release.pool.run(packed, question.request.seconds, departure.start)
        if answer.head.format == PAGE:
            page = self._pages.results(scope, question.request, answer.body, call.language.decode("latin-1"))
            return Reply(200, written([*ALWAYS, *self._pages.headers(page)]), page, query=job.text)
        head = answer.head._replace(tag="") if called else answer.head
        if answer.stream:
            return Streamed(head, answer.stream)
        return whole(head, answer.body, answer.rows, job.text, shared=job.op == "query")

    async def _federated(self, question: Question) -> tuple[Question, bool]:
        """Return the question with the answers of endpoints it may call, and whether it called any."""
        text = question.request.text or ""
        if question.op != "query" or not self.may_call(text):
            return question, False
        resolved = await self._federation.resolve(text)
        return replace(question, request=replace(question.request, text=resolved)), resolved != text

    def may_call(self, text: str) -> bool:
        """Tell whether a query may hold a call of an endpoint that it may call."""
        return bool(self._federation.endpoints) and "service" in text.lower()

    def job(self, call: Call, question: Question) -> Job:
        """Return the work that answers a question in the form that the client takes.

        Raises:
            Failure: it takes none.
        """
        request = question.request
        choice = choice_of(call, request)
        if not (choice.results or choice.graph):
            raise Failure("not-acceptable", "no acceptable type is offered; ask for JSON, CSV or Turtle")
        return Job(
            request.text or "",
            op=question.op,
            results=choice.results,
            graph=choice.graph,
            coding="" if choice.page else choose_coding(call.coding.decode("latin-1"), self._codings),
            dataset=request.dataset,
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
            values=question.values,
            rows=_PAGE_ROWS,
            counted=bool(self._service.options.access_log),
        )

    async def _stream(self, streamed: "Streamed", call: Call, send: Send, seen: Seen) -> None:
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
        await send_reply(Reply(PROBLEMS[failure.kind].status, written(headers), body), call, send, seen)


def _problem_form(call: Call) -> str:
    """Return how the client takes a problem: ``problem``, ``page`` or ``plain``."""
    if _PAGE_ASKED.search(call.query_string) or _PAGE_ASKED.search(call.body):
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
        raise Failure("request", f"format={request.format} is not known; use one of {', '.join(NAMES)}")
    return choice


def _check_streamable(scope: Scope, streamed: Streamed) -> None:
    """Refuse a streamed answer to HTTP/1.0, whose clients could not see that it broke off."""
    if scope["http_version"] == "1.0":
        streamed.stream.close()
        raise Failure("answer-size", "so long an answer needs HTTP/1.1")
