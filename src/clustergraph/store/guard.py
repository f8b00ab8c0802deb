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


def names_dataset(text: str) -> bool:
    """Tell whether the query has a dataset clause of its own (FROM, FROM NAMED).

    >>> names_dataset("SELECT * FROM <http://example.org/g> {}")
    True
    >>> names_dataset("SELECT * { ?from ?p 'from' }")
    False
    """
    if "from" not in text.lower():
        return False
    depth = 0
    form = ""
    for token in body(text):
        form = form or token.text.lower()
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and (
            (token.kind == "word" and "from" in token.text.lower())
            or (token.kind == "name" and form != "describe" and token.text.lower().startswith("from"))
        ):
            return True
    return False
