"""A running service for tests of what is said over HTTP, reached over loopback as any client would."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.service import SMALL, Running, Start, start_service

from clustergraph import dataset


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


@pytest.fixture(scope="session")
def two_reports(
    tmp_path_factory: pytest.TempPathFactory, root: Path, basel: Path, lyon: Path
) -> Iterator[Running]:
    """The real report and an invented one in French, built together and served."""
    project = tmp_path_factory.mktemp("two-reports")
    (project / "data" / "sources").mkdir(parents=True)
    (project / "ontology").symlink_to(root / "ontology", target_is_directory=True)
    for path in (root / "data").glob("*.ttl"):
        (project / "data" / path.name).symlink_to(path)
    for folder in (basel, lyon):
        (project / "data" / "sources" / folder.name).symlink_to(folder, target_is_directory=True)
    dataset.write(project, dataset.outputs(project))
    service = start_service(data=[str(project / "data" / "graph")])
    yield service
    assert service.stop() == 0
