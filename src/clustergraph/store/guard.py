"""A query's tokens in, a refusal out where it would leave the store.

The engine reads without tokens: ``SERVICE:x {…}``, ``SERVICESILENT<…>`` and ``1SERVICE:x`` are calls
to it, although a tokeniser sees a prefixed name. A call is therefore recognised by what must follow
it: the word ends in ``service`` (or ``servicesilent``), then comes an IRI, a variable or a name, then
a brace. Behind this the worker has no file descriptor left to open anything with.
"""

import re
from collections.abc import Iterator
from typing import Final

from clustergraph.store.tokens import Token, body, decoded, place, tokens
from clustergraph.store.wire import Failure

_CALL: Final = re.compile(r"(?i)service(silent)?$")
_OPENING: Final = frozenset("{(")
_CLOSING: Final = frozenset("})")
_ENDPOINTS: Final = frozenset({"iri", "variable", "name"})
_UPDATES: Final = frozenset(
    {"insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with"}
)


def refuse_calls(text: str) -> None:
    """Raise a failure of kind ``service`` where the query calls another endpoint.

    The search for the word is only a shortcut: a text without it has no such token.
    """
    for reading in dict.fromkeys((text, decoded(text))):
        if "service" in reading.lower():
            for call in calls(reading):
                line, column = place(reading, call.offset)
                raise Failure(
                    "service",
                    "this service does not call other endpoints; ask each of them by itself",
                    line,
                    column,
                )


def calls(text: str) -> Iterator[Token]:
    """Yield the tokens that begin a call.

    >>> len(list(calls("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")))
    1
    >>> len(list(calls("SELECT * { ?s ex:service service:x }")))
    0
    """
    window = [*tokens(text), *[Token("end", "", len(text))] * 3]
    for position, token in enumerate(window[:-3]):
        before = window[position - 1].text.lower() if position else ""
        if _begins_call(token, before, window[position + 1 : position + 4]):
            yield token


def _begins_call(token: Token, before: str, after: list[Token]) -> bool:
    if token.kind == "name":
        prefix = token.text.partition(":")[0]
        return bool(_CALL.search(prefix)) and after[0].text == "{" and before != "graph"
    if token.kind != "word" or not _CALL.search(token.text):
        return False
    if after[0].kind == "word" and after[0].text.lower() == "silent":
        after = after[1:]
    return after[0].kind in _ENDPOINTS and after[1].text == "{"


def update_form(text: str) -> str | None:
    """Return the keyword of the update that the text is, or None where it is a query.

    >>> update_form("PREFIX ex: <http://example.org/> insert data { ex:a ex:b ex:c }")
    'INSERT'
    """
    first = next(body(decoded(text)), None)
    word = first.text.lower() if first and first.kind == "word" else ""
    return word.upper() if word in _UPDATES else None


def dataset_clauses(text: str) -> Iterator[tuple[bool, Token]]:
    """Yield for each dataset clause whether it says NAMED, and the name of its graph.

    The engine needs no space before or after FROM; a word or name that holds it is yielded itself.

    >>> [(named, name.text) for named, name in dataset_clauses("ASK FROM <http://e/> FROM NAMED e:f {}")]
    [(False, '<http://e/>'), (True, 'e:f')]
    >>> list(dataset_clauses("SELECT * { ?from ?p 'from' }"))
    []
    """
    if "from" not in text.lower():
        return
    depth = 0
    form = ""
    stream = body(text)
    for token in stream:
        word = token.text.lower()
        form = form or word
        depth += (word in _OPENING) - (word in _CLOSING)
        begins = word.startswith("from") and form != "describe"
        if depth or not (begins if token.kind == "name" else token.kind == "word" and "from" in word):
            continue
        name = next(stream, token) if word == "from" else token
        if named := word == "from" and name.text.lower() == "named":
            name = next(stream, name)
        yield named, name
