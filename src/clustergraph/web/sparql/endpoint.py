"""``/sparql``: a request of the SPARQL 1.1 Protocol in; its question, or a page without one, out."""

from collections.abc import Callable
from typing import Final

from clustergraph.queries import Query
from clustergraph.store.formats import PAGE
from clustergraph.store.wire import Failure
from clustergraph.web.http.reply import Reply
from clustergraph.web.http.request import Request
from clustergraph.web.sparql.description import described
from clustergraph.web.sparql.exchange import Composer, Question, choice_of
from clustergraph.web.sparql.parameters import QueryRequest, media_type, pairs, read_body, read_url

_OF_A_PAGE: Final = frozenset({"lang", "format"})


class SparqlReader:
    """Reads the requests of the endpoint."""

    def __init__(
        self, editor: Callable[[Request], Composer], queries: tuple[Query, ...], public_url: str
    ) -> None:
        self._editor = editor
        self._queries = queries
        self._public_url = public_url

    def __call__(self, request: Request) -> Question | Reply | Composer:
        """Return the question in a request; without a query, the page of the editor or the description.

        Raises:
            Failure: the request is not as the protocol says.
        """
        asked = _asked(request)
        if asked.text is not None:
            return Question(asked)
        if request.reads and choice_of(request, asked).graph == PAGE and _asks_for_page(request):
            return self._editor(request)
        if request.reads and not request.query_string:  # Service Description, section 2
            return described(request.origin(self._public_url), asked, self._queries, void=False)
        raise Failure(
            "request", "there is no query; send it as the parameter 'query', or by POST as the body"
        )


def _asked(request: Request) -> QueryRequest:
    if request.reads:
        return read_url(request.query_string)
    if request.header(b"content-encoding").lower() not in (b"", b"identity"):
        raise Failure("media-type", "send the body uncompressed")
    return read_body(
        media_type(request.header(b"content-type").decode("latin-1")), request.query_string, request.body
    )


def _asks_for_page(request: Request) -> bool:
    return all(name in _OF_A_PAGE for name, _ in pairs(request.query_string))
