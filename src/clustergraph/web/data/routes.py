"""``/dumps/…``: graphs and tables as files."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from clustergraph.store.formats import GRAPHS
from clustergraph.store.wire import Job, tag
from clustergraph.web.data import dumps
from clustergraph.web.releases import Releases

ROUTER: Final = APIRouter(tags=["data"])
_FRESH: Final = {"cache-control": "public, max-age=60"}
_DESCRIBED: Final = {"link": f'<{dumps.METADATA}>; rel="describedby"; type="application/csvm+json"'}


@ROUTER.get(
    f"/dumps/{dumps.METADATA}",
    response_class=Response,
    responses={200: {"content": {"application/csvm+json": {}}}},
)
async def metadata(request: Request) -> Response:
    """Describe the tables, as CSV on the Web does."""
    return await _table(request.app.releases, dumps.METADATA)


@ROUTER.get("/dumps/{name}.csv")
async def table(name: str, request: Request) -> Response:
    """Give a table for notebooks and spreadsheets."""
    return await _table(request.app.releases, f"{name}.csv")


@ROUTER.get("/dumps/{name}.xlsx")
async def workbook(name: str, request: Request) -> Response:
    """Give a table as a workbook, with a sheet that explains it."""
    return await _table(request.app.releases, f"{name}.xlsx")


@ROUTER.get("/dumps/{name}.{form}")
async def dump(name: str, form: str, request: Request) -> Response:
    """Give one graph, or all of them as ``clustergraph``, as a file."""
    releases: Releases = request.app.releases
    release = releases.release
    etag = f'"{tag(release.description.identity, Job(name, op="dump").pack(), form, "")}"'
    headers = {"etag": etag, **_FRESH}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    body = await dumps.dump(release, name, form)
    return Response(body, headers={**headers, "content-type": GRAPHS[form].content_type})


async def _table(releases: Releases, name: str) -> Response:
    content = await dumps.table(name, releases.options, releases.release)
    headers = {**_FRESH, **_DESCRIBED, "content-type": dumps.TABLE_TYPES[Path(name).suffix]}
    return Response(content, headers=headers)
