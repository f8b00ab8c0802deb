"""A query with calls to allowed endpoints in; the same query with their answers as inline data out.

``SERVICE <endpoint> { pattern }`` is joined with the rest like ``VALUES`` (SPARQL 1.1 Federated Query,
section 2), so the pattern is sent off as a query of its own and its rows are put in its place. Thus no
worker ever has a network. Only endpoints that the operator named are called, by their full IRI, with a
deadline and a bound on the answer; redirects are not followed, wherever they lead.

Nobody is called before a worker has read the query with ``GRAPH`` for ``SERVICE``: both take the same
pattern and leave the same variables in scope, and every character stays at its place. An answer, too, is
shown to a worker by itself, so that a fault in it is the endpoint's and not the query's.
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from secrets import token_hex
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urljoin

from clustergraph.store.tokens import Token, decoded, prologue, tokens
from clustergraph.store.wire import Failure

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

_HANDLERS: Final = ("HTTPHandler", "HTTPSHandler", "HTTPDefaultErrorHandler", "HTTPErrorProcessor")
_ACCEPT: Final = "application/sparql-results+json"
_PIECE: Final = 64 * 1024
_NAME: Final = re.compile(r"\w+")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)*")
_DIRECTIONS: Final = frozenset({"ltr", "rtl"})
_MASKS: Final = {"service": "GRAPH  ", "silent": "      "}
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\u0000"}
_FAULTS: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What comes of a connection that breaks, and of an answer that is none."""
Check = Callable[[str], Awaitable[None]]


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
    base: str
    seconds: float = 5.0
    size: int = 4 * 1024 * 1024

    async def resolve(self, text: str, check: Check) -> str:
        """Return the query with the answers of its allowed calls in their places.

        ``check`` lets a worker read a query. Calls that are not allowed stay, and are refused there.

        Raises:
            Failure: of kind ``endpoint`` where an endpoint fails and the call is not SILENT.
        """
        calls = [call for call in find_calls(text, self.base) if call.endpoint in self.endpoints]
        if not calls:
            return text
        await check(_masked(text, calls))
        head = f"BASE <{self.base}>\n{prologue(text)}\n"
        answers = await asyncio.gather(*(self._answer(call, head, check) for call in calls))
        for call, answer in reversed(list(zip(calls, answers, strict=True))):
            text = f"{text[: call.start]} {answer} {text[call.end :]}"
        return text

    async def _answer(self, call: Call, head: str, check: Check) -> str:
        """Return what takes a call's place."""
        try:
            answer = await asyncio.to_thread(self._ask, call, head)
            await check(f"ASK {{ {answer} }}")
        except Failure as failure:
            if failure.kind != "syntax":
                raise
            fault: Exception = failure
        except (*_FAULTS, import_module("http.client").HTTPException) as error:
            fault = error
        else:
            return answer
        if call.silent:
            return "{}"
        raise Failure("endpoint", f"<{call.endpoint}> gave no usable answer ({fault})") from fault

    def _ask(self, call: Call, head: str) -> str:
        found = self._fetch(call.endpoint, f"{head}SELECT * WHERE {{ {call.pattern} }}")
        appearing = dict.fromkeys(
            token.text[1:] for token in tokens(call.pattern) if token.kind == "variable"
        )
        order = {name: place for place, name in enumerate(appearing)}
        variables = sorted(found["head"]["vars"], key=lambda name: order.get(name, len(order)))
        answer = as_pattern(variables, found["results"]["bindings"])
        answer.encode()  # half of a surrogate pair is no character
        return answer

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


def find_calls(text: str, base: str = "") -> Iterator[Call]:
    """Yield the outermost calls with a constant endpoint, in order.

    >>> [call.pattern for call in find_calls("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }")]
    [' ?s ?p ?o ']
    """
    found = list(tokens(text))
    names = _Names(text, base)
    position = 0
    while position < len(found):
        call = _call_at(text, found, position, names)
        if call is None:
            position += 1
            continue
        yield call
        while position < len(found) and found[position].offset < call.end:
            position += 1


class _Names:
    """The base and the prefixes of a query."""

    def __init__(self, text: str, base: str) -> None:
        self._base = base
        self._prefixes: dict[str, str] = {}
        words = tokens(prologue(text))
        for word in words:
            if word.text.lower() == "base":
                self._base = self._resolve(next(words, word))
            elif word.text.lower() == "prefix":
                name = next(words, word).text.rstrip(":")
                self._prefixes[name] = self._resolve(next(words, word))

    def full(self, token: Token) -> str:
        """Return the IRI that a token names, empty where it names none."""
        if token.kind == "iri":
            return self._resolve(token)
        prefix, _, local = token.text.partition(":")
        return self._prefixes[prefix] + local if token.kind == "name" and prefix in self._prefixes else ""

    def _resolve(self, token: Token) -> str:
        iri = decoded(token.text[1:-1])
        return iri if _ABSOLUTE.match(iri) else urljoin(self._base, iri)


def _masked(text: str, calls: Iterable[Call]) -> str:
    """Return the query with GRAPH for SERVICE in the calls and what is within them."""
    for call in calls:
        for token in tokens(text[call.start : call.end]):
            if mask := _MASKS.get(token.text.lower() if token.kind == "word" else ""):
                begin = call.start + token.offset
                text = f"{text[:begin]}{mask}{text[begin + len(mask) :]}"
    return text


def _call_at(text: str, found: Sequence[Token], position: int, names: _Names) -> Call | None:
    if found[position].kind != "word" or found[position].text.lower() != "service":
        return None
    rest = position + 1
    silent = rest < len(found) and found[rest].text.lower() == "silent"
    rest += silent
    if rest + 1 >= len(found) or found[rest + 1].text != "{":
        return None
    endpoint = names.full(found[rest])
    closing = _closing(found, rest + 1)
    if not endpoint or closing is None:
        return None
    start, end = found[position].offset, found[closing].offset + 1
    return Call(start, end, endpoint, text[found[rest + 1].offset + 1 : end - 1], silent)


def _closing(found: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for position in range(opening, len(found)):
        depth += (found[position].text == "{") - (found[position].text == "}")
        if depth == 0:
            return position
    return None


Term = Mapping[str, Any]
_UNBOUND: Final[Term] = MappingProxyType({"type": ""})


def as_pattern(variables: Sequence[str], bindings: Sequence[Mapping[str, Term]]) -> str:
    """Return results as inline data.

    Inline data have no blank nodes. Each that an answer names becomes a new one of the query's (they have
    the scope of the answer), made from an IRI that stands for it: the engine makes the same one of the
    same name.

    >>> as_pattern(["x"], [{"x": {"type": "uri", "value": "http://e/"}}])
    'VALUES (?x) { (<http://e/>) }'
    """
    if not all(_NAME.fullmatch(name) for name in variables):
        raise ValueError("it names a variable that is none")
    mark = token_hex(8)
    labels: defaultdict[str, str] = defaultdict(lambda: f"<urn:x:b{mark}n{len(labels)}>")
    rows = [" ".join(_term(row.get(name), labels) for name in variables) for row in bindings]
    blank = [
        name for name in variables if any(row.get(name, _UNBOUND)["type"] == "bnode" for row in bindings)
    ]
    columns = (f"?{name}{mark}" if name in blank else f"?{name}" for name in variables)
    values = f"VALUES ({' '.join(columns)}) {{ {' '.join(f'({row})' for row in rows)} }}"
    if not blank:
        return values
    nodes = " ".join(
        f'BIND(IF(isIRI(?{name}{mark}) && STRSTARTS(STR(?{name}{mark}), "urn:x:b{mark}n"), '
        f'BNODE(STRAFTER(STR(?{name}{mark}), "urn:x:")), ?{name}{mark}) AS ?{name})'
        for name in blank
    )
    return f"{{ SELECT {' '.join(f'?{name}' for name in variables)} {{ {values} {nodes} }} }}"


def _term(term: Term | None, labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a term as SPARQL writes it; ``labels`` are what stands for blank nodes."""
    if term is None:
        return "UNDEF"
    kind, value = term["type"], term["value"]
    if kind == "uri":
        return _iri_ref(value)
    if kind == "bnode":
        return labels[value]
    if kind == "triple":
        return f"<<( {' '.join(_term(value[part]) for part in ('subject', 'predicate', 'object'))} )>>"
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"{kind!r} is no kind of term")
    quoted = '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
    if language := term.get("xml:lang"):
        direction = term.get("its:dir")
        if not _LANGUAGE.fullmatch(language) or (direction and direction not in _DIRECTIONS):
            raise ValueError(f"{language!r} is no language tag, or {direction!r} no direction")
        return f"{quoted}@{language}--{direction}" if direction else f"{quoted}@{language}"
    return f"{quoted}^^{_iri_ref(term['datatype'])}" if term.get("datatype") else quoted


def _iri_ref(value: str) -> str:
    if _NOT_IN_IRI.search(value) or not _ABSOLUTE.match(value):
        raise ValueError(f"{value!r} is no IRI")
    return f"<{value}>"
