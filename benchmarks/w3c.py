"""A checkout of the W3C's rdf-tests in; out, which SPARQL query tests pass through a service over HTTP.

Run: ``python benchmarks/w3c.py CHECKOUT [--endpoint URL] [--list]``. Without an endpoint, all data of the
tests are put into one N-Quads file, a graph per file, and served; the dataset of each test then comes by
the protocol's parameters. The tests themselves are not part of this project.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyoxigraph as ox

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SELECTED = ("sparql10", "sparql11")
LEFT_OUT = ("entailment", "service", "syntax-fed")
POSITIVE = {f"{MF}PositiveSyntaxTest", f"{MF}PositiveSyntaxTest11"}
NEGATIVE = {f"{MF}NegativeSyntaxTest", f"{MF}NegativeSyntaxTest11"}
EVALUATION = {f"{MF}QueryEvaluationTest", f"{MF}CSVResultFormatTest"}
NAMES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".n3": ox.RdfFormat.TURTLE,
}
RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}


@dataclass(frozen=True)
class Test:
    """One entry of a manifest."""

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    result: Path | None = None


class Manifest:
    """A manifest's graph with the few look-ups that are needed."""

    def __init__(self, path: Path) -> None:
        self.store = ox.Store()
        self.store.load(path=path, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())

    def one(self, subject: object, predicate: str) -> object:
        """Return an object, None where there is none."""
        return next(self.all(subject, predicate), None)

    def all(self, subject: object, predicate: str) -> Iterator[object]:
        """Yield the objects."""
        for quad in self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None):  # type: ignore[arg-type]  # manifests hold the terms that are asked for
            yield quad.object

    def members(self, head: object) -> Iterator[object]:
        """Yield the members of a list."""
        while head and head != ox.NamedNode(f"{RDF}nil"):
            yield self.one(head, f"{RDF}first")
            head = self.one(head, f"{RDF}rest")


def path_of(node: object) -> Path:
    """Return the file that a node's IRI names."""
    return Path(str(getattr(node, "value", "")).removeprefix("file://"))


def tests_in(path: Path) -> Iterator[Test]:
    """Yield the query tests of one manifest."""
    manifest = Manifest(path)
    lists = manifest.store.quads_for_pattern(None, ox.NamedNode(f"{MF}entries"), None)
    for entry in (member for quad in lists for member in manifest.members(quad.object)):
        kind = str(getattr(manifest.one(entry, f"{RDF}type"), "value", ""))
        action = manifest.one(entry, f"{MF}action")
        if kind in POSITIVE | NEGATIVE and path_of(action).suffix == ".rq":
            yield Test(str(entry), kind, path_of(action))
        elif kind in EVALUATION:
            query = manifest.one(action, f"{QT}query")
            data = tuple(path_of(node) for node in manifest.all(action, f"{QT}data"))
            named = tuple(path_of(node) for node in manifest.all(action, f"{QT}graphData"))
            result = manifest.one(entry, f"{MF}result")
            yield Test(str(entry), kind, path_of(query), data, named, path_of(result))


def find_tests(checkout: Path) -> Iterator[Test]:
    """Yield all tests of SPARQL 1.0 and 1.1 queries, without federation and entailment."""
    for version in SELECTED:
        for path in sorted((checkout / "sparql" / version).rglob("manifest.ttl")):
            if path.parent.name not in LEFT_OUT:
                yield from tests_in(path)


def gather(tests: list[Test]) -> ox.Store:
    """Return all data of the tests, a graph per file."""
    store = ox.Store()
    folders = {test.query.parent for test in tests}
    files = {path for test in tests for path in (*test.data, *test.named)}
    files |= {path for folder in folders for path in folder.iterdir() if path.suffix in NAMES}
    for path in sorted(files):
        graph = ox.NamedNode(path.as_uri())
        try:
            store.load(path=path, format=NAMES[path.suffix], base_iri=path.as_uri(), to_graph=graph)
        except (SyntaxError, KeyError) as error:
            print(f"not loaded: {path}: {error}", file=sys.stderr)
        store.add_graph(graph)
    return store


def ask(client: httpx.Client, test: Test) -> httpx.Response:
    """Send a test's query with its dataset."""
    text = test.query.read_text(encoding="utf-8")
    fields: dict[str, list[str] | str] = {"query": f"BASE <{test.query.as_uri()}>\n{text}"}
    if not (test.data or test.named or "FROM" in text):
        fields["default-graph-uri"] = "urn:none"
    elif test.data or test.named or test.kind not in EVALUATION:
        fields["default-graph-uri"] = [path.as_uri() for path in test.data]
        fields["named-graph-uri"] = [path.as_uri() for path in test.named]
    csv = test.result is not None and test.result.suffix == ".csv"
    accept = "text/csv" if csv else "application/sparql-results+json, application/n-triples;q=0.9"
    return client.post("/sparql", data=fields, headers={"accept": accept})


def as_dataset(solutions: object) -> ox.Dataset:
    """Return solutions as a graph, a node per row, so that blank nodes can be compared."""
    quads: list[ox.Quad] = []
    if isinstance(solutions, ox.QueryBoolean):
        quads.append(ox.Quad(ox.BlankNode(), ox.NamedNode("urn:boolean"), ox.Literal(bool(solutions))))
    elif isinstance(solutions, ox.QuerySolutions):
        for solution in solutions:
            row = ox.BlankNode()
            quads.append(ox.Quad(row, ox.NamedNode("urn:row"), ox.Literal(True)))
            for variable in solutions.variables:
                value = solution[variable]
                if value is not None:
                    quads.append(ox.Quad(row, ox.NamedNode(f"urn:{variable.value}"), value))
    return canonical(quads)


def canonical(quads: list[ox.Quad]) -> ox.Dataset:
    """Return quads with canonical names for blank nodes and numbers as the engine spells them."""
    store = ox.Store()
    store.extend(quads)
    dataset = ox.Dataset(store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def from_graph(path: Path) -> ox.Dataset:
    """Return a result that is written as a graph: of the result-set vocabulary, or a graph itself."""
    store = ox.Store()
    store.load(path=path, format=NAMES[path.suffix], base_iri=path.as_uri())
    if not any(store.quads_for_pattern(None, None, ox.NamedNode(f"{RS}ResultSet"))):
        return canonical([ox.Quad(*quad.triple) for quad in store])
    boolean = next(iter(store.quads_for_pattern(None, ox.NamedNode(f"{RS}boolean"), None)), None)
    if boolean:
        return canonical([ox.Quad(ox.BlankNode(), ox.NamedNode("urn:boolean"), boolean.object)])
    quads: list[ox.Quad] = []
    for solution in store.quads_for_pattern(None, ox.NamedNode(f"{RS}solution"), None):
        row = ox.BlankNode()
        quads.append(ox.Quad(row, ox.NamedNode("urn:row"), ox.Literal(True)))
        for binding in store.quads_for_pattern(solution.object, ox.NamedNode(f"{RS}binding"), None):  # type: ignore[arg-type]  # manifests hold the terms that are asked for
            name = next(iter(store.quads_for_pattern(binding.object, ox.NamedNode(f"{RS}variable"), None)))  # type: ignore[arg-type]  # manifests hold the terms that are asked for
            value = next(iter(store.quads_for_pattern(binding.object, ox.NamedNode(f"{RS}value"), None)))  # type: ignore[arg-type]  # manifests hold the terms that are asked for
            quads.append(ox.Quad(row, ox.NamedNode(f"urn:{getattr(name.object, 'value', '')}"), value.object))
    return canonical(quads)


def engine_passes(store: ox.Store, test: Test) -> bool:
    """Run one test on the engine itself, without the service."""
    text = f"BASE <{test.query.as_uri()}>\n{test.query.read_text(encoding='utf-8')}"
    graphs: dict[str, list[ox.NamedNode]] = {}
    if test.data or test.named or "FROM" not in text:
        graphs["default_graph"] = [ox.NamedNode(path.as_uri()) for path in test.data]
        graphs["named_graphs"] = [ox.NamedNode(path.as_uri()) for path in test.named]
    try:
        outcome = store.query(text, **graphs)  # type: ignore[arg-type]  # manifests hold the terms that are asked for
    except SyntaxError:
        return test.kind in NEGATIVE
    except RuntimeError:
        return test.kind in POSITIVE
    if test.kind not in EVALUATION:
        return test.kind in POSITIVE
    assert test.result  # noqa: S101 - tells the type checker
    if isinstance(outcome, ox.QueryTriples):
        return matches(
            outcome.serialize(format=ox.RdfFormat.N_TRIPLES) or b"", "application/n-triples", test.result
        )
    csv = test.result.suffix == ".csv"
    form = ox.QueryResultsFormat.CSV if csv else ox.QueryResultsFormat.JSON
    return matches(outcome.serialize(format=form) or b"", "text/csv" if csv else "", test.result)


def matches(content: bytes, content_type: str, expected: Path) -> bool:
    """Compare an answer with the expected one, whatever its order."""
    if expected.suffix == ".csv":
        wanted = expected.read_text(encoding="utf-8").splitlines()
        got = content.decode().splitlines()
        return wanted[:1] == got[:1] and [blank(line) for line in sorted(wanted)] == [
            blank(line) for line in sorted(got)
        ]
    if content_type.startswith("application/n-triples"):
        triples = ox.parse(content, format=ox.RdfFormat.N_TRIPLES)
        return canonical([ox.Quad(*quad.triple) for quad in triples]) == from_graph(expected)
    got_results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if expected.suffix in RESULTS:
        return as_dataset(got_results) == as_dataset(
            ox.parse_query_results(path=expected, format=RESULTS[expected.suffix])
        )
    return as_dataset(got_results) == from_graph(expected)


def blank(line: str) -> str:
    """Return a CSV line with one name for all blank nodes."""
    return ",".join("_:b" if cell.startswith("_:") else cell for cell in line.split(","))


def passes(client: httpx.Client, test: Test) -> bool:
    """Run one test."""
    try:
        response = ask(client, test)
    except httpx.TransportError as error:
        print(f"{test.query}: {error}", file=sys.stderr)
        return False
    if test.kind in NEGATIVE:
        return response.status_code == httpx.codes.BAD_REQUEST and response.json()["type"].endswith("/syntax")
    if test.kind in POSITIVE:
        return response.status_code == httpx.codes.OK or response.json()["type"].endswith("/evaluation")
    if response.status_code != httpx.codes.OK:
        return False
    assert test.result  # noqa: S101 - tells the type checker
    return matches(response.content, response.headers["content-type"], test.result)


@contextlib.contextmanager
def served(store: ox.Store, endpoint: str) -> Iterator[str]:
    """Give the address of a service with the tests' data: the one named, or a new one."""
    if endpoint:
        yield endpoint
        return
    with tempfile.TemporaryDirectory() as folder:
        store.dump(Path(folder) / "tests.nq", ox.RdfFormat.N_QUADS)
        program = "from clustergraph.cli import main; main()"
        command = [sys.executable, "-c", program, "serve", "--port", "0", "--data", folder]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr  # noqa: S101 - tells the type checker
            yield next(line for line in process.stderr if " serves " in line).split()[-1]
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Run all tests and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--endpoint", default="")
    parser.add_argument("--list", action="store_true", help="name the tests that fail")
    options = parser.parse_args()
    tests = list(find_tests(options.checkout.resolve()))
    store = gather(tests)
    with served(store, options.endpoint) as url, httpx.Client(base_url=url, timeout=60) as client:
        outcome = {test: passes(client, test) for test in tests}
    failed = [test for test, passed in outcome.items() if not passed]
    lost = [test for test in failed if engine_passes(store, test)]
    print(f"{len(outcome) - len(failed)} of {len(outcome)} tests pass over HTTP")
    print(f"{len(lost)} of the others pass in the engine alone")
    for test in failed if options.list else lost:
        print(f"{test.kind.removeprefix(MF)} {test.query.parent.name}/{test.query.name}")


if __name__ == "__main__":
    main()
