"""The short way of a plain query: what it takes, that it says what the long way says, and keeps its order."""

import re
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlsplit

import pytest
from tests.service import Running, Start

from clustergraph.store.wire import Job
from clustergraph.web.http.observation import Observer
from clustergraph.web.http.reply import Headers
from clustergraph.web.http.request import Call
from clustergraph.web.http.shortcut import Connection, Shortcut
from clustergraph.web.options import ServeOptions
from clustergraph.web.sparql.exchange import Exchange, Question

if TYPE_CHECKING:
    from clustergraph.web.releases import Service

HEADS = [("host", "x"), ("accept", "text/csv"), ("connection", "keep-alive"), ("accept-encoding", "gzip")]
RESPONSE = re.compile(rb"HTTP/1\.1 (\d+) .*?\r\n(.*?)\r\n\r\n", re.DOTALL)
LENGTH = re.compile(rb"content-length: (\d+)")


class Asked:
    """Stands for the exchange and the service of a shortcut that only learns."""

    options = ServeOptions(root_path="/graph")
    ready = False

    def job(self, call: Call, _question: Question) -> Job:
        return Job("", results="page" if b"xhtml" in call.accept else "json", coding=call.coding.decode())


@pytest.fixture
def shortcut() -> Shortcut:
    asked = Asked()
    return Shortcut(cast("Exchange", asked), cast("Service", asked), Observer(ServeOptions()))


def request(headers: list[tuple[str, str]], query: str = "ASK {}", path: str = "/sparql") -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"GET {path}?query={quote(query, safe='')} HTTP/1.1\r\n{lines}\r\n".encode()


def parsed(headers: list[tuple[str, str]]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers]


def test_the_headers_of_a_plain_request_are_learned_once(shortcut: Shortcut) -> None:
    shortcut.learn(request(HEADS), parsed(HEADS))
    shortcut.learn(request(HEADS, "ASK { ?s ?p ?o }"), parsed(HEADS))
    assert shortcut.known == 1


@pytest.mark.parametrize(
    "headers",
    [
        [("accept", "text/csv")],
        [*HEADS, ("host", "y")],
        [*HEADS, ("x-request-id", "1")],
        [*HEADS, ("if-none-match", "*")],
        [*HEADS, ("content-length", "3")],
        [*HEADS, ("transfer-encoding", "chunked")],
        [*HEADS, ("expect", "100-continue")],
        [("host", "x"), ("connection", "close")],
        [("host", "x"), ("accept", "text/html")],
        [("host", "x"), ("accept", "application/xhtml+xml")],
        [("host", "x"), ("cookie", "c" * 3000)],
    ],
    ids=lambda headers: "-".join(name for name, _ in headers),
)
def test_headers_that_need_more_are_not_learned(shortcut: Shortcut, headers: list[tuple[str, str]]) -> None:
    shortcut.learn(request(headers), parsed(headers))
    assert shortcut.known == 0


@pytest.mark.parametrize(
    "data",
    [
        request(HEADS, path="/api"),
        request(HEADS).replace(b"GET", b"PUT"),
        request(HEADS).replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(HEADS)[:-1],
        request(HEADS) + b"GET",
        request(HEADS) + request(HEADS),
        request(HEADS).replace(b"\r\naccept:", b"\naccept:"),
        request(HEADS).replace(b"accept: ", b"accept:\r\n "),
        request(HEADS).replace(b"query=", b"timeout=1&query="),
    ],
    ids=["path", "method", "version", "part", "more", "two", "line", "folded", "parameter"],
)
def test_bytes_that_are_no_single_plain_request_are_not_learned(shortcut: Shortcut, data: bytes) -> None:
    shortcut.learn(data, parsed(HEADS))
    assert shortcut.known == 0


def test_what_is_remembered_is_bounded(shortcut: Shortcut) -> None:
    for number in range(600):
        headers = [("host", f"h{number}")]
        shortcut.learn(request(headers), parsed(headers))
    assert shortcut.known == 512


def test_nothing_is_taken_before_the_service_is_ready(shortcut: Shortcut) -> None:
    shortcut.learn(request(HEADS), parsed(HEADS))
    assert not shortcut.take(request(HEADS), cast("Connection", None))


class Line:
    """One connection to a service, byte by byte."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=30)
        self._rest = b""

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self) -> "Got":
        while not (found := RESPONSE.match(self._rest)):
            self._take()
        headers = dict(line.split(b": ", 1) for line in found[2].split(b"\r\n"))
        end = found.end() + int(headers[b"content-length"])
        while len(self._rest) < end:
            self._take()
        body, self._rest = self._rest[found.end() : end], self._rest[end:]
        return int(found[1]), headers, body

    def _take(self) -> None:
        data = self._socket.recv(65536)
        assert data, "the service closed the connection"
        self._rest += data

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def line(small: Running) -> Iterator[Line]:
    opened = Line(small.url)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "query",
    [
        "ASK {}",
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
        "SELECT (NOW() AS ?x) {}",
        "CONSTRUCT WHERE { ?s ?p 'nothing' }",
        "SELECT * { ?s ?p",
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "INSERT DATA { <http://example.org/s> <http://example.org/p> 1 }",
        "",
        "ASK { FILTER('a+b&c=d%41' = 'é\u20ac\U0001f600') }",
    ],
)
@pytest.mark.parametrize("accept", ["text/csv", "application/rdf+xml", "*/*;q=0.5, text/turtle, text/csv"])
def test_both_ways_say_the_same(line: Line, query: str, accept: str) -> None:
    headers = [("host", "x"), ("accept", accept)]
    line.send(request([*headers, ("x-request-id", "long")], f"{query} #long"))
    long = line.receive()
    line.send(request(headers, f"{query} #learn"))
    line.receive()
    for _ in range(2):
        line.send(request(headers, f"{query} #shrt"))
        short = line.receive()
        assert short[0] == long[0]
        assert described(short) == described(long)
        if "NOW" not in query:
            assert without_id(short).replace(b"#shrt", b"#long") == without_id(long)


Got = tuple[int, dict[bytes, bytes], bytes]


def described(got: Got) -> dict[bytes, bytes]:
    """Return the headers, but only the names of those that differ from answer to answer."""
    own = {b"date", b"x-request-id", b"etag"}
    if got[1][b"cache-control"] == b"no-store":  # the time of a NOW, or the id in a problem, may be longer
        own.add(b"content-length")
    return {name: b"" if name in own else value for name, value in got[1].items()}


def without_id(got: Got) -> bytes:
    """Return the body without the id of its request, which a problem names."""
    return got[2].replace(got[1][b"x-request-id"], b"")


def test_answers_come_in_the_order_of_the_requests(line: Line) -> None:
    headers = [("host", "x"), ("accept", "text/csv")]
    line.send(request(headers))
    line.receive()
    queries = [f"SELECT ({number} AS ?x) {{}}" for number in range(6)]
    queries[2] = "SELECT (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    data = b"".join(request(headers, query) for query in queries)
    line.send(request(headers, queries[0]))
    line.send(data[:700])
    line.send(data[700:])
    bodies = [line.receive()[2].split()[1] for _ in range(7)]
    assert bodies[:3] == [b"0", b"0", b"1"]
    assert bodies[4:] == [b"3", b"4", b"5"]


def test_what_comes_while_a_query_runs_is_answered_after_it(line: Line) -> None:
    headers = [("host", "x"), ("accept", "text/csv")]
    line.send(request(headers))
    line.receive()
    line.send(request(headers, f"SELECT (COUNT(*) AS ?x) {{ {product(100, 100, 10)} }}"))
    time.sleep(0.002)
    line.send(request(headers, "SELECT (1 AS ?x) {}"))
    time.sleep(0.002)
    line.send(request([*headers, ("x-request-id", "long")], "SELECT (2 AS ?x) {}"))
    assert [line.receive()[2].split()[1] for _ in range(3)] == [b"100000", b"1", b"2"]


def product(*sizes: int) -> str:
    """Return patterns with as many solutions as the product of the sizes."""
    return " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(size)))} }}" for n, size in enumerate(sizes))


def test_a_request_in_pieces_is_answered(line: Line) -> None:
    headers = [("host", "x"), ("accept", "text/csv")]
    line.send(request(headers))
    line.receive()
    for byte in request(headers, "ASK { FILTER(1 = 2) }"):
        line.send(bytes([byte]))
    assert line.receive()[2] == b"false"


def test_a_query_that_is_not_light_goes_on_the_long_way(start: Start) -> None:
    line = Line(start(limits={"seconds": 0.5}).url)
    headers = [("host", "x"), ("accept", "application/json")]
    line.send(request(headers))
    line.receive()
    line.send(request(headers, f"SELECT (COUNT(*) AS ?n) {{ {product(*[100] * 6)} }}"))
    status, _, body = line.receive()
    assert status == 504
    assert b"problem/time" in body
    line.close()
