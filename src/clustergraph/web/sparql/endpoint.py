"""``/sparql``: a request of the SPARQL 1.1 Protocol in; its question, or a page without one, out."""

from clustergraph.queries import Query
from clustergraph.store.formats import PAGE
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import ALWAYS, Reply, written
from clustergraph.web.http.request import Call, Receive, Scope, Send
from clustergraph.web.pages.rendering import Pages
from clustergraph.web.sparql.description import described
from clustergraph.web.sparql.exchange import Exchange, Question, choice_of
from clustergraph.web.sparql.parameters import QueryRequest, media_type, read_body, read_url


class SparqlEndpoint:
    """The endpoint; its ``__call__`` is the ASGI application."""

    def __init__(self, exchange: Exchange, pages: Pages, queries: tuple[Query, ...]) -> None:
        self._exchange = exchange
        self._pages = pages
        self._queries = queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._exchange.serve(scope, receive, send, self._read)

    def _read(self, call: Call, scope: Scope) -> Question | Reply:
        request = self._request(call, scope)
        if request.text is not None:
            return Question(request)
        if call.method not in ("GET", "HEAD"):
            raise Failure("request", "there is no query; send it as the parameter 'query' or as the body")
        return self._without_query(call, request, scope)

    def _request(self, call: Call, scope: Scope) -> QueryRequest:
        if call.method in ("GET", "HEAD"):
            return read_url(call.query_string)
        if any(
            name == b"content-encoding" and value.lower() != b"identity" for name, value in scope["headers"]
        ):
            raise Failure("media-type", "send the body uncompressed")
        return read_body(media_type(call.content_type.decode("latin-1")), call.query_string, call.body)

    def _without_query(self, call: Call, request: QueryRequest, scope: Scope) -> Question | Reply:
        if choice_of(call, request).graph == PAGE:
            page = self._pages.editor(scope, request, call.language.decode("latin-1"))
            return Reply(200, written([*ALWAYS, *self._pages.headers(page)]), page)
        return described(scope, request, self._queries, void=False)
