"""SPARQL text in, tokens out: strings, comments, IRIs and names told apart (SPARQL 1.1, section 19.8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|\#[^\n\r]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*(?:\\[uU][^<>"{}|^`\\\x00-\x20]*)*>)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\"|\Z)
        |'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)
        |"(?:[^"\\\n\r]|\\.)*(?:"|\Z)
        |'(?:[^'\\\n\r]|\\.)*(?:'|\Z))
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<name>(?:[^\W\d_](?:[\w.\-·]*[\w\-·])?)?:(?:(?:[\w:·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
        (?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*
        (?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)?)
    |(?P<word>[^\W\d_]\w*)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LAST_CODE_POINT: Final = 0x10FFFF
_PROLOGUE: Final = MappingProxyType({"base": 1, "version": 1, "prefix": 2})
"""The words of a prologue with the number of tokens that follow each."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: its kind (``iri``, ``string``, ``name``, ``word``, ``mark`` …) and its text."""

    kind: str
    text: str
    offset: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query; space and comments are left out.

    >>> [token.kind for token in tokens('SELECT ?x { ?x a ex:SERVICE # SERVICE')]
    ['word', 'variable', 'mark', 'variable', 'word', 'name']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def decoded(text: str) -> str:
    r"""Return the text with the code point escapes of section 19.2 replaced.

    >>> decoded(r"\u0053ERVICE")
    'SERVICE'
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    number = int(match.group(1) or match.group(2), 16)
    return chr(number) if number <= _LAST_CODE_POINT else match.group()


def place(text: str, offset: int) -> tuple[int, int]:
    r"""Return line and column (from 1) of an offset.

    >>> place("ASK {\n  SERVICE", 8)
    (2, 3)
    """
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def prologue(text: str) -> str:
    """Return what stands before a query's body: its base and prefixes.

    >>> prologue("PREFIX ex: <http://example.org/> SELECT * {}")
    'PREFIX ex: <http://example.org/> '
    """
    first = next(body(text), None)
    return text[: first.offset] if first else text


def declared(text: str) -> dict[str, str]:
    """Return the prefixes that a query declares, with their IRIs as they are written.

    >>> declared("PREFIX : <#> SELECT * {}")
    {'': '#'}
    """
    words = list(tokens(prologue(text)))
    return {
        name.text.rstrip(":"): iri.text[1:-1]
        for word, name, iri in zip(words, words[1:], words[2:], strict=False)
        if word.text.lower() == "prefix" and iri.kind == "iri"
    }


def body(text: str) -> Iterator[Token]:
    """Yield the tokens after the prologue."""
    stream = tokens(text)
    for token in stream:
        following = _PROLOGUE.get(token.text.lower())
        if following is None:
            yield token
            yield from stream
        else:
            next(islice(stream, following, following), None)
