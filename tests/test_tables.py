"""The tables open as text in a spreadsheet, are valid CSV on the Web, and say nothing the graphs do not."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW  # type: ignore[import-untyped]  # csvw has no types
from rdflib import RDF, XSD, Graph, Literal, URIRef
from uritemplate import expand

from clustergraph import dataset
from clustergraph import graph as triples
from clustergraph.curation import Curated
from clustergraph.derived import derived
from clustergraph.errors import BuildError
from clustergraph.graph.anchors import Triple
from clustergraph.namespaces import BASE
from clustergraph.records import Coding, Contents
from clustergraph.tables import render
from clustergraph.turtle import new_graph

TABLES = ("ratings", "skills", "hypotheses", "statements", "codes")
STANCES = ("supports", "opposes", "qualifies", "contextualises")


@pytest.fixture(scope="module")
def ontology(root: Path) -> Graph:
    return dataset.ontology(root)


@pytest.fixture(scope="module")
def coded(contents: Contents, curated: Curated) -> Curated:
    """The real report with a made-up code of every kind, whatever its readers have settled so far."""
    hypotheses = [hypothesis.notation for hypothesis in contents.hypotheses]
    codings = tuple(
        Coding(
            statement=statement,
            stances=(
                (STANCES[n % 4], hypotheses[n % 12]),
                (STANCES[(n + 1) % 4], hypotheses[(n + 1) % 12]),
            ),
            basis="interpreted",
            cue=None,
            quantifier="most" if n % 7 == 0 else None,
            countries=("ch", "de") if n % 5 == 0 else (),
            actors=("actor-group/members", "org/kompetenzzentrum-clustermanagement") if n % 3 == 0 else (),
            topics=("label", "trust"),
            note=None,
            place="codings.csv",
        )
        for n, statement in enumerate(curated.statements)
    )
    return replace(curated, codings=codings)


@pytest.fixture(scope="module")
def files(contents: Contents, coded: Curated, ontology: Graph) -> dict[str, bytes]:
    return render([(contents, coded)], ontology)


@pytest.fixture(scope="module")
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
    assert (row["rank_sum"], row["rank_spread"]) == ("8", "3")


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
    statement = rows(files["statements.csv"])[0]
    assert (statement["supports"], statement["opposes"]) == ("vernetzung-1", "vernetzung-2")
    assert statement["countries"] == "ch de"
    codes = [
        (r["code"], r["value"]) for r in rows(files["codes.csv"]) if r["statement"] == statement["statement"]
    ]
    assert codes == [
        ("supports", "basel-2014/hypothesis/vernetzung-1"),
        ("opposes", "basel-2014/hypothesis/vernetzung-2"),
        ("codingBasis", "coding-basis/interpreted"),
        ("speakerQuantifier", "quantifier/most"),
        ("concernsCountry", "country/ch"),
        ("concernsCountry", "country/de"),
        ("mentionsActor", "actor-group/members"),
        ("mentionsActor", "org/kompetenzzentrum-clustermanagement"),
        ("topic", "topic/label"),
        ("topic", "topic/trust"),
    ]


def test_statements_without_codes_have_empty_cells(
    contents: Contents, curated: Curated, ontology: Graph
) -> None:
    files = render([(contents, replace(curated, codings=(), contradictions=()))], ontology)
    assert {row["topics"] for row in rows(files["statements.csv"])} == {""}
    assert {row["supporting"] for row in rows(files["hypotheses.csv"])} == {""}
    assert rows(files["codes.csv"]) == []


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


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_words_that_begin_like_a_formula_are_refused_and_never_altered(
    sign: str, contents: Contents, curated: Curated, ontology: Graph
) -> None:
    first = replace(contents.hypotheses[0], title=f"{sign}SUM(A1)")
    with pytest.raises(
        BuildError, match=r"hypotheses\.csv: hypothesis_de „.SUM\(A1\)“ begins like a formula"
    ):
        render([(replace(contents, hypotheses=(first, *contents.hypotheses[1:])), curated)], ontology)


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
    assert {note["@language"] for note in metadata["tables"][0]["dc:rights"]} == {"de", "fr", "en"}


def test_each_report_keeps_its_rights_notice(contents: Contents, curated: Curated, ontology: Graph) -> None:
    record = replace(contents.report.record, slug="other", notes={"rights": {"en": "© Somebody else"}})
    other = replace(contents, report=replace(contents.report, record=record))
    files = render([(contents, curated), (other, replace(curated, translations=()))], ontology)
    for table in json.loads(files["csv-metadata.json"])["tables"][:4]:
        assert [note["@language"] for note in table["dc:rights"]] == ["de", "fr", "en", "en"]
        assert table["dc:rights"][-1]["@value"] == "© Somebody else"


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
                value = Literal(cell, datatype=XSD.integer)
            else:
                value = Literal(cell)
            yield about, URIRef(expand(column["propertyUrl"], {**row})), value


@pytest.fixture(scope="module")
def published(contents: Contents, coded: Curated, ontology: Graph) -> Graph:
    """All graphs that the tables are an extract of."""
    graph = new_graph()
    graph += ontology
    ranks = dataset.level_ranks(ontology)
    for found in (
        triples.stated(contents, coded),
        triples.coded(contents, coded),
        triples.translated(contents, coded),
        derived(contents, coded, ranks),
    ):
        for triple in found:
            graph.add(triple)
    return graph


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
    files: dict[str, bytes], metadata: dict[str, Any], contents: Contents, coded: Curated
) -> None:
    (table,) = [table for table in metadata["tables"] if table["url"] == "codes.csv"]
    general = URIRef(f"{BASE}ns#bearsOn")  # beside each stance, for queries
    codes = {triple for triple in triples.coded(contents, coded) if triple[1] != general}
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


def test_two_builds_give_the_same_bytes(
    contents: Contents, coded: Curated, ontology: Graph, files: dict[str, bytes]
) -> None:
    assert render([(contents, coded)], ontology) == files


# The page that explains them


def test_the_page_names_every_table_with_its_key(root: Path, metadata: dict[str, Any]) -> None:
    page = (root / "docs" / "tables.md").read_text(encoding="utf-8")
    for table in metadata["tables"]:
        (row,) = re.findall(rf"^\| `{table['url']}` .*$", page, re.MULTILINE)
        key = ", ".join(f"`{name}`" for name in table["tableSchema"]["primaryKey"])
        assert f"| {key} |" in row
