"""What an endpoint may do wrong, each told in one sentence."""

import gc
import socket
import threading
from collections.abc import Iterator

import pytest

from clustergraph import remote
from clustergraph.errors import QueryError

pytestmark = pytest.mark.filterwarnings(  # urllib leaves the socket of what is no HTTP to the collector
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
JSON = b"Content-Type: application/sparql-results+json\r\n"
PAGE = b"<html><body>" + b"Welcome to our portal. " * 500


def answer(head: bytes, body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n" + head + b"\r\n" + body


@pytest.fixture
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an endpoint that gives the bytes of the test's parameter to each client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(request.param)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    gc.collect()


FAULTS = {
    "a page": (answer(b"Content-Type: text/html\r\n", PAGE), "answers with text/html"),
    "no type": (answer(b"", b"x"), "answers with text/plain"),
    "half an answer": (answer(JSON + b"Content-Length: 999\r\n", b'{"head":'), "IncompleteRead"),
    "half a chunk": (answer(JSON + b"Transfer-Encoding: chunked\r\n", b'9\r\n{"hea'), "IncompleteRead"),
    "cut without a length": (answer(JSON, b'{"head": {"vars": ["s"]}, "resul'), "cut off or no table"),
    "another shape": (answer(JSON, b"[1, 2]"), "cut off or no table"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0"),
    "nothing": (b"", "closed"),
    "an error page": (answer(b"Content-Type: text/html\r\n", PAGE, b"502 Bad Gateway"), "502"),
}


@pytest.mark.parametrize(("endpoint", "words"), FAULTS.values(), ids=FAULTS.keys(), indirect=["endpoint"])
def test_a_fault_of_an_endpoint_is_one_sentence(endpoint: str, words: str) -> None:
    with pytest.raises(QueryError) as told:
        remote.table("SELECT * { ?s ?p ?o }", endpoint)
    message = str(told.value)
    assert message.startswith(f"{endpoint}: ")
    assert words in message
    assert len(message) < 450


def test_an_endpoint_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(QueryError, match=r"Connection refused.*check the address"):
        remote.query("ASK {}", "json", "http://127.0.0.1:9/sparql")


@pytest.mark.parametrize(
    "address", ["file:///etc/hosts", "ftp://127.0.0.1/", "localhost", "http://[", "http://"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(QueryError, match="address"):
        remote.query("ASK {}", "json", address)
