"""The command line: results on stdout, remarks on stderr, exit codes, and errors that say what to do."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.conftest import MakeProject
from typer.main import get_command
from typer.testing import CliRunner, Result

from clustergraph import __version__, cli, queries
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
    about = [line for line in lists["en"].splitlines() if line[0].isdigit()]
    assert about
    assert all(line.endswith(" (basel-2014)") for line in about), "of which report a question is"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "no-such-query"), ("no-such-query", "no such stored query", "clustergraph query")),
        (("query", "-", "--format", "ttl"), ("query", "JSON")),
        (("dump", "--graph", "nothing"), ("nothing", "stated")),
        (("validate", "missing.ttl"), ("missing.ttl", "give a file")),
        (
            ("query", "x.rq", "--endpoint", "http://127.0.0.1:9/sparql"),
            ("http://127.0.0.1:9/sparql", "check the address"),
        ),
        (("serve", "--port", "0", "--data", "missing"), ("missing", "no such file")),
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
    assert done.returncode == 2
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


def test_dump_keeps_the_mode_and_the_link_of_what_it_writes(tmp_path: Path) -> None:
    real, link, twin = tmp_path / "real.nq", tmp_path / "link.nq", tmp_path / "twin.nq"
    link.symlink_to("real.nq")
    for start in (real, link, twin):
        real.write_bytes(b"old")
        real.chmod(0o640)
        if start is twin:
            os.link(real, twin)
        assert run("dump", "--format", "nq", "--output", str(start)).exit_code == 0
        assert stat.S_IMODE(real.stat().st_mode) == 0o640
        assert real.read_bytes() == run("dump", "--format", "nq").stdout_bytes
    assert link.is_symlink()
    assert real.samefile(twin)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.nq", "real.nq", "twin.nq"]


def test_dump_makes_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link.nt").symlink_to("new.nt")
    assert run("dump", "--format", "nt", "--output", str(tmp_path / "link.nt")).exit_code == 0
    assert (tmp_path / "link.nt").is_symlink()
    assert (tmp_path / "new.nt").stat().st_size > 1000


def test_dump_writes_into_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "clustergraph", "dump", "--format", "nt", "--output", str(pipe)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as writer:
        read = pipe.read_bytes()
        assert writer.wait(60) == 0
    assert read == run("dump", "--format", "nt").stdout_bytes
    assert pipe.is_fifo()


def terminal() -> tuple[int, int]:
    """Open a terminal of our own; a machine without /dev/pts has none."""
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be opened here: {error}")


def test_dump_writes_to_a_terminal_s_device_and_leaves_it_one(tmp_path: Path) -> None:
    master, slave = terminal()
    name = os.ttyname(slave)
    expected = run("dump", "--graph", "catalog").stdout_bytes
    command = [sys.executable, "-m", "clustergraph", "dump", "--graph", "catalog", "--output", name]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as writer:
        read = b""
        while len(read.replace(b"\r", b"")) < len(expected):
            read += os.read(master, 65536)
        assert writer.wait(60) == 0
    assert read.replace(b"\r", b"") == expected
    assert Path(name).is_char_device()
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("/dev/full", "No space left"),
        (".", "Is a directory"),
        ("none/below/x", "No such file"),
        ("loop", "Too many levels"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(output: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = program("dump", "--format", "nt", "--output", output, cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full"])
def test_a_device_stays_a_device(device: str, tmp_path: Path) -> None:
    done = program("dump", "--graph", "catalog", "--output", device, cwd=tmp_path)
    assert done.returncode == (0 if device == "/dev/null" else 2)
    assert Path(device).is_char_device()


@pytest.mark.parametrize("command", ["dump", "query", "query - --format csv", "query -"])
@pytest.mark.parametrize(("redirection", "words"), [(">/dev/full", "No space left"), (">&-", "closed")])
def test_a_full_or_closed_standard_output_is_one_sentence(
    command: str, redirection: str, words: str, tmp_path: Path
) -> None:
    start = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "clustergraph"]
    done = subprocess.run(
        [*start, *command.split()], input=MARKS, capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("clustergraph: standard output")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_control_characters_are_shown_and_not_sent(tmp_path: Path) -> None:
    data = tmp_path / "mine.ttl"
    data.write_text('<urn:a> <urn:b> "\\u001B]0;title\\u0007\\u009B2J\\u202Egnp", "Grün\\n\\tund" .')
    table = run("query", "-", "--data", str(data), stdin="SELECT ?o { ?s ?p ?o } ORDER BY ?o").stdout
    assert r"\x1b]0;title\x07\x9b2J\u202egnp" in table
    assert "Grün" in table
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(table)
    assert str(ClustergraphError("a\x1b[2Jb\nc")) == r"a\x1b[2Jb\nc"


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "ttl"])
def test_nothing_that_a_terminal_obeys_is_sent_to_one(form: str, tmp_path: Path) -> None:
    data = tmp_path / "mine.ttl"
    data.write_text('<urn:a> <urn:b> "\\u001B]0;x\\u0007\\u009B2J" .')
    query = tmp_path / "q.rq"
    query.write_text("CONSTRUCT WHERE { ?s ?p ?o }" if form == "ttl" else "SELECT ?o { ?s ?p ?o }")
    master, slave = terminal()
    command = [
        sys.executable,
        "-m",
        "clustergraph",
        "query",
        str(query),
        "--data",
        str(data),
        "--format",
        form,
    ]
    done = subprocess.run(command, stdout=slave, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 0, done.stderr
    read = os.read(master, 65536).decode()
    os.close(master)
    os.close(slave)
    assert "]0;x" in read
    assert not {"\x07", "\x9b"} & set(read)
    assert "\x1b]" not in read


def test_a_table_says_how_many_rows_it_leaves_out(tmp_path: Path) -> None:
    data = tmp_path / "many.nt"
    data.write_text("".join(f'<urn:s> <urn:p> "{number}" .\n' for number in range(1234)))
    query = "SELECT ?o { ?s ?p ?o }"
    done = run("query", "-", "--data", str(data), stdin=query)
    assert "1,000 of 1,234 rows shown" in done.stderr
    assert sum(line.strip().isdecimal() for line in done.stdout.splitlines()) == 1000
    done = run("query", "-", "--data", str(data), stdin=f"{query} LIMIT 1000")
    assert "1,000 rows\n" in done.stderr


def test_validate_says_what_it_reads_and_what_it_does_not(tmp_path: Path) -> None:
    for name in ("X.TTL", "y.ttl"):
        (tmp_path / name).write_text(INVALID)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "._y.ttl").write_text("no RDF")
    done = run("validate", str(tmp_path))
    assert (done.exit_code, done.stderr.splitlines()) == (
        1,
        [f"not read: {tmp_path / 'notes.txt'}", "2 files read, 1 triples"],
    )


@pytest.mark.parametrize("name", ["notes.txt", "._a.ttl", "empty.ttl"])
def test_what_holds_nothing_does_not_conform(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    done = program("validate", str(tmp_path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no data file found" in done.stderr or "no triple" in done.stderr


WRONG = ("/nonexistent/x", "x" * 2000, "nan", "-1", "1e999", "\x1b]0;x", "\u0663")


def test_wrong_values_of_every_option_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every option and argument of every command, with values that no one means."""
    monkeypatch.chdir(tmp_path)
    tried = 0
    for name, command in get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        for option in command.params:
            if getattr(option, "is_flag", False) or option.name in {
                "graph",
                "value",
                "access_log",
                "output",
                "host",
            }:
                continue
            for value in WRONG:
                flag = [option.opts[0]] if option.opts[0].startswith("-") else ["--"]
                rest = ["stances-per-hypothesis"] if name == "query" and flag != ["--"] else []
                taken = ["--port", "1", "--host", "192.0.2.1"] if name == "serve" else []  # no address here
                done = CliRunner().invoke(cli.app, [name, *taken, *rest, *flag, value])
                told = isinstance(done.exception, ClustergraphError | OSError) or done.exit_code == 2
                assert told, (name, option.name, value, done.output[-300:], done.exception)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--root", "/nonexistent"),
        ("serve", "--access-log", "/nonexistent/x", "--port", "0"),
        ("serve", "--host", "x" * 70),
        ("serve", "--public-url", "/graph"),
        ("serve", "--timeout", "nan"),
        ("serve", "--store", "/dev/null", "--port", "0"),
        ("query", "x", "--value", "a"),
        ("query", "stances-per-hypothesis", "--value", "no=1"),
        ("query", "stances-per-hypothesis", "--endpoint", "ftp://127.0.0.1/"),
        ("query", "stances-per-hypothesis", "--endpoint", "http://["),
        ("query", "stances-per-hypothesis", "--data", "/nonexistent"),
        ("dump", "--graph", "x" * 2000),
        ("validate", "x" * 2000),
        ("validate", "/dev/null"),
    ],
)
def test_a_wrong_argument_is_two_without_a_traceback(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = program(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert "Error" in done.stderr or done.stderr.count("\n") == 1


def test_a_query_s_text_is_no_name_and_a_pipe_is_a_file(tmp_path: Path) -> None:
    done = program("query", "SELECT * { ?s ?p ?o } " * 99, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "standard input: query -" in done.stderr
    assert len(done.stderr) < 250
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/sh", "-c", f"echo '{MARKS}' > {pipe}"]):
        assert run("query", str(pipe), "--format", "csv").stdout.split() == ["n", "183"]
    done = subprocess.run(
        [sys.executable, "-m", "clustergraph", "query", "-"], input=b"\xff", capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


def test_every_name_that_is_listed_is_one_query() -> None:
    names = [line.split("\t")[0] for line in run("query").stdout.splitlines()]
    assert len(names) > 80
    assert {queries.find(name).name for name in names} == set(names)


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
