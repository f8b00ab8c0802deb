"""The table parser: whatever fields, skills and marks are written as a text are read back the same."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustergraph.errors import SourceError
from clustergraph.parser import parse
from clustergraph.records import Contents
from clustergraph.source import read

COLUMNS = {"DE": "de", "FR": "fr", "CH": "ch", "LU": "lu"}
LEVELS = {"++": "sehr-wichtig", "+": "eher-wichtig", "-": "eher-unwichtig", "--": "unwichtig"}
BETWEEN = ("\n", "\n\n", "\n\n\n")

labels = (
    st.text(
        alphabet=st.characters(
            categories=("L", "Nd"), max_codepoint=0x17F, include_characters=" (),.:/&–-’„“+"
        ),
        min_size=1,
        max_size=40,
    )
    .map(lambda words: " ".join(words.split()))
    .filter(lambda words: bool(words) and words[0].isalpha())
)
marks = st.sampled_from(sorted(LEVELS))
heads = st.permutations(sorted(COLUMNS)).flatmap(
    lambda order: st.integers(1, 4).map(lambda count: tuple(order[:count]))
)


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[str, tuple[str, ...], list[tuple[str, tuple[str, ...]]]]]:
    """Fields with label, column heads and skills; a skill has a label and a mark for each column."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        columns = draw(heads)
        row = st.tuples(labels, st.tuples(*(marks for _ in columns)))
        found.append((draw(labels), columns, draw(st.lists(row, min_size=1, max_size=5))))
    return found


def written(
    fields: list[tuple[str, tuple[str, ...], list[tuple[str, tuple[str, ...]]]]], gaps: list[str]
) -> str:
    """The tables as a report writes them; gaps are the blank lines between rows."""
    rows = []
    for number, (label, columns, skills) in enumerate(fields, 1):
        rows.append("\t".join(f"<b>{cell}</b>" for cell in (f"Feld {number}: {label}", *columns)))
        rows += ["\t".join((f"{n}. {name}", *levels)) for n, (name, levels) in enumerate(skills, 1)]
    return "".join(row + gap for row, gap in zip(rows, gaps * len(rows), strict=False))


def parsed(folder: Path, tables_written: str, fields: int, skills: int, ratings: int) -> Contents:
    """What is read from a report that holds nothing but these tables."""
    text = f"# Tabellen\n\n{tables_written}".rstrip() + "\n"
    counts = {"fields": fields, "skills": skills, "ratings": ratings}
    others = ("themes", "hypotheses", "sessions", "discussions", "assessments", "footnotes", "figures")
    counts |= dict.fromkeys(others, 0)
    lines = [
        '[report]\nslug = "tabellen"\nlanguage = "de"\nlanguage-iri = "urn:x"\ntitle = "Tabellen"',
        f'sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"\n[counts]',
        *(f"{name} = {count}" for name, count in counts.items()),
        '[cues]\nhypothesis = "These"\ndescription = "Beschreibung:"\ndiscussion = "Aussagen:"',
        'assessment = ["Einschätzung:"]\nsession = "Atelier"\nfield = "Feld"\nfigure = "Abbildung"\n[levels]',
        *(f'"{mark}" = "{level}"' for mark, level in LEVELS.items()),
        "[columns]",
        *(f'{head} = "{column}"' for head, column in COLUMNS.items()),
        '[[sections]]\nheading = "Tabellen"\nslug = "tabellen"\nkind = "profile"',
    ]
    (folder / "report.txt").write_bytes(text.encode())
    (folder / "report.toml").write_text("\n".join(lines), encoding="utf-8")
    return parse(read(folder))


@settings(max_examples=40, deadline=None)
@given(fields=tables(), gaps=st.lists(st.sampled_from(BETWEEN), min_size=1, max_size=7))
def test_what_is_written_is_read_back(
    fields: list[tuple[str, tuple[str, ...], list[tuple[str, tuple[str, ...]]]]],
    gaps: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("sources") / "tabellen"
    folder.mkdir()
    skills = [
        (number, n, name, columns, levels)
        for number, (_, columns, rows) in enumerate(fields, 1)
        for n, (name, levels) in enumerate(rows, 1)
    ]
    ratings = [
        (number, n, COLUMNS[head], LEVELS[mark], mark)
        for number, n, _, columns, levels in skills
        for head, mark in zip(columns, levels, strict=True)
    ]
    found = parsed(folder, written(fields, gaps), len(fields), len(skills), len(ratings))
    assert [(field.number, field.label) for field in found.fields] == [
        (number, label) for number, (label, _, _) in enumerate(fields, 1)
    ]
    assert [(skill.field, skill.number, skill.label) for skill in found.skills] == [
        (number, n, name) for number, n, name, _, _ in skills
    ]
    words = found.report.text.words
    assert [(r.field, r.skill, r.column, r.level, words(r.passage)) for r in found.ratings] == ratings
    assert [words(skill.passage) for skill in found.skills] == [name for _, _, name, _, _ in skills]
    assert [words(field.passage) for field in found.fields] == [label for label, _, _ in fields]


@settings(max_examples=40, deadline=None)
@given(fields=tables(), data=st.data())
def test_a_row_lost_from_within_is_noticed(
    fields: list[tuple[str, tuple[str, ...], list[tuple[str, tuple[str, ...]]]]],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("sources") / "tabellen"
    folder.mkdir()
    rows = written(fields, ["\n"]).rstrip("\n").split("\n")
    del rows[data.draw(st.integers(0, len(rows) - 1))]
    skills = sum(len(skills) for _, _, skills in fields)
    ratings = sum(len(columns) * len(skills) for _, columns, skills in fields)
    with pytest.raises(SourceError):
        parsed(folder, "\n".join(rows), len(fields), skills, ratings)


@settings(max_examples=40, deadline=None)
@given(
    mark=st.text(alphabet="+-–—±0 x", min_size=1, max_size=3).filter(
        lambda mark: mark.strip() and mark not in LEVELS
    )
)
def test_only_the_marks_of_the_legend_are_read(mark: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sources") / "tabellen"
    folder.mkdir()
    table = f"<b>Feld 1: A</b>\t<b>DE</b>\t<b>FR</b>\n1. B\t{mark}\t+"
    with pytest.raises(SourceError, match=r"report\.txt:4: the mark .* is unknown"):
        parsed(folder, table, 1, 1, 2)
