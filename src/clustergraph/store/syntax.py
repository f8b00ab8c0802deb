"""The engine's complaint about a query in; a sentence, with its place in the query, out.

The engine lists whatever it tried at the furthest character that it came to: mostly classes of characters,
and keywords where they would have ended, which need not be where the fault is. Of such a list only marks are
repeated; what the engine says in words becomes a sentence of ours, with the place of the fault where the
tokens show it.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import PREFIXES
from clustergraph.store import guard
from clustergraph.store.tokens import Token, body, declared, place, tokens
from clustergraph.store.wire import Failure

_PLACE: Final = re.compile(r"error at (\d+):(\d+): ")
_MARK: Final = re.compile(r'"([^\w\s"\\])"')
_KEYWORD: Final = 16
"""Characters that the engine may seem to have read behind a fault, for the sake of a keyword."""
_NO_PREFIX: Final = ("_", "<")
"""What stands before a name that is a blank node's label, or the beginning of a broken IRI."""
_SENTENCES: Final = MappingProxyType(
    {
        "The SELECT overrides an existing": "the name after AS in SELECT is in use already; choose another",
        "SELECT * is not authorized": "SELECT * does not go with GROUP BY; name variables and aggregates",
        "The SELECT contains a": "SELECT uses a variable that is neither grouped nor within an aggregate",
        "BIND is overriding": "the name after AS in BIND is in use already; choose another",
        "Already used blank node id": "a blank node's label is used in two groups; use a variable",
        "The VALUES clause rows": "a row of VALUES needs a value, or UNDEF, for each variable",
        "Repeated variables are not allowed in VALUES": "VALUES names a variable twice; name it once",
        "language tag parsing failed": "the language tag before this place is malformed",
        "IRI parsing failed": "the IRI before this place is malformed",
    }
)
_FALLBACK: Final = "the query can't be read at this place or shortly before it"


def failure(text: str, message: str) -> Failure:
    """Return why the query is refused; ``message`` is the engine's."""
    update = guard.update_form(text)
    if update:
        return Failure("update", f"{update} is an update; this service only answers queries")
    match = _PLACE.match(message)
    line, column = (int(match.group(1)), int(match.group(2))) if match else (1, 1)
    fault, sentence = _explain(text, message, (line, column))
    if fault:
        line, column = place(text, fault.offset)
    return Failure("syntax", f"line {line}, column {column}: {sentence}", line, column)


def _explain(text: str, message: str, reached: tuple[int, int]) -> tuple[Token | None, str]:
    fault = next(_undeclared(text), None)
    if fault and place(text, fault.offset) <= reached <= place(
        text, fault.offset + len(fault.text) + _KEYWORD
    ):
        name = fault.text.partition(":")[0]
        known = f"; add PREFIX {name}: <{PREFIXES[name]}>" if name in PREFIXES else ""
        return fault, f"the prefix {name}: is not declared{known}"
    if fault := next(_repeated(text), None):
        return fault, f"SELECT names {fault.text} twice; name it once, or rename it: ({fault.text} AS ?other)"
    for phrase, sentence in _SENTENCES.items():
        if phrase in message:
            return None, sentence
    marks = " ".join(dict.fromkeys(_MARK.findall(message)))
    return None, f"{_FALLBACK}; here could be {marks}" if marks else _FALLBACK


def _undeclared(text: str) -> Iterator[Token]:
    """Yield the prefixed names whose prefix is not declared."""
    known = declared(text)
    before = ""
    for token in body(text):
        if token.kind == "name" and before not in _NO_PREFIX and token.text.partition(":")[0] not in known:
            yield token
        before = token.text


def _repeated(text: str) -> Iterator[Token]:
    """Yield the variables that a SELECT clause names again."""
    seen: set[str] | None = None
    depth, before = 0, ""
    for token in tokens(text):
        word = token.text.lower()
        depth += (word == "(") - (word == ")")
        if word == "select":
            seen, depth = set(), 0
        elif word in ("{", "where", "from"):
            seen = None
        elif seen is not None and token.kind == "variable" and (depth == 0 or before == "as"):
            if word[1:] in seen:
                yield token
            seen.add(word[1:])
        before = word
