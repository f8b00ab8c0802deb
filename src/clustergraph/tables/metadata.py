"""Tables in, their description as CSV on the Web out (W3C, Metadata Vocabulary for Tabular Data)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from clustergraph.languages import LANGUAGES
from clustergraph.tables.header import Header
from clustergraph.tables.schema import Column, Table, Words

METADATA: Final = "csv-metadata.json"
"""The name under which CSVW looks for metadata beside a table."""

Described = Sequence[tuple[Header, Table]]


def metadata(template: dict[str, Any], tables: Described) -> bytes:
    """Return the description of a group of tables; what is said of the group is the template's."""
    group = template | {"tables": [_table(head, table) for head, table in tables]}
    return (json.dumps(group, ensure_ascii=False, indent=2) + "\n").encode()


def _in_languages(words: Words) -> list[dict[str, str]]:
    return [{"@value": words[tag], "@language": tag} for tag in LANGUAGES]


def _table(head: Header, table: Table) -> dict[str, Any]:
    terms: dict[str, Any] = {"dc:license": {"@id": head.license}}
    if not head.license:
        terms = {"dc:rights": [{"@value": note, "@language": tag} for tag, note in table.origin.rights]}
    schema: dict[str, Any] = {
        "aboutUrl": head.about_url,
        "primaryKey": list(head.primary_key),
        "columns": [*(_column(column) for column in table.columns if column.in_csv), *_virtual(head)],
    }
    if head.foreign_keys:
        schema["foreignKeys"] = [
            {"columnReference": name, "reference": {"resource": f"{other}.csv", "columnReference": name}}
            for name, other in head.foreign_keys.items()
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": _in_languages(table.titles),
        **terms,
        "tableSchema": schema,
    }


def _column(column: Column) -> dict[str, Any]:
    datatype = column.datatype
    given = {
        "name": column.name,
        "titles": {"und": column.name, **{tag: column.titles[tag] for tag in LANGUAGES}},
        "dc:description": _in_languages(column.note) if column.note else None,
        "datatype": datatype if column.minimum is None else {"base": datatype, "minimum": column.minimum},
        "required": column.required or None,
        "separator": column.separator if column.separator.isspace() else None,
        "lang": column.lang or None,
        "aboutUrl": (column.property_url and column.about_url) or None,
        "propertyUrl": column.property_url or None,
        "valueUrl": (column.property_url and column.value_url) or None,
        "suppressOutput": None if column.property_url else True,
    }
    return {key: value for key, value in given.items() if value is not None}


def _virtual(head: Header) -> Iterator[dict[str, Any]]:
    for name, says, value in head.virtual:
        yield {"name": name, "virtual": True, "propertyUrl": says, "valueUrl": value}
