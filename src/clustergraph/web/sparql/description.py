"""What the service says of itself: a request for its description, or for VoID alone, as a question."""

import json
from dataclasses import replace

from clustergraph.queries import Query
from clustergraph.web.http.request import Request
from clustergraph.web.sparql.exchange import Question
from clustergraph.web.sparql.parameters import QueryRequest, read_url


def described(request: Request, asked: QueryRequest, queries: tuple[Query, ...], *, void: bool) -> Question:
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
    wanted = {"endpoint": f"{request.origin}/sparql", "examples": examples, "void": void}
    return Question(replace(asked, text=json.dumps(wanted)), op="describe")


def read_void(queries: tuple[Query, ...], request: Request) -> Question:
    """Return the question of a request for ``/.well-known/void``."""
    return described(request, read_url(request.query_string), queries, void=True)
