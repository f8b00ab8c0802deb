"""``/graphs``: a request of the Graph Store HTTP Protocol in, the query for its graph out; read-only."""

from clustergraph.store.wire import Failure
from clustergraph.web.http.request import Request
from clustergraph.web.releases import Releases
from clustergraph.web.sparql.exchange import Question
from clustergraph.web.sparql.parameters import QueryRequest, pairs, read_url


def read_graph(releases: Releases, request: Request) -> Question:
    """Return the question whose answer is the graph that a request names (section 4.2).

    Raises:
        Failure: it names none or several, or one that is not there.
    """
    asked = read_url(request.query_string)
    named = [value for name, value in pairs(request.query_string) if name == "graph"]
    default = any(name == "default" for name, _ in pairs(request.query_string))
    if len(named) + default != 1:
        raise Failure("request", "name one graph: ?graph=IRI, or ?default for the merge of all")
    pattern = "?s ?p ?o"
    for graph in named:
        if graph not in releases.release.description.graphs:
            raise Failure("not-found", f"there is no graph {graph!r}; the service's description lists them")
        pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
    return Question(QueryRequest(text, format=asked.format, seconds=asked.seconds))
