"""Files ``queries/**/*.rq`` with their headers in; stored queries out, for the command line and the service.

A header line reads ``#+ key: value``. Keys: ``summary`` (a question, in English), ``summary-de``,
``summary-fr``, ``keywords`` (comma-separated), and any number of ``parameter`` lines:
``#+ parameter: NAME KIND DEFAULT | ENGLISH | GERMAN | FRENCH``, where KIND is ``iri``, ``string`` or
``integer`` and the words say what it is. What a value may be stands behind the kind: ``iri(clg:Topic)`` is
a thing of that class, ``string(de, fr, en)`` one of those words. Without DEFAULT a parameter is open: where
no value is given, the query's variable is free and stands for all of its kind. ``start: N`` puts a query
first, in this order; ``group: NAME`` says among which questions people find it. ``report: SLUG`` says of
which report alone a query speaks; others speak of all reports in the data.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

from clustergraph import resources
from clustergraph.errors import QueryError
from clustergraph.namespaces import BASE, PREFIXES

_SHOWN: Final = 60
"""Characters of a name that a message repeats."""
_HEADER: Final = re.compile(r"#\+ ([a-z][a-z-]*): *(.*)")
_FORM: Final = re.compile(r"(?i)\b(?:select|ask|construct|describe)\b")
_PARAMETER: Final = re.compile(
    r"(\w+) (iri|string|integer)(?:\(([^()]+)\))?(?: +([^\s|](?:[^|]*[^\s|])?))?(?: *\| *(.*))?"
)
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_INTEGER: Final = re.compile(r"[+-]?\d+")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPES: Final = MappingProxyType({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class Parameter:
    """A variable of a query that a caller may bind."""

    name: str
    kind: str
    default: str
    descriptions: tuple[str, ...]
    values: tuple[str, ...] = ()
    """The words that it may be; empty: any."""
    of_class: str = ""
    """IRI of the class whose things it may be; empty: any."""

    def description(self, language: str = "en") -> str:
        """Return what the parameter is, in a language, or in English where that is missing."""
        texts = dict(zip(("en", "de", "fr"), self.descriptions, strict=False))
        return texts.get(language) or texts.get("en") or self.name

    def term(self, value: str) -> str:
        """Return the value as an N-Triples term; IRIs may be relative to the project's base.

        Raises:
            QueryError: where the value is not of the parameter's kind.

        >>> Parameter("country", "iri", "", ()).term("id/country/ch")
        '<https://w3id.org/clustergraph/id/country/ch>'
        """
        if self.values and value not in self.values:
            raise QueryError(f"{self.name}: {value!r} is not offered; give one of {', '.join(self.values)}")
        if self.kind == "integer":
            if not _INTEGER.fullmatch(value):
                raise QueryError(f"{self.name}: {value!r} is no integer; give digits")
            return f'"{int(value)}"^^<{PREFIXES["xsd"]}integer>'
        if self.kind == "string":
            return literal(value)
        iri = value if _ABSOLUTE.match(value) else urljoin(BASE, value)
        if not value or _NOT_IN_IRI.search(iri):
            raise QueryError(f"{self.name}: {value!r} is no IRI; give one, absolute or below {BASE}")
        return f"<{iri}>"


@dataclass(frozen=True)
class Query:
    """A stored query: its name (the file's), its text, and what its header says."""

    name: str
    text: str
    path: Path
    summaries: tuple[tuple[str, str], ...]
    keywords: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    start: int = 0
    """The place among those that come first; 0 for all others."""
    report: str = ""
    """The report that the question is about, by its slug; empty for those on every report."""
    group: str = ""
    """Among which questions people find it."""

    def summary(self, language: str = "en") -> str:
        """Return the question in a language, in English where that is missing, else the name."""
        texts = dict(self.summaries)
        return texts.get(language) or texts.get("en") or self.name

    @property
    def body(self) -> str:
        """The query without its header."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#+")).lstrip("\n")

    @property
    def gives_graph(self) -> bool:
        """Whether the query is a CONSTRUCT or DESCRIBE."""
        lines = [line for line in self.text.splitlines() if not line.lstrip().startswith("#")]
        form = _FORM.search(" ".join(lines))
        return form is not None and form.group().upper() in ("CONSTRUCT", "DESCRIBE")

    def bind(self, values: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return (variable, N-Triples term) pairs for the values given, defaults for those that are not.

        Raises:
            QueryError: where a value has no parameter or is not of its kind.
        """
        given = dict(values)
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise QueryError(
                    f"{self.name} has no parameter {name!r}; it has {', '.join(known) or 'none'}"
                )
        chosen = {name: given.get(name, parameter.default) for name, parameter in known.items()}
        return tuple((name, known[name].term(value)) for name, value in chosen.items() if value)


def literal(words: str, language: str = "") -> str:
    """Return words as a term of N-Triples.

    >>> literal("Cluster", "en")
    '"Cluster"@en'
    """
    escaped = "".join(_ESCAPES.get(character, character) for character in words)
    return f'"{escaped}"' + (f"@{language}" if language else "")


def read(path: Path) -> Query:
    """Return the query of a file.

    Raises:
        QueryError: where the file can't be read or its header is malformed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: can't be read ({error}); give a UTF-8 file") from error
    summaries: dict[str, str] = {}
    parameters: list[Parameter] = []
    plain = {"start": "0", "report": "", "keywords": "", "group": ""}
    for number, line in enumerate(text.splitlines(), 1):
        match = _HEADER.fullmatch(line)
        if not match:
            continue
        key, value = match.groups()
        if key == "parameter":
            parameters.append(_parameter(f"{path}:{number}", value))
        elif key in plain:
            plain[key] = value.strip()
        elif key == "summary" or key.startswith("summary-"):
            summaries[key.removeprefix("summary").removeprefix("-") or "en"] = value.strip()
    keywords = tuple(word.strip() for word in plain["keywords"].split(",") if word.strip())
    return Query(
        path.stem,
        text,
        path,
        tuple(summaries.items()),
        keywords,
        tuple(parameters),
        int(plain["start"]),
        plain["report"],
        plain["group"],
    )


def _parameter(place: str, value: str) -> Parameter:
    match = _PARAMETER.fullmatch(value.strip())
    if not match:
        raise QueryError(
            f"{place}: no parameter; write '#+ parameter: NAME iri|string|integer DEFAULT | WORDS'"
        )
    name, kind, offered, default, description = match.groups()
    texts = tuple(text.strip() for text in description.split("|")) if description else ()
    names = tuple(word.strip() for word in (offered or "").split(",") if word.strip())
    if kind != "iri":
        return Parameter(name, kind, default or "", texts, values=names)
    prefix, _, local = names[0].partition(":") if names else ("", "", "")
    if len(names) > 1 or (names and prefix not in PREFIXES):
        raise QueryError(f"{place}: iri({offered}) names no class; write one with a known prefix")
    return Parameter(name, kind, default or "", texts, of_class=PREFIXES[prefix] + local if names else "")


def below(folder: Path) -> Iterator[Query]:
    """Yield the queries of a folder and the folders in it, by path."""
    for path in sorted(folder.rglob("*.rq")):
        yield read(path)


def examples(root: Path | None = None) -> tuple[Query, ...]:
    """Return the example queries that the service offers, those of the front page first."""
    found = below((root or resources.share()) / "queries" / "examples")
    return tuple(sorted(found, key=lambda query: (not query.start, query.start, query.name)))


def questions(root: Path | None = None) -> tuple[Query, ...]:
    """Return all questions that people may ask: the examples, then the competency questions."""
    return (*examples(root), *below((root or resources.share()) / "queries" / "competency"))


def tables(root: Path | None = None) -> tuple[Query, ...]:
    """Return the queries that make tables, by name."""
    return tuple(below((root or resources.share()) / "queries" / "tables"))


def find(name: str, root: Path | None = None) -> Query:
    """Return the stored query of a name: ``slug``, ``folder/slug``, or a competency question's number.

    A whole name comes before a part of one: ``stances`` is ``examples/stances.rq``, not ``07-stances.rq``.

    Raises:
        QueryError: where there is none, or more than one.
    """
    folder = (root or resources.share()) / "queries"
    wanted = name.removesuffix(".rq")
    paths = [path.relative_to(folder).with_suffix("") for path in sorted(folder.rglob("*.rq"))]
    found = [path for path in paths if wanted in (path.name, path.as_posix())]
    found = found or [path for path in paths if wanted in _parts(path.name)]
    if len(found) == 1:
        return read(folder / f"{found[0]}.rq")
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]} …"
    if found:
        names = ", ".join(path.as_posix() for path in found)
        raise QueryError(f"{shown}: {len(found)} queries have this name; say which: {names}")
    advice = "'clustergraph query' lists them; the text of a query goes to standard input: query -"
    raise QueryError(f"{shown}: no such stored query and no such file; {advice}")


def _parts(stem: str) -> tuple[str, ...]:
    """Return the number and the slug of a competency question's name."""
    number, _, slug = stem.partition("-")
    return (number, slug) if number.isdigit() else ()
