"""A query and an endpoint's address in, the bytes of its answer out, by SPARQLWrapper."""

import json
from typing import Final
from urllib.error import URLError

from SPARQLWrapper import CSV, JSON, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from clustergraph import __version__
from clustergraph.errors import QueryError

_FORMATS: Final = {"json": JSON, "csv": CSV, "tsv": TSV, "xml": XML, "ttl": TURTLE}
_SECONDS: Final = 60


def query(text: str, form: str, endpoint: str) -> bytes:
    """Return an endpoint's answer in a format.

    Raises:
        QueryError: the endpoint can't be reached, refuses the query, or knows no such format.
    """
    client = SPARQLWrapper(endpoint, agent=f"clustergraph/{__version__}")
    client.setQuery(text)
    client.setReturnFormat(_FORMATS[form])
    client.setOnlyConneg(True)
    client.setTimeout(_SECONDS)
    try:
        answer: bytes = client.query().response.read()
    except (SPARQLWrapperException, URLError, OSError) as error:
        reason = " ".join(str(error).split())
        raise QueryError(f"{endpoint}: {reason}; check the address and the query") from error
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
    except (ValueError, KeyError) as error:
        raise QueryError(f"{endpoint}: its answer is no table; ask with --format ttl") from error
    return names, rows
