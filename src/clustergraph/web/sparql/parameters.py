"""The parts of an HTTP request in, a query request out (SPARQL 1.1 Protocol, section 2.1)."""

import re
from binascii import a2b_qp
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from clustergraph.store.wire import Failure

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_PARAMETERS: Final = 1000
"""Parameters that a request may have: each takes the service itself some time."""
_SECONDS: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|s)?")
_CHARSETS: Final = frozenset({"", "utf-8", "utf8"})
_FORMATS: Final = frozenset({"format", "output", "results"})
"""What clients call the parameter that asks for a format; some send all three, each with several names."""
_MARK: Final = "\ufeff"
"""The byte order mark, which is no part of a text that begins with it (RFC 3629, section 6)."""


class QueryRequest(NamedTuple):
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
    name, _, value = query_string.partition(b"=")
    if name == b"query" and b"&" not in value:  # as nearly all requests are
        return QueryRequest(_decoded(value).removeprefix(_MARK))
    return _request(pairs(query_string), None)


def read_body(content_type: str, query_string: bytes, body: bytes) -> QueryRequest:
    """Return the request of a POST or QUERY; ``content_type`` is what :func:`media_type` returned.

    Raises:
        Failure: of kind ``request``.
    """
    fields = pairs(query_string)
    if content_type == FORM:
        return _request([*fields, *pairs(body)], None)
    return _request(fields, _text(body, "the query"))


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


def pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Return the decoded names and values of a query string or form.

    Raises:
        Failure: of kind ``request`` at a broken escape, a NUL, or bytes that are no UTF-8.
    """
    if encoded.count(b"&") >= _PARAMETERS:
        raise Failure("request", f"there are more than {_PARAMETERS} parameters")
    split = [part.partition(b"=") for part in encoded.split(b"&") if part]
    return [(_decoded(name), _decoded(value)) for name, _, value in split]


def _decoded(encoded: bytes) -> str:
    """Undo the encoding of a name or a value.

    Quoted-printable has the same escapes behind another sign, and a decoder a hundred times as fast as the
    one of ``urllib``, which would hold up all other requests for a fifth of a second per megabyte. Each
    escape that is whole becomes one byte of three; a broken one doesn't, except before the end of a line.
    """
    data = encoded
    if b"%" in encoded or b"+" in encoded:
        data = a2b_qp(encoded.replace(b"+", b" ").replace(b"=", b"%3D").replace(b"%", b"="))
        whole = len(data) == len(encoded) - 2 * encoded.count(b"%")
        if not whole or b"%\n" in encoded or b"%\r" in encoded:
            raise Failure("request", "a percent sign is not followed by two hexadecimal digits")
    if b"\0" in data:
        raise Failure("request", "a parameter holds a NUL character")
    return _text(data, "a parameter")


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Failure("request", f"{what} must be UTF-8 (byte {error.start} is not)") from error


def _request(fields: list[tuple[str, str]], direct: str | None) -> QueryRequest:
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
