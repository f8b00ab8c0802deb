"""Arguments in, one library call, an exit code out: results on stdout, remarks on stderr."""

import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from clustergraph import __version__, queries
from clustergraph import files as whole
from clustergraph.display import visible
from clustergraph.errors import ClustergraphError, QueryError
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
"""The work was done, and what was looked at is not as it must be."""
FAILED = 2
"""The work could not be done: wrong arguments, or something can't be read, written or reached."""
_ROWS = 1000
"""Rows of a table that are shown."""
_NAMED = 5
"""Files that a remark names."""
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
    typer.echo(visible(words), err=True)


def _emit(content: bytes) -> None:
    """Write to standard output; to a terminal without control characters, to a reader that left nothing."""
    if sys.stdout is None:
        raise ClustergraphError("standard output is closed; open it or give --output")
    if sys.stdout.isatty():
        content = visible(content.decode(errors="replace")).encode()
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:  # what is left in the buffer would be tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise ClustergraphError(f"standard output: {error.strerror}; choose another") from error


def _time(seconds: float) -> float:
    if not isfinite(seconds):
        raise typer.BadParameter("give a number of seconds")
    return seconds


def _public_url(address: str) -> str:
    if address and not re.fullmatch(r"https?://[\w.\-\[\]:]+(/[\w.~-]+)*/?", address, re.ASCII):
        raise typer.BadParameter("give an address such as https://example.org/graph")
    return address.rstrip("/")


def _endpoints(addresses: list[str] | None) -> list[str] | None:
    for address in addresses or ():
        if not address.startswith(("http://", "https://")):
            raise typer.BadParameter("give an address that begins with http:// or https://")
    return addresses


def _tell_unread(paths: Iterable[Path]) -> None:
    """Name the files in folders that are not read."""
    from clustergraph.store.sources import unread

    if left := unread(paths):
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        _remark(f"not read: {', '.join(map(str, left[:_NAMED]))}{more}")


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
        typer.Option(
            exists=True,
            file_okay=False,
            help="A folder with ontology/ and data/sources/ [default: the project's own].",
        ),
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
        _emit(stale.encode())
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
    from clustergraph.store.sources import find

    paths = files or [graph_folder()]
    _tell_unread(paths)
    with Console(stderr=True).status("Validating …"):
        data = reading.load(paths)
        report = validation.validate(data)
    _remark(f"{len(find(paths))} files read, {len(data):,} triples")
    _emit(
        {
            ReportFormat.text: lambda: report.to_text(lang.value),
            ReportFormat.json: report.to_json,
            ReportFormat.turtle: report.to_turtle,
        }[form]().encode()
    )
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
        _emit(content)
    else:
        _write({output: content})


def _tables(form: str) -> dict[str, bytes]:
    """Return the built tables as they are, or made anew from the graphs where they are not kept."""
    if form == "csv":
        return {path.name: path.read_bytes() for path in sorted(table_folder().iterdir())}
    from clustergraph.tables import building

    return building.files(form)


def _write(files: dict[Path, bytes]) -> None:
    """Write files, all or none, and say so."""
    try:
        for folder in {path.parent for path in files}:
            folder.mkdir(exist_ok=True)
        whole.write(files)
    except OSError as error:
        raise ClustergraphError(
            f"{error.filename}: cannot be written ({error.strerror}); choose another"
        ) from error
    for path, content in files.items():
        _remark(f"{path}: {len(content)} bytes")


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
            _emit(remote.query(stored.text, form.value, endpoint))
        return
    from clustergraph.store import local

    files, values = tuple(data or ()), stored.bind(given)
    _tell_unread(files)
    if form is AnswerFormat.table:
        _print_table(*local.table(stored.text, files, values))
    else:
        _emit(local.query(stored.text, form.value, files, values))


def _pair(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise typer.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--value")
    return name, value


def _stored(what: str) -> Query:
    """Return the query that a name, a file or ``-`` stands for."""
    if what == "-":
        return queries.Query("stdin", _standard_input(), Path("-"), ())
    with suppress(OSError, ValueError):  # a query's text is too long for a file's name
        if Path(what).exists() and not Path(what).is_dir():
            return queries.read(Path(what))
    return queries.find(what)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except (UnicodeDecodeError, AttributeError, OSError) as error:  # it is None where it is closed
        raise QueryError("standard input: cannot be read; give the text of a query in UTF-8") from error


def _list_queries(language: str) -> None:
    folder = share() / "queries"
    kinds = ("examples", "competency")
    listed = [stored for kind in kinds for stored in queries.below(folder / kind)]
    _emit("".join(f"{stored.name}\t{_question(stored, language)}\n" for stored in listed).encode())


def _question(stored: queries.Query, language: str) -> str:
    """Return the question that a query asks, with the report that alone it is about."""
    report = f" ({stored.report})" if stored.report else ""
    return stored.summary(language) + report


def _print_table(names: list[str], rows: list[list[str]]) -> None:
    """Print rows for people; piped, they keep their whole width."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, box=SIMPLE_HEAD)
    for row in rows[:_ROWS]:
        table.add_row(*(Text(visible(cell)) for cell in row))
    if sys.stdout and sys.stdout.isatty():
        Console().print(table)
    else:
        page = StringIO()
        Console(file=page, width=10_000).print(table)
        lines = page.getvalue().strip("\n").splitlines()
        _emit("".join(f"{line.rstrip()}\n" for line in lines).encode())
    if len(rows) > _ROWS:
        _remark(f"{_ROWS:,} of {len(rows):,} rows shown; --format csv writes all")
    else:
        _remark(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


@app.command(
    epilog="[bold]Examples[/bold]\n\nclustergraph serve\n\n"
    "clustergraph serve --port 8080 --data my-graphs/\n\n"
    "clustergraph serve --data large.nq.gz --store /var/lib/clustergraph\n\n"
    "clustergraph serve --timeout 5 --access-log - --public-url https://example.org/graph"
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
    public_url: Annotated[
        str,
        typer.Option(
            metavar="URL",
            callback=_public_url,
            help="Address that users see, its path included, behind a proxy that takes the path off.",
        ),
    ] = "",
    without_full_text: Annotated[
        bool, typer.Option(help="Show a report's words only around a passage, never as a whole.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=86400,
            callback=_time,
            help="Seconds one query may run; at the limit its process is killed.",
        ),
    ] = 10.0,
    memory: Annotated[
        int, typer.Option(min=16, max=_MIB, help="MiB one query may add before its process ends.")
    ] = 512,
    heavy: Annotated[int, typer.Option(min=1, max=1024, help="Heavy queries that run at the same time.")] = 8,
    queue: Annotated[
        int, typer.Option(min=1, max=_MIB, help="Queries that may wait; one more gets 503.")
    ] = 256,
    cache: Annotated[int, typer.Option(min=0, max=_MIB, help="MiB of finished answers that are kept.")] = 64,
    allow_service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            callback=_endpoints,
            help="An endpoint that queries may call with SERVICE; repeatable.",
        ),
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
            public_url=public_url,
            without_full_text=without_full_text,
            limits=Limits(seconds=timeout, memory=memory * _MIB, heavy_workers=heavy, light_queue=queue),
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
        sys.exit(FAILED)
    except OSError as error:
        _remark(f"clustergraph: {error.filename or 'input or output'}: {error.strerror}; check the arguments")
        sys.exit(FAILED)
