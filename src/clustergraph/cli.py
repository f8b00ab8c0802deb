"""Arguments in, one library call, an exit code out: results on stdout, remarks on stderr."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clustergraph import __version__
from clustergraph.errors import ClustergraphError

app = typer.Typer(
    help="A workshop report on cluster management as a checked, queryable knowledge graph.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DATA_INVALID = 1
USAGE_WRONG = 2


class ReportFormat(StrEnum):
    """How ``validate`` writes its report."""

    text = "text"
    turtle = "turtle"
    json = "json"


class AnswerFormat(StrEnum):
    """How ``query`` writes an answer."""

    table = "table"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    xml = "xml"
    ttl = "ttl"


class DumpFormat(StrEnum):
    """How ``dump`` writes the graphs."""

    ttl = "ttl"
    nt = "nt"
    nq = "nq"
    trig = "trig"
    jsonld = "jsonld"
    rdfxml = "rdfxml"


class Language(StrEnum):
    """The languages in which the project speaks."""

    de = "de"
    fr = "fr"
    en = "en"


def _remark(words: str) -> None:
    typer.echo(words, err=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clustergraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[  # typer calls back
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph build\n\nclustergraph build --check\n\n"
    "clustergraph build --root ~/my-reports"
)
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; print a diff and exit 1 where files are stale.")
    ] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="A folder with ontology/ and data/sources/ [default: the project's own]."),
    ] = None,
) -> None:
    """Build data/graph from the reports, their tables and the ontology."""
    from clustergraph import dataset
    from clustergraph.resources import share

    folder = root or share()
    files = dataset.build(folder)
    if check:
        stale = dataset.differences(folder, files)
        typer.echo(stale, nl=False)
        if stale:
            _remark("data/graph is not what the sources give; run: clustergraph build")
            raise typer.Exit(DATA_INVALID)
        _remark(f"{len(files)} graphs are what the sources give")
        return
    changed = dataset.write(folder, files)
    _remark(f"{len(files)} graphs built, {len(changed)} changed{': ' if changed else ''}{', '.join(changed)}")


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph validate\n\nclustergraph validate mine.ttl --lang de\n\n"
    "clustergraph validate --format json | jq .conforms"
)
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="RDF files or folders [default: the built graphs].")
    ] = None,
    form: Annotated[
        ReportFormat, typer.Option("--format", help="How to write the report.")
    ] = ReportFormat.text,
    lang: Annotated[Language, typer.Option(help="The language of the text report.")] = Language.en,
) -> None:
    """Hold data against shapes, checks and the vocabularies' own terms; exit 1 where they are invalid."""
    from rich.console import Console

    from clustergraph import validation
    from clustergraph.resources import graph_folder

    with Console(stderr=True).status("Validating …"):
        report = validation.validate(validation.load(files or [graph_folder()]))
    match form:
        case ReportFormat.text:
            typer.echo(report.to_text(lang.value), nl=False)
        case ReportFormat.json:
            typer.echo(report.to_json(), nl=False)
        case ReportFormat.turtle:
            typer.echo(report.to_turtle(), nl=False)
    if not report.conforms:
        raise typer.Exit(DATA_INVALID)


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph dump > clustergraph.ttl\n\n"
    "clustergraph dump --format nq --output clustergraph.nq\n\n"
    "clustergraph dump --graph stated --format jsonld"
)
def dump(
    form: Annotated[DumpFormat, typer.Option("--format", help="The RDF format.")] = DumpFormat.ttl,
    graph: Annotated[str, typer.Option(help="Only this named graph, for example stated.")] = "",
    output: Annotated[Path | None, typer.Option(help="Write here instead of to stdout.")] = None,
) -> None:
    """Write the built graphs as one file."""
    from clustergraph.store import local

    content = local.dump(form.value, graph)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    beside = output.with_name(f".{output.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ClustergraphError(
            f"{output}: cannot be written ({error.strerror}); choose another place"
        ) from error
    _remark(f"{output}: {len(content)} bytes")


def main() -> None:
    """Run the command line; an error of ours is one line on stderr."""
    try:
        app()
    except ClustergraphError as error:
        _remark(f"clustergraph: {error}")
        sys.exit(DATA_INVALID)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
