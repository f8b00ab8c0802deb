"""What the service says of itself: a request for its description, or for VoID alone, as a question."""

import json

from clustergraph.queries import Query
from clustergraph.store.formats import PAGE
from clustergraph.web.http.request import Request
from clustergraph.web.sparql.exchange import Question, choice_of
from clustergraph.web.sparql.parameters import QueryRequest, read_url


def described(origin: str, asked: QueryRequest, queries: tuple[Query, ...], *, void: bool) -> Question:
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
    wanted = {"endpoint": f"{origin}/sparql", "examples": examples, "void": void}
    return Question(asked._replace(text=json.dumps(wanted)), op="describe")


def read_void(queries: tuple[Query, ...], public_url: str, request: Request) -> Question:
    """Return the question of a request for ``/.well-known/void``."""
    asked = read_url(request.query_string)
    if choice_of(request, asked).graph == PAGE:  # it is a file, and browsers show Turtle as text
        asked = asked._replace(format="ttl")
    return described(request.origin(public_url), asked, queries, void=True)
