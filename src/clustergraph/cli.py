"""Arguments in, one library call, an exit code out: results on stdout, remarks on stderr."""

import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clustergraph import __version__, queries
from clustergraph.errors import ClustergraphError
from clustergraph.queries import Query
from clustergraph.resources import share, table_folder

app = typer.Typer(
    help="A workshop report on cluster management as a checked, queryable knowledge graph.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DATA_INVALID = 1
_MIB = 1024 * 1024


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
    rdf = "rdf"
    csv = "csv"
    xlsx = "xlsx"


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
    """Build data/graph and data/tables from the reports, their tables and the ontology."""
    from rich.console import Console

    from clustergraph import dataset

    folder = root or share()
    with Console(stderr=True).status("Building …"):
        files = dataset.outputs(folder)
    if check:
        stale = dataset.differences(folder, files)
        typer.echo(stale, nl=False)
        if stale:
            _remark("data/graph or data/tables is not what the sources give; run: clustergraph build")
            raise typer.Exit(DATA_INVALID)
        _remark(f"{len(files)} files are what the sources give")
        return
    changed = dataset.write(folder, files)
    _remark(f"{len(files)} files built, {len(changed)} changed{': ' if changed else ''}{', '.join(changed)}")


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

    from clustergraph import reading, validation
    from clustergraph.resources import graph_folder

    with Console(stderr=True).status("Validating …"):
        report = validation.validate(reading.load(files or [graph_folder()]))
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
    "clustergraph dump --graph stated --format jsonld\n\n"
    "clustergraph dump --format xlsx --output tables/"
)
def dump(
    form: Annotated[
        DumpFormat, typer.Option("--format", help="An RDF format, or csv or xlsx for the tables.")
    ] = DumpFormat.ttl,
    graph: Annotated[str, typer.Option(help="Only this named graph, for example stated.")] = "",
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of stdout; tables into this folder.")
    ] = None,
) -> None:
    """Write the built graphs as one file, or the tables with their metadata into a folder."""
    if form in (DumpFormat.csv, DumpFormat.xlsx):
        if output is None or graph:
            raise typer.BadParameter(f"{form} is several files: give --output FOLDER and no --graph")
        _write({output / name: content for name, content in _tables(form.value).items()})
        return
    from clustergraph.store import local

    content = local.dump(form.value, graph)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        _write({output: content})


def _tables(form: str) -> dict[str, bytes]:
    """Return the built tables as they are, or made anew from the graphs where they are not kept."""
    if form == "csv":
        return {path.name: path.read_bytes() for path in sorted(table_folder().iterdir())}
    from clustergraph.tables import building

    return building.files(form)


def _write(files: dict[Path, bytes]) -> None:
    """Write files whole: each is written beside its place, and takes it when all are there."""
    beside = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(exist_ok=True)
            beside[path].write_bytes(content)
        for path in files:
            beside[path].replace(path)
            _remark(f"{path}: {len(files[path])} bytes")
    except OSError as error:
        place = error.filename or next(iter(files))
        raise ClustergraphError(f"{place}: cannot be written ({error.strerror}); choose another") from error
    finally:
        for path in beside.values():
            with suppress(OSError):
                path.unlink()


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph query\n\n"
    "clustergraph query skills-very-important-everywhere\n\n"
    "clustergraph query my.rq --format csv > my.csv\n\n"
    "echo 'SELECT * { ?s ?p ?o } LIMIT 3' | clustergraph query -\n\n"
    "clustergraph query my.rq --endpoint http://127.0.0.1:8000/sparql"
)
def query(
    what: Annotated[
        str, typer.Argument(metavar="[NAME|FILE|-]", help="A stored query, a file, or stdin.")
    ] = "",
    form: Annotated[AnswerFormat, typer.Option("--format", help="How to write it.")] = AnswerFormat.table,
    endpoint: Annotated[str, typer.Option(help="Ask this SPARQL endpoint instead of the built files.")] = "",
    data: Annotated[list[Path] | None, typer.Option(help="Ask these RDF files instead.")] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="Bind a parameter of the query: NAME=VALUE.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the list of queries.")] = Language.en,
) -> None:
    """Run a query on the built files or a remote endpoint; without a name, list the stored queries."""
    if not what:
        _list_queries(lang.value)
        return
    given = [_pair(pair) for pair in value or ()]
    stored = _stored(what)
    if endpoint and given:
        raise typer.BadParameter("parameters are bound on built files only: write them into the query")
    if endpoint:
        from clustergraph import remote

        if form is AnswerFormat.table:
            _print_table(*remote.table(stored.text, endpoint))
        else:
            sys.stdout.buffer.write(remote.query(stored.text, form.value, endpoint))
        return
    from clustergraph.store import local

    files, values = tuple(data or ()), stored.bind(given)
    if form is AnswerFormat.table:
        _print_table(*local.table(stored.text, files, values))
    else:
        sys.stdout.buffer.write(local.query(stored.text, form.value, files, values))


def _pair(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise typer.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--value")
    return name, value


def _stored(what: str) -> Query:
    """Return the query that a name, a file or ``-`` stands for."""
    if what == "-":
        return queries.Query("stdin", sys.stdin.read(), Path("-"), ())
    if Path(what).is_file():
        return queries.read(Path(what))
    return queries.find(what)


def _list_queries(language: str) -> None:
    folder = share() / "queries"
    for kind in ("examples", "competency"):
        for stored in queries.below(folder / kind):
            typer.echo(f"{stored.name}\t{stored.summary(language)}")


def _print_table(names: list[str], rows: list[list[str]]) -> None:
    """Print rows for people; piped, they keep their whole width."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, box=SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if sys.stdout.isatty():
        Console().print(table)
    else:
        console = Console(width=10_000)
        with console.capture() as captured:
            console.print(table)
        typer.echo("\n".join(line.rstrip() for line in captured.get().strip("\n").splitlines()))
    _remark(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph serve\n\n"
    "clustergraph serve --port 8080 --data my-graphs/\n\n"
    "clustergraph serve --data large.nq.gz --store /var/lib/clustergraph\n\n"
    "clustergraph serve --timeout 5 --access-log - --root-path /graph"
)
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default answers this machine only.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="RDF files or folders, also gzipped [default: the built graphs]."),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(help="Keep the data in this folder; loaded once, then opened at every start."),
    ] = None,
    root_path: Annotated[str, typer.Option(help="Path under which a proxy publishes the service.")] = "",
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds one query may run; at the limit its process is killed.")
    ] = 10.0,
    memory: Annotated[int, typer.Option(min=16, help="MiB one query may add before its process ends.")] = 512,
    heavy: Annotated[int, typer.Option(min=1, help="Heavy queries that run at the same time.")] = 8,
    queue: Annotated[int, typer.Option(min=1, help="Queries that may wait; one more gets 503.")] = 256,
    cache: Annotated[int, typer.Option(min=0, help="MiB of finished answers that are kept.")] = 64,
    allow_service: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="An endpoint that queries may call with SERVICE; repeatable."),
    ] = None,
    access_log: Annotated[str, typer.Option(help="File for the access log, JSON lines; - for stderr.")] = "",
    log_queries: Annotated[bool, typer.Option(help="Log the text of queries, not only their hash.")] = False,
) -> None:
    """Answer SPARQL over HTTP from the built graphs; builds nothing, writes nothing, needs no network."""
    from clustergraph.store.limits import Limits
    from clustergraph.web.server import ServeOptions
    from clustergraph.web.server import serve as run

    run(
        ServeOptions(
            data=tuple(data or ()),
            store=store,
            host=host,
            port=port,
            root_path=root_path,
            limits=Limits(seconds=timeout, memory=memory * _MIB, heavy=heavy, queue=queue),
            cache=cache * _MIB,
            allow_service=tuple(allow_service or ()),
            access_log=access_log,
            log_queries=log_queries,
        )
    )


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
