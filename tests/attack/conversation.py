"""The bytes of a request in, what came back out, and a judgement: is it what a well-behaved service says?"""

import csv
import io
import json
import socket
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from importlib import import_module
from urllib.parse import urlsplit

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from clustergraph.web.http.problems import PROBLEMS

HONEST = frozenset({"busy", "time", "memory", "answer-size", "complexity", "unknown-method"})
"""The kinds of problem that may come with a status of 500 or more: limits, and methods that nobody knows."""
RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
TEXTS = ("text/html", "text/plain", "text/css", "image/svg+xml")
OK = 200
SERVER_ERROR = 500


@dataclass(frozen=True)
class Request:
    """A request as bytes; ``whole`` tells whether the service can know that it has ended."""

    data: bytes
    method: str = "GET"
    whole: bool = True


@dataclass(frozen=True)
class Got:
    """What came back: a status (0: none), headers, the body, how long it took, what went wrong on the way."""

    status: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    broken: str = ""

    @property
    def kind(self) -> str:
        """The kind of a problem, empty where the answer is none."""
        try:
            return str(json.loads(self.body)["type"]).rpartition("/")[2]
        except (ValueError, KeyError, TypeError):
            text = self.body.decode("utf-8", "replace")
            return next((kind for kind, problem in PROBLEMS.items() if problem.title in text), "")


def connect(url: str, seconds: float = 30) -> socket.socket:
    """Return a connection to a service."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)


def converse(url: str, request: Request, seconds: float = 30) -> Got:
    """Send one request over a connection of its own, and read the answer."""
    began = time.monotonic()
    with connect(url, seconds) as connection:
        with suppress(OSError):  # the service may have answered and closed before it had everything
            connection.sendall(request.data)
        try:
            response = HTTPResponse(connection, method=request.method)
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            status, body, broken = response.status, b"", ""
        except (HTTPException, OSError) as error:
            return Got(0, time.monotonic() - began, broken=type(error).__name__)
        try:
            body = response.read()
        except (HTTPException, OSError) as error:
            broken = type(error).__name__
        return Got(status, time.monotonic() - began, headers, body, broken)


def fault(request: Request, got: Got, limit: float) -> str:
    """Say what is wrong with an answer, in a few words; empty where nothing is."""
    if got.seconds > limit:
        return f"{got.seconds:.1f} s are more than the limit of {limit:.1f} s"
    if got.status == 0:
        return "" if not request.whole else f"no answer ({got.broken})"
    if got.status >= SERVER_ERROR and request.method != "HEAD" and got.kind not in HONEST:
        return f"status {got.status}, kind {got.kind!r}: {got.body[:200]!r}"
    if got.broken:
        return "" if "transfer-encoding" in got.headers else f"a {got.status} broke off: {got.broken}"
    if got.status == OK and request.method != "HEAD":
        return fault_of_document(got.headers, got.body)
    return ""


def fault_of_document(headers: dict[str, str], body: bytes) -> str:
    """Say why a body is no whole document of its type; empty where it is one."""
    form = headers.get("content-type", "").partition(";")[0]
    try:
        plain = unpacked(body, headers.get("content-encoding", ""))
        read(plain, form)
    except Exception as error:
        return f"no {form}: {type(error).__name__} {str(error)[:200]}"
    return ""


def unpacked(body: bytes, coding: str) -> bytes:
    """Undo a content coding."""
    if coding == "gzip":
        return zlib.decompress(body, 16 + zlib.MAX_WBITS)
    if coding == "br":
        return bytes(import_module("brotli").decompress(body))
    if coding == "zstd":
        return bytes(import_module("zstandard").ZstdDecompressor().decompressobj().decompress(body))
    if coding:
        raise ValueError(f"a coding nobody asked for: {coding}")
    return body


def read(body: bytes, form: str) -> int:
    """Read a document to its end and return the number of its rows or triples.

    Raises:
        ValueError: it is none of the form, or cut off (also SyntaxError, UnicodeDecodeError).
    """
    if form in ("text/tab-separated-values", "text/csv") and body in (b"true", b"false"):
        return 1
    if form in RESULTS:
        found = parse_query_results(body, format=RESULTS[form])
        return sum(1 for _ in found) if isinstance(found, QuerySolutions) else 1
    if form in GRAPHS:
        return sum(1 for _ in parse(body, format=GRAPHS[form]))
    if form == "text/csv":
        return read_csv(body)
    if form == "text/html" and not body.rstrip().endswith(b"</html>"):
        raise ValueError("the page does not end")
    if form in ("application/json", "application/problem+json"):
        json.loads(body)
    elif form not in TEXTS:
        raise ValueError(f"an unknown form {form!r}")
    return len(body.decode().splitlines())


def read_csv(body: bytes) -> int:
    """Read a table to its end and return the number of its rows."""
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    if not body.endswith(b"\n") or len({len(row) or 1 for row in rows}) != 1:
        raise ValueError("rows differ in length, or the last line has no end")
    return len(rows) - 1
