"""The files that pages load."""

from typing import Final

import fastapi
from fastapi import APIRouter, Response

from clustergraph.store.wire import Failure
from clustergraph.web.http.negotiation import choose_coding
from clustergraph.web.pages import files

ROUTER: Final = APIRouter(include_in_schema=False)


@ROUTER.get("/static/{name:path}")
async def static(name: str, request: fastapi.Request) -> Response:
    """Give a file that pages load; under an address with the mark of its content it never changes."""
    file = files.read(name)
    if file is None:
        raise Failure("not-found", f"there is no file {name}")
    marked = request.url.query == file.mark
    coding = choose_coding(request.headers.get("accept-encoding", ""), tuple(file.codings))
    headers = {
        "cache-control": "public, max-age=31536000, immutable" if marked else "public, max-age=3600",
        "etag": f'W/"{file.mark}"',
        "vary": "Accept-Encoding",
    } | ({"content-encoding": coding} if coding else {})
    return Response(file.codings.get(coding, file.body), media_type=file.content_type, headers=headers)
