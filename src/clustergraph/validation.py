"""RDF data come in; what shapes, checks and the term lint find wrong with them goes out as a report."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyoxigraph
import pyshacl
from rdflib import BNode, Dataset, Graph, Literal, Node, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, SH, XSD
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from clustergraph import iris
from clustergraph.errors import ClustergraphError
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import share
from clustergraph.termlint import known_terms, lint_graph

LANGUAGES: Final = ("de", "fr", "en")
"""The languages that every message is written in."""

SEVERITIES: Final = ("Violation", "Warning", "Info")
"""The severities of SHACL, the gravest first; only the first makes data invalid."""

_WORDS: Final = {
    "de": ("in Ordnung", "nicht in Ordnung", "Verstoss", "Warnung", "Hinweis"),
    "fr": ("conforme", "non conforme", "infraction", "avertissement", "remarque"),
    "en": ("conforms", "does not conform", "violation", "warning", "info"),
}
_TERM_RULE: Final = URIRef(f"{BASE}checks/undefined-term")
_IRI: Final = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, which rule says so, and what to do about it."""

    severity: str
    """One of :data:`SEVERITIES`."""
    focus: Node
    path: str | None
    """The property's IRI, or a SPARQL property path with full IRIs."""
    value: Node | None
    shape: URIRef
    """The rule: a shape, a SPARQL constraint, or a check."""
    messages: tuple[tuple[str, str], ...]
    """Language tag and message, in the order of :data:`LANGUAGES`."""
    source: str
    """The file that holds the rule, relative to the shared folder; ``terms`` for the term lint."""

    def message(self, language: str = "en") -> str:
        """Return the message in a language, or in the first there is."""
        return dict(self.messages).get(language, self.messages[0][1])

    def sort_key(self) -> tuple[int, str, str, str, str]:
        """Order findings by severity, rule, focus, path and value."""
        return (
            SEVERITIES.index(self.severity),
            str(self.shape),
            str(self.focus),
            self.path or "",
            str(self.value or ""),
        )


@dataclass(frozen=True)
class ValidationReport:
    """What is wrong with some data, gravest first."""

    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        """True where no finding is a violation; warnings do not make data invalid."""
        return not any(finding.severity == SEVERITIES[0] for finding in self.findings)

    def to_text(self, language: str = "en") -> str:
        """Return the report for a person: a finding in two lines, the sum in the last line."""
        words = _WORDS.get(language, _WORDS["en"])
        lines: list[str] = []
        for finding in self.findings:
            where = " ".join(
                [_short(finding.focus)]
                + ([_short_path(finding.path)] if finding.path else [])
                + ([_short(finding.value)] if finding.value is not None else [])
            )
            lines.append(f"{words[2 + SEVERITIES.index(finding.severity)]}: {where}")
            lines.append(f"  {finding.message(language)} [{finding.source}: {_rule_name(finding.shape)}]")
        counts = ", ".join(
            f"{sum(finding.severity == severity for finding in self.findings)} {word}"
            for severity, word in zip(SEVERITIES, words[2:], strict=True)
        )
        lines.append(f"{words[0] if self.conforms else words[1]} ({counts})")
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Return the report as JSON: ``conforms`` and ``findings``, each with its message per language."""
        findings = [
            {
                "severity": finding.severity,
                "focus": str(finding.focus),
                "path": finding.path,
                "value": None if finding.value is None else str(finding.value),
                "shape": str(finding.shape),
                "message": dict(finding.messages),
                "source": finding.source,
            }
            for finding in self.findings
        ]
        report = {"conforms": self.conforms, "findings": findings}
        return json.dumps(report, ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """Return the report as a SHACL validation report (SHACL, section 3.6)."""
        results = "".join(f" ;\n    sh:result {_result(finding)}" for finding in self.findings)
        return (
            f"@prefix sh: <{PREFIXES['sh']}> .\n\n"
            f"[]\n    a sh:ValidationReport ;\n    sh:conforms {str(self.conforms).lower()}{results} .\n"
        )


class PreparedGraph(Graph):
    """A graph that parses each query once: pySHACL asks it of every focus node, and parsing is what costs."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Answer a query as :meth:`rdflib.Graph.query` does."""
        if isinstance(query_object, str):
            if query_object not in self._prepared:
                self._prepared[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
            query_object = self._prepared[query_object]
        return super().query(query_object, *args, **kwargs)


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


def load(paths: Iterable[Path]) -> Dataset:
    """Read RDF files, and those in folders, into a dataset.

    A file named after one of the project's graphs (``stated.ttl``, …) is read into that graph, what lies
    below a folder ``ontology`` into the graph of that name; TriG and N-Quads name their graphs themselves.

    Raises:
        ClustergraphError: naming file and line where one cannot be read.
    """
    dataset = Dataset(default_union=True)
    for path in paths:
        for file in sorted(_rdf_files(path)):
            _load_file(dataset, file)
    return dataset


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
    """Yield what the shapes find wrong with a graph.

    pySHACL drops the language tags of the messages of SPARQL constraints, so that messages are taken from
    the shapes themselves.
    """
    _, results, _ = pyshacl.validate(data, shacl_graph=rules.graph, inplace=True, allow_warnings=True)
    if not isinstance(results, Graph):
        raise ClustergraphError(f"shapes: pySHACL stopped ({results}); mend the shape it names")
    files = dict(rules.files)
    for result in results.subjects(RDF.type, SH.ValidationResult):
        if (None, SH.detail, result) in results:
            continue
        rule = results.value(result, SH.sourceConstraint) or results.value(result, SH.sourceShape)
        focus = results.value(result, SH.focusNode)
        if not isinstance(rule, URIRef) or focus is None:
            raise ClustergraphError("shapes: a rule without a name has fired; give every shape an IRI")
        path = rules.graph.value(rule, SH.path) or results.value(result, SH.resultPath)
        yield Finding(
            severity=str(results.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            focus=focus,
            path=None if path is None else _path(rules.graph, path),
            value=results.value(result, SH.value),
            shape=rule,
            messages=_messages(rules.graph, rule),
            source=files[rule],
        )


def check_findings(store: pyoxigraph.Store, against: tuple[Check, ...]) -> Iterator[Finding]:
    """Yield a finding for each row that a check returns on the union of a store's graphs."""
    for check in against:
        rows = store.query(check.text, use_default_graph_as_union=True)
        if not isinstance(rows, pyoxigraph.QuerySolutions):
            raise ClustergraphError(f"{check.name}: not a SELECT; select ?focus, ?path and ?value")
        names = [variable.value for variable in rows.variables]
        for row in rows:
            cells = {name: _node(term) for name, term in zip(names, row, strict=True) if term is not None}
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
        )


def _rdf_files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise ClustergraphError(f"{path}: no such file; give a file or a folder of RDF")
    if path.is_file():
        yield path
        return
    for file in path.rglob("*"):
        if file.suffix in {".ttl", ".trig", ".nt", ".nq"}:
            yield file


def _load_file(dataset: Dataset, file: Path) -> None:
    syntax = pyoxigraph.RdfFormat.from_extension(file.suffix.removeprefix("."))
    if syntax is None:
        raise ClustergraphError(
            f"{file}: unknown kind of file; name it .ttl, .trig, .nt, .nq, .rdf or .jsonld"
        )
    name = "ontology" if "ontology" in file.parts else file.stem
    home = dataset.graph(iris.graph(name)) if name in iris.GRAPHS else dataset.default_graph
    try:
        for quad in pyoxigraph.parse(path=str(file), format=syntax, base_iri=BASE):
            graph = home
            if not isinstance(quad.graph_name, pyoxigraph.DefaultGraph):
                graph = dataset.graph(URIRef(quad.graph_name.value))
            graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object)))
    except SyntaxError as error:
        place = f"{file}:{error.lineno}" if error.lineno else str(file)
        raise ClustergraphError(f"{place}: {error.msg}; mend the syntax there") from error


def _node(term: object) -> Node:
    """Return a term of the store as a term of rdflib."""
    match term:
        case pyoxigraph.NamedNode():
            return URIRef(term.value)
        case pyoxigraph.BlankNode():
            return BNode(term.value)
        case pyoxigraph.Literal() if term.language:
            return Literal(term.value, lang=term.language)
        case pyoxigraph.Literal() if term.datatype.value == str(XSD.string):
            return Literal(term.value)
        case pyoxigraph.Literal():
            return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ClustergraphError(f"{term}: triples within triples are not read; describe the thing itself")


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


def _union(dataset: Dataset) -> PreparedGraph:
    union = PreparedGraph()
    for subject, predicate, value, _ in dataset.quads():
        union.add((subject, predicate, value))
    return union


def _store(dataset: Dataset) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    quads = dataset.serialize(format="nquads", encoding="utf-8")
    store.bulk_load(BytesIO(quads), format=pyoxigraph.RdfFormat.N_QUADS)
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


def _path(graph: Graph, path: Node) -> str:
    """Write a SHACL path the way SPARQL writes it; a single property is its plain IRI."""
    if isinstance(path, URIRef):
        return str(path)
    inverse, choice = graph.value(path, SH.inversePath), graph.value(path, SH.alternativePath)
    if inverse is not None:
        return f"^<{inverse}>"
    if choice is not None:
        return "|".join(f"<{step}>" for step in Collection(graph, choice))
    return "/".join(f"<{step}>" for step in Collection(graph, path))


def _short(node: Node) -> str:
    """Write a node for a person: IRIs below the base without it, others with a prefix, literals in quotes."""
    if not isinstance(node, URIRef):
        return node.n3() if isinstance(node, Literal | BNode) else str(node)
    for prefix, namespace in PREFIXES.items():
        local = node.removeprefix(namespace)
        if local != node and re.fullmatch(r"[\w-]+", local):
            return f"{prefix}:{local}"
    return f"<{node.removeprefix(BASE)}>"


def _short_path(path: str) -> str:
    return _IRI.sub(lambda iri: _short(URIRef(iri[1])), path) if "<" in path else _short(URIRef(path))


def _rule_name(rule: URIRef) -> str:
    return rule.removeprefix(BASE).rpartition("#")[2].rpartition("/")[2]


def _result(finding: Finding) -> str:
    """Write a finding as a node of a SHACL report."""
    lines = [
        "a sh:ValidationResult",
        f"sh:focusNode {finding.focus.n3()}",
        *(f"sh:resultMessage {Literal(text, lang=language).n3()}" for language, text in finding.messages),
        f"sh:resultSeverity sh:{finding.severity}",
        f"sh:sourceShape {finding.shape.n3()}",
    ]
    if finding.path and "<" not in finding.path:
        lines.append(f"sh:resultPath <{finding.path}>")
    if finding.value is not None:
        lines.append(f"sh:value {finding.value.n3()}")
    return "[\n        " + " ;\n        ".join(lines) + "\n    ]"
