"""What several tests share: the project's folder, the real report read once, and small projects to break."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import Graph
from tests.reports import build_project
from tests.service import Running, start_service

from clustergraph import dataset
from clustergraph.curation import Curated
from clustergraph.records import Contents
from clustergraph.turtle import new_graph

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = Path(__file__).resolve().parent / "fixtures"

MakeProject = Callable[..., Path]

ABSENT = "is not installed"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test of a program that is absent; where every program must be there (EVERY_PROGRAM), fail."""
    for marker in item.iter_markers("needs"):
        (program,) = marker.args
        if shutil.which(program) is None:
            (pytest.fail if os.environ.get("EVERY_PROGRAM") else pytest.skip)(f"{program} {ABSENT}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the tests that were skipped because their program is absent."""
    reasons = (str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    programs = Counter(found[1] for reason in reasons if (found := re.search(rf"(\S+) {ABSENT}", reason)))
    if programs:
        counted = ", ".join(f"{count} of {program}" for program, count in sorted(programs.items()))
        terminalreporter.write_line(f"not run here: tests of programs that are not installed: {counted}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def read(root: Path) -> tuple[Contents, Curated]:
    """The real report as records."""
    return dataset.read(root)[0]


@pytest.fixture(scope="session")
def contents(read: tuple[Contents, Curated]) -> Contents:
    """What the parser finds in the real report."""
    return read[0]


@pytest.fixture(scope="session")
def curated(read: tuple[Contents, Curated]) -> Curated:
    """What the tables beside the real report say."""
    return read[1]


@pytest.fixture(scope="session")
def outputs(root: Path) -> dict[str, bytes]:
    """Every built file as the sources give it: graphs by name, tables by file name."""
    return dataset.outputs(root)


@pytest.fixture(scope="session")
def built(outputs: dict[str, bytes]) -> dict[str, bytes]:
    """Every named graph as the sources give it."""
    return {name: content for name, content in outputs.items() if "." not in name}


@pytest.fixture(scope="session")
def graphs(built: dict[str, bytes]) -> dict[str, Graph]:
    """Every named graph, by its name."""
    return {name: new_graph().parse(data=content, format="turtle") for name, content in built.items()}


@pytest.fixture(scope="session")
def stated(graphs: dict[str, Graph]) -> Graph:
    """What the report says, as a graph."""
    return graphs["stated"]


@pytest.fixture(scope="session")
def read_off(graphs: dict[str, Graph]) -> Graph:
    """What the report says and what readers make of it, as one graph."""
    return graphs["stated"] + graphs["coded"]


@pytest.fixture(scope="session")
def ontology(graphs: dict[str, Graph]) -> Graph:
    """The terms and the shared concepts, as a graph."""
    return graphs["ontology"]


@pytest.fixture
def make_project(tmp_path: Path, root: Path) -> MakeProject:
    """Return a function that makes a project with copies of some sources and the real ontology."""

    def make(*sources: Path, name: str = "project", ontology: bool = True) -> Path:
        project = tmp_path / name
        for source in sources:
            shutil.copytree(source, project / "data" / "sources" / source.name)
        for path in (root / "data").glob("*.ttl"):
            shutil.copy(path, project / "data" / path.name)
        if ontology:
            shutil.copytree(root / "ontology", project / "ontology")
        return project

    return make


@pytest.fixture(scope="session")
def basel(root: Path) -> Path:
    """The real report's folder."""
    return root / "data" / "sources" / "basel-2014"


@pytest.fixture(scope="session")
def lyon() -> Path:
    """The folder of a second, invented report."""
    return FIXTURES / "sources" / "lyon-2019"


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory, root: Path, basel: Path, lyon: Path) -> Path:
    """A project with the real report and the invented one beside it, built."""
    return build_project(tmp_path_factory.mktemp("both"), root, basel, lyon)


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory, root: Path, lyon: Path) -> Path:
    """A project with the second report alone, built."""
    return build_project(tmp_path_factory.mktemp("alone"), root, lyon)


@pytest.fixture(scope="session")
def graph_service() -> Iterator[Running]:
    """The built graphs, served."""
    service = start_service()
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def served(graph_service: Running) -> str:
    """The address of a service over the built graphs, with a slash at its end."""
    return f"{graph_service.url}/"
