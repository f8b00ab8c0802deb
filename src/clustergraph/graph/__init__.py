"""Records in, triples out: one generator for each kind of record."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from clustergraph.curation import Curated
from clustergraph.graph.anchors import Triple
from clustergraph.graph.facts import entity_triples, fact_triples
from clustergraph.graph.profile import cube_triples, field_triples, rating_triples, skill_triples
from clustergraph.graph.report import (
    figure_triples,
    footnote_triples,
    section_triples,
    session_triples,
    text_triples,
    theme_triples,
)
from clustergraph.graph.statements import (
    coding_triples,
    contradiction_triples,
    statement_triples,
    translation_triples,
)
from clustergraph.graph.theses import (
    assessment_triples,
    hypothesis_triples,
    prose_triples,
    question_triples,
    verdict_triples,
)
from clustergraph.records import Contents

Record = TypeVar("Record")


def stated(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield what the report says, and nothing else."""
    yield from text_triples(contents)
    yield from _each(contents, section_triples, contents.sections)
    yield from _each(contents, footnote_triples, contents.footnotes)
    yield from _each(contents, figure_triples, contents.figures)
    yield from _each(contents, theme_triples, contents.themes)
    yield from _each(contents, session_triples, contents.sessions)
    yield from _each(contents, hypothesis_triples, contents.hypotheses)
    yield from _each(contents, prose_triples, contents.prose)
    yield from _each(contents, field_triples, contents.fields)
    yield from _each(contents, skill_triples, contents.skills)
    yield from _each(contents, rating_triples, contents.ratings)
    if contents.ratings:
        yield from cube_triples(contents)
    yield from _each(contents, question_triples, curated.questions)
    yield from _each(contents, assessment_triples, curated.assessments)
    yield from _each(contents, verdict_triples, curated.verdicts)
    yield from _each(contents, entity_triples, curated.entities)
    yield from _each(contents, fact_triples, curated.facts)
    yield from _each(contents, statement_triples, curated.statements)


def coded(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield how readers understood the statements."""
    yield from _each(contents, coding_triples, curated.codings)
    yield from _each(contents, contradiction_triples, curated.contradictions)


def translated(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the project's translations of labels and statements."""
    yield from _each(contents, translation_triples, curated.translations)


def _each(
    contents: Contents, make: Callable[[Contents, Record], Iterator[Triple]], records: Iterable[Record]
) -> Iterator[Triple]:
    for record in records:
        yield from make(contents, record)
