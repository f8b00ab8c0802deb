"""Hand-made tables of a report in, records out; every row is held against the text."""

from dataclasses import dataclass

from clustergraph.curation.facts import entities, facts
from clustergraph.curation.verdicts import assessments, questions, verdicts
from clustergraph.records import Assessment, Contents, Entity, Fact, Question, Verdict


@dataclass(frozen=True, slots=True)
class Curated:
    """What people read off a report, beside what the parser finds."""

    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    assessments: tuple[Assessment, ...]
    verdicts: tuple[Verdict, ...]
    questions: tuple[Question, ...]


def curate(contents: Contents) -> Curated:
    """Read the tables beside a report.

    Raises:
        SourceError: naming table and line where a row does not fit its table, the text or another row.
    """
    named = entities(contents.report)
    return Curated(
        entities=named,
        facts=facts(contents, named),
        assessments=assessments(contents),
        verdicts=verdicts(contents),
        questions=questions(contents),
    )
