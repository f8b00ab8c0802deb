"""``docs/addresses.md`` names every address of the service."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from clustergraph.web import app
from clustergraph.web.options import ServeOptions
from clustergraph.web.pages.site import found

DOCUMENT = Path(__file__).parents[2] / "docs" / "addresses.md"
SPECIAL = re.compile(r"/dumps/\{name\}\.(?:csv|xlsx)|/sparql/")
"""Cases of an address that the document names in its general form."""


def named() -> set[str]:
    """Return the addresses in the first column of the document's tables, parameters left out."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    cells = (line.split("|")[1] for line in lines if line.startswith("| `"))
    return {address.partition("?")[0] for cell in cells for address in re.findall(r"`([^`]+)`", cell)}


def unnamed(addresses: Iterable[str], documented: set[str]) -> list[str]:
    """Return the addresses that the document names neither themselves nor in their general form."""
    return [path for path in addresses if path not in documented and not SPECIAL.fullmatch(path)]


def addresses() -> list[str]:
    """Return the addresses of all endpoints, routes and pages."""
    service = app.ClustergraphApp(ServeOptions())
    endpoints = [re.sub(r"^/api/.+", "/api/NAME", path) for path in service._endpoints]
    routes = [str(getattr(route, "path", "")) for router in app._ROUTERS for route in router.routes]
    routes = [re.sub(r"\{(\w+):path\}", r"{\1}", path) for path in routes]
    folders = [f"{folder}{{kind}}" for folder in found().folders]
    return [*endpoints, *routes, *found().paths, *folders, service.openapi_url or ""]


def test_every_address_is_documented() -> None:
    assert unnamed(addresses(), named()) == []


def test_an_address_that_is_not_documented_is_told() -> None:
    assert unnamed(["/nothing"], named()) == ["/nothing"]


@pytest.mark.parametrize("path", ["/id/…", "/doc/…", "/search", "/sparql", "/dumps/"])
def test_the_fixed_addresses_are_documented(path: str) -> None:
    assert path in named()
