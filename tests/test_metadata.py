"""The catalogue says what is published, how large it is, and under which terms."""

import hashlib
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, PROV, RDF, VOID, Graph, Namespace, URIRef

from clustergraph import iris
from clustergraph.namespaces import PREFIXES
from clustergraph.turtle import new_graph

SPDX = Namespace(PREFIXES["spdx"])
QUOTING = ("coded", "stated", "translations")
OURS = ("derived", "ontology")


@pytest.fixture(scope="module")
def catalog(root: Path) -> Graph:
    return new_graph().parse(root / "data" / "graph" / "catalog.ttl")


@pytest.mark.parametrize("name", [*QUOTING, *OURS])
def test_a_graph_is_described_with_its_size_and_checksum(name: str, catalog: Graph, root: Path) -> None:
    content = (root / "data" / "graph" / f"{name}.ttl").read_bytes()
    triples = len(new_graph().parse(data=content, format="turtle"))
    assert int(str(catalog.value(iris.graph(name), VOID.triples))) == triples
    checksum = catalog.value(iris.dump(f"{name}.ttl"), SPDX.checksum)
    assert str(catalog.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", [*QUOTING, "clustergraph"])
def test_a_dump_with_the_reports_words_has_rights_and_no_licence(name: str, catalog: Graph) -> None:
    dump = iris.dump(f"{name}.ttl")
    assert (dump, DCTERMS.rights, None) in catalog
    assert (dump, DCTERMS.license, None) not in catalog


@pytest.mark.parametrize("name", OURS)
def test_a_dump_without_the_reports_words_is_open(name: str, catalog: Graph) -> None:
    by = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert set(catalog.objects(iris.dump(f"{name}.ttl"), DCTERMS.license)) == {by}


def test_what_dcat_ap_demands_is_there(catalog: Graph) -> None:
    (node,) = catalog.subjects(RDF.type, DCAT.Catalog)
    for term in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
        assert (node, term, None) in catalog
    for data in catalog.subjects(RDF.type, DCAT.Dataset):
        assert {words.language for words in catalog.objects(data, DCTERMS.title)} == {"de", "fr", "en"}  # type: ignore[attr-defined]  # titles are literals
        assert {words.language for words in catalog.objects(data, DCTERMS.description)} == {"de", "fr", "en"}  # type: ignore[attr-defined]  # titles are literals
        assert (data, DCAT.distribution, None) in catalog
    for dump in catalog.subjects(RDF.type, DCAT.Distribution):
        assert (dump, DCAT.accessURL, None) in catalog


def test_the_whole_can_be_had_in_four_formats(catalog: Graph) -> None:
    whole = set(catalog.objects(iris.dataset("clustergraph"), VOID.dataDump))
    assert whole == {iris.dump(f"clustergraph.{form}") for form in ("nq", "nt", "trig", "ttl")}


def test_what_is_stated_derives_from_the_publication(catalog: Graph) -> None:
    assert set(catalog.objects(iris.graph("stated"), PROV.wasDerivedFrom)) == {iris.publication("basel-2014")}


@pytest.mark.parametrize("table", ["ratings", "skills", "hypotheses", "statements", "codes"])
def test_a_table_is_a_distribution_with_its_checksum_and_terms(
    table: str, catalog: Graph, root: Path
) -> None:
    address = iris.dump(f"{table}.csv")
    home = "codes" if table == "codes" else "clustergraph"
    assert (iris.dataset(home), DCAT.distribution, address) in catalog
    digest = hashlib.sha256((root / "data" / "tables" / f"{table}.csv").read_bytes()).hexdigest()
    assert str(catalog.value(catalog.value(address, SPDX.checksum), SPDX.checksumValue)) == digest
    quotes = table != "codes"
    assert ((address, DCTERMS.rights, None) in catalog) is quotes
    assert ((address, DCTERMS.license, None) in catalog) is not quotes


@pytest.mark.parametrize("table", ["ratings", "skills", "hypotheses", "statements", "codes"])
def test_a_table_is_a_workbook_too_under_the_same_terms(table: str, catalog: Graph) -> None:
    one, other = (iris.dump(f"{table}.{form}") for form in ("csv", "xlsx"))
    kinds = "http://www.iana.org/assignments/media-types/application/"
    media = URIRef(f"{kinds}vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert (other, DCAT.mediaType, media) in catalog
    for term in (DCTERMS.license, DCTERMS.rights):
        assert set(catalog.objects(one, term)) == set(catalog.objects(other, term))
    assert set(catalog.subjects(DCAT.distribution, one)) == set(catalog.subjects(DCAT.distribution, other))
