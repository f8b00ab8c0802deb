"""The header of a query of ``queries/tables/`` in, what its table is out.

Beside what every stored query may say (:mod:`clustergraph.queries`), there are these lines, in the words of
the Metadata Vocabulary for Tabular Data; IRIs may be relative to the base or begin with a prefix of ours:

- ``#+ title: ENGLISH | GERMAN | FRENCH``
- ``#+ primaryKey: COLUMN …``, ``#+ foreignKey: COLUMN TABLE``, ``#+ aboutUrl: TEMPLATE``, ``#+ license: IRI``
- ``#+ column: NAME DATATYPE KEY=VALUE … | ENGLISH | GERMAN | FRENCH``, in the order of the table. The
  variable is that of the same name unless ``from=`` names another. ``{lang}`` in a name makes three
  columns, by the language of the value; any other ``{variable}`` one for each value, as they come.
  ``separator=space`` makes a list of several values, ``separator=cut`` one text with cuts between them.
- ``#+ note: NAME | ENGLISH | GERMAN | FRENCH`` says what a title leaves open
- ``#+ virtual: NAME PROPERTY VALUE``, a triple that each row stands for
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from clustergraph.errors import QueryError
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.queries import Query
from clustergraph.tables.schema import CUT, Column, Words

_LINE: Final = re.compile(r"#\+ (title|primaryKey|foreignKey|aboutUrl|license|column|note|virtual): *(.*)")
_SEPARATORS: Final = {"": "", "space": " ", "cut": CUT}
_TAGS: Final = {
    "de": {"de": "deutsch", "fr": "französisch", "en": "englisch"},
    "fr": {"de": "allemand", "fr": "français", "en": "anglais"},
    "en": {"de": "German", "fr": "French", "en": "English"},
}


@dataclass(slots=True)
class Header:
    """What the header of a table's query says; ``origins`` are the variables that columns come from."""

    name: str
    titles: Words = field(default_factory=dict)
    about_url: str = ""
    license: str = ""
    primary_key: tuple[str, ...] = ()
    foreign_keys: dict[str, str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    virtual: list[tuple[str, str, str]] = field(default_factory=list)


def header(query: Query) -> Header:
    """Return what the header of a query says of its table.

    Raises:
        QueryError: for a line that says nothing that is known.
    """
    found = Header(query.name)
    for number, line in enumerate(query.text.splitlines(), 1):
        if match := _LINE.fullmatch(line):
            head, *words = (part.strip() for part in match[2].split("|"))
            try:
                _take(found, match[1], head, dict(zip(("en", "de", "fr"), words, strict=False)))
            except (TypeError, ValueError) as error:
                raise QueryError(
                    f"{query.path}:{number}: {error}; see {__name__} for what a line says"
                ) from error
    return found


def _take(found: Header, key: str, head: str, words: Words) -> None:
    match key:
        case "title":
            found.titles = {"en": head, **dict(zip(("de", "fr"), words.values(), strict=True))}
        case "primaryKey":
            found.primary_key = tuple(head.split())
        case "foreignKey":
            column, table = head.split()
            found.foreign_keys[column] = table
        case "aboutUrl":
            found.about_url = _absolute(head)
        case "license":
            found.license = head
        case "virtual":
            name, says, value = head.split()
            found.virtual.append((name, _absolute(says), _absolute(value)))
        case "note":
            found.columns = [replace(c, note=words) if c.name == head else c for c in found.columns]
        case "column":
            _add_column(found, head, words)


def _add_column(found: Header, head: str, words: Words) -> None:
    name, datatype, *options = head.split()
    given = dict(option.split("=", 1) for option in options)
    found.origins[name] = given.pop("from", name.partition("_{")[0])
    minimum = given.pop("minimum", None)
    found.columns.append(
        Column(
            name,
            words,
            datatype,
            separator=_SEPARATORS[given.pop("separator", "")],
            minimum=None if minimum is None else int(minimum),
            required=name in found.primary_key or given.pop("required", "") == "true",
            **{f"{key[:-3]}_url": _absolute(value) for key, value in given.items()},  # type: ignore[arg-type]  # of strings
        )
    )


def _absolute(name: str) -> str:
    """Return a name in full; a template keeps its variables."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return name if colon else BASE + name


def spread(column: Column, values: Mapping[str, tuple[str, ...]]) -> tuple[Column, ...]:
    """Return a column for each value of the variable in its name, or the column itself if there is none."""
    if not column.pivot:
        return (column,)
    if column.pivot == "lang":
        return tuple(_in(column, language) for language in LANGUAGES)
    mark = f"{{{column.pivot}}}"
    return tuple(
        replace(
            column,
            name=column.name.replace(mark, value.lower()),
            titles={tag: title.replace(mark, value) for tag, title in column.titles.items()},
        )
        for value in values.get(column.pivot, ())
    )


def _in(column: Column, language: str) -> Column:
    return replace(
        column,
        name=column.name.replace("{lang}", language),
        titles={tag: f"{title} ({_TAGS[tag][language]})" for tag, title in column.titles.items()},
        lang=language if column.property_url else "",
    )
