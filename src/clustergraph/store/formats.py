"""The formats that are offered, in one table: key, media type, and what else clients call them."""

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
_GRAPHS = (
    Format("ttl", "text/turtle", _TURTLE, text=True),
    Format("nt", "application/n-triples", ("text/plain",)),
    Format("nq", "application/n-quads"),
    Format("trig", "application/trig", ("application/x-trig",)),
    Format("jsonld", "application/ld+json", ("application/json", "application/x-json+ld")),
    Format("rdf", "application/rdf+xml", ("application/xml", "text/xml")),
)
RESULTS: Final = MappingProxyType({entry.key: entry for entry in _RESULTS})
"""Formats of SELECT and ASK, the default first."""
GRAPHS: Final = MappingProxyType({entry.key: entry for entry in _GRAPHS})
"""Formats of CONSTRUCT, DESCRIBE and dumps, the default first."""
PAGE: Final = "page"
"""What a browser gets: a bounded part of an answer, as JSON for the page that shows it."""
