"""The Accept headers that programs really send, and whether a page is what they want."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Client:
    """A program, its header (None: it sends none), whether it wants a page, and what it can't be given.

    ``refuses`` tells, for results and for graphs, that nothing in the header is a format of them.
    ``document`` is the type in which it must get a document about a thing (RFC 9110, section 12.5.1): what
    its header ranks highest of HTML, Turtle, N-Triples, N-Quads, TriG, JSON-LD and RDF/XML; Turtle where all
    are equal.
    """

    name: str
    accept: str | None
    page: bool = False
    refuses: tuple[bool, bool] = (False, False)
    document: str = "text/turtle"


_RESULTS_ONLY: Final = (False, True)
_GRAPHS_ONLY: Final = (True, False)
ACCEPTS: Final = (
    Client(
        "Chrome",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7",
        page=True,
        document="text/html",
    ),
    Client(
        "Edge",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.9",
        page=True,
        document="text/html",
    ),
    Client(
        "Firefox",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,"
        "image/svg+xml,*/*;q=0.8",
        page=True,
        document="text/html",
    ),
    Client(
        "Safari",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        page=True,
        document="text/html",
    ),
    Client("Internet Explorer 11", "text/html, application/xhtml+xml, */*", page=True, document="text/html"),
    Client(
        "Googlebot",
        "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8",
        page=True,
        document="text/html",
    ),
    Client("w3m", "text/html, text/*;q=0.5, image/*", page=True, document="text/html"),
    Client("a person with curl -H", "text/html", page=True, document="text/html"),
    Client("curl, wget and Python requests", "*/*"),
    Client("Python urllib", None),
    Client("Java HttpURLConnection to 17", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
    Client("Java HttpURLConnection from 18", "text/html, image/gif, image/jpeg, */*; q=0.2"),
    Client(
        "rdflib SPARQLStore",
        "application/sparql-results+xml, application/rdf+xml",
        document="application/rdf+xml",
    ),
    Client(
        "Jena, results",
        "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
        "text/tab-separated-values;q=0.7, text/csv;q=0.5, application/json;q=0.2, application/xml;q=0.2, "
        "*/*;q=0.1",
        document="application/ld+json",
    ),
    Client(
        "Jena, graphs",
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
        "*/*;q=0.3",
    ),
    Client(
        "Comunica, results",
        "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7",
        refuses=_RESULTS_ONLY,
    ),
    Client(
        "Comunica, documents",
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
        "text/turtle;q=0.6,application/rdf+xml;q=0.5,application/json;q=0.45,text/n3;q=0.35,"
        "application/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18",
        document="application/n-quads",
    ),
    Client(
        "Protégé (OWL API)",
        "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09",
        document="application/rdf+xml",
    ),
    Client(
        "SPARQLWrapper, N3",
        "application/turtle,text/turtle,text/rdf+n3,application/n-triples,application/n3,text/n3",
        refuses=_GRAPHS_ONLY,
    ),
    Client("R and axios", "application/json, text/xml, application/xml, */*", document="application/ld+json"),
)
