"""The address of an answer in; lines of code that use it out, for programs that people know."""

import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode


class Use(NamedTuple):
    """A way to use an answer: the program, and what to write there."""

    key: str
    title: str
    code: str


def uses(address: str, *, graph: bool) -> Iterator[Use]:
    """Yield ways to use the answer at an address, which may have parameters already."""
    if graph:
        turtle = _with(address, format="ttl")
        yield Use("curl", "curl", f"curl -o answer.ttl {_quoted(turtle)}")
        yield Use("python", "Python", f"import rdflib\n\ngraph = rdflib.Graph().parse({json.dumps(turtle)})")
        yield Use("r", "R", f'library(rdflib)\n\ngraph <- rdf_parse({json.dumps(turtle)}, format = "turtle")')
        return
    table = _with(address, format="csv")
    yield Use("curl", "curl", f"curl -o answer.csv {_quoted(table)}")
    yield Use("python", "Python", f"import pandas as pd\n\nanswer = pd.read_csv({json.dumps(table)})")
    yield Use("r", "R", f"library(readr)\n\nanswer <- read_csv({json.dumps(table)})")


def sparqlwrapper(endpoint: str, text: str) -> Use:
    """Return how Python asks a query of the endpoint."""
    code = (
        "from SPARQLWrapper import SPARQLWrapper, JSON\n\n"
        f"endpoint = SPARQLWrapper({json.dumps(endpoint)}, returnFormat=JSON)\n"
        f"endpoint.setQuery({_long(text)})\n"
        'rows = endpoint.queryAndConvert()["results"]["bindings"]'
    )
    return Use("sparqlwrapper", "SPARQLWrapper", code)


def _long(text: str) -> str:
    return f'r"""{text}"""' if '"""' not in text and not text.endswith('"') else json.dumps(text)


def _with(address: str, **parameters: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def _quoted(address: str) -> str:
    return "'" + address.replace("'", "%27") + "'"
