"""The files that pages load, and what search engines read first."""

from typing import Final
from xml.sax.saxutils import escape

import fastapi
from fastapi import APIRouter, Response

from clustergraph.store.wire import Failure
from clustergraph.web.http.negotiation import choose_coding
from clustergraph.web.http.request import Request
from clustergraph.web.pages import files
from clustergraph.web.pages.addresses import document_path
from clustergraph.web.pages.asking import Asker
from clustergraph.web.pages.frame import MENU

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


@ROUTER.get("/favicon.ico")
async def favicon(request: fastapi.Request) -> Response:
    """Give the icon to those who do not read where it is."""
    return await static("icon.svg", request)


@ROUTER.get("/robots.txt")
async def robots(request: fastapi.Request) -> Response:
    """Let everybody read pages; queries are for programs that mean them."""
    root = request.scope.get("root_path", "")
    lines = ["User-agent: *", f"Disallow: {root}/sparql?", f"Disallow: {root}/api/", f"Allow: {root}/"]
    lines.append(f"Sitemap: {_origin(request)}/sitemap.xml")
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")


@ROUTER.get("/sitemap.xml")
async def sitemap(request: fastapi.Request) -> Response:
    """List the pages and documents (sitemaps.org, protocol 0.9)."""
    rows = await Asker(request.app.releases.release).rows("documents", {})
    paths = [document_path(str(row["thing"])) or "" for row in rows]
    pages = dict.fromkeys(["/", *(path for _, path in MENU), *paths])
    entries = "".join(f"<url><loc>{escape(_origin(request) + path)}</loc></url>\n" for path in pages)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{entries}</urlset>\n'
    return Response(text, media_type="application/xml", headers={"cache-control": "public, max-age=3600"})


def _origin(request: fastapi.Request) -> str:
    return Request.from_scope(request.scope).origin(request.app.releases.options.public_url)
