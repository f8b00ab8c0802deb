"""What the front itself does with a request is little, however long the request is."""

import asyncio
import re
import socket
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from clustergraph.store.wire import Failure
from clustergraph.web.http import protocol as http
from clustergraph.web.http.negotiation import choose, choose_coding
from clustergraph.web.sparql.parameters import pairs, read_url

BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
ODD = st.text(st.sampled_from("%4Aa=3Dd+\r\n \t._é"), max_size=30).filter(
    lambda text: not BROKEN.search(text)
)


@given(ODD)
def test_escapes_are_undone_as_the_standard_library_does(text: str) -> None:
    expected = unquote_to_bytes(text.replace("+", " "))
    try:
        decoded = pairs(f"x={text}".encode())[0][1].encode()
    except Failure:
        with pytest.raises(UnicodeDecodeError):
            expected.decode()
    else:
        assert decoded == expected


@given(st.text(st.sampled_from("%4Aa=Gg+\r\n"), min_size=1, max_size=12).filter(BROKEN.search))
def test_a_broken_escape_is_refused_wherever_it_is(text: str) -> None:
    for query_string in (f"query={text}", f"a=b&x={text}"):
        with pytest.raises(Failure, match="percent sign"):
            read_url(query_string.encode())


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_whatever_is_escaped_comes_back(text: str) -> None:
    assert list(pairs(f"query={quote(text, safe='')}".encode())) == [("query", text)]


def test_a_thousand_parameters_are_enough() -> None:
    assert len(list(pairs(b"&".join([b"a=b"] * 1000)))) == 1000
    with pytest.raises(Failure, match="more than 1000"):
        list(pairs(b"a&" * 1000))


def test_only_the_beginning_of_a_long_header_counts() -> None:
    tail = ", ".join(f"a{number}/b" for number in range(5000))
    assert choose(f"text/csv, {tail}") == choose("text/csv")
    assert choose_coding(f"br, {tail}", ("br", "gzip")) == "br"
    assert choose("*/*", "json" * 1000) is None


class Megabytes:
    """Answers every request with eight megabytes."""

    def begin(self, turn: http.Turn) -> None:
        turn.go_on(self)

    async def __call__(self, _scope: object, _receive: object, send: Any) -> None:
        length = [(b"content-length", b"8000000")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": bytes(8_000_000)})


def test_a_connection_whose_client_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "STALL_SECONDS", 0.2)
    config = uvicorn.Config(Megabytes(), lifespan="off", log_config=None)
    config.load()

    async def hold() -> None:
        state, lost = ServerState(), asyncio.Event()

        class Watched(http.ServiceProtocol):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                lost.set()

        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Watched(config, state, {}), "127.0.0.1", 0)
        with socket.create_connection(server.sockets[0].getsockname()) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await asyncio.wait_for(lost.wait(), 10)
            server.close()

    asyncio.run(hold())
