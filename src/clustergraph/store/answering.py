"""A job and a store in, the bytes of its answer out, written to a sink as they come."""

import json
import re
from itertools import islice
from typing import IO, Final, Protocol, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    serialize,
)

from clustergraph.namespaces import PREFIXES
from clustergraph.store import guard
from clustergraph.store.graphs import XmlCheck, writable, write_graph
from clustergraph.store.table import write_csv
from clustergraph.store.tokens import prologue
from clustergraph.store.wire import Failure, Job

_RESULTS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_ERROR_PLACE: Final = re.compile(r"error at (\d+):(\d+): ")
_EXPECTED_CAP: Final = 300


class Sink(Protocol):
    """Where an answer goes: first :meth:`open`, then bytes."""

    def open(self, format_key: str) -> None:
        """Say the format (a key of :mod:`.formats`, or ``page``)."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""

    def flush(self) -> None:
        """Do nothing; the engine calls it."""


def answer(store: Store, job: Job, base: str, sink: Sink, *, union: bool) -> None:
    """Run the job's query and write its answer to ``sink``.

    ``union`` tells that the default graph is to be all graphs together, not the store's own.

    Raises:
        Failure: where the query is refused, malformed, or can't be given in a format that was asked for.
    """
    guard.refuse_calls(job.text)
    try:
        outcome = _evaluate(store, job, base, union=union)
        _write(outcome, job, sink)
    except SyntaxError as error:
        raise _syntax_failure(job.text, str(error)) from error
    except MemoryError as error:
        raise Failure("memory", "the query needs more memory than one query may have") from error
    except (RuntimeError, ValueError, OSError) as error:
        raise Failure("evaluation", str(error)) from error


def _evaluate(
    store: Store, job: Job, base: str, *, union: bool
) -> QuerySolutions | QueryBoolean | QueryTriples:
    text = job.text.removeprefix("\ufeff")
    values: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): _term(term) for name, term in job.values
    }
    if job.dataset:
        return store.query(
            text,
            base_iri=base,
            default_graph=[_graph(iri) for iri in job.default_graphs],
            named_graphs=[_graph(iri) for iri in job.named_graphs],
            substitutions=values or None,
        )
    union = union and not guard.names_dataset(text)
    return store.query(text, base_iri=base, use_default_graph_as_union=union, substitutions=values or None)


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise Failure("request", f"{iri!r} is no absolute IRI; give the full name of a graph") from error


def _term(text: str) -> NamedNode | Literal:
    line = f"<urn:x-parameter> <urn:x-value> {text} ."
    value = next(iter(parse(line, format=RdfFormat.N_TRIPLES))).object
    return cast("NamedNode | Literal", value)


def _syntax_failure(text: str, message: str) -> Failure:
    update = guard.update_form(text)
    if update:
        return Failure("update", f"{update} is an update; this service only answers queries")
    match = _ERROR_PLACE.match(message)
    if not match:
        return Failure("syntax", _shorten(message))
    line, column = int(match.group(1)), int(match.group(2))
    return Failure(
        "syntax", f"line {line}, column {column}: {_shorten(message[match.end() :])}", line, column
    )


def _shorten(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _EXPECTED_CAP else f"{words[:_EXPECTED_CAP]} …"


def _write(outcome: QuerySolutions | QueryBoolean | QueryTriples, job: Job, sink: Sink) -> None:
    if isinstance(outcome, QueryTriples):
        _write_graph(outcome, job, sink)
    elif job.results == "page":
        _write_page(outcome, job, sink)
    else:
        _write_results(outcome, job, sink)


def _write_results(outcome: QuerySolutions | QueryBoolean, job: Job, sink: Sink) -> None:
    if not job.results:
        raise Failure("not-acceptable", "this query gives results; ask for JSON, XML, CSV or TSV")
    sink.open(job.results)
    target = XmlCheck(sink) if job.results == "xml" else sink
    if job.results == "csv" and isinstance(outcome, QuerySolutions):
        write_csv(outcome, cast("IO[bytes]", sink))
        return
    outcome.serialize(cast("IO[bytes]", target), format=_RESULTS[job.results])


def _write_graph(outcome: QueryTriples, job: Job, sink: Sink) -> None:
    if not job.graph:
        raise Failure("not-acceptable", "this query gives a graph; ask for Turtle or another RDF format")
    if job.graph == "page":
        sink.open("page")
        triples = list(islice(outcome, job.rows + 1))
        text = serialize(triples[: job.rows], format=RdfFormat.TURTLE, prefixes=_prefixes(job.text))
        page = {"graph": (text or b"").decode(), "more": len(triples) > job.rows}
        sink.write(json.dumps(page, ensure_ascii=False).encode())
        return
    sink.open(job.graph)
    write_graph(writable(outcome, job.graph), job.graph, sink, _prefixes(job.text))


def _prefixes(text: str) -> dict[str, str]:
    """Return the query's prefixes and, after them, the project's own."""
    own = prologue(text)
    taken = set(own.values())
    return own | {name: iri for name, iri in PREFIXES.items() if name not in own and iri not in taken}


def _write_page(outcome: QuerySolutions | QueryBoolean, job: Job, sink: Sink) -> None:
    sink.open("page")
    if isinstance(outcome, QueryBoolean):
        page: dict[str, object] = {"boolean": bool(outcome)}
    else:
        names = [variable.value for variable in outcome.variables]
        rows = [[_cell(row[name]) for name in names] for row in islice(outcome, job.rows + 1)]
        page = {"variables": names, "rows": rows[: job.rows], "more": len(rows) > job.rows}
    sink.write(json.dumps(page, ensure_ascii=False).encode())


def _cell(term: object) -> tuple[str, str, str] | None:
    """Return kind, text, and language or datatype of a term."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return "iri", term.value, ""
    if isinstance(term, BlankNode):
        return "blank", f"_:{term.value}", ""
    if isinstance(term, Literal):
        return "literal", term.value, term.language or term.datatype.value
    return "triple", str(term), ""
