"""Records in, triples out: one generator for each kind of record."""

from collections.abc import Iterator

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
from clustergraph.graph.statements import coding_triples, statement_triples, translation_triples
from clustergraph.graph.theses import (
    assessment_triples,
    hypothesis_triples,
    prose_triples,
    question_triples,
    verdict_triples,
)
from clustergraph.records import Contents


def stated(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield what the report says, and nothing else."""
    yield from text_triples(contents)
    for make, records in (
        (section_triples, contents.sections),
        (footnote_triples, contents.footnotes),
        (figure_triples, contents.figures),
        (theme_triples, contents.themes),
        (session_triples, contents.sessions),
        (hypothesis_triples, contents.hypotheses),
        (prose_triples, contents.prose),
        (field_triples, contents.fields),
        (skill_triples, contents.skills),
        (rating_triples, contents.ratings),
        (question_triples, curated.questions),
        (assessment_triples, curated.assessments),
        (verdict_triples, curated.verdicts),
        (entity_triples, curated.entities),
        (fact_triples, curated.facts),
        (statement_triples, curated.statements),
    ):
        for record in records:
            yield from make(contents, record)  # type: ignore[operator]  # each maker stands beside its records
    if contents.ratings:
        yield from cube_triples(contents)


def coded(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield how readers understood the statements."""
    for coding in curated.codings:
        yield from coding_triples(contents, coding)


def translated(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the project's translations of labels and statements."""
    for translation in curated.translations:
        yield from translation_triples(contents, translation)
