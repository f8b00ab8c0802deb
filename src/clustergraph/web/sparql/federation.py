"""A query with calls to allowed endpoints in; the same query with their answers as inline data out.

``SERVICE <endpoint> { pattern }`` is joined with the rest like ``VALUES`` (SPARQL 1.1 Federated Query,
section 2), so the pattern is sent off as a query of its own and its rows are put in its place. Thus no
worker ever has a network. Only endpoints that the operator named are called, by their full IRI, with a
deadline and a bound on the answer; redirects are not followed, wherever they lead.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from clustergraph.store.tokens import Token, declared, tokens
from clustergraph.store.wire import Failure

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

_HANDLERS: Final = ("HTTPHandler", "HTTPSHandler", "HTTPDefaultErrorHandler", "HTTPErrorProcessor")
_ACCEPT: Final = "application/sparql-results+json"
_PIECE: Final = 64 * 1024
_NAME: Final = re.compile(r"\w+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)*")
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Call:
    """A call in a query's text: its place, its endpoint, the pattern within its braces."""

    start: int
    end: int
    endpoint: str
    pattern: str
    silent: bool


@dataclass(frozen=True)
class Federation:
    """Which endpoints may be called, for how long, and how much they may answer."""

    endpoints: frozenset[str]
    seconds: float = 5.0
    size: int = 4 * 1024 * 1024

    async def resolve(self, text: str) -> str:
        """Return the query with the answers of its allowed calls in their places.

        Calls that are not allowed stay, and are refused where the query is run.

        Raises:
            Failure: of kind ``endpoint`` where an endpoint fails and the call is not SILENT.
        """
        calls = [call for call in find_calls(text) if call.endpoint in self.endpoints]
        if not calls:
            return text
        head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in declared(text).items())
        answers = await asyncio.gather(*(asyncio.to_thread(self._answer, call, head) for call in calls))
        for call, answer in reversed(list(zip(calls, answers, strict=True))):
            text = f"{text[: call.start]} {answer} {text[call.end :]}"
        return text

    def _answer(self, call: Call, head: str) -> str:
        try:
            found = self._fetch(call.endpoint, f"{head}SELECT * WHERE {{ {call.pattern} }}")
            return as_values(found["head"]["vars"], found["results"]["bindings"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if call.silent:
                return "{}"
            raise Failure("endpoint", f"<{call.endpoint}> gave no usable answer ({error})") from error

    def _fetch(self, endpoint: str, query: str) -> Any:
        body = urlencode({"query": query}).encode()
        headers = {"Accept": _ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}
        request = request_library().Request(endpoint, body, headers)
        until = time.monotonic() + self.seconds
        data = b""
        with _opener().open(request, timeout=self.seconds) as response:
            while piece := response.read1(_PIECE):
                data += piece
                if len(data) > self.size:
                    raise ValueError(f"its answer is longer than {self.size} bytes")
                if time.monotonic() > until:
                    raise TimeoutError(f"its answer took longer than {self.seconds:g} seconds")
        return json.loads(data)


@cache
def _opener() -> "OpenerDirector":
    """Return what opens connections: HTTP and HTTPS, and nothing that follows a redirect.

    It is imported here, as most services call nobody.
    """
    opener: OpenerDirector = request_library().OpenerDirector()
    for name in _HANDLERS:
        opener.add_handler(getattr(request_library(), name)())
    return opener


def request_library() -> Any:
    """Return :mod:`urllib.request`, loaded when it is first needed."""
    return import_module("urllib.request")


def find_calls(text: str) -> Iterator[Call]:
    """Yield the outermost calls with a constant endpoint, in order.

    >>> [call.pattern for call in find_calls("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }")]
    [' ?s ?p ?o ']
    """
    found = list(tokens(text))
    prefixes = declared(text)
    position = 0
    while position < len(found):
        call = _call_at(text, found, position, prefixes)
        if call is None:
            position += 1
            continue
        yield call
        while position < len(found) and found[position].offset < call.end:
            position += 1


def _call_at(text: str, found: Sequence[Token], position: int, prefixes: Mapping[str, str]) -> Call | None:
    if found[position].kind != "word" or found[position].text.lower() != "service":
        return None
    rest = position + 1
    silent = rest < len(found) and found[rest].text.lower() == "silent"
    rest += silent
    if rest + 1 >= len(found) or found[rest + 1].text != "{":
        return None
    endpoint = _iri(found[rest], prefixes)
    closing = _closing(found, rest + 1)
    if not endpoint or closing is None:
        return None
    start, end = found[position].offset, found[closing].offset + 1
    return Call(start, end, endpoint, text[found[rest + 1].offset + 1 : end - 1], silent)


def _iri(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes[prefix] + local if token.kind == "name" and prefix in prefixes else ""


def _closing(found: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for position in range(opening, len(found)):
        depth += (found[position].text == "{") - (found[position].text == "}")
        if depth == 0:
            return position
    return None


def as_values(variables: Sequence[str], bindings: Iterable[Mapping[str, Mapping[str, str]]]) -> str:
    """Return results as inline data.

    >>> as_values(["x"], [{"x": {"type": "uri", "value": "http://e/"}}])
    'VALUES (?x) { (<http://e/>) }'
    """
    if not all(_NAME.fullmatch(name) for name in variables):
        raise ValueError("it names a variable that is none")
    rows = (" ".join(_term(row.get(name)) for name in variables) for row in bindings)
    head = " ".join(f"?{name}" for name in variables)
    return f"VALUES ({head}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _term(term: Mapping[str, str] | None) -> str:
    if term is None:
        return "UNDEF"
    value = term["value"]
    if term["type"] == "uri":
        return _iri_ref(value)
    if term["type"] == "bnode":
        raise ValueError("it names a blank node, which means nothing here")
    quoted = '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
    if language := term.get("xml:lang"):
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is no language tag")
        return f"{quoted}@{language}"
    return f"{quoted}^^{_iri_ref(term['datatype'])}" if term.get("datatype") else quoted


def _iri_ref(value: str) -> str:
    if _NOT_IN_IRI.search(value):
        raise ValueError(f"{value!r} is no IRI")
    return f"<{value}>"
