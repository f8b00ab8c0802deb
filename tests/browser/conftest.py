"""A real browser on the served graphs: Debian's Chromium, driven by Playwright."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.service import Running

EVERYTHING = bool(os.environ.get("EVERY_VIEW"))
"""Whether every page is seen in every language, width and scheme, instead of a sample that spans them."""
_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",  # tests run as root on a bare machine
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(graph_service: Running) -> str:
    """The address of the served graphs."""
    return graph_service.url
