"""What the service says of itself: a request for its description, or for VoID alone, as a question."""

import json
from dataclasses import replace

from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import Reply
from clustergraph.web.http.request import Call, Receive, Scope, Send
from clustergraph.web.sparql.exchange import Exchange, Question
from clustergraph.web.sparql.parameters import QueryRequest, read_url


def described(scope: Scope, request: QueryRequest, queries: tuple[Query, ...], *, void: bool) -> Question:
    """Return the question whose answer is the service's description, or only the data's."""
    examples = [
        {
            "name": query.name,
            "text": query.body,
            "graph": query.gives_graph,
            "summaries": dict(query.summaries),
            "keywords": query.keywords,
        }
        for query in queries
    ]
    wanted = {"endpoint": f"{origin(scope)}/sparql", "examples": examples, "void": void}
    return Question(replace(request, text=json.dumps(wanted)), op="describe")


def origin(scope: Scope) -> str:
    """Return scheme, host and root path as the client sees them."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost")
    return f"{scope['scheme']}://{host.decode('latin-1')}{scope.get('root_path', '')}"


class VoidEndpoint:
    """``/.well-known/void``; its ``__call__`` is the ASGI application."""

    def __init__(self, exchange: Exchange, queries: tuple[Query, ...]) -> None:
        self._exchange = exchange
        self._queries = queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._exchange.serve(scope, receive, send, self._read)

    def _read(self, call: Call, scope: Scope) -> Question | Reply:
        if call.method not in ("GET", "HEAD"):
            raise Failure("method", f"{call.method} is not offered here; use GET")
        return described(scope, read_url(call.query_string), self._queries, void=True)
