"""A query and an endpoint's address in, the bytes of its answer out, by SPARQLWrapper."""

import json
from http.client import HTTPException
from typing import Final

from SPARQLWrapper import CSV, JSON, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from clustergraph import __version__
from clustergraph.errors import QueryError
from clustergraph.store.formats import GRAPHS, RESULTS

_FORMATS: Final = {"json": JSON, "csv": CSV, "tsv": TSV, "xml": XML, "ttl": TURTLE}
_SECONDS: Final = 60
_REASON: Final = 300
"""Characters of an endpoint's words that a message repeats."""


def query(text: str, form: str, endpoint: str) -> bytes:
    """Return an endpoint's answer in a format.

    Raises:
        QueryError: the endpoint can't be reached, refuses the query, breaks off, or answers something else.
    """
    if not endpoint.startswith(("http://", "https://")):
        raise QueryError(f"{endpoint}: is no address of an endpoint; begin it with http:// or https://")
    client = SPARQLWrapper(endpoint, agent=f"clustergraph/{__version__}")
    client.setQuery(text)
    client.setReturnFormat(_FORMATS[form])
    client.setOnlyConneg(True)
    client.setTimeout(_SECONDS)
    try:
        with client.query().response as response:
            answer: bytes = response.read()
            given = response.headers.get_content_type()
    except (SPARQLWrapperException, OSError, HTTPException, ValueError) as error:
        reason = " ".join(str(error).split())[:_REASON]
        raise QueryError(f"{endpoint}: {reason}; check the address and the query") from error
    wanted = RESULTS.get(form) or GRAPHS[form]
    if given not in (wanted.media_type, *wanted.aliases):
        raise QueryError(f"{endpoint}: answers with {given}, not {wanted.media_type}; check the address")
    return answer


def table(text: str, endpoint: str) -> tuple[list[str], list[list[str]]]:
    """Return column names and cells of an endpoint's answer; a yes/no has one column.

    Raises:
        QueryError: as for :func:`query`, or where the endpoint's answer is no table.
    """
    try:
        answer = json.loads(query(text, "json", endpoint))
        if "boolean" in answer:
            return ["answer"], [["yes" if answer["boolean"] else "no"]]
        names = answer["head"]["vars"]
        rows = [
            [row.get(name, {}).get("value", "") for name in names] for row in answer["results"]["bindings"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QueryError(f"{endpoint}: its answer is cut off or no table; try another --format") from error
    return names, rows
