"""With a second report beside the first, every answer says of which report it speaks.

Expected values were counted by hand on the two texts; those of the invented one stand in its ``report.txt``.
"""

import json
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, RDFS, Graph, Literal

from clustergraph import iris, queries
from clustergraph.namespaces import BASE
from clustergraph.store import local
from clustergraph.turtle import new_graph

Rows = list[dict[str, str]]

BASEL, LYON = (f"{BASE}id/{slug}/publication" for slug in ("basel-2014", "lyon-2019"))


def ask(both: Path, name: str, **values: str) -> Rows:
    """Rows of an example's answer over both reports, by column."""
    query = queries.find(f"examples/{name}")
    names, rows = local.table(query.text, (both / "data" / "graph",), query.bind(values.items()))
    return [dict(zip(names, row, strict=True)) for row in rows]


TABLES = [query for query in queries.examples() if not query.gives_graph]
OF_ONE_THING = {"hypothesis", "field"}
"""Parameters that name a thing of one report, and so the report."""


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_an_example_says_of_which_report_each_row_is_or_takes_a_thing_of_one(query: queries.Query) -> None:
    names = {parameter.name for parameter in query.parameters}
    assert "report" in names or OF_ONE_THING & names
    if "report" in names:
        assert "SELECT ?report " in query.body


@pytest.mark.parametrize(
    "query",
    [query for query in TABLES if any(item.name == "report" for item in query.parameters)],
    ids=lambda query: query.name,
)
def test_an_example_on_one_report_gives_the_rows_of_that_report(query: queries.Query, both: Path) -> None:
    every = ask(both, query.name)
    assert {row["report"] for row in every} <= {BASEL, LYON}
    for report in (BASEL, LYON):
        wanted = [row for row in every if row["report"] == report]
        assert ask(both, query.name, report=report) == wanted


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_an_example_speaks_of_no_one_report_and_of_no_country_or_number_of_its_own(
    query: queries.Query,
) -> None:
    for word in ("the report?", "allen drei", "les trois", "all three", "country/de>", "country/ch>", "= 3"):
        assert word not in query.text


def test_very_important_everywhere_means_in_each_column_that_the_report_has(both: Path) -> None:
    found = [(row["report"], row["number"], row["columns"]) for row in ask(both, "very-important-everywhere")]
    assert found == [
        *((BASEL, number, "3") for number in ("3.1", "3.2", "3.7")),
        (LYON, "1.1", "2"),
    ]


def test_levels_are_counted_report_by_report(both: Path) -> None:
    counts = {
        (row["report"], row["column"], row["mark"]): int(row["ratings"])
        for row in ask(both, "distribution-of-levels")
    }
    french = [count for (report, column, _), count in counts.items() if (report, column) == (BASEL, "FR")]
    assert sum(french) == 61
    lyon = {key[1:]: count for key, count in counts.items() if key[0] == LYON}
    assert lyon == {
        ("FR", "++"): 2,
        ("FR", "+"): 2,
        ("FR", "-"): 2,
        ("FR", "--"): 1,
        ("LU", "++"): 2,
        ("LU", "+"): 3,
        ("LU", "-"): 1,
        ("LU", "--"): 1,
    }


def test_a_country_has_a_column_in_its_own_report(both: Path) -> None:
    found = {
        (row["report"], row["code"]): row["hasColumn"] for row in ask(both, "countries-without-a-column")
    }
    assert {code: has for (report, code), has in found.items() if report == LYON} == {
        "FR": "true",
        "IT": "false",
        "LU": "true",
    }
    assert {code for (report, code), has in found.items() if report == BASEL and has == "true"} == {
        "DE",
        "FR",
        "CH",
    }


@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_who_did_what_drops_no_name_that_has_no_translation(language: str, both: Path) -> None:
    found = ask(both, "who-did-what", report=LYON, language=language)
    assert sorted(row["name"] for row in found) == [
        "Agence des clusters du Rhône",
        "Agence des clusters du Rhône",
        "Hélène Weber",
    ]


def test_the_skills_of_a_field_of_any_report_are_shown_with_its_columns(both: Path) -> None:
    found = ask(both, "skills-of-a-field", field="id/lyon-2019/field/03", language="fr")
    assert [(row["skill"], row["column"], row["mark"]) for row in found] == [
        ("Réunir les membres (p. ex. petits-déjeuners)", "FR", "++"),
        ("Réunir les membres (p. ex. petits-déjeuners)", "LU", "+"),
        ("Visiter les entreprises", "FR", "-"),
        ("Visiter les entreprises", "LU", "--"),
        ("Apaiser les conflits", "FR", "+"),
        ("Apaiser les conflits", "LU", "+"),
        ("Trouver des partenaires à l’étranger", "FR", "-"),
        ("Trouver des partenaires à l’étranger", "LU", "++"),
    ]


def test_a_discussion_that_is_not_coded_has_no_number_and_none_said_is_nought(both: Path) -> None:
    found = ask(both, "stances-per-hypothesis", report=LYON, language="fr")
    stances = ("supports", "opposes", "qualifies", "contextualises")
    assert [(row["hypothesis"], *(row[name] for name in stances)) for row in found] == [
        ("Les cotisations ne suffisent pas", "0", "0", "1", "2"),
        ("La confiance naît entre les personnes", "1", "0", "0", "0"),
        ("La langue freine les projets communs", "", "", "", ""),
        ("Un médiateur coûte moins qu’un litige", "", "", "", ""),
    ]


def test_not_coded_and_nothing_said_against_it_are_different_answers(both: Path) -> None:
    found = ask(both, "against-each-hypothesis", report=LYON, language="en")
    assert [(row["hypothesis"], row["stance"]) for row in found] == [
        ("Membership fees are not enough", "qualifies"),
        ("Trust grows between persons", "nothing said against it or limiting it"),
        ("Language slows joint projects down", "discussed, not coded"),
        ("A mediator costs less than a lawsuit", "discussed, not coded"),
    ]


# The catalogue and the notices

NOTICES = (
    "© Europäisches Kompetenz- und Forschungszentrum Clustermanagement im Juli 2014",
    "© Agence des clusters du Rhône",
)
"""As the two reports print them: line 24 of the one, line 9 of the other."""


@pytest.fixture(scope="module")
def catalog(both: Path) -> Graph:
    return new_graph().parse(both / "data" / "graph" / "catalog.ttl")


@pytest.mark.parametrize("language", ["de", "fr", "en"])
@pytest.mark.parametrize(
    "file", ["stated.ttl", "coded.ttl", "translations.ttl", "clustergraph.nq", "skills.csv", "skills.xlsx"]
)
def test_a_file_with_the_words_of_two_reports_names_both_notices(
    file: str, language: str, catalog: Graph
) -> None:
    (rights,) = catalog.objects(iris.dump(file), DCTERMS.rights)
    (label,) = (
        label
        for label in catalog.objects(rights, RDFS.label)
        if isinstance(label, Literal) and label.language == language
    )
    assert all(label.count(notice) == 1 for notice in NOTICES)


def test_tables_with_words_name_both_notices(both: Path) -> None:
    described = json.loads((both / "data" / "tables" / "csv-metadata.json").read_text(encoding="utf-8"))
    quoting = [table for table in described["tables"] if "dc:rights" in table]
    assert [table["url"] for table in described["tables"] if table not in quoting] == ["codes.csv"]
    for table in quoting:
        said = [note["@value"] for note in table["dc:rights"]]
        assert all(sum(notice in words for words in said) == 3 for notice in NOTICES), "in three languages"


def test_the_catalogue_names_the_reports_their_countries_and_their_themes(catalog: Graph) -> None:
    whole = iris.dataset("clustergraph")
    for words in catalog.objects(whole, DCTERMS.description):
        assert "Internationaler Workshop Clustermanagement (2014)" in words
        assert "Atelier franco-luxembourgeois des gestionnaires de clusters (2019)" in words
    spatial = {str(country).rpartition("/")[2] for country in catalog.objects(whole, DCTERMS.spatial)}
    assert spatial == {"CHE", "DEU", "FRA", "LUX"}
    keywords = {str(word) for word in catalog.objects(whole, DCAT.keyword)}
    assert {"Weiterbildung", "Basel", "Finanzierung", "confiance", "Lyon"} <= keywords


def test_a_catalogue_of_the_second_report_alone_says_nothing_of_the_first(alone: Path) -> None:
    text = (alone / "data" / "graph" / "catalog.ttl").read_text(encoding="utf-8")
    for word in ("Basel", "basel", "Kompetenz", "Oberrhein", "country/CHE", "country/DEU"):
        assert word not in text
    assert NOTICES[1] in text
