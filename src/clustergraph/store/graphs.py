"""Triples and a format in; their bytes out, or why the format can't hold them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Final, cast
from xml.parsers.expat import ExpatError, ParserCreate

from pyoxigraph import Literal, Quad, Triple, serialize

from clustergraph.namespaces import PREFIXES
from clustergraph.store.loading import RDF_FORMATS
from clustergraph.store.wire import Failure

if TYPE_CHECKING:
    from clustergraph.store.answering import Sink

_START: Final = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""The characters that may begin an XML name (XML 1.0, production 4), without the colon."""
_ELEMENT_NAME: Final = re.compile(rf"[{_START}][{_START}\-.0-9\xb7\u0300-\u036f\u203f\u2040]*\Z")
_SYNTAX_NAMES: Final = frozenset(
    f"{PREFIXES['rdf']}{name}"
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("Description", "li", "aboutEach", "aboutEachPrefix", "bagID"),
    )
)
"""Names that RDF/XML keeps for itself (RDF 1.1 XML Syntax, section 5.1)."""
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_XML_BYTES: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def write_graph(
    statements: Iterable[Triple] | Iterable[Quad], form: str, sink: "Sink", prefixes: Mapping[str, str]
) -> None:
    """Write triples, or quads in a format that names graphs, to an open sink."""
    target = XmlCheck(sink) if form == "rdf" else sink
    serialize(statements, cast("IO[bytes]", target), format=RDF_FORMATS[form], prefixes=dict(prefixes))


def writable(triples: Iterable[Triple], form: str) -> Iterator[Triple]:
    """Yield the triples; those that RDF/XML or JSON-LD can't hold are never written.

    Raises:
        Failure: of kind ``not-acceptable``, at the first such triple.
    """
    refusal = {"rdf": _not_in_rdf_xml, "jsonld": _not_in_jsonld}.get(form)
    if refusal is None:
        yield from triples
        return
    named: set[str] = set()
    for triple in triples:
        if fault := refusal(triple, named):
            raise Failure("not-acceptable", f"{fault}; ask for Turtle")
        yield triple


def _not_in_rdf_xml(triple: Triple, named: set[str]) -> str:
    """Say what keeps a triple out of RDF/XML; ``named`` are properties that have an element name."""
    property_ = triple.predicate.value
    if property_ not in named:
        if property_ in _SYNTAX_NAMES or not _has_element_name(property_):
            return f"RDF/XML has no name for the property <{property_}>"
        named.add(property_)
    if isinstance(triple.object, Triple):
        return _not_in_rdf_xml(triple.object, named)
    if isinstance(triple.object, Literal) and _NOT_XML.search(triple.object.value):
        return "a value holds a control character, unlike XML"
    return ""


def _has_element_name(property_: str) -> bool:
    """Tell whether the end of an IRI is an XML name, also in the stricter fourth edition."""
    name = _ELEMENT_NAME.search(property_)
    try:
        return name is not None and ParserCreate().Parse(f"<{name[0]}/>", True) == 1
    except ExpatError:
        return False


def _not_in_jsonld(triple: Triple, _: set[str]) -> str:
    return "a value is a triple, unlike JSON-LD's" if isinstance(triple.object, Triple) else ""


class XmlCheck:
    """Passes XML on with carriage returns escaped, and fails at a character that XML 1.0 can't hold."""

    def __init__(self, sink: "Sink") -> None:
        self._sink = sink
        self.flush = sink.flush

    def write(self, data: bytes) -> int:
        """Take a piece of XML."""
        if _NOT_XML_BYTES.search(data):
            raise Failure("not-acceptable", "the answer holds a control character, unlike XML; ask for JSON")
        self._sink.write(data.replace(b"\r", b"&#13;"))
        return len(data)
