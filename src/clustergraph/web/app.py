"""Options in, the whole service as one application out."""

import contextlib
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import fastapi
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from clustergraph import __version__, queries
from clustergraph.store.wire import Failure
from clustergraph.web.data import routes as data
from clustergraph.web.http.observation import Observer
from clustergraph.web.http.protocol import MAX_URL_BYTES, Turn
from clustergraph.web.http.reply import METHODS, READING, Reply, options_reply
from clustergraph.web.http.request import Receive, Request, Scope, Send
from clustergraph.web.openapi import complete
from clustergraph.web.operation import routes as operation
from clustergraph.web.options import ServeOptions
from clustergraph.web.pages import routes as pages
from clustergraph.web.pages.site import Site
from clustergraph.web.releases import Releases
from clustergraph.web.sparql import examples
from clustergraph.web.sparql.description import read_void
from clustergraph.web.sparql.endpoint import SparqlReader
from clustergraph.web.sparql.exchange import Endpoint, Exchange
from clustergraph.web.sparql.graphs import read_graph

_ROUTERS: Final = (operation.ROUTER, examples.ROUTER, pages.ROUTER, data.ROUTER)


class ClustergraphApp(FastAPI):
    """The application: endpoints that the engine answers, and ordinary FastAPI routes."""

    def __init__(self, options: ServeOptions) -> None:
        super().__init__(
            title="clustergraph",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            lifespan=_lifespan,
            root_path=options.root_path,
        )
        self.queries = queries.examples()
        self.releases = Releases(options)
        self.observer = Observer(options)
        full_text = not options.without_full_text
        self.site = Site(options.public_url, options.store, full_text=full_text, base=options.base)
        self.exchange = Exchange(self.releases, self.observer, self.site)
        self._max_url = min(options.url, MAX_URL_BYTES - 1)
        self._endpoints = {options.root_path + path: found for path, found in self._made().items()}
        self._site = Endpoint(self.site.read)
        for router in _ROUTERS:
            self.include_router(router)
        for kind in (Failure, HTTPException, RequestValidationError, Exception):
            self.add_exception_handler(kind, _failed)

    def _made(self) -> dict[str, Endpoint]:
        public_url = self.releases.options.public_url
        sparql = Endpoint(SparqlReader(self.site.read_editor, self.queries, public_url), METHODS)
        return {
            "/sparql": sparql,
            "/sparql/": sparql,
            "/graphs": Endpoint(partial(read_graph, self.releases)),
            "/.well-known/void": Endpoint(partial(read_void, self.queries, public_url)),
            **{
                f"/api/{query.name}": Endpoint(partial(examples.read_example, query))
                for query in queries.questions()
            },
        }

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description, with the endpoints, which FastAPI doesn't know."""
        options = self.releases.options
        if not self.openapi_schema:
            self.openapi_schema = complete(
                super().openapi(),
                queries.questions(),
                options.public_url or options.base.removesuffix("/sparql"),
            )
        return self.openapi_schema

    def begin(self, turn: Turn) -> None:
        """Answer one request: the way of an endpoint is short, everything else is a route."""
        request = turn.request
        if failure := request.refused(self._max_url):
            turn.send(self.refusal(failure, request))
        elif endpoint := self._endpoints.get(request.path):
            self.exchange.begin(turn, endpoint)
        else:
            self._begin_other(turn)

    def _begin_other(self, turn: Turn) -> None:
        """Answer a request to a route, or else as the address of a thing, a document or a page."""
        if any(route.matches(turn.scope)[0] is not Match.NONE for route in self.router.routes):
            turn.go_on(self)
        else:
            self.exchange.begin(turn, self._site)

    def refusal(self, failure: Failure, request: Request) -> Reply:
        """Return the reply to a request that is refused whatever it asks."""
        return self.exchange.problem(failure, request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to a route; the server itself leaves out the body of an answer to HEAD."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await super().__call__(scope, receive, send)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    assert isinstance(app, ClustergraphApp)  # noqa: S101 - tells the type checker
    await app.releases.start()
    try:
        yield
    finally:
        await app.releases.stop()
        app.observer.close()


async def _failed(request: fastapi.Request, error: Exception) -> Response:
    """Answer an error of any route in the form of all problems."""
    found = Request.from_scope(request.scope)
    failure = _failure(error)
    app: ClustergraphApp = request.app
    if failure.kind == "method" and found.method == "OPTIONS":
        reply = options_reply(found, READING)
    else:
        reply = app.exchange.problem(failure, found)
    response = Response(reply.body, reply.status)
    response.raw_headers = reply.headers
    return response


def _failure(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, RequestValidationError):
        return Failure(
            "request", "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        )
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Failure("method", f"use {READING} here")
    if isinstance(error, HTTPException):
        return Failure("not-found", "there is nothing at this address; the front page lists what there is")
    return Failure("internal", "the fault is ours; the log holds it under the time of this answer")
