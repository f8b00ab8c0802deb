"""A job and a store in, the bytes of its answer out, written to a sink as they come."""

import contextlib
import json
import re
from functools import lru_cache
from itertools import islice
from typing import IO, Any, Final, Protocol, cast

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
from clustergraph.store import dataset, guard, syntax
from clustergraph.store.graphs import XmlCheck, writable, write_graph
from clustergraph.store.table import write_csv
from clustergraph.store.tokens import body, prologue, tokens
from clustergraph.store.wire import Failure, Job

_RESULTS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_EVERYTHING: Final = re.compile(r"(?i)select(?:\s|#.*)*(?:(?:distinct|reduced)(?:\s|#.*)*)?\*")
_SCOPED: Final = re.compile(r"(?i)[\"'#(\\]|select|minus|exists|order|service")
"""What a pattern holds where it may have variables that the solutions don't, or other things that look so."""
_VARIABLE: Final = re.compile(r"<[^<>\s]*>|[?$](\w+)")
_RESERVED: Final = frozenset(
    {"xml", "xmlns", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"}
)
"""Prefixes and namespaces that XML gives a meaning of its own (Namespaces in XML 1.0, section 3)."""
Outcome = QuerySolutions | QueryBoolean | QueryTriples


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
    if job.text.startswith("\ufeff"):
        job = job._replace(text=job.text[1:])
    guard.refuse_calls(job.text)
    try:
        outcome = _evaluate(store, job, base, union=union)
        _write(outcome, job, base, sink)
    except SyntaxError as error:
        raise syntax.failure(job.text, str(error)) from error
    except MemoryError as error:
        raise Failure("memory", "the query needs more memory than one query may have") from error
    except (RuntimeError, ValueError, OSError) as error:
        raise Failure("evaluation", str(error)) from error


def _evaluate(store: Store, job: Job, base: str, *, union: bool) -> Outcome:
    values: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): _term(term) for name, term in job.values
    }
    options: dict[str, Any] = {"base_iri": base, "substitutions": values or None}
    clauses = () if job.dataset else tuple(guard.dataset_clauses(job.text))
    if job.dataset or len(clauses) > 1:
        store, limits = dataset.limited(store, dataset.graphs(job, clauses, base), shared=not union)
        options |= limits
    else:
        options["use_default_graph_as_union"] = union and not clauses
    if values or "*" not in job.text or not (star := _EVERYTHING.search(job.text)):
        return store.query(job.text, **options)
    if text := _named(job.text, star):
        with contextlib.suppress(SyntaxError):  # it is said of the text as it came
            return store.query(text, **options)
    outcome: Outcome = store.query(job.text, **options)
    if isinstance(outcome, QuerySolutions):
        ordered = _in_order(job.text, [variable.value for variable in outcome.variables])
        return store.query(ordered, **options) if ordered else outcome
    return outcome


def _named(text: str, star: re.Match[str]) -> str:
    """Return a ``SELECT *`` with its variables named, empty where some of them may be out of scope."""
    begin, end = star.span()
    names = (
        ""
        if "{" in text[:begin] or _SCOPED.search(text, end)
        else dict.fromkeys(_VARIABLE.findall(text, end))
    )
    return f"{text[: end - 1]} {' '.join(f'?{name}' for name in names if name)} {text[end:]}" if names else ""


def _in_order(text: str, variables: list[str]) -> str:
    """Return a ``SELECT *`` with the variables in the order in which they appear, empty where they are so.

    The engine, which knows which variables are in scope, gives them in alphabetical order.
    """
    appearing = dict.fromkeys(token.text[1:] for token in tokens(text) if token.kind == "variable")
    wanted = [name for name in appearing if name in variables]
    star = next((token for token in islice(body(text), 1, 3) if token.text == "*"), None)
    if star is None or wanted == variables or len(wanted) != len(variables):
        return ""
    return f"{text[: star.offset]} {' '.join(f'?{name}' for name in wanted)} {text[star.offset + 1 :]}"


def _term(text: str) -> NamedNode | Literal:
    line = f"<urn:x-parameter> <urn:x-value> {text} ."
    value = next(iter(parse(line, format=RdfFormat.N_TRIPLES))).object
    return cast("NamedNode | Literal", value)


def _write(outcome: Outcome, job: Job, base: str, sink: Sink) -> None:
    if isinstance(outcome, QueryTriples):
        _write_graph(outcome, job, base, sink)
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


def _write_graph(outcome: QueryTriples, job: Job, base: str, sink: Sink) -> None:
    if not job.graph:
        raise Failure("not-acceptable", "this query gives a graph; ask for Turtle or another RDF format")
    if job.graph == "page":
        sink.open("page")
        triples = list(islice(outcome, job.rows + 1))
        text = serialize(triples[: job.rows], format=RdfFormat.TURTLE, prefixes=_prefixes(job, base))
        rows = [[_cell(term) for term in triple] for triple in triples[: job.rows]]
        page = {"graph": (text or b"").decode(), "rows": rows, "more": len(triples) > job.rows}
        sink.write(json.dumps(page, ensure_ascii=False).encode())
        return
    sink.open(job.graph)
    write_graph(writable(outcome, job.graph), job.graph, sink, _prefixes(job, base))


def _prefixes(job: Job, base: str) -> dict[str, str]:
    """Return the query's prefixes and, after them, the project's own."""
    found = _resolved(prologue(job.text), base)
    if job.graph != "rdf":
        return found
    return {name: iri for name, iri in found.items() if _RESERVED.isdisjoint((name, iri))}


@lru_cache(maxsize=64)
def _resolved(head: str, base: str) -> dict[str, str]:
    """Return the prefixes of a prologue and the project's own.

    A prologue without its query is Turtle, so that the engine resolves what is relative or escaped in it.
    """
    turtle = parse(head, format=RdfFormat.TURTLE, base_iri=base)
    own = {} if any(turtle) else turtle.prefixes
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
