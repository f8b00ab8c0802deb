"""What is wrong with some data comes in; a report goes out: for a person, as JSON, or as SHACL has it."""

import json
import re
from dataclasses import dataclass
from typing import Final

from rdflib import BNode, Literal, Node, URIRef
from rdflib.namespace import SH
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery

from clustergraph.errors import ClustergraphError
from clustergraph.namespaces import BASE, PREFIXES

SEVERITIES: Final = ("Violation", "Warning", "Info")
"""The severities of SHACL, the gravest first; only the first makes data invalid."""

_WORDS: Final = {
    "de": ("in Ordnung", "nicht in Ordnung", "Verstoss", "Warnung", "Hinweis"),
    "fr": ("conforme", "non conforme", "infraction", "avertissement", "remarque"),
    "en": ("conforms", "does not conform", "violation", "warning", "info"),
}
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
    """The rule: a shape or a check."""
    messages: tuple[tuple[str, str], ...]
    """Language tag and message, in the order of :data:`LANGUAGES`."""
    source: str
    """The file that holds the rule, relative to the shared folder; ``terms`` for the term lint."""
    component: URIRef = SH.SPARQLConstraintComponent
    """The kind of constraint that is not met; that of a check is SPARQL."""

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
        """Return the report as a SHACL validation report (SHACL, section 3.6).

        There ``sh:conforms`` is false where there is any result, be it only a warning.
        """
        results = "".join(f" ;\n    sh:result {_result(finding)}" for finding in self.findings)
        return (
            f"@prefix sh: <{PREFIXES['sh']}> .\n\n"
            f"[]\n    a sh:ValidationReport ;\n    sh:conforms {str(not self.findings).lower()}{results} .\n"
        )


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
        f"sh:sourceConstraintComponent {finding.component.n3()}",
    ]
    rule = "sourceConstraint" if finding.component == SH.SPARQLConstraintComponent else "sourceShape"
    lines.append(f"sh:{rule} {finding.shape.n3()}")
    if finding.path:
        lines.append(f"sh:resultPath {_shacl_path(finding.path)}")
    if finding.value is not None:
        lines.append(f"sh:value {finding.value.n3()}")
    return "[\n        " + " ;\n        ".join(lines) + "\n    ]"


def _shacl_path(path: str) -> str:
    """Write a path of a finding as SHACL writes it in Turtle."""
    if "<" not in path:
        return f"<{path}>"
    return _shacl_step(prepareQuery(f"ASK {{ ?s {path} ?o }}").algebra.p.p.triples[0][1])


def _shacl_step(path: Node | PropertyPath) -> str:
    match path:
        case URIRef():
            return f"<{path}>"
        case InvPath():
            return f"[ sh:inversePath {_shacl_step(path.arg)} ]"
        case MulPath():
            term = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}[path.mod]
            return f"[ sh:{term} {_shacl_step(path.path)} ]"
        case AlternativePath():
            return f"[ sh:alternativePath ( {' '.join(map(_shacl_step, path.args))} ) ]"
        case SequencePath():
            return f"( {' '.join(map(_shacl_step, path.args))} )"
    raise ClustergraphError(f"{path}: SHACL has no such path; use its paths")
