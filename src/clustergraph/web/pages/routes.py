"""The files that pages need."""

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response

from clustergraph.store.wire import Failure

ROUTER: Final = APIRouter(include_in_schema=False)
_STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "pages.css": "text/css; charset=utf-8",
    "search.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@ROUTER.get("/static/{name}")
async def static(name: str) -> Response:
    """Give a file that pages need."""
    if name not in _STATIC:
        raise Failure("not-found", f"there is no file {name}")
    body = (files("clustergraph.web.pages") / "static" / name).read_bytes()
    return Response(body, media_type=_STATIC[name], headers={"cache-control": "public, max-age=3600"})
