"""What a connection holds: the order of its answers, the bounds of a request, and bodies that stay bodies."""

import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from tests.service import SMALL, Running, Start

RESPONSE = re.compile(rb"HTTP/1\.1 (\d+) .*?\r\n(.*?)\r\n\r\n", re.DOTALL)
INNER = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n"
"""A body that would be answered if it were taken for a request."""
Got = tuple[int, dict[bytes, bytes], bytes]


class Line:
    """One connection to a service, byte by byte."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def receive(self, method: str = "GET") -> Got:
        while not (found := RESPONSE.match(self._rest)):
            self._take()
        headers = dict(line.split(b": ", 1) for line in found[2].split(b"\r\n"))
        length = 0 if method == "HEAD" else int(headers.get(b"content-length", 0))
        end = found.end() + length
        while len(self._rest) < end:
            self._take()
        body, self._rest = self._rest[found.end() : end], self._rest[end:]
        return int(found[1]), headers, body

    def rest(self) -> bytes:
        """Return what comes until the service closes the connection."""
        while data := self._socket.recv(65536):
            self._rest += data
        return self._rest

    def _take(self) -> None:
        data = self._socket.recv(65536)
        assert data, "the service closed the connection"
        self._rest += data


@pytest.fixture
def line(small: Running) -> Iterator[Line]:
    with Line(small.url) as opened:
        yield opened


def request(query: str, headers: bytes = b"", method: bytes = b"GET") -> bytes:
    target = f"/sparql?query={quote(query, safe='')}".encode()
    return b"%b %b HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n%b\r\n" % (method, target, headers)


def product(*sizes: int) -> str:
    """Return patterns with as many solutions as the product of the sizes."""
    return " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(size)))} }}" for n, size in enumerate(sizes))


def test_answers_come_in_the_order_of_the_requests(line: Line) -> None:
    queries = [f"SELECT ({number} AS ?x) {{}}" for number in range(6)]
    queries[2] = "SELECT (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    data = b"".join(map(request, queries))
    line.send(data[:700], data[700:])
    bodies = [line.receive()[2].split()[1] for _ in queries]
    assert [body for number, body in enumerate(bodies) if number != 2] == [b"0", b"1", b"3", b"4", b"5"]


def test_a_thousand_requests_may_wait_behind_a_slow_one(line: Line) -> None:
    line.send(request("SELECT (1 AS ?x) {}"))
    line.receive()
    slow = request(f"SELECT (COUNT(*) AS ?x) {{ {product(100, 100, 100)} }}")
    line.send(slow + request("SELECT (1 AS ?x) {}") * 3000)
    assert line.receive()[2].split()[1] == b"1000000"
    assert all(line.receive()[2].split()[1] == b"1" for _ in range(3000))


def test_what_comes_while_a_query_runs_is_answered_after_it(line: Line) -> None:
    line.send(request(f"SELECT (COUNT(*) AS ?x) {{ {product(100, 100, 10)} }}"))
    time.sleep(0.002)
    line.send(request("SELECT (1 AS ?x) {}"))
    time.sleep(0.002)
    line.send(request("SELECT (2 AS ?x) {}", b"If-None-Match: x\r\n"))
    assert [line.receive()[2].split()[1] for _ in range(3)] == [b"100000", b"1", b"2"]


def test_a_request_in_pieces_is_answered(line: Line) -> None:
    line.send(*(bytes([byte]) for byte in request("ASK { FILTER(1 = 2) }")))
    assert line.receive()[2] == b"false"


def test_a_query_that_is_not_light_is_stopped_at_its_limit(start: Start) -> None:
    with Line(start(data=SMALL, limits={"seconds": 0.5}).url) as line:
        line.send(request(f"SELECT (COUNT(*) AS ?n) {{ {product(*[100] * 6)} }}", b"Accept: */*\r\n"))
        status, _, body = line.receive()
    assert status == 504
    assert b"504" in body or b"problem/time" in body


def test_every_answer_can_be_asked_for_by_its_tag_and_by_its_head(line: Line) -> None:
    for query in ("SELECT (7 AS ?x) {}", "SELECT (7 AS ?x) {} # not asked before"):
        line.send(request(query))
        status, headers, body = line.receive()
        line.send(request(query, b"If-None-Match: %b\r\n" % headers[b"etag"]))
        assert (status, body, line.receive()[::2]) == (200, b"x\r\n7\r\n", (304, b""))
        line.send(request(query, method=b"HEAD"))
        status, of_head, _ = line.receive("HEAD")
        assert (status, of_head[b"content-length"]) == (200, headers[b"content-length"])


@pytest.mark.parametrize(("version", "head"), [(b"1.0", b""), (b"1.1", b"Connection: close\r\n")])
def test_a_connection_closes_where_the_client_wants_it(small: Running, version: bytes, head: bytes) -> None:
    with Line(small.url) as line:
        line.send(request("ASK {}", head).replace(b"HTTP/1.1", b"HTTP/" + version))
        answer = line.rest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\ntrue")


FRAMED = {
    "length": (b"Content-Length: %d\r\n" % len(INNER), INNER),
    "chunks": (b"Transfer-Encoding: chunked\r\n", b"%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER)),
}
UPGRADES = (b"", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")
ROUTES = {
    ("POST", "/sparql"): 400,
    ("POST", "/sparql/"): 400,
    ("GET", "/sparql?query=ASK%7B%7D"): 200,
    ("QUERY", "/sparql"): 400,
    ("PUT", "/sparql"): 405,
    ("POST", "/graphs?default"): 405,
    ("GET", "/"): 200,
    ("POST", "/health/live"): 405,
    ("POST", "/nothing"): 405,
    ("OPTIONS", "/sparql"): 204,
}
"""Every kind of route, and what a request with the body above gets there."""


@pytest.mark.parametrize("framing", FRAMED)
@pytest.mark.parametrize("upgrade", UPGRADES, ids=["plain", "upgrade"])
@pytest.mark.parametrize(("method", "target"), ROUTES)
def test_a_body_is_never_taken_for_a_request(
    small: Running, method: str, target: str, upgrade: bytes, framing: str
) -> None:
    header, body = FRAMED[framing]
    head = b"%b %b HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n%b%b\r\n" % (
        method.encode(),
        target.encode(),
        upgrade,
        header,
    )
    whole, last = head + body, request("SELECT (9 AS ?x) {}", b"Connection: close\r\n")
    with Line(small.url) as line:
        for cut in range(len(head) - 4, len(whole) + 1):
            line.send(whole[:cut], whole[cut:])
            assert line.receive()[0] == ROUTES[method, target], f"cut at {cut}"
        line.send(last)
        answer = line.rest()
    assert answer.count(b"HTTP/1.1 ") == 1, "one answer for the last request, none for a body"
    assert answer.endswith(b"x\r\n9\r\n")


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket", b"TLS/1.2"])
def test_an_upgrade_is_ignored(line: Line, upgrade: bytes) -> None:
    asked = b"Connection: Upgrade\r\nUpgrade: %b\r\n" % upgrade
    body = b"SELECT (3 AS ?x) {}"
    sent = b"Content-Type: application/sparql-query\r\nContent-Length: %d\r\n" % len(body)
    post = b"POST /sparql HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n%b%b\r\n" % (asked, sent)
    line.send(request("SELECT (1 AS ?x) {}", asked) * 2 + post + body + request("SELECT (4 AS ?x) {}"))
    assert [line.receive()[2].split()[1] for _ in range(4)] == [b"1", b"1", b"3", b"4"]


LONG = b"x" * 70_000
ENDLESS = b"x" * 400_000
REFUSED = {
    "two hosts": (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "no host": (b"GET /health/live HTTP/1.1\r\n\r\n", 400),
    "no method that is known": (b"FOO /sparql HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    "a long address": (b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\n\r\n" % LONG, 414),
    "an endless address": (b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\n\r\n" % ENDLESS, 414),
    "a long address of a page": (b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % LONG, 414),
    "a long header": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: %b\r\n\r\n" % ENDLESS, 431),
    "many headers": (b"GET /sparql HTTP/1.1\r\nHost: x\r\n%b\r\n" % (b"X-Many: x\r\n" * 40_000), 431),
    "two lengths": (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        400,
    ),
    "length and chunks": (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a broken chunk": (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    "a tunnel": (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "no HTTP": (b"GET /sparql\r\n\r\n", 400),
    "a graph without its store": (b"GET /sparql?graph=http%3A%2F%2Fe%2F HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a parameter of a route": (b"GET /api?lang=xx HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a method of a route": (b"DELETE /health/live HTTP/1.1\r\nHost: x\r\n\r\n", 405),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_whatever_is_refused_is_a_problem_that_any_origin_may_read(line: Line, kind: str) -> None:
    data, wanted = REFUSED[kind]
    line.send(data)
    status, headers, body = line.receive()
    assert status == wanted
    assert headers[b"content-type"] == b"application/problem+json"
    assert b'"status": %d' % wanted in body
    assert headers[b"access-control-allow-origin"] == b"*"


def test_a_refusal_comes_as_the_client_takes_it(line: Line) -> None:
    line.send(b"GET /%b HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n" % LONG)
    status, headers, body = line.receive()
    assert (status, headers[b"content-type"]) == (414, b"text/plain; charset=utf-8")
    assert body.startswith(b"414 ")


def test_what_is_no_request_is_refused_after_the_answers_before_it(small: Running) -> None:
    with Line(small.url) as line:
        line.send(request(f"SELECT (COUNT(*) AS ?x) {{ {product(100, 100, 10)} }}") + b"\x16\x03\x01\r\n\r\n")
        assert line.receive()[2].split()[1] == b"100000"
        assert line.receive()[0] == 501
        assert line.rest() == b""


@pytest.mark.parametrize(
    "path", ["/", "/api", "/health/ready", "/metrics", "/openapi.json", "/graphs?default", "/nothing"]
)
def test_any_origin_may_read_every_route(small: Running, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
        answer = small.client.request(method, path)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert method != "HEAD" or not answer.content
    asked = {"origin": "http://example.org", "access-control-request-method": "GET"}
    preflight = small.client.options(
        path, headers=asked | {"access-control-request-headers": "if-none-match"}
    )
    if path != "/nothing":
        assert preflight.status_code == 204
        assert "GET" in preflight.headers["access-control-allow-methods"]
        assert preflight.headers["access-control-allow-headers"] == "if-none-match"
