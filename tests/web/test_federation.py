"""A query may call the endpoints that the operator named, and only those."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from tests.service import SMALL, Running, Start

from clustergraph.web.sparql.federation import as_values, find_calls

GOOD = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://example.org/basel"}}]}}'
INJECTED = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://e/> } #"}}]}}'


class Remote:
    """An endpoint that answers as a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {"/": (200, GOOD, {})}
        self.asked: list[str] = []
        self.stalled = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                outer.asked.append(parse_qs(self.rfile.read(size).decode())["query"][0])
                if self.path == "/stall":
                    outer.stalled.wait(20)
                    return
                status, body, headers = outer.answers[self.path]
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self) -> None:
        self.stalled.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def remote() -> Iterator[Remote]:
    endpoint = Remote()
    yield endpoint
    endpoint.close()


@pytest.fixture
def service(start: Start, remote: Remote) -> Running:
    paths = ("/", "/redirect", "/broken", "/stall", "/large", "/injected")
    allowed = [remote.url + path for path in paths]
    return start(data=SMALL, allow_service=allowed, service_seconds=1.0, service_size=10_000)


def join(endpoint: str, silent: str = "") -> str:
    return (
        "PREFIX ex: <http://example.org/> SELECT ?s ?n { ?s ex:inhabitants ?n . "
        f"SERVICE {silent} <{endpoint}> {{ ?s a ex:Town }} }} ORDER BY ?s"
    )


def test_an_allowed_endpoint_is_joined(service: Running, remote: Remote) -> None:
    assert service.rows(join(f"{remote.url}/")) == [{"s": "http://example.org/basel", "n": "177000"}]
    assert remote.asked == ["PREFIX ex: <http://example.org/>\nSELECT * WHERE {  ?s a ex:Town  }"]


def test_an_answer_with_others_in_it_is_not_kept(service: Running, remote: Remote) -> None:
    first, second = service.get(join(f"{remote.url}/")), service.get(join(f"{remote.url}/"))
    assert first.headers["cache-control"] == second.headers["cache-control"] == "no-store"
    assert len(remote.asked) == 2


@pytest.mark.parametrize("path", ["/other", "", "/?x=1"])
def test_any_other_endpoint_is_refused(service: Running, remote: Remote, path: str) -> None:
    assert service.get(join(remote.url + path)).status_code == 403
    assert remote.asked == []


@pytest.mark.parametrize("path", ["/redirect", "/broken", "/stall", "/large", "/injected"])
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_an_endpoint_that_fails_is_said_to_fail(
    service: Running, remote: Remote, path: str, silent: str
) -> None:
    remote.answers |= {
        "/redirect": (302, b"", {"location": f"{remote.url}/"}),
        "/broken": (200, b"<html>", {}),
        "/large": (200, b" " * 20_000, {}),
        "/injected": (200, INJECTED, {}),
    }
    response = service.get(join(remote.url + path, silent))
    assert response.status_code == (200 if silent else 502)
    assert len(remote.asked) == 1, "a redirect is not followed"
    if silent:
        assert len(response.json()["results"]["bindings"]) == 2


def test_a_variable_endpoint_is_refused(service: Running, remote: Remote) -> None:
    query = f"SELECT * {{ VALUES ?e {{ <{remote.url}/> }} SERVICE ?e {{ ?s ?p ?o }} }}"
    assert service.get(query).status_code == 403
    assert remote.asked == []


def test_calls_are_found_at_their_places() -> None:
    calls = "SERVICE e:a { {?s ?p '}'} } SERVICE SILENT <http://b/> {}"
    text = f"PREFIX e: <http://e/> SELECT * {{ {calls} ?service ?p 'SERVICE' }}"
    found = [(call.endpoint, call.pattern.strip(), call.silent) for call in find_calls(text)]
    assert found == [("http://e/a", "{?s ?p '}'}", False), ("http://b/", "", True)]


def test_results_become_inline_data() -> None:
    row = {
        "a": {"type": "literal", "value": 'q"\n\\', "xml:lang": "de-CH"},
        "b": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
    }
    assert as_values(["a", "b", "c"], [row]) == (
        'VALUES (?a ?b ?c) { ("q\\"\\n\\\\"@de-CH "1"^^<http://www.w3.org/2001/XMLSchema#integer> UNDEF) }'
    )
