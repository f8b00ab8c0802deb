"""A running service per data set, reached over loopback as any client would."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

DATA = Path(__file__).parent / "data"
START = """
import sys
from pathlib import Path
from clustergraph.store.limits import Limits
from clustergraph.web.server import ServeOptions, serve
import json
options = json.loads(sys.argv[1])
limits = Limits(**options.pop("limits", {}))
data = tuple(Path(path) for path in options.pop("data", ()))
store = Path(options.pop("store")) if "store" in options else None
serve(ServeOptions(port=0, data=data, store=store, limits=limits, **options))
"""
ADDRESS = re.compile(r"clustergraph serves (http://\S+)/\n")


@dataclass
class Running:
    """A service that was started for tests."""

    process: subprocess.Popen[str]
    url: str
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, timeout=30)

    def get(self, query: str, accept: str = "", **parameters: str) -> httpx.Response:
        """Send a query by GET."""
        headers = {"accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": query, **parameters}, headers=headers)

    def rows(self, query: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT as variable to value."""
        bindings = self.get(query).raise_for_status().json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the service and return its exit code."""
        self.client.close()
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        code = self.process.wait(20)
        if self.process.stderr:
            self.process.stderr.close()
        return code


Start = Callable[..., Running]


def start_service(**options: object) -> Running:
    """Start a service and wait until it says its address."""
    arguments = [sys.executable, "-c", START, json.dumps(options)]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    seen = ""
    for line in process.stderr:
        seen += line
        if found := ADDRESS.fullmatch(line):
            return Running(process, found.group(1))
    process.wait(20)
    process.stderr.close()
    pytest.fail(f"the service did not start:\n{seen}")


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
    service = start_service(data=[str(DATA / "small.trig")])
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def built() -> Iterator[Running]:
    """The built graphs, served."""
    service = start_service()
    yield service
    assert service.stop() == 0
