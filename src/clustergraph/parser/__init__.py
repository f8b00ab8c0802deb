"""Report text in, frozen records out; blocks, then sections, then the records of each kind of section."""

from clustergraph.errors import SourceError
from clustergraph.parser.blocks import blocks
from clustergraph.parser.profile import profile
from clustergraph.parser.sections import Chapter, Notes, chapters, page_numbers, set_notes_apart
from clustergraph.parser.themes import theme_parts
from clustergraph.records import Contents, Figure, Prose, Section, Theme
from clustergraph.source import Passage, Report

_ROLES = {"foreword": "context", "introduction": "context", "profile": "context", "conclusions": "conclusion"}


def parse(report: Report) -> Contents:
    """Return what the report holds.

    Raises:
        SourceError: naming file and line of the first thing that is not as this kind of report has it.
    """
    body, notes = set_notes_apart(report, blocks(report.text))
    found = chapters(report, body)
    pages = page_numbers(report, found)
    parts = [theme_parts(report, chapter) for chapter in found if chapter.entry.kind == "theme"]
    tables = [profile(report, chapter) for chapter in found if chapter.entry.kind == "profile"]
    contents = Contents(
        report=report,
        sections=_sections(found, pages),
        themes=_themes(report, found),
        sessions=tuple(session for part in parts for session in part.sessions),
        hypotheses=tuple(hypothesis for part in parts for hypothesis in part.hypotheses),
        prose=_in_order((*_plain_prose(found), *(prose for part in parts for prose in part.prose))),
        footnotes=notes.footnotes,
        figures=_figures(found),
        fields=tuple(field for table in tables for field in table.fields),
        skills=tuple(skill for table in tables for skill in table.skills),
        ratings=tuple(rating for table in tables for rating in table.ratings),
        legend=_legend(report),
    )
    _refuse_doubled(contents)
    _count(contents, notes)
    return contents


def _refuse_doubled(contents: Contents) -> None:
    """Refuse two sessions or two figures of one number: they would become one."""
    sessions = [(session.label, session.slug, session.passage) for session in contents.sessions]
    figures = [(figure.caption, figure.number, figure.passage) for figure in contents.figures]
    for named in (sessions, figures):
        for index, (label, name, passage) in enumerate(named):
            if any(name == other for _, other, _ in named[:index]):
                place = contents.report.text.place(passage.start)
                raise SourceError(place, f"the number of {label!r} stands twice", "number them 1, 2, 3 …")


def _legend(report: Report) -> tuple[Passage, ...]:
    """Return the words that explain the marks, where the record quotes them."""
    if report.record.legend is None:
        return ()
    return report.text.find(*report.record.legend, place=report.place("legend"))


def _sections(found: tuple[Chapter, ...], pages: dict[str, tuple[str, Passage]]) -> tuple[Section, ...]:
    headed = [chapter for chapter in found if chapter.entry.kind != "title"]
    return tuple(
        Section(
            slug=chapter.entry.slug,
            kind=chapter.entry.kind,
            title=chapter.entry.heading,
            position=position,
            heading=chapter.heading,
            page=pages.get(chapter.entry.slug),
        )
        for position, chapter in enumerate(headed, 1)
    )


def _themes(report: Report, found: tuple[Chapter, ...]) -> tuple[Theme, ...]:
    themes: list[Theme] = []
    for chapter in found:
        slug, label = chapter.entry.theme, chapter.entry.theme_label
        if slug is None or label is None:
            continue
        at = chapter.entry.heading.find(label)
        if at < 0:
            place = report.text.place(chapter.heading.start)
            raise SourceError(
                place, f"the heading does not hold the theme's label {label!r}", "fix report.toml"
            )
        start = chapter.heading.start + at
        passage = Passage(start, start + len(label))
        themes.append(Theme(slug, label, len(themes) + 1, chapter.entry.slug, passage))
    return tuple(themes)


def _plain_prose(found: tuple[Chapter, ...]) -> list[Prose]:
    return [
        Prose(
            _ROLES[chapter.entry.kind], chapter.entry.slug, (), None, tuple(p.passage for p in paragraphs), ()
        )
        for chapter in found
        if chapter.entry.kind in _ROLES
        and (
            paragraphs := [
                block for block in chapter.blocks if block.kind in ("paragraph", "item", "emphasis")
            ]
        )
    ]


def _in_order(prose: tuple[Prose, ...]) -> tuple[Prose, ...]:
    return tuple(sorted(prose, key=lambda part: part.passages[0]))


def _figures(found: tuple[Chapter, ...]) -> tuple[Figure, ...]:
    return tuple(
        Figure(number, caption, chapter.entry.slug, passage)
        for chapter in found
        for number, caption, passage in chapter.figures
    )


def _count(contents: Contents, notes: Notes) -> None:
    """Hold what was found against the counts of the record, so that nothing is lost in silence."""
    found = {
        "themes": len(contents.themes),
        "hypotheses": len(contents.hypotheses),
        "sessions": len(contents.sessions),
        "assessments": sum(part.role == "assessment" for part in contents.prose),
        "discussions": sum(part.role == "discussion" for part in contents.prose),
        "footnotes": len(notes.footnotes),
        "figures": len(contents.figures),
        "fields": len(contents.fields),
        "skills": len(contents.skills),
        "ratings": len(contents.ratings),
    }
    record = contents.report.record
    found |= {
        f"hypotheses-{theme.slug}": sum(h.theme == theme.slug for h in contents.hypotheses)
        for theme in contents.themes
    }
    needed = {name for name in found if not name.startswith("hypotheses-")}
    for name in sorted({*needed, *record.counts}):
        if name not in record.counts:
            place, advice = contents.report.place("counts"), "count it in the report and declare it"
            raise SourceError(place, f"the count {name!r} is missing", advice)
        if record.counts[name] != found.get(name):
            raise SourceError(
                contents.report.place("counts", name),
                f"{record.counts[name]} {name} are declared, {found.get(name, 0)} were found in the text",
                "look for the one that is lost or too many",
            )
