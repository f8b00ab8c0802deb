"""Statements and their codes are held against the words that they name."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from clustergraph import dataset, source
from clustergraph.curation import Curated, curate
from clustergraph.errors import SourceError
from clustergraph.parser import parse

MakeProject = Callable[..., Path]

PAYING = "interpreted,,,,,actor-group/companies,lu"
"""Part of a row of codings.csv that says who pays."""

FAULTS = [
    ("statements.csv", "47-02,47", "47-01,47", "statements.csv:5", "the key '47-01' stands twice"),
    ("statements.csv", "35-01,35", "99-01,64", "statements.csv:", "is not|does not begin"),
    (
        "statements.csv",
        "Les cotisations couvrent rarement […] la",
        "Un cluster vit […] la",
        "statements.csv:3",
        "begins before the one above ends",
    ),
    (
        "statements.csv",
        "64-01,64,Tous",
        "33-01,33,Les cotisations ne suffisent pas\n64-01,64,Tous",
        "statements.csv:7",
        "into reading order|begins before",
    ),
    ("codings.csv", "64-01,Tous", "64-02,Tous", "codings.csv:7", "no statement has the key '64-02'"),
    ("codings.csv", "64-01,Tous citent", "64-01,Toutes citent", "codings.csv:7", "64-01 opens “Tous citent"),
    (
        "codings.csv",
        "explicit-cue,Tous citent",
        "explicit-cue,Toutes",
        "codings.csv:7",
        "the cue “Toutes” is not in the statement",
    ),
    (
        "codings.csv",
        "explicit-cue,Tous citent",
        "explicit-cue,",
        "codings.csv:7",
        "an explicit basis and cue words go together",
    ),
    (
        "codings.csv",
        "confiance-1,,,,explicit-cue",
        "confiance-9,,,,explicit-cue",
        "codings.csv:7",
        "the hypothesis 'confiance-9' is not in the text",
    ),
    (
        "codings.csv",
        "confiance-1,,,,explicit-cue",
        "confiance-1,confiance-1,,,explicit-cue",
        "codings.csv:7",
        "two stances towards confiance-1",
    ),
    (
        "codings.csv",
        "financement-1,interpreted,,,,,,fr",
        "financement-1,,,,,,,fr",
        "codings.csv:4",
        "a stance and its basis go together",
    ),
    (
        "codings.csv",
        PAYING,
        "interpreted,,,asked,actor-group/members,,lu",
        "codings.csv:5",
        "a statement that is asked has addressees",
    ),
    (
        "quantities.csv",
        "35-02,la moitié",
        "35-09,la moitié",
        "quantities.csv:2",
        "no statement has the key '35-09'",
    ),
    ("quantities.csv", "la moitié", "le tiers", "quantities.csv:2", "the words „le tiers“ are not in 35-02"),
    (
        "quantities.csv",
        ",50,unit:PERCENT",
        ",fifty,unit:PERCENT",
        "quantities.csv:2",
        "'fifty' in max is no number",
    ),
    ("quantities.csv", ",,,50,", ",50,,50,", "quantities.csv:2", "a quantity has a value or bounds"),
    ("quantities.csv", ",,,50,", ",,60,50,", "quantities.csv:2", "min 60 is not below max 50"),
    (
        "quantities.csv",
        "unit:PERCENT",
        "unit:PARSEC",
        "quantities.csv:2",
        "the unit 'unit:PARSEC' is unknown",
    ),
    ("quantities.csv", "hypothesised", "guessed", "quantities.csv:2", "'quantity-status/guessed' is unknown"),
    ("topics.csv", "skill/03-03", "skill/03-09", "topics.csv:3", "'skill/03-09' is no hypothesis or skill"),
    ("topics.csv", "skill/03-03", "hypothesis/financement-1", "topics.csv:3", "stand twice"),
    (
        "note-translations.csv",
        "statement/47-02",
        "statement/47-09",
        "note-translations.csv:3",
        "the key '47-09'",
    ),
    (
        "note-translations.csv",
        ",Named under this institution.",
        ",",
        "note-translations.csv:2",
        "the en words of the note on person/helene-weber are empty",
    ),
    (
        "inferred.csv",
        "Citée sous cet établissement.",
        "",
        "inferred.csv:2",
        "an inference without a reason",
    ),
    (
        "label-translations.csv",
        ",trust",
        ",",
        "label-translations.csv:6",
        "the en translation of lyon-2019/theme/confiance is empty",
    ),
    (
        "label-translations.csv",
        "subject,de,en",
        "subject,fr,en",
        "label-translations.csv:1",
        "the columns are 'subject,fr,en'",
    ),
    (
        "statement-translations.csv",
        '47-02,"Au Lux',
        '47-03,"Au Lux',
        "statement-translations.csv:5",
        "no statement has the key '47-03'",
    ),
]


NAMES = [
    (
        "codings.csv",
        PAYING,
        f"{PAYING}x",
        "codings.csv:5",
        "'country/lux'",
    ),
    (
        "codings.csv",
        f"{PAYING},,",
        f"{PAYING},org/agence,",
        "codings.csv:5",
        "'org/agence'",
    ),
    (
        "codings.csv",
        f"{PAYING},,",
        f"{PAYING},,finance",
        "codings.csv:5",
        "'topic/finance'",
    ),
    (
        "codings.csv",
        PAYING,
        PAYING.replace("ed,,", "ed,,few"),
        "codings.csv:5",
        "'quantifier/few'",
    ),
    (
        "codings.csv",
        PAYING,
        PAYING.replace("ed,,,", "ed,,,wished"),
        "codings.csv:5",
        "'modality/wished'",
    ),
    (
        "codings.csv",
        PAYING,
        "interpreted,,,,,org/agence,lu",
        "codings.csv:5",
        "'org/agence'",
    ),
    (
        "codings.csv",
        f"{PAYING},,,",
        f"{PAYING},,,place/ly",
        "codings.csv:5",
        "'place/ly'",
    ),
    ("codings.csv", "financement-1,layout", "financement-1,guess", "codings.csv:6", "'coding-basis/guess'"),
    (
        "label-translations.csv",
        "theme/confiance",
        "theme/trust",
        "label-translations.csv:6",
        "'lyon-2019/theme/trust'",
    ),
]


@pytest.fixture(scope="module")
def concepts(root: Path) -> frozenset[str]:
    return dataset.concepts(dataset.ontology(root)) | {"country/lu"}


def curated_from(folder: Path, concepts: frozenset[str]) -> Curated:
    return curate(parse(source.read(folder)), concepts)


@pytest.mark.parametrize(
    ("table", "old", "new", "place", "fault"), FAULTS, ids=[f"{row[0]}: {row[4]}" for row in FAULTS]
)
def test_a_row_that_does_not_fit_is_refused(
    table: str,
    old: str,
    new: str,
    place: str,
    fault: str,
    make_project: MakeProject,
    lyon: Path,
    concepts: frozenset[str],
) -> None:
    folder = make_project(lyon, ontology=False) / "data" / "sources" / lyon.name
    content = (folder / table).read_text(encoding="utf-8")
    assert content.count(old) == 1
    (folder / table).write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        curated_from(folder, concepts)
    assert caught.value.place.startswith(f"{folder}/{place}")
    assert any(part in caught.value.fault + caught.value.advice for part in fault.split("|"))


def test_statements_stand_in_the_order_of_the_text(curated: Curated) -> None:
    starts = [statement.passages[0].start for statement in curated.statements]
    assert starts == sorted(starts)
    assert [statement.position for statement in curated.statements] == list(range(1, len(starts) + 1))


def test_statements_do_not_overlap(curated: Curated) -> None:
    parts = [passage for statement in curated.statements for passage in statement.passages]
    assert all(one.end <= two.start for one, two in pairwise(parts))


def test_a_report_without_statements_is_whole_all_the_same(
    make_project: MakeProject, lyon: Path, concepts: frozenset[str]
) -> None:
    folder = make_project(lyon, ontology=False) / "data" / "sources" / lyon.name
    for table in ("statements", "codings", "quantities", "note-translations", "topics", "inferred"):
        (folder / f"{table}.csv").unlink()
    for table in ("label-translations", "statement-translations"):
        (folder / f"{table}.csv").unlink()
    found = curated_from(folder, concepts)
    assert (found.statements, found.codings, found.translations) == ((), (), ())
    assert (found.quantities, found.notes, found.topics) == ((), (), ())
    assert len(found.verdicts) == 8


@pytest.mark.parametrize(("table", "old", "new", "place", "name"), NAMES, ids=[row[4] for row in NAMES])
def test_a_name_that_nothing_describes_is_refused(
    table: str, old: str, new: str, place: str, name: str, make_project: MakeProject, lyon: Path
) -> None:
    project = make_project(lyon)
    path = project / "data" / "sources" / lyon.name / table
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1
    path.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        dataset.build(project)
    assert caught.value.place == f"{path.parent}/{place}"
    assert caught.value.fault == f"{name} is described nowhere"
