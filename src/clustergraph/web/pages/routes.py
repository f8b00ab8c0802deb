"""The front page, and the files that pages need."""

from importlib.resources import files
from typing import TYPE_CHECKING, Final

import fastapi
from fastapi import APIRouter, Response

from clustergraph.store.wire import Failure
from clustergraph.web.http.request import read_request

if TYPE_CHECKING:
    from clustergraph.web.pages.rendering import Pages

ROUTER: Final = APIRouter(include_in_schema=False)
_STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "pages.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@ROUTER.get("/")
async def front(request: fastapi.Request) -> Response:
    """Show what there is."""
    pages: Pages = request.app.pages
    response = Response(body := pages.front(read_request(request.scope)))
    response.raw_headers = pages.headers(body)
    return response


@ROUTER.get("/static/{name}")
async def static(name: str) -> Response:
    """Give a file that pages need."""
    if name not in _STATIC:
        raise Failure("not-found", f"there is no file {name}")
    body = (files("clustergraph.web.pages") / "static" / name).read_bytes()
    return Response(body, media_type=_STATIC[name], headers={"cache-control": "public, max-age=3600"})
