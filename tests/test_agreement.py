"""How far two readings agree is reckoned as one would by hand, and published with how it came about."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import DCTERMS, PROV, RDF, Graph, Literal, Namespace, URIRef

from clustergraph.agreement import (
    READINGS,
    Agreement,
    Measurement,
    compare,
    reading_triples,
)
from clustergraph.curation import Curated
from clustergraph.curation.statements import CODES
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.records import Contents, Statement
from clustergraph.turtle import new_graph
from clustergraph.vocabulary import CLG

DQV = Namespace(PREFIXES["dqv"])
SCHEMA = Namespace(PREFIXES["schema"])

Row = dict[str, str]
Read = Callable[[list[Row], list[Row] | None], Contents]


@pytest.fixture(scope="module")
def discussed(curated: Curated) -> list[Statement]:
    """Discussion statements that stand under one hypothesis."""
    return [s for s in curated.statements if s.role == "discussion" and len(s.hypotheses) == 1]


@pytest.fixture
def two_readings(contents: Contents, discussed: list[Statement], tmp_path: Path) -> Read:
    """Return a function that gives a report two readings; row n codes discussion statement n."""

    def write(name: str, rows: list[Row]) -> None:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, CODES, restval="")
            table.writeheader()
            for statement, row in zip(discussed, rows, strict=False):
                words = contents.report.text.words(statement.passages[0])
                table.writerow({"key": statement.key, "opening": " ".join(words.split()[:3]), **row})

    def readings(first: list[Row], second: list[Row] | None) -> Contents:
        write("codings-first.csv", first)
        if second is not None:
            write("codings-second.csv", second)
        return replace(contents, report=replace(contents.report, folder=tmp_path))

    return readings


def of(agreement: Agreement, code: str, metric: str = "cohens-kappa") -> Measurement:
    (found,) = [m for m in agreement.measurements if (m.code, m.metric) == (code, metric)]
    return found


def stance(name: str, *hypotheses: str) -> Row:
    return {name: " ".join(hypotheses or ("vernetzung-1",)), "basis": "interpreted"}


def test_kappa_of_stances_is_the_one_worked_out_by_hand(two_readings: Read, curated: Curated) -> None:
    # 4 and 3 times the same, 1 and 2 apart: observed 0.7, expected 0.5 · 0.6 + 0.5 · 0.4 = 0.5
    first = [stance("supports")] * 5 + [stance("qualifies")] * 5
    second = (
        [stance("supports")] * 4
        + [stance("qualifies")]
        + [stance("supports")] * 2
        + [stance("qualifies")] * 3
    )
    agreement = compare(two_readings(first, second), curated.statements)
    assert of(agreement, "stance", "observed-agreement").value == Decimal("0.700")
    assert of(agreement, "stance").value == Decimal("0.400")
    assert of(agreement, "stance").units == 10


def test_stance_is_compared_where_both_see_a_hypothesis_and_the_rest_counts_as_hypotheses(
    two_readings: Read, curated: Curated
) -> None:
    first = [stance("supports", "vernetzung-1", "vernetzung-2"), stance("opposes", "vernetzung-2")]
    second = [stance("supports", "vernetzung-1"), stance("opposes", "vernetzung-2")]
    agreement = compare(two_readings(first, second), curated.statements)
    assert of(agreement, "stance", "observed-agreement").units == 2
    assert of(agreement, "stance").value == 1
    assert of(agreement, "stance-or-none", "observed-agreement").units == 3
    assert of(agreement, "stance-or-none", "observed-agreement").value == Decimal("0.667")
    # two statements by two hypotheses: 3 of 4 decisions are the same
    assert of(agreement, "hypotheses", "observed-agreement").value == Decimal("0.750")


def test_kappa_of_topics_pools_the_decisions_on_each_topic_used(two_readings: Read, curated: Curated) -> None:
    first = [{"topics": "label trust"}, {"topics": "trust"}]
    second = [{"topics": "label trust"}, {"topics": "label trust"}]
    topics = compare(two_readings(first, second), curated.statements)
    # decisions yes/yes 3, no/yes 1: observed 3/4, expected 3/4 · 1 + 1/4 · 0, so kappa is 0
    assert of(topics, "topics", "observed-agreement").units == 4
    assert of(topics, "topics").value == 0


def test_alpha_of_topics_counts_overlap_in_part(two_readings: Read, curated: Curated) -> None:
    first = [{"topics": "trust"}, {"topics": "label trust"}]
    second = [{"topics": "trust"}, {"topics": "trust"}]
    agreement = compare(two_readings(first, second), curated.statements)
    # observed (0 + 2/3) / 2, expected 2 · 3 · 1 · 2/3 / (4 · 3): both 1/3
    alpha = of(agreement, "topics", "krippendorffs-alpha")
    assert alpha.value == 0
    assert alpha.units == 2


def test_two_equal_readings_agree_fully(two_readings: Read, curated: Curated) -> None:
    rows = [
        stance("supports") | {"topics": "trust", "quantifier": "most"},
        stance("opposes") | {"topics": "label", "countries": "ch"},
    ]
    agreement = compare(two_readings(rows, rows), curated.statements)
    assert {(m.value, m.low, m.high) for m in agreement.measurements} == {(Decimal(1),) * 3}


def test_the_same_readings_give_the_same_intervals(two_readings: Read, curated: Curated) -> None:
    names = ("supports", "qualifies", "contextualises")
    first = [stance(names[n % 3]) for n in range(30)]
    second = [stance(names[(n + (n % 5 == 0)) % 3]) for n in range(30)]
    contents = two_readings(first, second)
    once, again = (compare(contents, curated.statements) for _ in range(2))
    assert once == again
    found = of(once, "stance")
    assert found.low < found.value < found.high


def test_one_reading_alone_gives_nothing_to_compare(two_readings: Read, curated: Curated) -> None:
    agreement = compare(two_readings([stance("supports")], None), curated.statements)
    assert agreement.measurements == ()


# What is published


@pytest.fixture
def published(two_readings: Read, curated: Curated) -> Graph:
    first = [stance("supports"), stance("opposes"), stance("supports")]
    second = [stance("supports"), stance("opposes"), stance("qualifies")]
    graph = new_graph()
    for triple in reading_triples(two_readings(first, second), curated):
        graph.add(triple)
    return graph


def test_a_measurement_says_what_it_measures_on_what_and_from_which_readings(published: Graph) -> None:
    node = URIRef(f"{BASE}id/basel-2014/agreement/stance/cohens-kappa")
    assert (node, RDF.type, DQV.QualityMeasurement) in published
    assert published.value(node, DQV.isMeasurementOf) == URIRef(f"{BASE}id/coding-quality/cohens-kappa")
    assert published.value(node, DQV.computedOn) == URIRef(f"{BASE}graph/coded")
    stances = {CLG.supports, CLG.opposes, CLG.qualifies, CLG.contextualises}
    assert set(published.objects(node, SCHEMA.measuredProperty)) == stances
    assert published.value(node, CLG.unitCount) == Literal(3)
    # 2 of 3 the same; expected 2/3 · 1/3 + 1/3 · 1/3 = 1/3
    assert published.value(node, DQV.value) == Literal(Decimal("0.5"))
    readings = {URIRef(f"{BASE}dataset/basel-2014/codes/{name}-reading") for name in ("first", "second")}
    assert set(published.objects(node, PROV.wasDerivedFrom)) == readings


def test_each_reading_was_made_by_a_step_that_used_the_text(published: Graph) -> None:
    for name in ("first-reading", "second-reading"):
        step = URIRef(f"{BASE}id/basel-2014/coding/{name}")
        assert published.value(step, DCTERMS.type) == URIRef(f"{BASE}id/coding-step/{name}")
        assert published.value(step, PROV.used) == URIRef(f"{BASE}text/basel-2014")
        made = published.value(None, PROV.wasGeneratedBy, step)
        assert made == URIRef(f"{BASE}dataset/basel-2014/codes/{name}")


def test_codes_that_were_settled_come_from_both_readings(
    two_readings: Read, curated: Curated, tmp_path: Path
) -> None:
    contents = two_readings([stance("supports")], [stance("supports")])
    (tmp_path / "codings.csv").write_text("", encoding="utf-8")
    graph = new_graph()
    for triple in reading_triples(contents, curated):
        graph.add(triple)
    coded = URIRef(f"{BASE}graph/coded")
    assert graph.value(coded, PROV.wasGeneratedBy) == URIRef(f"{BASE}id/basel-2014/coding/settlement")
    assert len(set(graph.objects(coded, PROV.wasDerivedFrom))) == 2


def test_an_earlier_round_is_published_as_one_of_its_own_readings(
    two_readings: Read, curated: Curated, tmp_path: Path
) -> None:
    contents = two_readings([stance("supports"), stance("opposes")], [stance("supports")] * 2)
    (tmp_path / "rounds").mkdir()
    for name in ("first", "second"):
        (tmp_path / f"codings-{name}.csv").rename(tmp_path / "rounds" / f"1-{name}.csv")
    two_readings([stance("supports"), stance("opposes")], [stance("supports"), stance("opposes")])
    graph = new_graph()
    for triple in reading_triples(contents, curated):
        graph.add(triple)
    early = URIRef(f"{BASE}id/basel-2014/agreement/round-1/stance/observed-agreement")
    last = URIRef(f"{BASE}id/basel-2014/agreement/stance/observed-agreement")
    assert graph.value(early, DQV.value) == Literal(Decimal("0.5"))
    assert graph.value(last, DQV.value) == Literal(Decimal("1"))
    readings = {f"{BASE}dataset/basel-2014/codes/round-1/{name}-reading" for name in ("first", "second")}
    assert {str(node) for node in graph.objects(early, DQV.computedOn)} == readings
    assert set(graph.objects(last, DQV.computedOn)) == {URIRef(f"{BASE}graph/coded")}
    step = URIRef(f"{BASE}id/basel-2014/coding/second-reading")
    informed = {f"{BASE}id/basel-2014/coding/round-1/{name}-reading" for name in ("first", "second")}
    assert {str(node) for node in graph.objects(step, PROV.wasInformedBy)} == informed


def test_the_page_gives_the_agreement_of_all_rounds(contents: Contents, curated: Curated, root: Path) -> None:
    page = (root / "docs" / "figures.md").read_text(encoding="utf-8")
    earlier = [(f"rounds/{count}-first.csv", f"rounds/{count}-second.csv") for count in (1, 2)]
    rounds = [compare(contents, curated.statements, tables) for tables in (*earlier, READINGS)]
    rows = re.findall(r"^\| `([a-z-]+)`" + r" \| (\d\.\d{3})" * 3 + r" \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for code, *values in rows:
        assert [str(of(agreement, code).value) for agreement in rounds] == values


def test_every_metric_that_is_published_is_defined(published: Graph, root: Path) -> None:
    defined = new_graph().parse(root / "ontology" / "schemes" / "coding-quality.ttl")
    metrics = set(defined.subjects(RDF.type, DQV.Metric))
    assert set(published.objects(None, DQV.isMeasurementOf)) == metrics
    assert all(defined.value(metric, CLG.formula) for metric in metrics)


def test_the_readings_of_the_real_report_meet_the_bar(contents: Contents, curated: Curated) -> None:
    bars = {"stance": Decimal("0.8"), "topics": Decimal("0.7")}
    found = compare(contents, curated.statements).measurements
    kappas = {m.code: m.value for m in found if m.metric == "cohens-kappa" and m.code in bars}
    assert {code: value for code, value in kappas.items() if value < bars[code]} == {}
