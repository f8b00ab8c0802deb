"""SPARQL text in, tokens out: strings, comments, IRIs and names told apart (SPARQL 1.1, section 19.8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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


def prologue(text: str) -> dict[str, str]:
    """Return the prefixes that a query declares before its body.

    >>> prologue("PREFIX ex: <http://example.org/> SELECT * {}")
    {'ex': 'http://example.org/'}
    """
    found: dict[str, str] = {}
    stream = tokens(text)
    for token in stream:
        word = token.text.lower()
        if word == "base":
            next(stream, None)
        elif word == "prefix":
            name, iri = next(stream, None), next(stream, None)
            if name and iri and iri.kind == "iri":
                found[name.text.rstrip(":")] = iri.text[1:-1]
        else:
            break
    return found
