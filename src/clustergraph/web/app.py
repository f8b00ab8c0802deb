"""Options in, the whole service as one ASGI application out."""

import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from clustergraph import __version__, queries
from clustergraph.store.formats import GRAPHS, PAGE
from clustergraph.store.tags import tag
from clustergraph.store.wire import Failure, Job
from clustergraph.web.data import dumps
from clustergraph.web.http.negotiation import choose
from clustergraph.web.http.observation import Observer
from clustergraph.web.http.problems import PROBLEMS, render
from clustergraph.web.http.shortcut import Shortcut
from clustergraph.web.openapi import complete
from clustergraph.web.options import ServeOptions
from clustergraph.web.pages.rendering import Pages
from clustergraph.web.pages.site import Site
from clustergraph.web.releases import Service
from clustergraph.web.sparql.description import VoidEndpoint, origin
from clustergraph.web.sparql.endpoint import SparqlEndpoint
from clustergraph.web.sparql.examples import ExampleEndpoint, summarise
from clustergraph.web.sparql.exchange import Exchange

_READ: Final = ["GET", "HEAD"]
_STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "pages.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


class ClustergraphApp(FastAPI):
    """A FastAPI application that hands queries to their endpoint before any middleware."""

    def __init__(self, options: ServeOptions) -> None:
        super().__init__(
            title="clustergraph",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            lifespan=_lifespan,
            root_path=options.root_path,
        )
        stored = queries.examples()
        self.service = Service(options)
        self.observer = Observer(options)
        self.pages = Pages(self.service, stored)
        exchange = Exchange(self.service, self.observer, self.pages)
        self.queries = stored
        self.sparql = SparqlEndpoint(exchange, self.pages, stored)
        self.shortcut = Shortcut(exchange, self.service, self.observer)
        self.router.routes.append(Route("/api/{name}", ExampleEndpoint(exchange, stored)))
        self.router.routes.append(Route("/.well-known/void", VoidEndpoint(exchange, stored)))
        self.site = Site(exchange)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description, with the plain ASGI endpoints that FastAPI doesn't know."""
        if not self.openapi_schema:
            self.openapi_schema = complete(super().openapi(), self.queries)
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the way of ``/sparql`` is kept short."""
        if scope["type"] == "http" and scope["path"] == scope.get("root_path", "") + "/sparql":
            await self.sparql(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    assert isinstance(app, ClustergraphApp)  # noqa: S101 - tells the type checker
    await app.service.start()
    try:
        yield
    finally:
        await app.service.stop()
        app.observer.close()


def create_app(options: ServeOptions | None = None) -> ClustergraphApp:
    """Return the service as an application; its lifespan starts and ends the workers."""
    app = ClustergraphApp(options or ServeOptions())
    _add_health(app)
    _add_pages(app)
    _add_dumps(app)
    app.router.routes.append(Route("/{path:path}", app.site))
    for kind in (Failure, HTTPException, Exception):
        app.add_exception_handler(kind, _failed)
    return app


def _add_health(app: ClustergraphApp) -> None:
    @app.api_route("/health/live", methods=_READ, tags=["operation"])
    async def live() -> dict[str, str]:
        """Say that the process runs."""
        return {"status": "live"}

    @app.api_route("/health/ready", methods=_READ, tags=["operation"])
    async def ready() -> JSONResponse:
        """Say whether queries are answered, and from which data."""
        if not app.service.ready:
            return JSONResponse({"status": "not ready"}, 503, {"retry-after": "1"})
        description = app.service.release.description
        return JSONResponse({"status": "ready", "release": description.identity, "quads": description.quads})

    @app.api_route("/api", methods=_READ, tags=["examples"])
    async def api(request: Request, lang: Literal["de", "fr", "en"] = "en") -> list[dict[str, object]]:
        """List the example queries with their parameters."""
        return [summarise(query, lang, origin(request.scope)) for query in app.queries]

    @app.api_route("/metrics", methods=_READ, tags=["operation"], response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Give the metrics in Prometheus's text format."""
        from clustergraph.web.operation.metrics import render as render_metrics

        body = render_metrics(app.observer.tally, app.service.release)
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


def _add_pages(app: ClustergraphApp) -> None:
    @app.api_route("/", methods=_READ, include_in_schema=False)
    async def front(request: Request) -> Response:
        body = app.pages.front(request.scope, request.headers.get("accept-language", ""))
        response = Response(body, headers={"vary": "Accept-Language"})
        for name, value in app.pages.headers(body):
            response.headers[name.decode()] = value.decode()
        return response

    @app.api_route("/static/{name}", methods=_READ, include_in_schema=False)
    async def static(name: str) -> Response:
        if name not in _STATIC:
            raise Failure("not-found", f"there is no file {name}")
        body = (files("clustergraph.web.pages") / "static" / name).read_bytes()
        return Response(body, media_type=_STATIC[name], headers={"cache-control": "public, max-age=3600"})


def _add_dumps(app: ClustergraphApp) -> None:
    csvm: dict[int | str, dict[str, Any]] = {200: {"content": {"application/csvm+json": {}}}}

    @app.api_route(
        "/dumps/csv-metadata.json", methods=_READ, tags=["data"], response_class=Response, responses=csvm
    )
    async def metadata() -> Response:
        """Describe the tables, as CSV on the Web does."""
        return await _table(app, dumps.METADATA)

    @app.api_route("/dumps/{name}.csv", methods=_READ, tags=["data"])
    async def table(name: str) -> Response:
        """Give a table for notebooks and spreadsheets."""
        return await _table(app, f"{name}.csv")

    @app.api_route("/dumps/{name}.xlsx", methods=_READ, tags=["data"])
    async def workbook(name: str) -> Response:
        """Give a table as a workbook, with a sheet that explains it."""
        return await _table(app, f"{name}.xlsx")

    @app.api_route("/dumps/{name}.{form}", methods=_READ, tags=["data"])
    async def dump(name: str, form: str, request: Request) -> Response:
        """Give one graph, or all of them as ``clustergraph``, as a file."""
        release = app.service.release
        etag = f'"{tag(release.description.identity, Job(name, op="dump").pack(), form, "")}"'
        headers = {"etag": etag, "cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        body = await dumps.dump(release, name, form)
        return Response(body, headers={**headers, "content-type": GRAPHS[form].content_type})


async def _table(app: ClustergraphApp, name: str) -> Response:
    content = await dumps.table(name, app.service.options, app.service.release)
    headers = {
        "cache-control": "public, max-age=60",
        "access-control-allow-origin": "*",
        "link": f'<{dumps.METADATA}>; rel="describedby"; type="application/csvm+json"',
    }
    return Response(content, headers=headers | {"content-type": dumps.TABLE_TYPES[Path(name).suffix]})


async def _failed(request: Request, error: Exception) -> Response:
    """Answer an error of any route in the form of all problems."""
    failure = _failure(error)
    choice = choose(",".join(request.headers.getlist("accept")))
    form = choice.problem if choice else "plain"
    headers = {"access-control-allow-origin": "*"}
    if form == PAGE:
        pages: Pages = request.app.pages
        body = pages.problem(request.scope, failure, "", request.headers.get("accept-language", ""))
        headers |= {name.decode(): value.decode() for name, value in pages.headers(body)}
    else:
        body, content_type = render(failure, form, "")
        headers |= {"content-type": content_type.decode()}
    if isinstance(error, HTTPException):
        headers |= dict(error.headers or {})
    return Response(body, PROBLEMS[failure.kind].status, headers)


def _failure(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Failure("method", "use GET or HEAD here")
    if isinstance(error, HTTPException):
        return Failure("not-found", "there is nothing at this address; the front page lists what there is")
    return Failure("internal", "the fault is ours; the log holds it under the time of this answer")
