"""No query opens a connection or a file, whatever it is dressed up as."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.service import Running
from tests.store.test_guard import CALLS, LOOKALIKES

UPDATES = (
    "LOAD <{url}>",
    "LOAD SILENT <{url}> INTO GRAPH <http://example.org/g>",
    "INSERT DATA {{ <http://a/> <http://b/> <http://c/> }}",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "DELETE WHERE {{ ?s ?p ?o }}",
    "CLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <http://example.org/g>",
    "COPY DEFAULT TO <http://example.org/g>",
    "MOVE DEFAULT TO <http://example.org/g>",
    "ADD DEFAULT TO <http://example.org/g>",
)
FETCHES = (
    "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
    "DESCRIBE <{url}>",
    "SELECT * {{ GRAPH <{url}> {{ ?s ?p ?o }} }}",
)


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A listener that nobody may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def address(trap: socket.socket) -> str:
    return f"http://127.0.0.1:{trap.getsockname()[1]}/"


def assert_untouched(trap: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        trap.accept()


@pytest.mark.parametrize("name", CALLS)
def test_no_call_leaves_the_service(small: Running, trap: socket.socket, name: str) -> None:
    response = small.get(CALLS[name].replace("http://example.org/", address(trap)))
    assert response.status_code == 403
    assert response.json()["type"].endswith("/service")
    assert_untouched(trap)


@pytest.mark.parametrize("name", LOOKALIKES)
def test_what_only_looks_like_a_call_is_answered(small: Running, name: str) -> None:
    assert small.get(LOOKALIKES[name]).status_code == 200


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("parameter", ["query", "update"])
def test_no_update_is_done(small: Running, trap: socket.socket, update: str, parameter: str) -> None:
    before = small.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    response = small.client.post("/sparql", data={parameter: update.format(url=address(trap))})
    assert response.status_code in (400, 403)
    assert small.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } #") == before
    assert_untouched(trap)


@pytest.mark.parametrize("query", FETCHES)
def test_naming_a_graph_never_fetches_it(small: Running, trap: socket.socket, query: str) -> None:
    response = small.get(
        query.format(url=address(trap)), "application/sparql-results+json, application/n-triples"
    )
    assert response.status_code == 200
    assert address(trap) not in response.text
    assert_untouched(trap)


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_naming_a_graph_by_parameter_never_fetches_it(
    small: Running, trap: socket.socket, parameter: str
) -> None:
    query = {"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", parameter: address(trap)}
    assert small.client.get("/sparql", params=query).json()["boolean"] is False
    assert_untouched(trap)


def test_a_worker_has_no_descriptor_left_to_open_anything_with(small: Running) -> None:
    below = [path.parent for path in Path("/proc").glob("[0-9]*/stat") if parent(path) == small.process.pid]
    workers = [
        path.parent
        for path in Path("/proc").glob("[0-9]*/stat")
        if f"/proc/{parent(path)}" in map(str, below)
    ]
    assert workers
    for worker in workers:
        limits = (worker / "limits").read_text(encoding="ascii").splitlines()
        assert next(line.split()[3:5] for line in limits if line.startswith("Max open files")) == ["4", "4"]
        assert sorted(path.name for path in (worker / "fd").iterdir()) == ["0", "1", "2", "3"]


def parent(path: Path) -> int:
    """Return the parent of a process, 0 where it has gone."""
    try:
        return int(path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0
