"""Graphs and the queries of ``queries/tables/`` in, tables and their files out, for people with spreadsheets.

A table is one query file: its header says what the columns are (:mod:`.header`), its answer is assembled to
rows (:mod:`.assembly`), and :func:`write` makes a file of it. Pages make files of their own tables with the
same :func:`write`.
"""

from pathlib import Path
from typing import Final

from clustergraph import queries
from clustergraph.queries import Query
from clustergraph.tables.assembly import Answer, assemble
from clustergraph.tables.header import header
from clustergraph.tables.schema import Cell, Column, Origin, Table
from clustergraph.tables.writing import FORMS, write

__all__ = [
    "FORMS", "ORIGIN", "Cell", "Column", "Origin", "Table", "origin", "stored", "table", "write",
]  # fmt: skip

ORIGIN: Final = """
PREFIX clg: <https://w3id.org/clustergraph/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>

SELECT ?report ?title ?rights ?version ?date
WHERE {
  {
    ?text a clg:SourceText ; dcterms:isFormatOf ?report .
    { ?text dcterms:title ?title . } UNION { ?text dcterms:rights ?rights . }
  } UNION {
    <https://w3id.org/clustergraph/dataset/clustergraph> dcat:version ?version ; dcterms:modified ?date .
  }
}
ORDER BY ?report ?title ?rights
"""
"""The query whose answer :func:`origin` takes."""


def stored(root: Path | None = None) -> tuple[Query, ...]:
    """Return the queries of the tables, by name."""
    return queries.tables(root)


def origin(answer: Answer) -> Origin:
    """Return where the cells of all tables come from: reports, notices, and the release."""
    variables, rows = answer
    found = [dict(zip(variables, row, strict=True)) for row in rows]
    sources = [(row["title"][1], row["report"][1]) for row in found if row["title"] and row["report"]]
    rights = [(row["rights"][2], row["rights"][1]) for row in found if row["rights"]]
    stamp = next((row for row in found if row["version"]), None)
    version, date = ((stamp[name] or ("", "", ""))[1] for name in ("version", "date")) if stamp else ("", "")
    return Origin(tuple(dict.fromkeys(sources)), tuple(dict.fromkeys(rights)), version, date)


def table(query: Query, answer: Answer, source: Origin) -> Table:
    """Return the table of a stored query from its answer."""
    return assemble(header(query), answer, source)
