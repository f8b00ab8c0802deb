"""Records in, triples out: one generator for each kind of record."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from clustergraph.curation import Curated
from clustergraph.graph.anchors import Triple
from clustergraph.graph.assessments import (
    assessment_codes,
    assessment_translations,
    assessment_triples,
    coded_verdicts,
    comprising_triples,
    stated_verdicts,
)
from clustergraph.graph.facts import entity_triples, fact_triples
from clustergraph.graph.hypotheses import hypothesis_triples, prose_triples, question_triples
from clustergraph.graph.labels import name_triples
from clustergraph.graph.notes import note_triples
from clustergraph.graph.profile import cube_triples, field_triples, rating_triples, skill_triples
from clustergraph.graph.quantities import quantity_triples
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
    topic_triples,
    translation_triples,
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
    yield from stated_verdicts(contents, curated)
    yield from _each(contents, entity_triples, curated.entities)
    yield from _each(contents, fact_triples, (fact for fact in curated.facts if not fact.inferred))
    yield from _each(contents, statement_triples, curated.statements)
    yield from comprising_triples(contents, curated)


def coded(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield how readers understood the report: codes, what they infer, and editors' notes."""
    yield from _each(contents, coding_triples, curated.codings)
    yield from _each(contents, contradiction_triples, curated.contradictions)
    yield from _each(contents, quantity_triples, curated.quantities)
    yield from _each(contents, topic_triples, curated.topics)
    yield from _each(contents, fact_triples, (fact for fact in curated.facts if fact.inferred))
    yield from coded_verdicts(contents, curated)
    yield from assessment_codes(contents, curated)
    yield from note_triples(contents, curated)


def translated(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the project's translations of labels and statements."""
    yield from _each(contents, translation_triples, curated.translations)
    yield from assessment_translations(contents, curated)
    yield from name_triples(contents, curated)


def _each(
    contents: Contents, make: Callable[[Contents, Record], Iterator[Triple]], records: Iterable[Record]
) -> Iterator[Triple]:
    for record in records:
        yield from make(contents, record)
