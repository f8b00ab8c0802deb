"""What a table is: its columns in three languages, and what each cell says of the graph."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from clustergraph.namespaces import BASE

Words = tuple[str, str, str]
"""The same in German, French and English."""

LANGUAGES: Final = ("de", "fr", "en")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``says`` is the property of which a cell gives the value, of the thing that ``about`` names (default:
    the row's own); ``value`` makes the cell an IRI. Without ``says`` a cell says nothing in RDF. The
    templates are URI templates of CSVW, with the names of columns as variables.
    """

    name: str
    titles: Words
    kind: str = "string"
    says: str | None = None
    about: str | None = None
    value: str | None = None
    language: str | None = None
    listed: bool = False
    required: bool = False
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Virtual:
    """A triple that each row stands for although no cell does."""

    name: str
    says: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows; ``refers`` maps a column to the table whose key it holds."""

    name: str
    titles: Words
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    virtual: tuple[Virtual, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    quotes: bool = True
    """Whether the table holds words of the report, which are not ours to license."""


def thing(template: str) -> str:
    """Return the template of an IRI below ``id/``."""
    return f"{BASE}id/{template}"


def in_each_language(name: str, titles: Words, says: str | None, about: str | None) -> tuple[Column, ...]:
    """Return three columns, one for each language, named ``name_de`` and so on."""
    return tuple(
        Column(
            f"{name}_{language}",
            tuple(f"{title} ({tag})" for title, tag in zip(titles, _TAGS[language], strict=True)),  # type: ignore[arg-type]  # the titles are three
            says=says,
            about=about,
            language=language if says else None,
        )
        for language in LANGUAGES
    )


_TAGS: Final[Mapping[str, Words]] = {
    "de": ("deutsch", "allemand", "German"),
    "fr": ("französisch", "français", "French"),
    "en": ("englisch", "anglais", "English"),
}
