"""A failure in, a response that says so out: problem details (RFC 9457), or plain text."""

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import ACCEPT_QUERY, METHODS, VARY, Reply, header_lines
from clustergraph.web.http.request import Headers


@dataclass(frozen=True)
class Problem:
    """A kind of failure: the status and the title that go with it."""

    status: int
    title: str


PROBLEMS: Final = MappingProxyType(
    {
        "request": Problem(400, "The request is not as the protocol says"),
        "syntax": Problem(400, "The query is malformed"),
        "update": Problem(400, "Updates are not offered"),
        "evaluation": Problem(400, "The query can't be evaluated"),
        "service": Problem(403, "Calls to other endpoints are not allowed"),
        "not-found": Problem(404, "There is nothing at this address"),
        "method": Problem(405, "The method is not offered here"),
        "not-acceptable": Problem(406, "The answer is not available in an acceptable format"),
        "body-size": Problem(413, "The request's body is too large"),
        "url-size": Problem(414, "The address is too long"),
        "media-type": Problem(415, "The body's type is not offered"),
        "head-size": Problem(431, "The request's head is too large"),
        "internal": Problem(500, "The service made a mistake"),
        "complexity": Problem(500, "The query is too complex for the engine"),
        "lost": Problem(500, "The query's process ended"),
        "unknown-method": Problem(501, "The method is not known"),
        "endpoint": Problem(502, "A called endpoint gave no usable answer"),
        "busy": Problem(503, "The service is busy"),
        "time": Problem(504, "The query took too long"),
        "memory": Problem(507, "The query needs too much memory"),
        "answer-size": Problem(507, "The answer is too large"),
    }
)
"""Every kind of failure."""


def problem_reply(failure: Failure, form: str, request_id: str, methods: str = METHODS) -> Reply:
    """Return the reply that tells a failure: JSON where ``form`` is ``problem``, else plain text."""
    body, content_type = _rendered(failure, form, request_id)
    headers = [
        VARY,
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    return Reply(
        PROBLEMS[failure.kind].status, header_lines([*headers, *extra_headers(failure, methods)]), body
    )


def extra_headers(failure: Failure, methods: str) -> Headers:
    """Return the headers that a kind of failure has beside all others."""
    if failure.kind == "busy":
        return [(b"retry-after", b"2")]
    if failure.kind == "method":
        return [(b"allow", methods.encode())]
    if failure.kind == "media-type":
        return [ACCEPT_QUERY]
    return []


def _rendered(failure: Failure, form: str, request_id: str) -> tuple[bytes, bytes]:
    problem = PROBLEMS[failure.kind]
    if form != "problem":
        text = f"{problem.status} {problem.title}\n\n{failure.detail}\n"
        return text.encode("utf-8", "replace"), b"text/plain; charset=utf-8"
    fields: dict[str, object] = {
        "type": f"{BASE}problem/{failure.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": failure.detail,
    }
    if request_id:
        fields["instance"] = f"urn:clustergraph:request:{request_id}"
    if failure.line:
        fields |= {"line": failure.line, "column": failure.column}
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"), b"application/problem+json"
