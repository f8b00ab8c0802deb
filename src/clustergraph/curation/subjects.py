"""``topics.csv`` and ``note-translations.csv`` in, topics of hypotheses and skills and editors' notes out."""

from collections.abc import Iterator, Mapping

from clustergraph import iris
from clustergraph.curation.tables import Row, rows
from clustergraph.languages import LANGUAGES
from clustergraph.records import Contents, Entity, Note, Statement, SubjectTopics


def subject_topics(contents: Contents) -> tuple[SubjectTopics, ...]:
    """Return the topics of hypotheses and skills; a report may have no such table."""
    path = contents.report.folder / "topics.csv"
    found: dict[str, SubjectTopics] = {}
    known = {f"hypothesis/{hypothesis.notation}" for hypothesis in contents.hypotheses}
    known |= {f"skill/{skill.field:02}-{skill.number:02}" for skill in contents.skills}
    for row in rows(path, ("subject", "topics")) if path.is_file() else ():
        if row["subject"] not in known:
            raise row.fault(
                f"{row['subject']!r} is no hypothesis or skill of this report",
                "write it like hypothesis/<theme>-<number> or skill/<field>-<number>",
            )
        if row["subject"] in found:
            raise row.fault(f"the topics of {row['subject']} stand twice", "join the two rows")
        if not row.words("topics"):
            raise row.fault("the topics are empty", "name topics, parted by spaces, or remove the row")
        subject = f"{contents.report.record.slug}/{row['subject']}"
        found[row["subject"]] = SubjectTopics(subject, row.words("topics"), row.place)
    return tuple(found.values())


def notes(contents: Contents, known: tuple[Statement, ...], named: tuple[Entity, ...]) -> tuple[Note, ...]:
    """Return the editors' notes in the languages of the project; a report may have no such table."""
    path = contents.report.folder / "note-translations.csv"
    by_key = {statement.key: statement for statement in known}
    shared = {entity.id for entity in named}
    return tuple(
        _notes(contents, by_key, shared, rows(path, ("subject", *LANGUAGES)) if path.is_file() else ())
    )


def _notes(
    contents: Contents, by_key: Mapping[str, Statement], shared: set[str], table: Iterator[Row] | tuple[()]
) -> Iterator[Note]:
    for row in table:
        for language in LANGUAGES:
            if not row[language]:
                raise row.fault(
                    f"the {language} words of the note on {row['subject']} are empty", "translate it"
                )
        words = {language: row[language] for language in LANGUAGES}
        yield Note(_subject(contents, by_key, shared, row), words, row.place)


def _subject(contents: Contents, by_key: Mapping[str, Statement], shared: set[str], row: Row) -> str:
    """Return the path below ``id/`` of what a note is on; statements go by their key."""
    subject, slug = row["subject"], contents.report.record.slug
    kind, _, key = subject.partition("/")
    if kind != "statement":
        return subject if subject in shared else f"{slug}/{subject}"
    if key not in by_key:
        raise row.fault(f"no statement has the key {key!r}", "correct the key, or add it to statements.csv")
    return iris.path(iris.statement(slug, by_key[key].passages[0]))
