"""``verdicts.csv`` and ``questions.csv`` in, assessments, verdicts and questions out."""

from collections.abc import Iterator, Set

from clustergraph.curation.concepts import check_concept
from clustergraph.curation.statements import prose_at
from clustergraph.curation.tables import Row, rows
from clustergraph.errors import SourceError
from clustergraph.records import Assessment, Contents, Question, Verdict
from clustergraph.source import Passage, check_slug

PLACES = ("chapter", "conclusions")
_COLUMNS = ("slug", "hypotheses", "where", "verdict", "basis", "line", "quote", "caveat", "note")


def _rows(contents: Contents, concepts: Set[str]) -> Iterator[Row]:
    known = {hypothesis.notation for hypothesis in contents.hypotheses}
    for row in rows(contents.report.folder / "verdicts.csv", _COLUMNS):
        for notation in row.words("hypotheses"):
            if notation not in known:
                raise row.fault(f"the hypothesis {notation!r} is not in the text", "fix its spelling")
        if row["where"] not in PLACES:
            raise row.fault(f"{row['where']!r} is no place of a verdict", f"write {' or '.join(PLACES)}")
        check_concept(row, f"verdict/{row['verdict']}", concepts)
        _check_backing(row)
        if row["quote"]:
            check_concept(row, f"coding-basis/{row['basis']}", concepts)
        yield row


def _check_backing(row: Row) -> None:
    if not row.words("hypotheses"):
        raise row.fault("this verdict names no hypothesis", "write its hypotheses, separated by spaces")
    if bool(row["quote"]) == (row["verdict"] in _UNBACKED):
        raise row.fault(
            f"the verdict {row['verdict']!r} and its quote do not go together",
            f"quote the words of a verdict; only {' and '.join(_UNBACKED)} have none",
        )


_UNBACKED = ("not-stated", "not-mentioned")


def assessments(contents: Contents, concepts: Set[str]) -> tuple[Assessment, ...]:
    """Return the verdicts that stand in the text, each with its words."""
    found: dict[str, Assessment] = {}
    for row in _rows(contents, concepts):
        if row["quote"]:
            if row["slug"] in found:
                raise row.fault(f"the slug {row['slug']!r} stands twice", "name each assessment once")
            found[row["slug"]] = _assessment(contents, row)
    return tuple(found.values())


def _assessment(contents: Contents, row: Row) -> Assessment:
    text = contents.report.text
    passages = row.passages(text)
    return Assessment(
        slug=check_slug(row["slug"], row.place),
        hypotheses=row.words("hypotheses"),
        where=row["where"],
        verdict=row["verdict"],
        basis=row["basis"],
        section=section_at(contents, passages[0], row),
        passages=passages,
        caveat=row.passages(text, "caveat") if row["caveat"] else (),
        note=row["note"] or None,
    )


def verdicts(contents: Contents, concepts: Set[str]) -> tuple[Verdict, ...]:
    """Return one verdict for each hypothesis in each place; none may be missing or doubled."""
    found: dict[tuple[str, str], Verdict] = {}
    for row in _rows(contents, concepts):
        for notation in row.words("hypotheses"):
            if (notation, row["where"]) in found:
                raise row.fault(
                    f"{notation} has a second verdict in the {row['where']}", "keep one of the two rows"
                )
            found[notation, row["where"]] = Verdict(notation, row["where"], row["verdict"])
    for hypothesis in contents.hypotheses:
        for where in PLACES:
            if (hypothesis.notation, where) not in found:
                path = contents.report.folder / "verdicts.csv"
                raise SourceError(
                    str(path),
                    f"{hypothesis.notation} has no verdict in the {where}",
                    "add a row, be it not-stated or not-mentioned",
                )
    return tuple(found.values())


def questions(contents: Contents) -> tuple[Question, ...]:
    """Return the questions that the report says discussions started from."""
    found: dict[str, Question] = {}
    themes = {theme.slug for theme in contents.themes}
    for row in rows(contents.report.folder / "questions.csv", ("slug", "theme", "line", "quote")):
        if row["theme"] not in themes:
            raise row.fault(
                f"the theme {row['theme']!r} is unknown", f"write one of {', '.join(sorted(themes))}"
            )
        if row["slug"] in found:
            raise row.fault(f"the slug {row['slug']!r} stands twice", "name each question once")
        passages = row.passages(contents.report.text)
        prose = prose_at(contents, passages, row)
        slug = check_slug(row["slug"], row.place)
        found[slug] = Question(
            slug=slug,
            theme=row["theme"],
            hypotheses=prose.hypotheses,
            session=prose.session,
            section=prose.section,
            words=contents.report.text.words(passages[0]),
            passage=passages[0],
        )
    return tuple(found.values())


def section_at(contents: Contents, passage: Passage, row: Row) -> str:
    """Return the slug of the section in which a passage stands."""
    before = [section.slug for section in contents.sections if section.heading.start <= passage.start]
    if not before:
        raise row.fault("the quote stands before the first section", "quote from a section")
    return before[-1]
