"""Terms of an answer as pages use them: SPARQL results as JSON in, rows of terms out."""

import json
from typing import Any, Final, NamedTuple

from clustergraph.namespaces import PREFIXES

_XSD: Final = PREFIXES["xsd"]


class Term(NamedTuple):
    """An RDF term; ``str()`` gives its IRI or its words."""

    kind: str
    """``iri``, ``literal``, ``blank`` or ``triple``."""
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value

    @property
    def is_iri(self) -> bool:
        """Whether the term is an IRI."""
        return self.kind == "iri"

    @property
    def is_true(self) -> bool:
        """Whether the term is the boolean true."""
        return self.datatype == f"{_XSD}boolean" and self.value in ("true", "1")


Row = dict[str, Term | None]


def rows_of(answer: bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Return the columns and rows of a SELECT's answer (SPARQL 1.1 Query Results JSON).

    >>> rows_of(b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:a"}}]}}')
    (('x',), [{'x': Term(kind='iri', value='urn:a', language='', datatype='')}])
    """
    document = json.loads(answer)
    columns = tuple(document["head"]["vars"])
    bindings = document["results"]["bindings"]
    return columns, [{name: _term(binding.get(name)) for name in columns} for binding in bindings]


def _term(binding: dict[str, Any] | None) -> Term | None:
    if binding is None:
        return None
    kind, value = binding["type"], binding["value"]
    if kind == "uri":
        return Term("iri", value)
    if kind == "literal":
        return Term("literal", value, binding.get("xml:lang", ""), binding.get("datatype", ""))
    if kind == "bnode":
        return Term("blank", f"_:{value}")
    parts = (_term(value[part]) for part in ("subject", "predicate", "object"))
    return Term("triple", " ".join(str(part) for part in parts))
