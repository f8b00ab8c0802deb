"""Hand-made tables of a report in, records out; every row is held against the text."""

from collections.abc import Set
from dataclasses import dataclass

from clustergraph.curation.concepts import check_record
from clustergraph.curation.facts import entities, facts
from clustergraph.curation.quantities import quantities
from clustergraph.curation.statements import codings, contradictions, statements, translations
from clustergraph.curation.subjects import notes, subject_topics
from clustergraph.curation.verdicts import assessments, questions, verdicts
from clustergraph.records import (
    Assessment,
    Coding,
    Contents,
    Contradiction,
    Entity,
    Fact,
    Note,
    Quantity,
    Question,
    Statement,
    SubjectTopics,
    Translation,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Curated:
    """What people read off a report, beside what the parser finds."""

    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    assessments: tuple[Assessment, ...]
    verdicts: tuple[Verdict, ...]
    questions: tuple[Question, ...]
    statements: tuple[Statement, ...]
    codings: tuple[Coding, ...]
    contradictions: tuple[Contradiction, ...]
    translations: tuple[Translation, ...]
    quantities: tuple[Quantity, ...] = ()
    topics: tuple[SubjectTopics, ...] = ()
    notes: tuple[Note, ...] = ()


def curate(contents: Contents, concepts: Set[str]) -> Curated:
    """Read the tables beside a report; ``concepts`` are the shared ones, as paths below ``id/``.

    Raises:
        SourceError: naming table and line where a row does not fit its table, the text or another row.
    """
    check_record(contents.report, concepts)
    named = entities(contents.report)
    cut_out = statements(contents)
    return Curated(
        entities=named,
        facts=facts(contents, named, concepts),
        assessments=assessments(contents, concepts),
        verdicts=verdicts(contents, concepts),
        questions=questions(contents),
        statements=cut_out,
        codings=codings(contents, cut_out),
        contradictions=contradictions(contents, cut_out),
        translations=translations(contents, cut_out, named),
        quantities=quantities(contents, cut_out, concepts),
        topics=subject_topics(contents),
        notes=notes(contents, cut_out, named),
    )
