"""``/api/NAME``: an example query as a resource; its parameters in, bound as terms, its answer out."""

from dataclasses import replace
from typing import Final, Literal

import fastapi
from fastapi import APIRouter

from clustergraph.errors import QueryError
from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.web.http.request import Request, read_request
from clustergraph.web.sparql.exchange import Question
from clustergraph.web.sparql.parameters import pairs, read_url

ROUTER: Final = APIRouter(tags=["examples"])
_GENERAL: Final = frozenset({"format", "timeout", "lang"})


def read_example(query: Query, request: Request) -> Question:
    """Return the question of a request for an example.

    Raises:
        Failure: a parameter is given twice, or is not of its kind.
    """
    given = [pair for pair in pairs(request.query_string) if pair[0] not in _GENERAL]
    if len(dict(given)) < len(given):
        raise Failure("request", "give each parameter once")
    given += _page_language(query, given, dict(pairs(request.query_string)).get("lang", ""))
    try:
        values = query.bind(given)
    except QueryError as error:
        raise Failure("request", str(error)) from error
    return Question(replace(read_url(request.query_string), text=query.text), values)


def _page_language(query: Query, given: list[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Return the language asked for as the query's own parameter, where it has one that isn't given."""
    takes = any(parameter.name == "language" for parameter in query.parameters)
    return [("language", language)] if takes and language and "language" not in dict(given) else []


@ROUTER.get("/api")
async def api(request: fastapi.Request, lang: Literal["de", "fr", "en"] = "en") -> list[dict[str, object]]:
    """List the example queries with their parameters."""
    queries: tuple[Query, ...] = request.app.queries
    origin = read_request(request.scope).origin(request.app.releases.options.public_url)
    return [summarise(query, lang, origin) for query in queries]


def summarise(query: Query, language: str, origin: str) -> dict[str, object]:
    """Return what a program needs to know of an example to call it."""
    return {
        "name": query.name,
        "summary": query.summary(language),
        "keywords": list(query.keywords),
        "url": f"{origin}/api/{query.name}",
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.kind,
                "default": parameter.default,
                "description": parameter.description(language),
            }
            for parameter in query.parameters
        ],
    }
