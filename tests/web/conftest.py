"""A running service for tests of what is said over HTTP, reached over loopback as any client would."""

from collections.abc import Iterator

import pytest
from tests.service import SMALL, Running, Start, start_service


@pytest.fixture
def start() -> Iterator[Start]:
    """Start services with options of a test's own; all are ended after it."""
    running: list[Running] = []

    def begin(**options: object) -> Running:
        running.append(start_service(**options))
        return running[-1]

    yield begin
    for service in running:
        service.stop()


@pytest.fixture(scope="session")
def small() -> Iterator[Running]:
    """The small data set of these tests, served."""
    service = start_service(data=SMALL)
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def public() -> Iterator[Running]:
    """The built graphs, served as if a proxy published them under a path of another host."""
    service = start_service(public_url="https://data.example.org/regio/graph")
    yield service
    assert service.stop() == 0
