"""pandas reads answers as tables, straight from the address of a query."""

from urllib.parse import urlencode

import pandas
import pytest

PREFIXES = """PREFIX clg: <https://w3id.org/clustergraph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
RATINGS = """SELECT ?skill ?country ?level WHERE {
  ?rating a clg:SkillRating ; clg:skill/skos:notation ?skill ;
    clg:countryColumn/skos:notation ?country ; clg:importance/skos:notation ?level .
} ORDER BY ?skill ?country"""


@pytest.fixture
def endpoint(served: str) -> str:
    """The address for queries on the built graphs."""
    return f"{served}sparql"


def address(endpoint: str, query: str, form: str) -> str:
    return f"{endpoint}?{urlencode({'query': PREFIXES + query, 'format': form})}"


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
def test_a_table_has_all_ratings(endpoint: str, form: str, separator: str) -> None:
    table = pandas.read_csv(address(endpoint, RATINGS, form), sep=separator, dtype=str)
    assert table.shape == (183, 3)
    assert not table.isna().to_numpy().any()
    countries = table.iloc[:, 1].str.strip('"').value_counts()
    assert countries.to_dict() == {"DE": 61, "FR": 61, "CH": 61}


def test_numbers_are_numbers_and_what_is_unbound_is_missing(endpoint: str) -> None:
    query = "SELECT ?n ?none WHERE { { SELECT (COUNT(DISTINCT ?r) AS ?n) { ?r a clg:SkillRating } } }"
    table = pandas.read_csv(address(endpoint, query, "csv"))
    assert table["n"].tolist() == [183]
    assert table["none"].isna().all()


def test_words_come_through_as_they_are(endpoint: str) -> None:
    query = """SELECT ?words WHERE { ?s a clg:Passage ;
  <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#anchorOf> ?words }"""
    passages = pandas.read_csv(address(endpoint, query, "csv"))["words"]
    count = pandas.read_csv(address(endpoint, "SELECT (COUNT(*) AS ?n) WHERE { ?s a clg:Passage }", "csv"))
    assert len(passages) == count["n"][0]
    assert passages.str.contains("ü").any()
    assert passages.str.contains(",").any()


def test_an_iri_with_a_comma_stays_in_its_column(endpoint: str) -> None:
    table = pandas.read_csv(
        address(endpoint, "SELECT ?passage ?line WHERE { ?passage clg:firstLine ?line }", "csv")
    )
    assert table["passage"].str.contains("#char=[0-9]+,[0-9]+$").all()
    assert table["line"].between(1, 311).all()
