"""Statements, their codes and all translations, from the tables that readers and translators fill in."""

from collections.abc import Iterator, Mapping
from typing import Final, TypedDict

from clustergraph.curation.tables import Row, rows
from clustergraph.languages import LANGUAGES
from clustergraph.records import (
    ASSERTED,
    Coding,
    Contents,
    Contradiction,
    Entity,
    Prose,
    Statement,
    Translation,
)
from clustergraph.source import Passage

STANCES: Final = ("supports", "opposes", "qualifies", "contextualises")

CODES: Final = (
    "key",
    "opening",
    *STANCES,
    "basis",
    "cue",
    "quantifier",
    "countries",
    "actors",
    "topics",
    "note",
)
"""The columns of a reading."""

SETTLED: Final = (
    *CODES[: CODES.index("quantifier") + 1],
    "modality",
    "addressees",
    "payers",
    "countries",
    "actors",
    "topics",
    "mentions",
    "note",
    "reason",
)
"""The columns of ``codings.csv``: those of a reading, what editors alone code, and why one was chosen."""


def statements(contents: Contents, table: str = "statements.csv") -> tuple[Statement, ...]:
    """Return every statement of a table in reading order; a report without the table has none yet."""
    path = contents.report.folder / table
    found: dict[str, Statement] = {}
    last = Passage(0, 0)
    for row in rows(path, ("key", "line", "quote")) if path.is_file() else ():
        passages = row.passages(contents.report.text)
        if row["key"] in found:
            raise row.fault(
                f"the key {row['key']!r} stands twice", "number the statements of a line 01, 02 …"
            )
        if passages[0].start < last.end:
            raise row.fault("this quote begins before the one above ends", "put the rows into reading order")
        last = passages[-1]
        prose = prose_at(contents, passages, row)
        found[row["key"]] = Statement(
            key=row["key"],
            role=prose.role,
            section=prose.section,
            hypotheses=prose.hypotheses,
            session=prose.session,
            position=len(found) + 1,
            passages=passages,
        )
    return tuple(found.values())


def recut(contents: Contents) -> tuple[Statement, ...]:
    """Return the statements that readers coded and that were cut in another way since."""
    return statements(contents, "statements-recut.csv")


def prose_at(contents: Contents, passages: tuple[Passage, ...], row: Row) -> Prose:
    """Return the stretch of prose that holds all parts of a quote."""
    for prose in contents.prose:
        inside = [
            any(p.start <= part.start and part.end <= p.end for p in prose.passages) for part in passages
        ]
        if all(inside):
            return prose
    raise row.fault(
        "this quote is not within one stretch of prose", "split it, or mark the page break with […]"
    )


def codings(
    contents: Contents, known: tuple[Statement, ...], table: str = "codings.csv"
) -> tuple[Coding, ...]:
    """Return the codes of one reading; ``codings.csv`` is the settled one and has columns of its own."""
    path = contents.report.folder / table
    columns = SETTLED if table == "codings.csv" else CODES
    by_key = {statement.key: statement for statement in known}
    found = [_coding(contents, by_key, row) for row in rows(path, columns)] if path.is_file() else []
    return tuple(found)


def _coding(contents: Contents, by_key: Mapping[str, Statement], row: Row) -> Coding:
    statement = _statement_of(contents, by_key, row)
    cue = row["cue"] or None
    if cue and cue not in text_of(contents, statement.passages):
        raise row.fault(
            f"the cue “{cue}” is not in the statement", "copy the words from it, letter for letter"
        )
    if (row["basis"] == "explicit-cue") != (cue is not None):
        raise row.fault("an explicit basis and cue words go together", "give both or neither")
    stances = tuple((stance, notation) for stance in STANCES for notation in row.words(stance))
    _check_stances(contents, stances, row)
    return Coding(
        statement=statement,
        stances=stances,
        basis=row["basis"] or None,
        cue=cue,
        quantifier=row["quantifier"] or None,
        countries=row.words("countries"),
        actors=row.words("actors"),
        topics=row.words("topics"),
        note=row["note"] or None,
        place=row.place,
        **_settled(row),
    )


class _Settled(TypedDict, total=False):
    """Fields of a coding that readings do not have."""

    modality: str
    addressees: tuple[str, ...]
    payers: tuple[str, ...]
    mentions: tuple[str, ...]


def _settled(row: Row) -> _Settled:
    """Return what only ``codings.csv`` has, and its defaults for a reading."""
    if "modality" not in row.cells:
        return _Settled()
    modality = row["modality"] or ASSERTED
    addressees = row.words("addressees")
    if addressees and modality != "demanded":
        raise row.fault(
            f"a statement that is {modality} has addressees", "write the modality demanded, or remove them"
        )
    return _Settled(
        modality=modality,
        addressees=addressees,
        payers=row.words("payers"),
        mentions=row.words("mentions"),
    )


def _check_stances(contents: Contents, stances: tuple[tuple[str, str], ...], row: Row) -> None:
    known = {hypothesis.notation for hypothesis in contents.hypotheses}
    notations = [notation for _, notation in stances]
    for notation in notations:
        if notation not in known:
            raise row.fault(f"the hypothesis {notation!r} is not in the text", "fix its spelling")
        if notations.count(notation) > 1:
            raise row.fault(
                f"two stances towards {notation}", "keep one: a statement has one stance to a hypothesis"
            )
    if bool(stances) != bool(row["basis"]):
        raise row.fault("a stance and its basis go together", "give both or neither")


def _statement_of(contents: Contents, by_key: Mapping[str, Statement], row: Row) -> Statement:
    statement = by_key.get(row["key"])
    if statement is None:
        raise row.fault(f"no statement has the key {row['key']!r}", "fix the key or add it to statements.csv")
    words = text_of(contents, statement.passages)
    if not row["opening"] or not words.startswith(" ".join(row["opening"].split())):
        raise row.fault(
            f"{row['key']} opens “{words[:40]}…”", "fix the opening, or the key if it names another one"
        )
    return statement


def text_of(contents: Contents, passages: tuple[Passage, ...]) -> str:
    """Return the words of passages as one text, with the parts of a sentence that the page cuts joined."""
    parts = (contents.report.text.words(passage) for passage in passages)
    return " ".join(" ".join(parts).split())


def contradictions(contents: Contents, known: tuple[Statement, ...]) -> tuple[Contradiction, ...]:
    """Return which statements contradict which earlier ones; a report may have no such table."""
    path = contents.report.folder / "contradictions.csv"
    by_key = {statement.key: statement for statement in known}
    found = []
    for row in rows(path, ("key", "opening", "contradicts", "reason")) if path.is_file() else ():
        statement = _statement_of(contents, by_key, row)
        for key in row.words("contradicts"):
            if key not in by_key or key == row["key"]:
                raise row.fault(f"{key!r} is no other statement's key", "write keys of statements.csv")
            found.append(Contradiction(statement, by_key[key]))
    return tuple(found)


def translations(
    contents: Contents, known: tuple[Statement, ...], named: tuple[Entity, ...]
) -> tuple[Translation, ...]:
    """Return the project's translations of labels and statements."""
    return (*_labels(contents, named), *_sentences(contents, known))


def _labels(contents: Contents, named: tuple[Entity, ...]) -> Iterator[Translation]:
    """Yield labels; a subject is an entity of ``entities.csv``, or a path within the report."""
    path = contents.report.folder / "label-translations.csv"
    languages = _others(contents)
    shared = {entity.id for entity in named}
    for row in rows(path, ("subject", *languages)) if path.is_file() else ():
        within = f"{contents.report.record.slug}/{row['subject']}"
        subject = row["subject"] if row["subject"] in shared else within
        yield from _in_each_language(subject, row, languages)


def _sentences(contents: Contents, known: tuple[Statement, ...]) -> Iterator[Translation]:
    path = contents.report.folder / "statement-translations.csv"
    by_key = {statement.key: statement for statement in known}
    languages = _others(contents)
    for row in rows(path, ("key", "opening", *languages)) if path.is_file() else ():
        first = _statement_of(contents, by_key, row).passages[0]
        subject = f"{contents.report.record.slug}/statement/{first.start}-{first.end}"
        yield from _in_each_language(subject, row, languages)


def _others(contents: Contents) -> tuple[str, ...]:
    return tuple(language for language in LANGUAGES if language != contents.report.record.language)


def _in_each_language(subject: str, row: Row, languages: tuple[str, ...]) -> Iterator[Translation]:
    for language in languages:
        if not row[language]:
            raise row.fault(f"the {language} translation of {subject} is empty", "translate it")
        yield Translation(subject, language, row[language], row.place)
