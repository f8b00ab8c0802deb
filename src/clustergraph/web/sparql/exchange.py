"""A request whose turn has come in; its reply, or a long answer piece by piece, out.

The way of every query: a known reply is looked up, else the endpoint reads the request, formats are chosen,
and the engine gets a job. Where that settles soon, all of it happens in two callbacks and one write
(:meth:`Exchange.begin`, :meth:`Exchange._settled`). What needs to wait, for a body, for other endpoints or
for a long query, goes on as a task from where it is (:meth:`Exchange._serve`)::

    begin ──known──────────────────────────────► _send
      │                                            ▲
      ├──submit──► _settled ──answered, failed─────┤
      │               └──goes on──► _serve ──whole─┘
      └──body, SERVICE, no data──────►   └──long──► _stream
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple, Protocol

from clustergraph.errors import StoreError
from clustergraph.store.coding import offered
from clustergraph.store.engine import EngineLostError, Query, State, ask
from clustergraph.store.formats import PAGE
from clustergraph.store.wire import Failure, Head, Job
from clustergraph.web.http.negotiation import NAMES, Choice, choose, choose_coding
from clustergraph.web.http.observation import Observer, RequestRecord
from clustergraph.web.http.problems import extra_headers, problem_reply
from clustergraph.web.http.protocol import Turn
from clustergraph.web.http.reply import (
    READING,
    Reply,
    answer_lines,
    complete_reply,
    options_reply,
)
from clustergraph.web.http.request import DisconnectWatcher, Headers, Receive, Request, Send, receive_body
from clustergraph.web.releases import Release, Releases
from clustergraph.web.sparql.federation import Federation
from clustergraph.web.sparql.parameters import QueryRequest

_LOG: Final = logging.getLogger(__name__)
_REQUEST_ID: Final = re.compile(rb"[\w.\-]{1,64}")
_PAGE_ASKED: Final = re.compile(rb"(?:^|&)(?:format|output|results)=(?:text(?:/|%2F))?html")
_PAGE_ROWS: Final = 500
_SLOWEST: Final = 32 * 1024
"""Bytes a second that a client must take of a long answer, on average."""


class Question(NamedTuple):
    """What a request asks: the protocol's parameters, and values to bind into the query."""

    request: QueryRequest
    values: tuple[tuple[str, str], ...] = ()
    op: str = "query"
    more: Sequence[tuple[bytes, bytes]] = ()
    """Headers that the answer has beside all others."""


Composer = Callable[[Release], Awaitable[Question | Reply]]
"""Finds out, asking a release, what a request asks or is answered."""


@dataclass(frozen=True)
class Endpoint:
    """A resource that the engine answers: how a request to it is read, and the methods that it offers."""

    read: Callable[[Request], Question | Reply | Composer]
    """Gives the question in a request, a reply that needs no query, or what will find out."""
    methods: str = READING


@dataclass(slots=True)
class Inquiry:
    """A request on its way to its answer."""

    turn: Turn
    request: Request
    endpoint: Endpoint
    record: RequestRecord
    release: Release = field(init=False)
    question: Question = field(init=False)
    job: Job = field(init=False)
    found: Question | Reply | Composer | None = None
    """What the endpoint has read in it."""
    submitted: bool = False
    """Whether the query has been submitted at once, so that nothing needs to be waited for."""
    called: bool = False
    """Whether other endpoints have been called for it."""


class Presenter(Protocol):
    """Shows people what programs get as data."""

    async def answer(self, request: Request, release: Release, text: str, body: bytes) -> Reply:
        """Return the page of an answer, which came as a worker writes it for a page."""

    def problem(self, request: Request, failure: Failure, text: str, headers: Headers) -> Reply:
        """Return the page of a failure; ``text`` is the query, empty where there is none."""


@dataclass(frozen=True)
class ForPage:
    """An answer that is to be shown on a page."""

    query: Query


@dataclass(frozen=True)
class Streamed:
    """A long answer that is sent as it comes."""

    head: Head
    query: Query


class Exchange:
    """Answers the requests of all endpoints."""

    def __init__(self, releases: Releases, observer: Observer, presenter: Presenter) -> None:
        self._releases = releases
        self._observer = observer
        self._presenter = presenter
        self._codings = offered()
        options = releases.options
        self._counted = bool(options.access_log)
        self._federation = Federation(
            frozenset(options.allow_service), options.base, options.service_seconds, options.service_size
        )

    def begin(self, turn: Turn, endpoint: Endpoint) -> None:
        """Answer a request now or soon."""
        request = turn.request
        if not (request.request_id and _REQUEST_ID.fullmatch(request.request_id)):
            request.request_id = self._releases.request_id()
        inquiry = Inquiry(turn, request, endpoint, RequestRecord(request.request_id))
        try:
            if request.reads:
                reply = None if turn.behind or not self._releases.ready else self._at_hand(inquiry)
            else:
                reply = _unasked(request, endpoint.methods)
        except Exception as error:
            reply = self._problem(inquiry, error)
        if reply:
            self._send(inquiry, reply)
        elif not inquiry.submitted:
            turn.go_on(partial(self._serve, inquiry, None))

    def _at_hand(self, inquiry: Inquiry) -> Reply | None:
        """Return the reply if it is at hand; else submit the query, unless something must be waited for."""
        if reply := self._known(inquiry):
            return reply
        found = inquiry.found = inquiry.endpoint.read(inquiry.request)
        if callable(found):
            return None
        if reply := self._asked(inquiry, found):
            return reply
        if not self._may_call(inquiry.job.text):
            inquiry.submitted = True
            seconds = inquiry.question.request.seconds
            query = inquiry.release.engine.submit(inquiry.job, partial(self._settled, inquiry), seconds)
            if query.state is not State.DONE:
                inquiry.turn.when_gone(partial(self._abandon, inquiry, query))
        return None

    def _abandon(self, inquiry: Inquiry, query: Query) -> None:
        """Stop the query of a client that has gone before it settled."""
        query.cancel()
        self._leave(inquiry)

    def _known(self, inquiry: Inquiry) -> Reply | None:
        """Return the reply that is kept for a request."""
        inquiry.release = self._releases.release
        reply = inquiry.release.replies.get(inquiry.request.key)
        if reply:
            inquiry.record.cached = True
        return reply

    def _asked(self, inquiry: Inquiry, found: Question | Reply) -> Reply | None:
        """Make the job of a question; return the reply where the request asks none."""
        if isinstance(found, Reply):
            return self._kept(inquiry, found)
        inquiry.question, inquiry.job = found, self._job(inquiry.request, found)
        inquiry.record.query = inquiry.job.text
        return None

    def _kept(self, inquiry: Inquiry, reply: Reply) -> Reply:
        """Keep a reply that depends on nothing but the request's key: those have a tag."""
        if reply.etag:
            inquiry.release.replies.put(inquiry.request.key, reply)
        return reply

    def _settled(self, inquiry: Inquiry, query: Query) -> None:
        """Reply to a request whose query has settled, or go on with a long answer or the next engine."""
        made: Reply | Streamed | ForPage | None = None
        try:
            if not isinstance(query.error, EngineLostError):
                made = self._made(inquiry, query)
        except Exception as error:
            made = self._problem(inquiry, error)
        if isinstance(made, Reply):
            self._send(inquiry, made)
        else:
            inquiry.turn.when_gone(None)
            inquiry.turn.go_on(partial(self._serve, inquiry, query))

    async def _serve(
        self, inquiry: Inquiry, query: Query | None, _scope: object, receive: Receive, send: Send
    ) -> None:
        """Answer a request as a task."""
        try:
            made = await self._wait(inquiry, query, receive)
        except Exception as error:
            if inquiry.turn.gone:
                self._leave(inquiry)
                return
            made = self._problem(inquiry, error)
        if isinstance(made, Streamed):
            await self._stream(inquiry, made, send)
        else:
            await inquiry.turn.drain()
            self._send(inquiry, made)

    async def _wait(self, inquiry: Inquiry, query: Query | None, receive: Receive) -> Reply | Streamed:
        request = inquiry.request
        if not request.reads:
            request.body = await receive_body(receive, self._releases.options.body)
        watcher = DisconnectWatcher(receive)
        watcher.start()
        try:
            if query is None and (reply := await self._prepared(inquiry)):
                return reply
            made = self._made(inquiry, await self._answer(inquiry, query))
            return await self._shown(inquiry, made.query) if isinstance(made, ForPage) else made
        except asyncio.CancelledError:
            if watcher.happened:
                raise Failure("gone", "the client has gone") from None
            raise
        finally:
            watcher.close()

    async def _prepared(self, inquiry: Inquiry) -> Reply | None:
        """Do what of :meth:`_at_hand` is yet to be done; return the reply where that already gives it."""
        if inquiry.found is None:
            if reply := self._known(inquiry):
                return reply
            inquiry.found = inquiry.endpoint.read(inquiry.request)
            if not callable(inquiry.found) and (reply := self._asked(inquiry, inquiry.found)):
                return reply
        if callable(inquiry.found) and (reply := self._asked(inquiry, await inquiry.found(inquiry.release))):
            return reply
        await self._federate(inquiry)
        return None

    async def _answer(self, inquiry: Inquiry, query: Query | None) -> Query:
        """Return the query once it has settled; where its engine was lost, one of the next engine."""
        job, seconds = inquiry.job, inquiry.question.request.seconds
        query = query or await ask(inquiry.release.engine, job, seconds)
        if isinstance(query.error, EngineLostError):
            inquiry.release = await self._releases.after(inquiry.release)
            query = await ask(inquiry.release.engine, job, seconds)
        return query

    async def _shown(self, inquiry: Inquiry, query: Query) -> Reply:
        """Return the page of an answer; one that depends on the data alone is kept."""
        assert query.start is not None  # noqa: S101 - a query whose answer is made has started
        body = query.start.body
        if body is None:
            body = b"".join([piece async for piece in query.pieces()])
        reply = await self._presenter.answer(inquiry.request, inquiry.release, inquiry.job.text, body)
        return reply if inquiry.called or not inquiry.request.reads else self._kept(inquiry, reply)

    def _made(self, inquiry: Inquiry, query: Query) -> Reply | Streamed | ForPage:
        """Return the reply that a settled query makes; one that may be kept is."""
        if query.error or query.start is None:
            raise query.error or AssertionError("a query has settled with neither answer nor error")
        (head, body, rows), request, text = query.start, inquiry.request, inquiry.job.text
        if inquiry.called:
            head = head._replace(tag="")
        if head.format == PAGE:
            return ForPage(query)
        if body is None:
            return _streamable(request, Streamed(head, query))
        reply = complete_reply(head, body, rows, text, inquiry.question.more)
        return self._kept(inquiry, reply) if inquiry.job.op == "query" else reply

    async def _federate(self, inquiry: Inquiry) -> None:
        """Put the answers of endpoints that a query may call into it."""
        job = inquiry.job
        if job.op == "query" and self._may_call(job.text):

            async def check(text: str) -> None:
                """Let a worker read a query, which finds nothing in a dataset without graphs."""
                reading = Job(text, dataset=True, counted=False)
                query = await ask(inquiry.release.engine, reading, inquiry.question.request.seconds)
                query.cancel()
                if query.error:
                    raise query.error

            text = await self._federation.resolve(job.text, check)
            if text != job.text:
                inquiry.job, inquiry.called = job._replace(text=text), True

    def _may_call(self, text: str) -> bool:
        """Tell whether a query may hold a call of an endpoint that it may call."""
        return bool(self._federation.endpoints) and "service" in text.lower()

    def _job(self, request: Request, question: Question) -> Job:
        """Return the work that answers a question in the form that the client takes.

        Raises:
            Failure: it takes none.
        """
        asked = question.request
        choice = choice_of(request, asked)
        if not (choice.results or choice.graph):
            raise Failure("not-acceptable", "no acceptable type is offered; ask for JSON, CSV or Turtle")
        coding = ""
        if request.accept_encoding and PAGE not in (choice.results, choice.graph):
            coding = choose_coding(request.accept_encoding.decode("latin-1"), self._codings)
        return Job(
            asked.text or "",
            question.op,
            choice.results,
            choice.graph,
            coding,
            asked.dataset,
            asked.default_graphs,
            asked.named_graphs,
            question.values,
            _PAGE_ROWS,
            self._counted,
        )

    def _send(self, inquiry: Inquiry, reply: Reply) -> None:
        """Send a whole reply: the place where every answer that is no stream is written."""
        record, request = inquiry.record, inquiry.request
        if not inquiry.turn.gone:
            record.rows = reply.rows
            record.query = record.query or reply.query
            if request.if_none_match:
                reply = reply.unless_known(request.if_none_match)
            record.status, record.size = reply.status, len(reply.body)
            inquiry.turn.send(reply, b"x-request-id: %b\r\n" % request.request_id)
        self._observer.note(record)

    def _leave(self, inquiry: Inquiry) -> None:
        """Note that the client has gone."""
        inquiry.record.outcome = "gone"
        self._observer.note(inquiry.record)

    async def _stream(self, inquiry: Inquiry, streamed: Streamed, send: Send) -> None:
        """Send a long answer as it comes; a failure ends the connection without the end of the body."""
        record, request = inquiry.record, inquiry.request
        record.status = 200
        inquiry.turn.when_gone(streamed.query.cancel)
        try:
            headers = Reply(200, answer_lines(streamed.head), b"").headers
            headers += [*inquiry.question.more, (b"x-request-id", request.request_id)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if request.method != "HEAD":
                await self._send_pieces(streamed.query, send, record)
            await send({"type": "http.response.body", "body": b""})
            record.outcome = "gone" if inquiry.turn.gone else record.outcome
        except Failure as failure:
            record.outcome = failure.kind
        except TimeoutError:
            record.outcome = "slow-client"
        finally:
            streamed.query.cancel()
            self._observer.note(record)

    async def _send_pieces(self, query: Query, send: Send, record: RequestRecord) -> None:
        """Send piece after piece; a client that is slower than :data:`_SLOWEST` all along uses up its time.

        Raises:
            TimeoutError: it has none left. Otherwise few slow clients could hold all heavy places for days.
        """
        clock = asyncio.get_running_loop().time
        left = self._releases.options.send_seconds
        async for piece in query.pieces():
            began = clock()
            async with asyncio.timeout(min(left, self._releases.options.send_seconds)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            left += len(piece) / _SLOWEST - (clock() - began)
            record.size += len(piece)

    def _problem(self, inquiry: Inquiry, error: Exception) -> Reply:
        failure = _failure(error, inquiry.record)
        inquiry.record.outcome = failure.kind
        return self.problem(failure, inquiry.request, inquiry.record.query, inquiry.endpoint.methods)

    def problem(self, failure: Failure, request: Request, query: str = "", methods: str = READING) -> Reply:
        """Return the reply that tells a failure, in the form that the client takes."""
        form = _problem_form(request)
        if form != PAGE:
            return problem_reply(failure, form, request.request_id.decode("latin-1"), methods)
        return self._presenter.problem(request, failure, query, extra_headers(failure, methods))


def _unasked(request: Request, methods: str) -> Reply | None:
    """Return the reply to a method that asks nothing.

    Raises:
        Failure: the method is not offered.
    """
    if request.method == "OPTIONS":
        return options_reply(request, methods)
    if request.method not in methods.split(", "):
        raise Failure("method", f"{request.method} is not offered; use {methods}")
    return None


def _failure(error: Exception, record: RequestRecord) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, (StoreError, EngineLostError)):
        return Failure("busy", str(error))
    _LOG.error("request %s", record.request_id.decode("latin-1"), exc_info=error)
    return Failure("internal", "the fault is ours; the log holds it under the id of this request")


def _problem_form(request: Request) -> str:
    """Return how the client takes a problem: ``problem``, ``page`` or ``plain``."""
    if _PAGE_ASKED.search(request.query_string) or _PAGE_ASKED.search(request.body):
        return PAGE
    choice = choose(request.accept.decode("latin-1"))
    return choice.problem if choice else "plain"


def choice_of(request: Request, asked: QueryRequest) -> Choice:
    """Return the formats that a request accepts.

    Raises:
        Failure: of kind ``request`` where its ``format`` is unknown.
    """
    choice = choose(request.accept.decode("latin-1"), asked.format)
    if choice is None:
        raise Failure("request", f"the format {asked.format} is not known; use one of {', '.join(NAMES)}")
    return choice


def _streamable(request: Request, streamed: Streamed) -> Streamed:
    """Refuse a streamed answer to HTTP/1.0, whose clients could not see that it broke off."""
    if request.http_version == "1.0":
        streamed.query.cancel()
        raise Failure("answer-size", "so long an answer needs HTTP/1.1")
    return streamed
