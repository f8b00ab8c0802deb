"""Every computed figure is the one that the German text gives by another way of reckoning."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path
from statistics import median

import pytest
from rdflib import PROV, RDF, SKOS, XSD, Graph, Literal, Namespace, Node, URIRef
from tests.test_coefficients import alpha_from_coincidences

from clustergraph.curation import Curated
from clustergraph.derived import derived
from clustergraph.errors import BuildError
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.records import Coding, Contents, Statement
from clustergraph.turtle import new_graph
from clustergraph.vocabulary import CLG

SCHEMA = Namespace(PREFIXES["schema"])
RANKS = {"++": 4, "+": 3, "-": 2, "--": 1}
COLUMNS = ("de", "fr", "ch")
LEVELS = {"sehr-wichtig": 4, "eher-wichtig": 3, "eher-unwichtig": 2, "unwichtig": 1}

Marks = dict[str, tuple[int, int, int]]
Values = Callable[..., dict[str, Decimal]]


@pytest.fixture(scope="module")
def marks(root: Path) -> Marks:
    """The tables read line by line, without the parser: skill to the ranks in DE, FR and CH."""
    found: Marks = {}
    field = ""
    lines = (root / "data" / "sources" / "basel-2014" / "report.txt").read_text(encoding="utf-8").splitlines()
    for line in lines[229:]:
        if head := re.match(r"<b>Tätigkeitsfeld (\d+):", line):
            field = head[1]
        elif row := re.match(r"(\d+)\. .*\t([+-]+)\t([+-]+)\t([+-]+)$", line):
            found[f"{field}.{row[1]}"] = (RANKS[row[2]], RANKS[row[3]], RANKS[row[4]])
    return found


@pytest.fixture(scope="module")
def figures(contents: Contents, curated: Curated) -> Graph:
    graph = new_graph()
    for triple in derived(contents, curated, LEVELS):
        graph.add(triple)
    return graph


@pytest.fixture(scope="module")
def values(figures: Graph) -> Values:
    """Return a function: the values of a variable by the rest of their IRIs, as decimals."""

    def of(variable: str) -> dict[str, Decimal]:
        start = f"{BASE}id/basel-2014/derived/{variable}/"
        method = URIRef(f"{BASE}id/derived-figure/{variable}")
        found = figures.subjects(SCHEMA.variableMeasured, method)
        return {str(node).removeprefix(start): plain(figures.value(node, SCHEMA.value)) for node in found}

    return of


def plain(value: Node | None) -> Decimal:
    return Decimal({"true": "1", "false": "0"}.get(str(value), str(value)))


def key(skill: str) -> str:
    """``3.3`` as the figures' IRIs write it."""
    return "-".join(f"{int(part):02}" for part in skill.split("."))


def half_up(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def by_hand(root: Path, number: str) -> list[dict[str, str]]:
    """The answer to a competency question that a reader worked out on the text."""
    (path,) = (root / "queries" / "competency").glob(f"{number}-*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_text_has_183_marks_that_add_up_as_counted_by_hand(marks: Marks) -> None:
    assert len(marks) == 61
    assert [sum(column) for column in zip(*marks.values(), strict=True)] == [190, 187, 166]


# Skills


def test_the_mean_rank_of_a_skill_is_the_third_of_its_sum(marks: Marks, values: Values) -> None:
    expected = {key(skill): half_up(Fraction(sum(row), 3), 2) for skill, row in marks.items()}
    assert values("mean-rank-of-skill") == expected


def test_the_median_rank_of_a_skill_is_its_middle_mark(marks: Marks, values: Values) -> None:
    assert values("median-rank-of-skill") == {key(skill): sorted(row)[1] for skill, row in marks.items()}


def test_the_spread_is_the_greatest_difference_of_two_columns(marks: Marks, values: Values) -> None:
    expected = {key(skill): max(a - b for a, b in permutations(row, 2)) for skill, row in marks.items()}
    assert values("rank-spread") == expected


def test_the_widest_spread_is_that_of_the_skills_found_by_hand(root: Path, values: Values) -> None:
    widest = {name for name, spread in values("rank-spread").items() if spread == 3}
    assert widest == {key(row["skill"]) for row in by_hand(root, "02")}


def test_the_columns_agree_on_the_skills_found_by_hand(root: Path, values: Values) -> None:
    same = {name for name, value in values("same-level-in-all-columns").items() if value}
    assert same == {key(row["skill"]) for row in by_hand(root, "07")}


def test_within_one_level_means_that_no_two_columns_lie_two_apart(marks: Marks, values: Values) -> None:
    expected = {
        key(skill): all(abs(a - b) < 2 for a, b in combinations(row, 2)) for skill, row in marks.items()
    }
    assert values("within-one-level-in-all-columns") == expected


def test_the_first_place_is_shared_by_the_skills_marked_very_important_throughout(
    root: Path, values: Values
) -> None:
    first = {name for name, place in values("place-by-mean-rank").items() if place == 1}
    assert first == {key(row["skill"]) for row in by_hand(root, "01")}


def test_a_skills_place_is_one_more_than_the_skills_above_it(marks: Marks, values: Values) -> None:
    expected = {
        key(skill): 1 + sum(sum(other) > sum(row) for other in marks.values()) for skill, row in marks.items()
    }
    assert values("place-by-mean-rank") == expected


# Fields


def test_the_mean_rank_of_a_field_is_the_one_worked_out_by_hand(root: Path, values: Values) -> None:
    expected = {
        f"{int(row['field']):02}-{column}": Decimal(row[column])
        for row in by_hand(root, "04")
        for column in COLUMNS
    }
    assert values("mean-rank-of-field") == expected


def test_the_median_rank_of_a_field_is_that_of_its_rows(marks: Marks, values: Values) -> None:
    fields = {skill.split(".")[0] for skill in marks}
    expected = {
        f"{int(field):02}-{column}": median(
            Fraction(row[place]) for skill, row in marks.items() if skill.split(".")[0] == field
        )
        for field in fields
        for place, column in enumerate(COLUMNS)
    }
    assert values("median-rank-of-field") == expected


@pytest.mark.parametrize(
    ("field", "same", "near", "skills"),
    [("03", 3, 6, 7), ("01", 1, 2, 5)],  # counted on L244-L251 and L230-L235
)
def test_the_agreement_within_a_field_is_counted_on_its_rows(
    field: str, same: int, near: int, skills: int, values: Values
) -> None:
    assert values("skills-with-same-level")[f"field-{field}"] == same
    assert values("skills-within-one-level")[f"field-{field}"] == near
    share = half_up(Fraction(same, skills), 3)
    assert values("share-of-skills-with-same-level")[f"field-{field}"] == share


# Columns


def test_each_pair_of_columns_agrees_as_often_as_counted_by_hand(root: Path, values: Values) -> None:
    for row in by_hand(root, "05"):
        pair = "-".join(sorted((row["first"].lower(), row["second"].lower())))
        skills = int(row["skills"])
        assert values("skills-with-same-level")[pair] == int(row["same"])
        assert values("skills-within-one-level")[pair] == int(row["withinOne"])
        assert values("share-of-skills-with-same-level")[pair] == half_up(
            Fraction(int(row["same"]), skills), 3
        )
        near = half_up(Fraction(int(row["withinOne"]), skills), 3)
        assert values("share-of-skills-within-one-level")[pair] == near


def test_all_columns_agree_on_the_nine_skills_found_by_hand(root: Path, values: Values) -> None:
    assert values("skills-with-same-level")["all"] == len(by_hand(root, "07")) == 9


def test_each_level_is_marked_as_often_as_counted_by_hand(root: Path, values: Values) -> None:
    slugs = {rank: slug for slug, rank in LEVELS.items()}
    for row in by_hand(root, "03"):
        for column in COLUMNS:
            name = f"{slugs[RANKS[row['level']]]}-{column}"
            assert values("marks-per-level")[name] == int(row[column])
            assert values("share-of-marks-per-level")[name] == half_up(Fraction(int(row[column]), 61), 3)


@pytest.mark.parametrize("pair", ["ch-de", "ch-fr", "de-fr", "all"])
def test_the_ordinal_alpha_is_that_of_the_coincidence_matrix(pair: str, marks: Marks, values: Values) -> None:
    compared = [COLUMNS.index(column) for column in (COLUMNS if pair == "all" else pair.split("-"))]
    rows = [tuple(row[column] for column in compared) for row in marks.values()]
    assert values("ordinal-alpha")[pair] == half_up(alpha_from_coincidences(rows), 3)


# Statements


def coding(statement: Statement, stances: tuple[tuple[str, str], ...], actors: str, topics: str) -> Coding:
    return Coding(
        statement=statement,
        stances=stances,
        basis="interpreted" if stances else None,
        cue=None,
        quantifier=None,
        countries=(),
        actors=tuple(actors.split()),
        topics=tuple(topics.split()),
        note=None,
        place="codings.csv",
    )


@pytest.fixture(scope="module")
def argument(contents: Contents, curated: Curated) -> Graph:
    """Four statements of discussions, of which two support a thesis; a conclusion, which does not count."""
    discussed = [statement for statement in curated.statements if statement.role == "discussion"]
    concluded = [statement for statement in curated.statements if statement.role == "conclusion"]
    codings = (
        coding(
            discussed[0],
            (("supports", "vernetzung-1"), ("opposes", "vernetzung-2")),
            "a/x a/y",
            "label trust",
        ),
        coding(discussed[1], (("supports", "vernetzung-1"),), "a/y a/x", "trust"),
        coding(discussed[2], (("qualifies", "vernetzung-2"),), "a/x a/z", "label trust training"),
        coding(discussed[3], (), "a/z", "label training"),
        coding(concluded[0], (("supports", "vernetzung-1"),), "", ""),
    )
    graph = new_graph()
    for triple in derived(contents, replace(curated, codings=codings), LEVELS):
        graph.add(triple)
    return graph


def counted(graph: Graph, variable: str) -> dict[str, int]:
    start = f"{BASE}id/basel-2014/derived/{variable}/"
    nodes = graph.subjects(SCHEMA.variableMeasured, URIRef(f"{BASE}id/derived-figure/{variable}"))
    return {str(node).removeprefix(start): int(str(graph.value(node, SCHEMA.value))) for node in nodes}


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("statements-supporting", {"vernetzung-1": 2}),
        ("statements-opposing", {"vernetzung-2": 1}),
        ("statements-qualifying", {"vernetzung-2": 1}),
        ("statements-contextualising", {}),
    ],
)
def test_statements_of_coded_discussions_are_counted_by_stance_and_none_is_a_number_too(
    variable: str, expected: dict[str, int], argument: Graph
) -> None:
    zeros = {"vernetzung-1": 0, "vernetzung-2": 0}
    assert counted(argument, variable) == zeros | expected


def test_only_pairs_that_two_statements_share_are_figures(argument: Graph) -> None:
    assert counted(argument, "statements-mentioning-both") == {"a-x/a-y": 2}
    assert counted(argument, "statements-on-both") == {"label/trust": 2, "label/training": 2}


def test_a_pair_is_about_both_of_its_members(argument: Graph) -> None:
    node = URIRef(f"{BASE}id/basel-2014/derived/statements-on-both/label/trust")
    about = {URIRef(f"{BASE}id/topic/label"), URIRef(f"{BASE}id/topic/trust")}
    assert set(argument.objects(node, SCHEMA.observationAbout)) == about


def test_counts_of_codes_come_from_the_graph_of_codes(argument: Graph) -> None:
    node = URIRef(f"{BASE}id/basel-2014/derived/statements-supporting/vernetzung-1")
    assert argument.value(node, PROV.wasDerivedFrom) == URIRef(f"{BASE}graph/coded")


# What every figure says of itself


@pytest.fixture(scope="module")
def defined(root: Path) -> Graph:
    return new_graph().parse(root / "ontology" / "schemes" / "derived-figure.ttl")


def nodes(graph: Graph) -> Iterator[Node]:
    return graph.subjects(RDF.type, SCHEMA.Observation)


def test_every_figure_says_that_it_is_ours_and_from_what(figures: Graph) -> None:
    sources = {URIRef(f"{BASE}dataset/basel-2014/ratings"), URIRef(f"{BASE}graph/coded")}
    for node in nodes(figures):
        assert list(figures.objects(node, PROV.wasAttributedTo)) == [URIRef(f"{BASE}id/org/clustergraph")]
        (source,) = figures.objects(node, PROV.wasDerivedFrom)
        assert source in sources


def test_every_figure_has_one_value_one_method_and_something_it_is_about(figures: Graph) -> None:
    for node in nodes(figures):
        assert len(list(figures.objects(node, SCHEMA.value))) == 1
        assert len(list(figures.objects(node, SCHEMA.variableMeasured))) == 1
        assert figures.value(node, SCHEMA.observationAbout, any=True) is not None


def test_every_method_is_defined_with_its_formula_and_computed(argument: Graph, defined: Graph) -> None:
    methods = set(defined.subjects(RDF.type, SCHEMA.StatisticalVariable))
    assert set(argument.objects(None, SCHEMA.variableMeasured)) == methods
    for method in methods:
        assert defined.value(method, CLG.formula)
        notes = {
            note.language for note in defined.objects(method, SKOS.scopeNote) if isinstance(note, Literal)
        }
        assert notes == {"de", "fr", "en"}


@pytest.mark.parametrize("language", [("de", "Ordinale"), ("fr", "ordinale"), ("en", "Ordinal")])
def test_means_and_medians_are_called_ordinal(language: tuple[str, str], defined: Graph) -> None:
    for summary in (
        "mean-rank-of-skill",
        "median-rank-of-skill",
        "mean-rank-of-field",
        "median-rank-of-field",
    ):
        texts = defined.objects(URIRef(f"{BASE}id/derived-figure/{summary}"), SKOS.definition)
        (words,) = [text for text in texts if isinstance(text, Literal) and text.language == language[0]]
        assert language[1] in words


def test_numbers_are_spelt_as_stores_keep_them(figures: Graph) -> None:
    for value in figures.objects(None, SCHEMA.value):
        assert isinstance(value, Literal)
        assert value.datatype in (XSD.integer, XSD.decimal, XSD.boolean)
        if value.datatype == XSD.decimal:
            assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", value)


def test_a_level_without_a_rank_is_refused(contents: Contents, curated: Curated) -> None:
    with pytest.raises(BuildError, match=r"report\.txt:\d+: the level 'unwichtig' has no rank"):
        list(derived(contents, curated, {slug: rank for slug, rank in LEVELS.items() if rank > 1}))


# The page that explains them


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "figures.md").read_text(encoding="utf-8").replace("\\|", "|")


@pytest.mark.parametrize("scheme", ["derived-figure", "coding-quality"])
def test_the_page_explains_every_figure_with_its_formula(scheme: str, page: str, root: Path) -> None:
    graph = new_graph().parse(root / "ontology" / "schemes" / f"{scheme}.ttl")
    for method, formula in graph.subject_objects(CLG.formula):
        (row,) = re.findall(rf"^\| `{str(method).rpartition('/')[2]}` .*$", page, re.MULTILINE)
        assert f"`{formula}`" in row or row.count("| … as") == 1


def test_the_example_of_the_page_is_a_figure(page: str, figures: Graph) -> None:
    (block,) = re.findall(r"```turtle\n(.*?)```", page, re.DOTALL)
    prefixes = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    example = new_graph().parse(data=f"@base <{BASE}> .\n{prefixes}{block}", format="turtle")
    assert len(example) == 6
    assert set(example) <= set(figures)


def test_the_query_of_the_page_gives_the_means_worked_out_by_hand(
    page: str, figures: Graph, root: Path
) -> None:
    (query,) = re.findall(r"```sparql\n(.*?)```", page, re.DOTALL)
    found = {
        (int(str(row[0]).rpartition("/")[2]), str(row[1]).rpartition("/")[2]): Decimal(str(row[2]))
        for row in figures.query(query)
        if isinstance(row, tuple)
    }
    answers = by_hand(root, "04")
    assert found == {
        (int(row["field"]), column): Decimal(row[column]) for row in answers for column in COLUMNS
    }


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("median-rank-of-skill/01-03", "3"),
        ("rank-spread/01-03", "3"),
        ("place-by-mean-rank/01-03", "37"),
        ("median-rank-of-field/01-de", "3"),
    ],
)
def test_the_values_in_the_page_are_those_of_the_graph(
    figure: str, value: str, page: str, figures: Graph
) -> None:
    node = URIRef(f"{BASE}id/basel-2014/derived/{figure}")
    assert str(figures.value(node, SCHEMA.value)) == value
    (row,) = re.findall(rf"^\| `{figure.partition('/')[0]}` .*$", page, re.MULTILINE)
    assert re.search(rf"\| (.*: )?{value} \|", row)
