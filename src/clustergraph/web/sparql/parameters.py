"""The parts of an HTTP request in, a query request out (SPARQL 1.1 Protocol, section 2.1)."""

import re
from binascii import a2b_qp
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from clustergraph.store.wire import Failure

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_BROKEN: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_PARAMETERS: Final = 1000
"""Parameters that a request may have: each takes the service itself some time."""
_SECONDS: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|s)?")
_CHARSETS: Final = frozenset({"", "utf-8", "utf8"})
_FORMATS: Final = frozenset({"format", "output", "results"})
"""What clients call the parameter that asks for a format; some send all three, each with several names."""
_MARK: Final = "\ufeff"
"""The byte order mark, which is no part of a text that begins with it (RFC 3629, section 6)."""


@dataclass(frozen=True)
class QueryRequest:
    """What the protocol's parameters say; ``text`` is None where there is no query.

    ``format`` is every name of a format that the request has, in its order, joined by commas.
    """

    text: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    seconds: float | None = None
    language: str = ""

    @property
    def dataset(self) -> bool:
        """Whether the request names its dataset."""
        return bool(self.default_graphs or self.named_graphs)


def read_url(query_string: bytes) -> QueryRequest:
    """Return the request of a GET.

    Raises:
        Failure: of kind ``request``.
    """
    return _request(list(pairs(query_string)), None)


def read_body(content_type: str, query_string: bytes, body: bytes) -> QueryRequest:
    """Return the request of a POST or QUERY; ``content_type`` is what :func:`media_type` returned.

    Raises:
        Failure: of kind ``request``.
    """
    fields = list(pairs(query_string))
    if content_type == FORM:
        return _request([*fields, *pairs(body)], None)
    return _request(fields, _decode(body, "the query"))


def media_type(header: str) -> str:
    """Return the media type that a body is sent as.

    Raises:
        Failure: of kind ``media-type`` where it is missing, not one of the protocol's, or not UTF-8.
    """
    name, *parameters = header.split(";")
    found = name.strip().lower()
    if found not in (FORM, DIRECT):
        raise Failure(
            "media-type", f"send the query as {DIRECT} or {FORM}, not as {found or 'an untyped body'}"
        )
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset" and value.strip().strip('"').lower() not in _CHARSETS:
            raise Failure("media-type", f"send the query in UTF-8, not in {value.strip()}")
    return found


def pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Yield the decoded names and values of a query string or form.

    Raises:
        Failure: of kind ``request`` at a broken escape, a NUL, or bytes that are no UTF-8.
    """
    text = _decode(encoded, "the parameters")
    if "%00" in text or "\0" in text:
        raise Failure("request", "a parameter holds a NUL character")
    if text.count("&") >= _PARAMETERS:
        raise Failure("request", f"there are more than {_PARAMETERS} parameters")
    if _BROKEN.search(text):
        raise Failure("request", "a percent sign is not followed by two hexadecimal digits")
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield _unquote(name), _unquote(value)


def _unquote(text: str) -> str:
    """Undo percent-encoding, whose escapes are known to be whole.

    Quoted-printable has the same escapes behind another sign, and a decoder a hundred times as fast as the
    one of ``urllib``, which would hold up all other requests for a fifth of a second per megabyte.
    """
    if "%" not in text and "+" not in text:
        return text
    quoted = text.replace("+", " ").replace("=", "%3D").replace("%", "=")
    return _decode(a2b_qp(quoted.encode()), "a parameter")


def _decode(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Failure("request", f"{what} must be UTF-8 (byte {error.start} is not)") from error


def _request(fields: list[tuple[str, str]], direct: str | None) -> QueryRequest:
    if direct is None and len(fields) == 1 and fields[0][0] == "query":
        return QueryRequest(fields[0][1].removeprefix(_MARK))
    if any(name == "update" for name, _ in fields):
        raise Failure("update", "updates are not offered; this service only answers queries")
    texts = [value for name, value in fields if name == "query"]
    if direct is not None:
        texts.append(direct)
    if len(texts) > 1:
        raise Failure("request", "send exactly one query, either in the address or in the body")
    if direct and "\0" in direct:
        raise Failure("request", "the query holds a NUL character")
    return QueryRequest(
        texts[0].removeprefix(_MARK) if texts else None,
        tuple(dict.fromkeys(_graphs(fields, "default-graph-uri"))),
        tuple(dict.fromkeys(_graphs(fields, "named-graph-uri"))),
        ",".join(dict.fromkeys(value for name, value in fields if name in _FORMATS and value)),
        _seconds(_single(fields, "timeout")),
        _single(fields, "lang"),
    )


def _graphs(fields: Iterable[tuple[str, str]], parameter: str) -> Iterator[str]:
    for name, value in fields:
        if name == parameter and value:
            if _NOT_IN_IRI.search(value):
                raise Failure("request", f"{parameter} must be an absolute IRI, not {value!r}")
            yield value


def _single(fields: Iterable[tuple[str, str]], parameter: str) -> str:
    values = {value for name, value in fields if name == parameter}
    if len(values) > 1:
        raise Failure("request", f"{parameter} is given more than once")
    return next(iter(values), "")


def _seconds(value: str) -> float | None:
    """Return a client's time limit in seconds; ``500ms`` and ``2s`` are fine too, and 0 asks for none."""
    if not value:
        return None
    match = _SECONDS.fullmatch(value)
    if not match:
        raise Failure("request", "timeout must be a number of seconds, as in timeout=2.5")
    return float(match.group(1)) / (1000 if match.group(2) == "ms" else 1) or None
