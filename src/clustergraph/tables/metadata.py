"""Tables in, their description as CSV on the Web out (W3C, Metadata Vocabulary for Tabular Data)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from clustergraph.namespaces import BASE
from clustergraph.tables.schema import LANGUAGES, Column, Table, Words

METADATA: Final = "csv-metadata.json"
"""The name under which CSVW looks for metadata beside a table."""

_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_TITLE: Final = (
    "Tabellen zu den Workshop-Berichten über Clustermanagement",
    "Tableaux des rapports d’ateliers sur le management de clusters",
    "Tables of the workshop reports on cluster management",
)
_ABOUT: Final = (
    "Einstufungen, Fertigkeiten, Hypothesen mit Urteilen, Aussagen und Codes; ein Auszug aus dem Graphen, "
    "auf dessen IRIs die Spalten verweisen. Der Wortlaut der Berichte steht in ihrer Sprache; andere "
    "Sprachen sind Übersetzungen des Projekts, Haltungen und Codes seine Lesart.",
    "Notations, compétences, hypothèses avec verdicts, énoncés et codes\u00a0; un extrait du graphe, aux IRI "
    "duquel renvoient les colonnes. Le texte des rapports est dans leur langue\u00a0; les autres langues "
    "sont des traductions du projet, les positions et les codes sa lecture.",
    "Ratings, skills, hypotheses with verdicts, statements and codes; an extract of the graph, to whose IRIs "
    "the columns refer. The reports’ wording is in their language; other languages are the project’s "
    "translations, stances and codes its reading.",
)


Rights = Sequence[tuple[str, str]]
"""Languages and notices of what applies to the reports' words."""


def metadata(tables: Sequence[Table], rights: Rights) -> bytes:
    """Return the description of a group of tables."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": _in_languages(_TITLE),
        "dc:description": _in_languages(_ABOUT),
        "dc:publisher": {"@id": f"{BASE}id/org/clustergraph"},
        "tables": [_table(table, rights) for table in tables],
    }
    return (json.dumps(group, ensure_ascii=False, indent=2) + "\n").encode()


def _in_languages(words: Words | tuple[str, ...]) -> list[dict[str, str]]:
    return [{"@value": text, "@language": tag} for text, tag in zip(words, LANGUAGES, strict=True)]


def _table(table: Table, rights: Rights) -> dict[str, Any]:
    terms: dict[str, Any] = {"dc:license": {"@id": _LICENCE}}
    if table.quotes:
        terms = {"dc:rights": [{"@value": note, "@language": tag} for tag, note in rights]}
    schema: dict[str, Any] = {
        "aboutUrl": table.about,
        "primaryKey": list(table.key),
        "columns": [*map(_column, table.columns), *_virtual(table)],
    }
    if table.refers:
        schema["foreignKeys"] = [
            {"columnReference": name, "reference": {"resource": f"{other}.csv", "columnReference": name}}
            for name, other in table.refers.items()
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": _in_languages(table.titles),
        **terms,
        "tableSchema": schema,
    }


def _column(column: Column) -> dict[str, Any]:
    titles = dict(zip(LANGUAGES, column.titles, strict=True))
    described: dict[str, Any] = {"name": column.name, "titles": {"und": column.name, **titles}}
    described["datatype"] = _datatype(column)
    for key, value in (
        ("required", column.required or None),
        ("separator", " " if column.listed else None),
        ("lang", column.language),
        ("aboutUrl", column.about if column.says else None),
        ("propertyUrl", column.says),
        ("valueUrl", column.value),
        ("suppressOutput", None if column.says else True),
    ):
        if value is not None:
            described[key] = value
    return described


def _datatype(column: Column) -> str | dict[str, str | int]:
    return column.kind if column.least is None else {"base": column.kind, "minimum": column.least}


def _virtual(table: Table) -> Iterator[dict[str, Any]]:
    for column in table.virtual:
        yield {"name": column.name, "virtual": True, "propertyUrl": column.says, "valueUrl": column.value}
