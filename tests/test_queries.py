"""Stored queries: their headers, their parameters as terms, and how they are found."""

import csv
from pathlib import Path

import pytest

from clustergraph import queries
from clustergraph.errors import QueryError
from clustergraph.queries import Parameter
from clustergraph.store import local

ROOT = Path(__file__).resolve().parents[1]
XSD = "http://www.w3.org/2001/XMLSchema#"


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.rq"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_header_is_read(tmp_path: Path) -> None:
    text = (
        "#+ summary: Which?\n#+ summary-de: Welche?\n#+ keywords: a, b\n"
        "#+ parameter: field iri id/x | The field | Das Feld | Le champ\n"
        "#+ parameter: n integer 3\n\nSELECT * {}\n"
    )
    query = queries.read(write(tmp_path, text))
    assert query.name == "mine"
    assert (query.summary(), query.summary("de"), query.summary("fr")) == ("Which?", "Welche?", "Which?")
    assert query.keywords == ("a", "b")
    field, number = query.parameters
    assert (field.name, field.kind, field.default) == ("field", "iri", "id/x")
    assert (number.name, number.kind, number.default) == ("n", "integer", "3")
    assert [field.description(language) for language in ("en", "de", "fr")] == [
        "The field",
        "Das Feld",
        "Le champ",
    ]
    assert query.body == "SELECT * {}\n"


@pytest.mark.parametrize("line", ["field", "field date 2014", "fi-eld iri"])
def test_a_malformed_parameter_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, f"SELECT * {{}}\n#+ parameter: {line}\n")
    with pytest.raises(QueryError, match=r"mine\.rq:2"):
        queries.read(path)


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "id/country/ch", "<https://w3id.org/clustergraph/id/country/ch>"),
        ("iri", "http://example.org/ä", "<http://example.org/ä>"),
        ("iri", "urn:x:y", "<urn:x:y>"),
        ("integer", "007", f'"7"^^<{XSD}integer>'),
        ("integer", "-3", f'"-3"^^<{XSD}integer>'),
        ("string", 'a "b" \\ \n', '"a \\"b\\" \\\\ \\n"'),
        ("string", "", '""'),
    ],
)
def test_a_value_becomes_a_term(kind: str, value: str, term: str) -> None:
    assert Parameter("x", kind, "", ()).term(value) == term


@pytest.mark.parametrize(
    ("kind", "value"),
    [("iri", "a b"), ("iri", "http://e/> } #"), ("iri", ""), ("integer", "1.5"), ("integer", "one")],
)
def test_a_value_of_another_kind_is_refused(kind: str, value: str) -> None:
    with pytest.raises(QueryError, match="x: "):
        Parameter("x", kind, "", ()).term(value)


def test_an_unknown_parameter_is_refused() -> None:
    query = queries.find("skills-of-a-field")
    with pytest.raises(QueryError, match="no parameter 'fild'"):
        query.bind([("fild", "x")])


@pytest.mark.parametrize("name", ["01", "competency/03-levels-per-column", "who-did-what", "who-did-what.rq"])
def test_a_query_is_found_by_its_name(name: str) -> None:
    assert queries.find(name).text.startswith("#+ summary: ")


@pytest.mark.parametrize("name", ["", "no-such-query", "../pyproject", "99"])
def test_a_query_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(QueryError, match="no such stored query"):
        queries.find(name)


def test_a_file_that_is_no_utf_8_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_bytes(b"#+ summary: \xff\n")
    with pytest.raises(QueryError, match="UTF-8"):
        queries.read(path)


@pytest.mark.parametrize("query", queries.examples(), ids=lambda query: query.name)
def test_every_example_asks_its_question_in_three_languages(query: queries.Query) -> None:
    questions = [dict(query.summaries)[language] for language in ("en", "de", "fr")]
    assert len(set(questions)) == 3
    assert all(question.endswith("?") for question in questions)
    assert query.keywords
    assert all(len(parameter.descriptions) == 3 for parameter in query.parameters)
    assert [item.name for item in query.parameters if not item.default] in ([], ["report"])


def test_a_parameter_without_a_default_is_free_until_it_is_given(tmp_path: Path) -> None:
    text = "#+ parameter: report iri | The report | Der Bericht | Le rapport\nSELECT ?report {}\n"
    query = queries.read(write(tmp_path, text))
    (report,) = query.parameters
    assert (report.default, report.description("fr")) == ("", "Le rapport")
    assert query.bind(()) == query.bind([("report", "")]) == ()
    assert query.bind([("report", "urn:x:y")]) == (("report", "<urn:x:y>"),)


BASEL = "id/basel-2014/publication"


def answer(name: str, language: str = "") -> list[list[str]]:
    """Rows of an example's answer on the real report, without the column that names it."""
    query = queries.find(f"examples/{name}")
    given = [("report", BASEL), *([("language", language)] if language else [])]
    names, rows = local.table(query.text, values=query.bind(given))
    assert {row[0] for row in rows} == {f"https://w3id.org/clustergraph/{BASEL}"}, "the report comes first"
    assert names[0] == "report"
    return [row[1:] for row in rows]


def by_hand(number: str) -> list[list[str]]:
    """Rows of an answer that was worked out from the report by hand."""
    (path,) = (ROOT / "queries" / "competency").glob(f"{number}-*.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


def test_the_skills_marked_very_important_everywhere_are_those_of_the_report() -> None:
    assert [row[0] for row in answer("very-important-everywhere")] == [row[0] for row in by_hand("01")]


def test_the_levels_of_each_column_add_up_to_61() -> None:
    rows = answer("distribution-of-levels")
    for column in ("DE", "FR", "CH"):
        assert sum(int(count) for name, _, count in rows if name == column) == 61


def test_three_of_six_countries_have_a_column() -> None:
    rows = answer("countries-without-a-column")
    assert {code for _, code, has, _ in rows if has == "true"} == {"DE", "FR", "CH"}
    assert {code for _, code, has, _ in rows if has == "false"} == {"RO", "IT", "HR"}


def test_twelve_hypotheses_have_two_verdicts_each() -> None:
    rows = answer("verdicts-on-hypotheses", "de")
    assert len(rows) == 12
    assert all(all(row) for row in rows)
    assert rows[0] == [
        "Individuen sind die wahren Clusterakteure - nicht die Unternehmen",
        "mehrheitlich gestützt",
        "gezeigt",
        "de",
    ]


def test_a_word_is_found_in_the_passages_that_hold_it() -> None:
    rows = answer("search-in-the-words")
    assert rows
    assert all("finanzierung" in row[2].lower() for row in rows)
