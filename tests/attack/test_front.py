"""What the front itself does with a request is little, however long the request is."""

import re
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustergraph.store.wire import Failure
from clustergraph.web.negotiation import choose, choose_coding
from clustergraph.web.request import pairs

BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
ODD = st.text(st.sampled_from("%4Aa=3Dd+\r\n \t._é"), max_size=30).filter(
    lambda text: not BROKEN.search(text)
)


@given(ODD)
def test_escapes_are_undone_as_the_standard_library_does(text: str) -> None:
    expected = unquote_to_bytes(text.replace("+", " "))
    try:
        decoded = next(pairs(f"x={text}".encode()))[1].encode()
    except Failure:
        with pytest.raises(UnicodeDecodeError):
            expected.decode()
    else:
        assert decoded == expected


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
