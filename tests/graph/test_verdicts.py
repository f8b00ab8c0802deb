"""The verdicts of chapter and conclusions, cell by cell, against a table written from the report by hand."""

from dataclasses import dataclass

import pytest
from rdflib import RDF, SKOS, Graph, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import NIF
from clustergraph.vocabulary import CLG

REPORT = "basel-2014"


@dataclass(frozen=True)
class Judged:
    """A verdict, its words and their line; where there is none, the words are empty."""

    value: str
    words: str = ""
    line: int = 0


COLLECTIVE = Judged(
    "collective-finding",
    "Die Stärkung der Kompetenzen in der Weiterbildung sowie die Professionalisierung der Teams sind eine "
    "zentrale Herausforderung für das Clustermanagement.",
    212,
)
NOT_STATED, NOT_MENTIONED = Judged("not-stated"), Judged("not-mentioned")

TABLE = {
    "vernetzung-1": (
        Judged(
            "majority-supported",
            "Die Hypothese wird von den Teilnehmenden mehrheitlich gestützt: Die Individuen sind die "
            "Clusterakteure, nicht die Unternehmen.",
            99,
        ),
        Judged(
            "shown",
            "Die Resultate im Themenbereich der Vernetzung haben gezeigt, dass die Individuen die "
            "entscheidenden "
            "Clusterakteure sind, auch wenn die Unternehmen meist als Mitglieder der Cluster ausgewiesen "
            "werden.",
            309,
        ),
    ),
    "vernetzung-2": (
        Judged(
            "majority-supported",
            "Die Hypothese wird von den Teilnehmenden mehrheitlich gestützt: Clustermanager sind nicht "
            "beliebig "
            "austauschbar zwischen Clustern unterschiedlicher Branchen, verschiedene Cluster brauchen auch "
            "verschiedene Clustermanager.",
            111,
        ),
        Judged(
            "majority-confirmed",
            "Zudem hat sich die Hypothese mehrheitlich bestätigt, dass unterschiedliche Cluster "
            "unterschiedliche "
            "Clustermanager brauchen.",
            309,
        ),
    ),
    "vernetzung-3": (
        Judged(
            "supported",
            "Die Hypothese wird von den Teilnehmenden gestützt: Ein Cluster ist mit problembehafteten "
            "Perioden "
            "im Laufe seines Lebenszyklus konfrontiert.",
            121,
        ),
        NOT_MENTIONED,
    ),
    "vernetzung-4": (
        Judged(
            "no-clear-assessment",
            "Aus den Aussagen lassen sich keine eindeutigen Einschätzungen zu den einzelnen Aspekten der "
            "Hypothese ableiten.",
            129,
        ),
        NOT_MENTIONED,
    ),
    "qualitaetsmanagement-1": (
        NOT_STATED,
        Judged(
            "supported",
            "Im Themenbereich des Qualitätsmanagements stützten die Diskussionen die Hypothese, dass die "
            "Ergebnismessung in den Clusterinitiativen nicht ausreichend ist",
            309,
        ),
    ),
    "qualitaetsmanagement-2": (
        NOT_STATED,
        Judged(
            "supported",
            "vor allem kleine und junge Cluster Schwierigkeiten haben, standardisierte Qualitätsindikatoren "
            "einzuhalten",
            309,
        ),
    ),
    "qualitaetsmanagement-3": (
        NOT_STATED,
        Judged(
            "seems-so",
            "Des Weiteren scheint die Internationalisierung der Cluster wichtig, aber nicht ausreichend "
            "umgesetzt zu sein.",
            309,
        ),
    ),
    "weiterbildung-1": (
        Judged(
            "finding-without-verdict",
            "Es stellt sich heraus, dass das Finanzierungsmodell der Cluster in Frankreich und in "
            "Deutschland "
            "wenig innovativ ist und es schwierig erscheint, diese bestehenden Finanzierungsmodelle in einer "
            "innovativen Perspektive weiterzuentwickeln – in der Schweiz hingegen ist der Marktmechanismus "
            "entscheidend.",
            190,
        ),
        NOT_MENTIONED,
    ),
    "weiterbildung-2": (
        COLLECTIVE,
        Judged(
            "theme-level-only",
            "Was den Themenbereich Weiterbildung betrifft, so hat sich ein Bedarf an solcher herausgestellt.",
            309,
        ),
    ),
    "weiterbildung-3": (COLLECTIVE, NOT_MENTIONED),
    "weiterbildung-4": (
        COLLECTIVE,
        Judged(
            "echoed",
            "Insbesondere wenn es darum geht, Clustermanager fortzubilden, die aufgrund ihrer beruflichen "
            "Erfahrung vor allem technische Kompetenzen haben.",
            309,
        ),
    ),
    "weiterbildung-5": (COLLECTIVE, NOT_MENTIONED),
}
CELLS = [(notation, place) for notation in TABLE for place in ("chapter", "conclusions")]


def assessments(read_off: Graph, notation: str, place: str) -> list[URIRef]:
    """The assessments of a hypothesis in one place."""
    return [
        node
        for node in read_off.subjects(CLG.assesses, iris.hypothesis(REPORT, notation))
        if isinstance(node, URIRef)
        and (node, CLG.verdictPlace, iris.resource(f"verdict-place/{place}")) in read_off
    ]


@pytest.mark.parametrize(("notation", "place"), CELLS)
def test_the_verdict_is_the_one_of_the_report(notation: str, place: str, read_off: Graph) -> None:
    expected = TABLE[notation][("chapter", "conclusions").index(place)]
    term = {"chapter": CLG.chapterVerdict, "conclusions": CLG.conclusionVerdict}[place]
    verdict = iris.resource(f"verdict/{expected.value}")
    assert list(read_off.objects(iris.hypothesis(REPORT, notation), term)) == [verdict]
    found = assessments(read_off, notation, place)
    assert len(found) == (1 if expected.words else 0)
    for node in found:
        assert list(read_off.objects(node, CLG.verdict)) == [verdict]
        (passage,) = read_off.objects(node, CLG.anchoredIn)
        assert str(read_off.value(passage, NIF.anchorOf)) == expected.words
        assert int(str(read_off.value(passage, CLG.firstLine))) == expected.line


def test_twelve_hypotheses_have_twenty_four_verdicts(read_off: Graph) -> None:
    hypotheses = set(read_off.subjects(RDF.type, CLG.Hypothesis))
    assert hypotheses == {iris.hypothesis(REPORT, notation) for notation in TABLE}
    verdicts = [
        *read_off.subject_objects(CLG.chapterVerdict),
        *read_off.subject_objects(CLG.conclusionVerdict),
    ]
    assert len(verdicts) == 24


def test_thirteen_assessments_stand_in_the_text(read_off: Graph) -> None:
    assert len(set(read_off.subjects(RDF.type, CLG.Assessment))) == 6 + 7


@pytest.mark.parametrize(
    ("value", "group"),
    [
        ("majority-supported", "affirmative"),
        ("supported", "affirmative"),
        ("majority-confirmed", "affirmative"),
        ("shown", "affirmative"),
        ("seems-so", "hedged"),
        ("no-clear-assessment", "open"),
        ("finding-without-verdict", "no-verdict"),
        ("collective-finding", "no-verdict"),
        ("echoed", "no-verdict"),
        ("theme-level-only", "no-verdict"),
        ("not-stated", "no-verdict"),
        ("not-mentioned", "no-verdict"),
    ],
)
def test_each_verdict_is_in_its_group(value: str, group: str, ontology: Graph) -> None:
    assert list(ontology.objects(iris.resource(f"verdict/{value}"), SKOS.broader)) == [
        iris.resource(f"verdict/{group}")
    ]
