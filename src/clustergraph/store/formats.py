"""The formats that are read and written, in one table: key, media type, what clients and files call them."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Format:
    """A format of results or of graphs."""

    key: str
    media_type: str
    aliases: tuple[str, ...] = ()
    text: bool = False
    suffixes: tuple[str, ...] = ()
    """How the names of such files end, in lower case; that of a dump comes first."""
    names_graphs: bool = False
    """Whether such a file can say which graph its triples are in."""

    @property
    def content_type(self) -> str:
        """The Content-Type header; text types say their encoding."""
        return f"{self.media_type}; charset=utf-8" if self.text else self.media_type


_RESULTS = (
    Format("json", "application/sparql-results+json", ("application/json",)),
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml")),
    Format("csv", "text/csv", (), text=True),
    Format("tsv", "text/tab-separated-values", (), text=True),
)
_TURTLE = ("application/turtle", "application/x-turtle", "text/n3", "text/rdf+n3", "application/n3")
"""Older names, and those of Notation3, of which every Turtle document is one."""
_JSON = ("application/json", "application/x-json+ld")
_GRAPHS = (
    Format("ttl", "text/turtle", _TURTLE, True, (".ttl",)),
    Format("nt", "application/n-triples", ("text/plain",), False, (".nt",)),
    Format("nq", "application/n-quads", (), False, (".nq",), names_graphs=True),
    Format("trig", "application/trig", ("application/x-trig",), False, (".trig",), names_graphs=True),
    Format("jsonld", "application/ld+json", _JSON, False, (".jsonld",), names_graphs=True),
    Format("rdf", "application/rdf+xml", ("application/xml", "text/xml"), False, (".rdf", ".owl")),
)
RESULTS: Final = MappingProxyType({entry.key: entry for entry in _RESULTS})
"""Formats of SELECT and ASK, the default first."""
GRAPHS: Final = MappingProxyType({entry.key: entry for entry in _GRAPHS})
"""Formats of CONSTRUCT, DESCRIBE, dumps and data files, the default first."""
PAGE: Final = "page"
"""What a browser gets: a bounded part of an answer, as JSON for the page that shows it."""
