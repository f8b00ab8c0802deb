"""RDF data come in; what shapes, checks and the term lint find wrong with them goes out as a report."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

import pyoxigraph
import pyshacl
from rdflib import Dataset, Graph, Node, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, SH

from clustergraph import iris
from clustergraph.errors import ClustergraphError
from clustergraph.findings import SEVERITIES, Finding, ValidationReport
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import BASE
from clustergraph.reading import load, node_of
from clustergraph.resources import share
from clustergraph.termlint import known_terms, lint_graph

_TERM_RULE: Final = URIRef(f"{BASE}checks/undefined-term")


@dataclass(frozen=True)
class Check:
    """A query that must return no row; ``?focus``, ``?path`` and ``?value`` say what is wrong."""

    name: str
    summary: str
    severity: str
    messages: tuple[tuple[str, str], ...]
    text: str = field(repr=False)


@dataclass(frozen=True)
class Rules:
    """The shapes as one graph, and the file that each of their nodes comes from."""

    graph: Graph
    files: tuple[tuple[URIRef, str], ...] = field(repr=False)


def shapes(files: Iterable[Path] | None = None) -> Rules:
    """Read shapes from Turtle files (default: all of the project's own)."""
    graph, sources = Graph(bind_namespaces="none"), {}
    for file in sorted((share() / "shapes").glob("*.ttl") if files is None else files):
        part = Graph(bind_namespaces="none").parse(file)
        sources.update({node: f"shapes/{file.name}" for node in part.subjects() if isinstance(node, URIRef)})
        graph += part
    return Rules(graph, tuple(sources.items()))


def checks(folder: Path | None = None) -> tuple[Check, ...]:
    """Read the check queries below a folder (default: the project's own), sorted by name."""
    return tuple(_check(file) for file in sorted((folder or share() / "queries" / "checks").glob("*.rq")))


def validate(
    data: Graph,
    *,
    rules: Rules | None = None,
    against: tuple[Check, ...] | None = None,
    ontology: Path | None = None,
) -> ValidationReport:
    """Hold data against shapes, checks and the lists of known terms.

    A dataset is validated as the union of its graphs; a check may still ask for one of them by name. Data
    without the project's ontology are read together with it (``ontology``: its folder), so that what they
    refer to is known.
    """
    dataset = _with_ontology(data, ontology or share() / "ontology")
    union = _union(dataset)
    findings = [
        *shape_findings(union, shapes() if rules is None else rules),
        *check_findings(_store(dataset), checks() if against is None else against),
        *_term_findings(union),
    ]
    return ValidationReport(tuple(sorted(findings, key=Finding.sort_key)))


def shape_findings(data: Graph, rules: Rules) -> Iterator[Finding]:
    """Yield what the shapes find wrong with a graph."""
    _, results, _ = pyshacl.validate(data, shacl_graph=rules.graph, inplace=True, allow_warnings=True)
    if not isinstance(results, Graph):
        raise ClustergraphError(f"shapes: pySHACL stopped ({results}); fix the shape it names")
    files = dict(rules.files)
    for result in results.subjects(RDF.type, SH.ValidationResult):
        if (None, SH.detail, result) in results:
            continue
        rule = results.value(result, SH.sourceShape)
        focus = results.value(result, SH.focusNode)
        if not isinstance(rule, URIRef) or focus is None:
            raise ClustergraphError("shapes: a rule without a name has fired; give every shape an IRI")
        path = rules.graph.value(rule, SH.path)
        yield Finding(
            severity=str(results.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            focus=focus,
            path=_path(rules.graph, path) or _path(results, results.value(result, SH.resultPath)),
            value=results.value(result, SH.value),
            shape=rule,
            messages=_messages(rules.graph, rule),
            source=files[rule],
            component=URIRef(str(results.value(result, SH.sourceConstraintComponent))),
        )


def check_findings(store: pyoxigraph.Store, against: tuple[Check, ...]) -> Iterator[Finding]:
    """Yield a finding for each row that a check returns on the union of a store's graphs."""
    for check in against:
        rows = store.query(check.text, use_default_graph_as_union=True)
        if not isinstance(rows, pyoxigraph.QuerySolutions):
            raise ClustergraphError(f"{check.name}: not a SELECT; select ?focus, ?path and ?value")
        names = [variable.value for variable in rows.variables]
        for row in rows:
            cells = {name: node_of(term) for name, term in zip(names, row, strict=True) if term is not None}
            path = cells.get("path")
            yield Finding(
                severity=check.severity,
                focus=cells["focus"],
                path=None if path is None else str(path),
                value=cells.get("value"),
                shape=URIRef(f"{BASE}checks/{check.name}"),
                messages=check.messages,
                source=f"queries/checks/{check.name}.rq",
            )


def _term_findings(data: Graph) -> Iterator[Finding]:
    for term in lint_graph(data, known_terms()):
        yield Finding(
            severity=SEVERITIES[0],
            focus=URIRef(term.iri),
            path=None,
            value=None,
            shape=_TERM_RULE,
            messages=(
                ("de", f"Den Namen berichtigen: Das Vokabular kennt ihn nicht ({term.advice})."),
                ("fr", f"Corriger le nom : le vocabulaire ne le connaît pas ({term.advice})."),
                ("en", f"Correct the name: its vocabulary does not have it ({term.advice})."),
            ),
            source="terms",
            component=_TERM_RULE,
        )


def _with_ontology(data: Graph, folder: Path) -> Dataset:
    """Copy the data into a dataset, and the ontology with them where they lack it."""
    dataset = Dataset(default_union=True)
    quads = data.quads() if isinstance(data, Dataset) else ((*triple, None) for triple in data)
    for subject, predicate, value, graph in quads:
        home = dataset.graph(graph) if isinstance(graph, URIRef) else dataset.default_graph
        home.add((subject, predicate, value))
    if (None, RDF.type, OWL.Ontology) not in dataset:
        for subject, predicate, value in load([folder]).triples((None, None, None)):
            dataset.graph(iris.graph("ontology")).add((subject, predicate, value))
    return dataset


def _union(dataset: Dataset) -> Graph:
    union = Graph(bind_namespaces="none")
    for subject, predicate, value, _ in dataset.quads():
        union.add((subject, predicate, value))
    return union


def _store(dataset: Dataset) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    quads = dataset.serialize(format="nquads", encoding="utf-8")
    store.bulk_extend(pyoxigraph.parse(BytesIO(quads), format=pyoxigraph.RdfFormat.N_QUADS))
    return store


def _check(file: Path) -> Check:
    text = file.read_text(encoding="utf-8")
    head = dict(re.findall(r"^#\+ ([a-z-]+): (.+)$", text, re.MULTILINE))
    missing = {"summary", *(f"message-{language}" for language in LANGUAGES)} - set(head)
    if missing:
        raise ClustergraphError(
            f"{file}: no {', '.join(sorted(missing))}; add '#+ <name>: <text>' at its head"
        )
    return Check(
        name=file.stem,
        summary=head["summary"],
        severity=head.get("severity", SEVERITIES[0]),
        messages=tuple((language, head[f"message-{language}"]) for language in LANGUAGES),
        text=text,
    )


def _messages(graph: Graph, rule: URIRef) -> tuple[tuple[str, str], ...]:
    said = {message.language: str(message) for message in graph.objects(rule, SH.message)}  # type: ignore[attr-defined]  # messages are literals
    missing = [language for language in LANGUAGES if language not in said]
    if missing:
        raise ClustergraphError(f"{rule}: no sh:message in {', '.join(missing)}; add it to the shape")
    return tuple((language, said[language]) for language in LANGUAGES)


_STEPS: Final = (
    (SH.inversePath, "^{}"),
    (SH.zeroOrMorePath, "{}*"),
    (SH.oneOrMorePath, "{}+"),
    (SH.zeroOrOnePath, "{}?"),
)
"""The properties of SHACL paths with one step, and how SPARQL writes them (SHACL, section 2.3.1)."""


def _path(graph: Graph, path: Node | None) -> str | None:
    """Write a SHACL path the way SPARQL writes it; a single property is its plain IRI."""
    return str(path) if path is None or isinstance(path, URIRef) else _composed(graph, path)


def _composed(graph: Graph, path: Node) -> str:
    for term, pattern in _STEPS:
        if (step := graph.value(path, term)) is not None:
            return pattern.format(_step(graph, step))
    choice = graph.value(path, SH.alternativePath)
    steps = Collection(graph, path if choice is None else choice)
    return ("/" if choice is None else "|").join(_step(graph, step) for step in steps)


def _step(graph: Graph, path: Node) -> str:
    return f"<{path}>" if isinstance(path, URIRef) else f"({_composed(graph, path)})"
