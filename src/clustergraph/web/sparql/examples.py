"""``/api/NAME``: an example query as a resource; its parameters in, bound as terms, its answer out."""

from functools import partial
from typing import Final, Literal
from urllib.parse import urlencode

import fastapi
from fastapi import APIRouter

from clustergraph.errors import QueryError
from clustergraph.namespaces import BASE
from clustergraph.queries import Parameter, Query
from clustergraph.store.formats import PAGE
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import VARY, Reply, header_lines
from clustergraph.web.http.request import Request
from clustergraph.web.pages.asking import Asker
from clustergraph.web.pages.picking import options_of, pick
from clustergraph.web.releases import Release
from clustergraph.web.sparql.exchange import Composer, Question, choice_of
from clustergraph.web.sparql.parameters import QueryRequest, pairs, read_url

ROUTER: Final = APIRouter(tags=["examples"])
_GENERAL: Final = frozenset({"format", "output", "results", "timeout", "lang"})


def read_example(query: Query, request: Request) -> Question | Reply | Composer:
    """Return the question of a request for an example; a browser is sent to its page.

    Raises:
        Failure: a parameter is given twice, or is not of its kind.
    """
    asked = read_url(request.query_string)._replace(text=query.text)
    given = [pair for pair in pairs(request.query_string) if pair[0] not in _GENERAL]
    if len(dict(given)) < len(given):
        raise Failure("request", "give each parameter once")
    choice = choice_of(request, asked)
    if (choice.graph if query.gives_graph else choice.results) == PAGE:
        return _on_its_page(query, request, given)
    given += _page_language(query, given, asked.language)
    picked = [each for each in query.parameters if each.of_class and dict(given).get(each.name)]
    if picked:
        return partial(_picked, query, given, picked, asked)
    return Question(asked, _bound(query, given))


def _on_its_page(query: Query, request: Request, given: list[tuple[str, str]]) -> Reply:
    language = dict(pairs(request.query_string)).get("lang", "")
    shown = [("question", query.name), *given, *([("lang", language)] if language else [])]
    location = f"{request.root_path}/query?{urlencode(shown)}"
    headers = [VARY, (b"location", location.encode()), (b"content-length", b"0")]
    return Reply(303, header_lines(headers), b"")


async def _picked(
    query: Query,
    given: list[tuple[str, str]],
    picked: list[Parameter],
    asked: QueryRequest,
    release: Release,
) -> Question:
    """Return the question with the things that are meant: an IRI, a name in any language, or a code.

    Raises:
        Failure: it is not known what is meant; whoever got no rows would think that there are none.
    """
    values = dict(given)
    for parameter in picked:
        rows = await Asker(release).rows("choices", {"kind": parameter.of_class})
        options = options_of(rows)
        found = pick(options, values[parameter.name])
        if not found.iri:
            near = found.near or tuple(option.iri for option in options[:8])
            known = ", ".join(iri.removeprefix(BASE) for iri in near)
            raise Failure(
                "request",
                f"{parameter.name}: {values[parameter.name][:60]!r} is not known; give one of {known}",
            )
        values[parameter.name] = found.iri
    return Question(asked, _bound(query, list(values.items())))


def _bound(query: Query, given: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    try:
        return query.bind(given)
    except QueryError as error:
        raise Failure("request", str(error)) from error


def _page_language(query: Query, given: list[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Return the language asked for as the query's own parameter, where it has one that isn't given."""
    takes = any(parameter.name == "language" for parameter in query.parameters)
    return [("language", language)] if takes and language and "language" not in dict(given) else []


@ROUTER.get("/api")
async def api(request: fastapi.Request, lang: Literal["de", "fr", "en"] = "en") -> list[dict[str, object]]:
    """List the example queries with their parameters."""
    queries: tuple[Query, ...] = request.app.queries
    origin = Request.from_scope(request.scope).origin(request.app.releases.options.public_url)
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
