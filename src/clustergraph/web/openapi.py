"""FastAPI's OpenAPI document in; the same with the protocol, the examples and VoID out."""

from collections.abc import Iterable
from typing import Any, Final

from clustergraph.queries import Parameter, Query
from clustergraph.store.formats import GRAPHS, RESULTS, Format
from clustergraph.web.http.problems import PROBLEMS
from clustergraph.web.sparql.parameters import DIRECT, FORM

Schema = dict[str, Any]
_STRING: Schema = {"type": "string"}
_TYPES = {"integer": {"type": "integer"}}
_INFO: Final = {
    "summary": "Workshop reports on cluster management as linked data",
    "description": "Stored questions with parameters (`/api/…`), a read-only SPARQL 1.1 endpoint, graphs. "
    "The project's `docs/addresses.md` has every address and what stays of it. The words of a report stay "
    "under the notice of its publisher; the data say which.",
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    "contact": {"name": "clustergraph maintainers"},
}


def complete(document: Schema, queries: tuple[Query, ...], address: str) -> Schema:
    """Return the document with the endpoints that are plain ASGI applications; ``address``: the service's."""
    document["info"] |= _INFO
    document["servers"] = [{"url": address}]
    paths: Schema = document.setdefault("paths", {})
    paths["/sparql"] = {"get": _query_by_get(), "post": _query_by_post()}
    paths["/graphs"] = {
        "get": {
            "tags": ["data"],
            "summary": "A graph of the data (SPARQL 1.1 Graph Store HTTP Protocol, read-only)",
            "operationId": "graph",
            "parameters": [
                _parameter("graph", {"type": "string", "format": "iri"}, "Name of the graph"),
                _parameter("default", _STRING, "Given without a value instead: the merge of all graphs"),
                *_general(),
            ],
            "responses": _responses(GRAPHS.values(), more=(404,)),
        }
    }
    paths["/.well-known/void"] = {
        "get": {
            "tags": ["data"],
            "summary": "What the data hold, as VoID",
            "operationId": "void",
            "responses": {"200": _answer(GRAPHS.values()), "406": _problem(406)},
        }
    }
    for query in queries:
        paths[f"/api/{query.name}"] = {"get": _example(query)}
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _problem_schema()
    return document


def _query_by_get() -> Schema:
    return {
        "tags": ["SPARQL"],
        "summary": "Answer a SPARQL 1.1 query; without one, describe the service",
        "operationId": "queryByGet",
        "parameters": [_parameter("query", _STRING, "The query"), *_protocol(), *_general()],
        "responses": _responses((*RESULTS.values(), *GRAPHS.values())),
    }


def _query_by_post() -> Schema:
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {
            "query": _STRING,
            "default-graph-uri": {"type": "array", "items": _STRING},
            "named-graph-uri": {"type": "array", "items": _STRING},
        },
    }
    return {
        "tags": ["SPARQL"],
        "summary": "Answer a SPARQL 1.1 query",
        "operationId": "queryByPost",
        "parameters": [*_protocol(), *_general()],
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": form}, DIRECT: {"schema": _STRING}},
        },
        "responses": _responses((*RESULTS.values(), *GRAPHS.values()), more=(413, 415)),
    }


def _example(query: Query) -> Schema:
    formats = GRAPHS if query.gives_graph else RESULTS
    return {
        "tags": ["examples"],
        "summary": query.summary(),
        "description": f"```sparql\n{query.body}```",
        "operationId": query.name,
        "parameters": [*map(_of_query, query.parameters), *_general()],
        "responses": _responses(formats.values()),
    }


def _of_query(parameter: Parameter) -> Schema:
    schema: Schema = dict(_TYPES.get(parameter.kind, _STRING))
    if parameter.values:
        schema["enum"] = list(parameter.values)
    if parameter.default:
        integer = parameter.kind == "integer"
        schema["default"] = int(parameter.default) if integer else parameter.default
    thing = f" (an IRI of a {parameter.of_class}, its name in any language, or its code)"
    said = parameter.description() + (thing if parameter.of_class else "")
    return _parameter(parameter.name, schema, said)


def _protocol() -> list[Schema]:
    many = {"type": "array", "items": {"type": "string", "format": "iri"}}
    return [
        _parameter("default-graph-uri", many, "Graphs that make up the default graph"),
        _parameter("named-graph-uri", many, "Graphs that GRAPH sees"),
    ]


def _general() -> list[Schema]:
    return [
        _parameter("format", _STRING, "Format by name, over Accept: json, xml, csv, tsv, ttl, nt, html …"),
        _parameter(
            "timeout", _STRING, "Seconds that the query may run, below the service's own limit; 0: no less"
        ),
        *(_parameter(name, _STRING, "Another name of `format`") for name in ("output", "results")),
    ]


def _parameter(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _responses(formats: Iterable[Format], more: tuple[int, ...] = ()) -> Schema:
    statuses = (400, 403, 406, *more, 500, 503, 504, 507)
    not_modified = {"description": "The answer that the client has is still right"}
    return {"200": _answer(formats), "304": not_modified} | {str(code): _problem(code) for code in statuses}


def _answer(formats: Iterable[Format]) -> Schema:
    types = [entry.media_type for entry in formats]
    return {
        "description": "The answer",
        "content": {name: {"schema": _STRING} for name in (*types, "text/html")},
    }


def _problem(status: int) -> Schema:
    titles = [problem.title for problem in PROBLEMS.values() if problem.status == status]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "; ".join(titles), "content": {"application/problem+json": {"schema": schema}}}


def _problem_schema() -> Schema:
    return {
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": _STRING,
            "status": {"type": "integer"},
            "detail": _STRING,
            "instance": _STRING,
            "line": {"type": "integer"},
            "column": {"type": "integer"},
        },
    }
