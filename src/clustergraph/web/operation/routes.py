"""``/health/live``, ``/health/ready`` and ``/metrics``."""

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

if TYPE_CHECKING:
    from clustergraph.web.http.observation import Observer
    from clustergraph.web.releases import Releases

ROUTER: Final = APIRouter(tags=["operation"])


@ROUTER.get("/health/live")
async def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "live"}


@ROUTER.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Say whether queries are answered, and from which data."""
    releases: Releases = request.app.releases
    if not releases.ready:
        return JSONResponse({"status": "not ready"}, 503, {"retry-after": "1"})
    description = releases.release.description
    return JSONResponse({"status": "ready", "release": description.identity, "quads": description.quads})


@ROUTER.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Give the metrics in Prometheus's text format."""
    from clustergraph.web.operation.metrics import render  # its library is wanted by few

    observer: Observer = request.app.observer
    body = render(observer.metrics, request.app.releases.release)
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")
