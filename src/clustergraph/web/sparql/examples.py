"""``/api/NAME``: an example query as a resource; its parameters in, bound as terms, its answer out."""

from dataclasses import replace

from clustergraph.errors import QueryError
from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import Reply
from clustergraph.web.http.request import Call, Receive, Scope, Send
from clustergraph.web.sparql.exchange import Exchange, Question
from clustergraph.web.sparql.parameters import pairs, read_url

_GENERAL = frozenset({"format", "timeout", "lang"})


class ExampleEndpoint:
    """The resources of the example queries; its ``__call__`` is the ASGI application."""

    def __init__(self, exchange: Exchange, queries: tuple[Query, ...]) -> None:
        self._exchange = exchange
        self._queries = {query.name: query for query in queries}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._exchange.serve(scope, receive, send, self._read)

    def _read(self, call: Call, scope: Scope) -> Question | Reply:
        name = scope["path_params"]["name"]
        query = self._queries.get(name)
        if query is None:
            raise Failure("not-found", f"there is no example {name!r}; /api lists them all")
        if call.method not in ("GET", "HEAD"):
            raise Failure("method", f"{call.method} is not offered here; use GET")
        request = read_url(call.query_string)
        given = [pair for pair in pairs(call.query_string) if pair[0] not in _GENERAL]
        if len(dict(given)) < len(given):
            raise Failure("request", "give each parameter once")
        given += _page_language(query, given, dict(pairs(call.query_string)).get("lang", ""))
        try:
            values = query.bind(given)
        except QueryError as error:
            raise Failure("request", str(error)) from error
        return Question(replace(request, text=query.text), values)


def _page_language(query: Query, given: list[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Return the language asked for as the query's own parameter, where it has one that isn't given."""
    takes = any(parameter.name == "language" for parameter in query.parameters)
    return [("language", language)] if takes and language and "language" not in dict(given) else []


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
