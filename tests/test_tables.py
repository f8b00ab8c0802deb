"""The tables open as text in a spreadsheet, are valid CSV on the Web, and say nothing the graphs do not."""

import codecs
import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW  # type: ignore[import-untyped]  # csvw has no types
from rdflib import RDF, XSD, Graph, Literal, URIRef
from uritemplate import expand

from clustergraph import dataset
from clustergraph.curation import Curated
from clustergraph.errors import BuildError
from clustergraph.graph.anchors import Triple
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.records import Contents
from clustergraph.tables import Cell, Column, Table, building, write
from clustergraph.tables.building import render
from clustergraph.turtle import new_graph

TABLES = ("ratings", "skills", "hypotheses", "statements", "codes")
READERS = {
    "ratings": {"skill_notation", "mark"},
    "skills": {"skill_notation", "rank_mean"},
    "hypotheses": set(),
    "statements": set(),
    "codes": set(),
}
"""By table, the columns that a CSV file cannot hold safely."""


@pytest.fixture(scope="session")
def files(outputs: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in outputs.items() if "." in name}


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory, root: Path, basel: Path, lyon: Path) -> dict[str, bytes]:
    """What is built where the fixture's report stands beside the first."""
    project = tmp_path_factory.mktemp("both")
    (project / "data" / "sources").mkdir(parents=True)
    (project / "ontology").symlink_to(root / "ontology", target_is_directory=True)
    for path in (root / "data").glob("*.ttl"):
        (project / "data" / path.name).symlink_to(path)
    for folder in (basel, lyon):
        (project / "data" / "sources" / folder.name).symlink_to(folder, target_is_directory=True)
    return dataset.outputs(project)


@pytest.fixture(scope="session")
def published(graphs: dict[str, Graph]) -> Graph:
    """All graphs that the tables are an extract of."""
    merged = new_graph()
    for graph in graphs.values():
        merged += graph
    return merged


@pytest.fixture(scope="session")
def metadata(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["csv-metadata.json"])
    return found


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells(files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    for name in TABLES:
        for row in rows(files[f"{name}.csv"]):
            yield from ((name, column, cell) for column, cell in row.items())


# What a reader finds


def test_there_are_five_tables_and_one_description(files: dict[str, bytes]) -> None:
    assert sorted(files) == sorted([*(f"{name}.csv" for name in TABLES), "csv-metadata.json"])


@pytest.mark.parametrize(
    ("table", "count"),
    [("ratings", 183), ("skills", 61), ("hypotheses", 12)],  # the counts of the report's own record
)
def test_every_record_has_a_row(table: str, count: int, files: dict[str, bytes]) -> None:
    assert len(rows(files[f"{table}.csv"])) == count


def test_every_statement_has_a_row_in_reading_order(files: dict[str, bytes], curated: Curated) -> None:
    positions = [row["position"] for row in rows(files["statements.csv"])]
    assert positions == [str(n) for n in range(1, 1 + len(curated.statements))]


def test_a_rating_reads_as_the_report_has_it(files: dict[str, bytes]) -> None:
    (row,) = [row for row in rows(files["ratings.csv"]) if row["rating"] == "basel-2014/rating/01-03-de"]
    assert row["skill_de"].startswith("Erarbeiten und Festlegen einer gemeinsamen Strategie")
    assert (row["field_number"], row["skill_number"], row["column"]) == ("1", "3", "de")
    assert (row["level"], row["level_de"], row["rank"], row["line"]) == ("unwichtig", "unwichtig", "1", "233")


def test_a_skill_has_its_ranks_side_by_side_in_the_order_of_the_report(files: dict[str, bytes]) -> None:
    (row,) = [row for row in rows(files["skills.csv"]) if row["skill"] == "basel-2014/skill/01-03"]
    heads = [name for name in row if name.startswith("rank_in_column_")]
    assert heads == ["rank_in_column_de", "rank_in_column_fr", "rank_in_column_ch"]
    assert [row[head] for head in heads] == ["1", "4", "3"]  # "--", "++", "+" on L233
    assert (row["ranks"], row["rank_spread"]) == ("3", "3")


def test_a_hypothesis_has_both_verdicts_with_their_words(files: dict[str, bytes]) -> None:
    table = {row["notation"]: row for row in rows(files["hypotheses.csv"])}
    third = table["vernetzung-3"]
    assert (third["chapter_verdict"], third["chapter_verdict_fr"]) == ("supported", "soutenue")
    assert third["chapter_verdict_words"].startswith("Die Hypothese wird von den Teilnehmenden gestützt")
    assert (third["conclusion_verdict"], third["conclusion_verdict_words"]) == ("not-mentioned", "")


def test_a_sentence_cut_by_a_page_break_shows_the_cut(files: dict[str, bytes]) -> None:
    cut = [row["words"] for row in rows(files["statements.csv"]) if "[…]" in row["words"]]
    assert any("beim Clustermanager […] liegen sollte" in words for words in cut)


def test_codes_are_in_cells_and_row_by_row(files: dict[str, bytes]) -> None:
    """Line 97 speaks of the companies, and against the first hypothesis."""
    name = "basel-2014/statement/6162-6269"
    (statement,) = [row for row in rows(files["statements.csv"]) if row["statement"] == name]
    assert statement["words"].startswith("Demgegenüber steht allerdings die Aussage, dass")
    assert (statement["opposes"], statement["supports"], statement["line"]) == ("vernetzung-1", "", "97")
    assert "actor-group/companies" in statement["actors"].split()
    codes = [(r["code"], r["value"]) for r in rows(files["codes.csv"]) if r["statement"] == name]
    assert ("opposes", "basel-2014/hypothesis/vernetzung-1") in codes
    assert ("mentionsActor", "actor-group/companies") in codes


def test_a_list_in_a_cell_is_the_rows_of_the_codes(files: dict[str, bytes]) -> None:
    """Every list of every statement, against the table with a code a row."""
    listed = {"countries": "concernsCountry", "actors": "mentionsActor", "topics": "topic"}
    by_statement: dict[tuple[str, str], list[str]] = {}
    for row in rows(files["codes.csv"]):
        by_statement.setdefault((row["statement"], row["code"]), []).append(row["value"])
    for row in rows(files["statements.csv"]):
        for column, code in listed.items():
            found = by_statement.get((row["statement"], code), [])
            short = [v if column == "actors" else v.partition("/")[2] for v in found]
            assert row[column].split() == sorted(short)


def test_a_count_is_the_figure_of_its_name_in_derived(
    files: dict[str, bytes], graphs: dict[str, Graph]
) -> None:
    value = URIRef(PREFIXES["schema"] + "value")
    for row in rows(files["hypotheses.csv"]):
        for name in ("supporting", "opposing", "qualifying", "contextualising"):
            figure = URIRef(f"{BASE}id/{row['report']}/derived/statements-{name}/{row['notation']}")
            assert row[name] == str(graphs["derived"].value(figure, value))


def test_what_is_not_coded_is_empty_and_never_nought(built: dict[str, bytes]) -> None:
    uncoded = render({name: built[name] for name in ("ontology", "stated", "translations")})
    counts = ("supporting", "opposing", "qualifying", "contextualising")
    hypotheses = rows(uncoded["hypotheses.csv"])
    assert len(hypotheses) == 12
    assert {row[name] for row in hypotheses for name in counts} == {""}
    assert {row["topics"] for row in rows(uncoded["statements.csv"])} == {""}
    assert {row["rank_spread"] for row in rows(uncoded["skills.csv"])} == {""}
    assert rows(uncoded["codes.csv"]) == []


# Several reports in one table


def test_a_report_with_other_columns_moves_no_column_of_the_first(
    files: dict[str, bytes], both: dict[str, bytes]
) -> None:
    one, two = (list(rows(found["skills.csv"])[0]) for found in (files, both))
    assert two == [*one, "rank_in_column_lu"]


def test_a_rank_that_a_report_does_not_give_is_empty(both: dict[str, bytes]) -> None:
    """The fixture's skill 1.1 has ++ in its two columns FR and LU."""
    table = {row["skill"]: row for row in rows(both["skills.csv"])}
    ranks = {name: cell for name, cell in table["lyon-2019/skill/01-01"].items() if "rank_in" in name}
    assert ranks == {
        "rank_in_column_de": "",
        "rank_in_column_fr": "4",
        "rank_in_column_ch": "",
        "rank_in_column_lu": "4",
    }
    assert table["lyon-2019/skill/01-01"]["ranks"] == "2"
    assert table["basel-2014/skill/01-01"]["rank_in_column_lu"] == ""
    assert table["basel-2014/skill/01-01"]["ranks"] == "3"


def test_nothing_adds_up_ranks_of_a_varying_number_of_columns(both: dict[str, bytes]) -> None:
    assert [name for name in rows(both["skills.csv"])[0] if "sum" in name] == []


def test_the_rows_of_the_first_report_stay_as_they_are(
    files: dict[str, bytes], both: dict[str, bytes]
) -> None:
    for name in TABLES:
        one, two = rows(files[f"{name}.csv"]), rows(both[f"{name}.csv"])
        kept = [{key: row[key] for key in one[0]} for row in two if row["report"] == "basel-2014"]
        assert kept == one
        assert {row["report"] for row in two} == {"basel-2014", "lyon-2019"}


# What a spreadsheet makes of it


@pytest.mark.parametrize("table", TABLES)
def test_a_table_begins_with_a_byte_order_mark_and_a_header(table: str, files: dict[str, bytes]) -> None:
    content = files[f"{table}.csv"]
    assert content.startswith(codecs.BOM_UTF8)
    assert content.count(codecs.BOM_UTF8) == 1
    header = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in header)
    assert len(header) == len(set(header))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_a_line(table: str, files: dict[str, bytes]) -> None:
    content = files[f"{table}.csv"]
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.count(b"\n") == 1 + len(rows(content))


def test_no_cell_can_be_taken_for_a_formula(files: dict[str, bytes]) -> None:
    assert [cell for cell in cells(files) if re.match(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]", cell[2])] == []


def test_no_cell_can_be_taken_for_a_date_or_a_decimal(files: dict[str, bytes]) -> None:
    """A German spreadsheet reads 3.3 as the third of March, and 2.67 as February 1967."""
    assert [cell for cell in cells(files) if re.match(r"\d+[.,/\-e]\d", cell[2], re.IGNORECASE)] == []


def test_marks_are_told_by_name_and_rank(files: dict[str, bytes]) -> None:
    assert not {cell for _, _, cell in cells(files)} & {"++", "+", "-", "--"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\uff1d"])
def test_words_that_begin_like_a_formula_are_refused_and_never_altered(sign: str) -> None:
    table = Table("mine", {}, (Column("label"),), ((Cell("SUM(A1)"),), (Cell(f"{sign}SUM(A1)"),)))
    with pytest.raises(BuildError, match=r"mine\.csv: label '.*SUM\(A1\)' begins like a formula"):
        write(table, "csv")


def test_what_a_spreadsheet_misreads_is_left_out_of_csv_alone(files: dict[str, bytes]) -> None:
    made = {name: json.loads(content) for name, content in building.files("json").items()}
    for name, left_out in READERS.items():
        names = [column["name"] for column in made[f"{name}.json"]["columns"]]
        assert set(names) - set(rows(files[f"{name}.csv"])[0]) == left_out
        assert [n for n in names if n not in left_out] == list(rows(files[f"{name}.csv"])[0])


# CSV on the Web


@pytest.fixture
def folder(files: dict[str, bytes], tmp_path: Path) -> Path:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def faults(folder: Path) -> list[str]:
    """What the validator of the library csvw says; it raises some faults and warns of others."""
    try:
        found = CSVW(str(folder / "csv-metadata.json"), validate=True)
        return [] if found.is_valid else [str(warning.message) for warning in found.warnings]
    except (ValueError, UserWarning) as error:
        return [str(error)]


def test_the_tables_are_valid_csv_on_the_web(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("table", "old", "new", "fault"),
    [
        ("ratings", ",3,231\n", ",three,231\n", "three"),
        ("ratings", ",3,231\n", ",0,231\n", ">= 1"),
        ("ratings", "basel-2014/rating/01-01-de", "basel-2014/rating/01-01-fr", "01-01-fr"),
        ("ratings", ",basel-2014/skill/01-01,", ",basel-2014/skill/99-99,", "99-99. not found"),
        ("skills", "skill,report", "skill,source", "missing required columns"),
        ("codes", "basel-2014/statement/", "basel-2014/statement/9", "not found in table statements"),
    ],
)
def test_the_validation_notices_a_fault(table: str, old: str, new: str, fault: str, folder: Path) -> None:
    path = folder / f"{table}.csv"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    assert re.search(fault, " ".join(faults(folder)))


def test_every_column_and_table_has_a_title_in_three_languages(metadata: dict[str, Any]) -> None:
    for table in metadata["tables"]:
        assert [title["@language"] for title in table["dc:title"]] == ["de", "fr", "en"]
        for column in table["tableSchema"]["columns"]:
            if not column.get("virtual"):
                assert set(column["titles"]) == {"und", "de", "fr", "en"}
                assert column["titles"]["und"] == column["name"]


def test_only_the_table_without_words_of_the_report_has_a_licence(metadata: dict[str, Any]) -> None:
    licensed = {table["url"] for table in metadata["tables"] if "dc:license" in table}
    reserved = {table["url"] for table in metadata["tables"] if "dc:rights" in table}
    assert licensed == {"codes.csv"}
    assert reserved == {"ratings.csv", "skills.csv", "hypotheses.csv", "statements.csv"}
    assert {note["@language"] for note in metadata["tables"][-1]["dc:rights"]} == {"de", "fr", "en"}


def test_each_report_keeps_its_rights_notice(both: dict[str, bytes], lyon: Path) -> None:
    record = tomllib.loads((lyon / "report.toml").read_text(encoding="utf-8"))
    notices = list(record["notes"]["rights"].values())
    assert notices
    for table in json.loads(both["csv-metadata.json"])["tables"]:
        if "dc:rights" in table:
            given = [note["@value"] for note in table["dc:rights"]]
            assert len(given) == len(set(given)) == 3 + len(notices)
            assert set(notices) <= set(given)


def test_the_licensed_table_holds_no_hypothesis_in_words(files: dict[str, bytes], contents: Contents) -> None:
    words = {cell for table, _, cell in cells(files) if table == "codes"}
    assert not words & {hypothesis.title for hypothesis in contents.hypotheses}


# The mapping to the graphs


def said(table: dict[str, Any], content: bytes) -> Iterator[Triple]:
    """What a table says by "Generating RDF from Tabular Data on the Web" in minimal mode."""
    schema = table["tableSchema"]
    for row in rows(content):
        for column in schema["columns"]:
            cell = row.get(column["name"], "")
            if column.get("suppressOutput") or not (cell or column.get("virtual")):
                continue
            about = URIRef(expand(column.get("aboutUrl", schema["aboutUrl"]), {**row}))
            value: URIRef | Literal
            if "valueUrl" in column:
                value = URIRef(expand(column["valueUrl"], {**row}))
            elif "lang" in column:
                value = Literal(cell, lang=column["lang"])
            elif isinstance(column["datatype"], dict):
                value = Literal(cell, datatype=XSD[column["datatype"]["base"]])
            else:
                value = Literal(cell)
            yield about, URIRef(expand(column["propertyUrl"], {**row})), value


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_nothing_that_is_not_in_the_graphs(
    name: str, files: dict[str, bytes], metadata: dict[str, Any], published: Graph
) -> None:
    (table,) = [table for table in metadata["tables"] if table["url"] == f"{name}.csv"]
    found = set(said(table, files[f"{name}.csv"]))
    assert len(found) > len(rows(files[f"{name}.csv"]))
    assert sorted(found - set(published), key=str) == []


def test_the_ratings_table_says_the_whole_of_each_rating(
    files: dict[str, bytes], metadata: dict[str, Any], published: Graph
) -> None:
    (table,) = [table for table in metadata["tables"] if table["url"] == "ratings.csv"]
    found = set(said(table, files["ratings.csv"]))
    node = URIRef(f"{BASE}id/basel-2014/rating/03-03-ch")
    left = {
        predicate
        for predicate, value in published.predicate_objects(node)
        if (node, predicate, value) not in found
    }
    assert left == {URIRef(f"{BASE}ns#anchoredIn")}
    assert (node, RDF.type, URIRef(f"{BASE}ns#SkillRating")) in found


def test_the_codes_table_says_every_code(
    files: dict[str, bytes], metadata: dict[str, Any], graphs: dict[str, Graph]
) -> None:
    (table,) = [table for table in metadata["tables"] if table["url"] == "codes.csv"]
    general = URIRef(f"{BASE}ns#bearsOn")  # beside each stance, for queries
    statements = set(graphs["stated"].subjects(RDF.type, URIRef(f"{BASE}ns#Statement")))
    codes = {
        triple
        for triple in graphs["coded"]
        if triple[0] in statements and isinstance(triple[2], URIRef) and triple[1] != general
    }
    assert len(codes) > len(statements)
    assert codes <= set(said(table, files["codes.csv"]))


# Building


def test_tables_are_built_beside_the_graphs(tmp_path: Path) -> None:
    outputs = {"stated": b"graph\n", "ratings.csv": b"table\n"}
    (tmp_path / "data" / "tables").mkdir(parents=True)
    (tmp_path / "data" / "tables" / "old.csv").write_text("left by an earlier build")
    assert dataset.write(tmp_path, outputs) == ("stated", "ratings.csv")
    built = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert built == {"data/graph/stated.ttl", "data/tables/ratings.csv"}
    assert dataset.differences(tmp_path, outputs) == ""
    assert "built/ratings.csv" in dataset.differences(tmp_path, outputs | {"ratings.csv": b"other\n"})


def test_two_builds_give_the_same_bytes(built: dict[str, bytes], files: dict[str, bytes]) -> None:
    graphs = {name: content for name, content in built.items() if name != "catalog"}
    assert render(graphs) == files


# The page that explains them


def test_the_page_names_every_table_with_its_key(root: Path, metadata: dict[str, Any]) -> None:
    page = (root / "docs" / "tables.md").read_text(encoding="utf-8")
    for table in metadata["tables"]:
        (row,) = re.findall(rf"^\| `{table['url']}` .*$", page, re.MULTILINE)
        key = ", ".join(f"`{name}`" for name in table["tableSchema"]["primaryKey"])
        assert f"| {key} |" in row
