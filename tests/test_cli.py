"""The command line: results on stdout, remarks on stderr, exit codes, and errors that say what to do."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.conftest import MakeProject
from typer.testing import CliRunner, Result

from clustergraph import __version__, cli
from clustergraph.errors import ClustergraphError

MARKS = "PREFIX clg: <https://w3id.org/clustergraph/ns#> SELECT (COUNT(*) AS ?n) { ?r a clg:SkillRating }"
INVALID = """
@prefix clg: <https://w3id.org/clustergraph/ns#> .
<http://example.org/h> a clg:Hypothesis .
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), input=stdin)


def program(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "clustergraph", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_version_is_one_line() -> None:
    assert run("--version").stdout == f"clustergraph {__version__}\n"


@pytest.mark.parametrize("command", ["build", "validate", "serve", "query", "dump"])
def test_help_shows_examples(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert f"clustergraph {command}" in done.stdout.split("Examples")[1]


def test_every_option_is_explained_in_a_sentence_of_its_own() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]  # it is a group
    for name, command in commands.items():
        helps = [getattr(option, "help", None) or "" for option in command.params]
        assert all(re.search(r"[.\]]$", words) for words in helps), f"{name}: {helps}"
        assert len(set(helps)) == len(helps), name


def test_wrong_usage_is_two() -> None:
    assert run("dump", "--format", "pdf").exit_code == 2
    assert run("serve", "--port", "70000").exit_code == 2
    assert run("query", "x", "--value", "nothing").exit_code == 2


def test_without_arguments_it_prints_help() -> None:
    assert "build" in run().output


def test_build_check_is_content_with_the_committed_files() -> None:
    done = run("build", "--check")
    assert done.exit_code == 0, done.output
    assert done.stdout == ""


def test_build_writes_and_check_finds_an_edit(make_project: MakeProject, lyon: Path) -> None:
    project = make_project(lyon)
    assert run("build", "--root", str(project)).exit_code == 0
    assert run("build", "--root", str(project), "--check").exit_code == 0
    stated = project / "data" / "graph" / "stated.ttl"
    stated.write_bytes(stated.read_bytes() + b"# edited\n")
    done = run("build", "--root", str(project), "--check")
    assert done.exit_code == 1
    assert "-# edited" in done.stdout
    assert "clustergraph build" in done.stderr


def test_validate_says_what_to_do_and_exits_one(tmp_path: Path) -> None:
    data = tmp_path / "mine.ttl"
    data.write_text(INVALID)
    done = run("validate", str(data), "--lang", "de")
    assert done.exit_code == 1
    assert "Verstoss" in done.stdout
    assert "shapes/hypothesis.ttl" in done.stdout


def test_validate_writes_json_and_turtle(tmp_path: Path) -> None:
    data = tmp_path / "mine.ttl"
    data.write_text(INVALID)
    assert json.loads(run("validate", str(data), "--format", "json").stdout)["conforms"] is False
    assert "sh:ValidationReport" in run("validate", str(data), "--format", "turtle").stdout


def test_query_by_name_file_and_stdin_agree(tmp_path: Path) -> None:
    file = tmp_path / "count.rq"
    file.write_text(MARKS)
    assert run("query", str(file), "--format", "csv").stdout.split() == ["n", "183"]
    assert run("query", "-", "--format", "csv", stdin=MARKS).stdout.split() == ["n", "183"]
    named = run("query", "01-skills-very-important-everywhere", "--format", "csv").stdout
    assert [line[:3] for line in named.splitlines()[1:]] == ["3.1", "3.2", "3.7"]


def test_query_prints_tables_for_people() -> None:
    done = run("query", "-", stdin=MARKS)
    assert "183" in done.stdout
    assert "1 row" in done.stderr
    assert "yes" in run("query", "-", stdin="ASK { ?s ?p ?o }").stdout
    assert (
        "SkillRating"
        in run("query", "-", stdin=MARKS.replace("SELECT (COUNT(*) AS ?n)", "CONSTRUCT WHERE")).stdout
    )


@pytest.mark.parametrize(("form", "start"), [("json", '{"head"'), ("xml", "<?xml"), ("tsv", "?n\n")])
def test_query_writes_every_result_format(form: str, start: str) -> None:
    assert run("query", "-", "--format", form, stdin=MARKS).stdout.startswith(start)


def test_query_asks_an_endpoint_as_it_asks_the_files(served: str, tmp_path: Path) -> None:
    file = tmp_path / "count.rq"
    file.write_text(MARKS)
    asked = program("query", str(file), "--format", "csv", "--endpoint", f"{served}sparql", cwd=tmp_path)
    assert asked.stdout.split() == ["n", "183"], asked.stderr
    table = program("query", str(file), "--endpoint", f"{served}sparql", cwd=tmp_path)
    assert "183" in table.stdout


def test_the_list_of_queries_is_in_three_languages() -> None:
    lists = {language: run("query", "--lang", language).stdout for language in ("de", "fr", "en")}
    assert len({lists["de"], lists["fr"], lists["en"]}) == 3
    assert all("01-skills-very-important-everywhere\t" in listed for listed in lists.values())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "no-such-query"), ("no-such-query", "queries/")),
        (("query", "-", "--format", "ttl"), ("query", "JSON")),
        (("dump", "--graph", "nothing"), ("nothing", "stated")),
        (("validate", "missing.ttl"), ("missing.ttl", "give a file")),
        (
            ("query", "x.rq", "--endpoint", "http://127.0.0.1:9/sparql"),
            ("http://127.0.0.1:9/sparql", "check the address"),
        ),
        (("serve", "--port", "0", "--data", "missing"), ("missing", "--data")),
        (("build", "--root", "empty"), ("empty", "add a folder")),
    ],
)
def test_an_error_is_one_line_that_says_what_and_what_to_do(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "x.rq").write_text(MARKS)
    (tmp_path / "empty" / "data" / "sources").mkdir(parents=True)
    command = [sys.executable, "-m", "clustergraph", *arguments]
    done = subprocess.run(command, cwd=tmp_path, input=MARKS, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("clustergraph: ")
    assert all(word in done.stderr for word in words), done.stderr


def test_dump_writes_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "all.nq"
    assert run("dump", "--format", "nq", "--output", str(target)).exit_code == 0
    assert target.read_bytes() == run("dump", "--format", "nq").stdout_bytes
    done = run("dump", "--output", str(target / "all.ttl"))
    assert isinstance(done.exception, ClustergraphError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.nq"]


def test_dump_writes_the_tables_with_their_metadata_into_a_folder(tmp_path: Path) -> None:
    assert run("dump", "--format", "csv").exit_code == 2
    folder = tmp_path / "tables"
    assert run("dump", "--format", "csv", "--output", str(folder)).exit_code == 0
    found = sorted(path.name for path in folder.iterdir())
    tables = ["codes.csv", "hypotheses.csv", "ratings.csv", "skills.csv", "statements.csv"]
    assert found == sorted([*tables, "csv-metadata.json"])
    lines = (folder / "ratings.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 184, "a header and 183 ratings"


def test_dump_writes_a_workbook_for_each_table(tmp_path: Path) -> None:
    assert run("dump", "--format", "xlsx").exit_code == 2
    assert run("dump", "--format", "xlsx", "--output", str(tmp_path / "books")).exit_code == 0
    found = sorted(path.name for path in (tmp_path / "books").iterdir())
    assert found == ["codes.xlsx", "hypotheses.xlsx", "ratings.xlsx", "skills.xlsx", "statements.xlsx"]
    assert all(path.read_bytes().startswith(b"PK") for path in (tmp_path / "books").iterdir())


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    command = f"{sys.executable} -m clustergraph dump --format nt | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.stdout.endswith(" .\n")
    assert "Traceback" not in done.stderr


def test_shell_completion_is_offered() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clustergraph", "--show-completion", "bash"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )
    assert "complete" in done.stdout
