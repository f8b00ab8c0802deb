"""The closed namespace and the ontology name the same terms."""

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from clustergraph.namespaces import PREFIXES
from clustergraph.resources import share
from clustergraph.vocabulary import CLG


def words(text: str) -> list[str]:
    """The words of a block of names."""
    return text.split()


CONTRACT_CLASSES = words("""
    Workshop WorkshopSession ThemeArea Hypothesis Statement DiscussionStatement DescriptionStatement
    ConclusionStatement ContextStatement Assessment Verdict Actor ActorGroup Topic FieldOfActivity Skill
    RatingLevel SkillRating Passage SourceText
""")
CONTRACT_PROPERTIES = words("""
    theme discussedIn originatesFrom precededBy participantCountry participantGroup method bearsOn supports
    opposes qualifies contextualises codingBasis speakerQuantifier concernsCountry mentionsActor topic
    assesses verdict chapterVerdict conclusionVerdict inField skill countryColumn importance ordinalRank
    anchoredIn continuedIn
""")


@pytest.fixture(scope="module")
def defined() -> dict[str, set[URIRef]]:
    """Local name to types, for every subject of the ontology file inside our namespace."""
    graph = Graph().parse(share() / "ontology" / "clustergraph.ttl")
    subjects = {s for s in graph.subjects(unique=True) if str(s).startswith(PREFIXES["clg"])}
    return {
        str(s).removeprefix(PREFIXES["clg"]): {URIRef(str(o)) for o in graph.objects(s, RDF.type)}
        for s in subjects
    }


def test_the_closed_namespace_and_the_ontology_hold_the_same_names(defined: dict[str, set[URIRef]]) -> None:
    assert set(CLG.__annotations__) == set(defined)


def test_a_misspelt_term_is_an_error() -> None:
    with pytest.raises(AttributeError, match="anchordIn"):
        _ = CLG.anchordIn


def test_a_term_is_its_iri_in_our_namespace() -> None:
    assert CLG.anchoredIn == URIRef("https://w3id.org/clustergraph/ns#anchoredIn")


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
def test_every_class_that_queries_rely_on_is_a_class(name: str, defined: dict[str, set[URIRef]]) -> None:
    assert OWL.Class in defined[name]


@pytest.mark.parametrize("name", CONTRACT_PROPERTIES)
def test_every_property_that_queries_rely_on_is_a_property(
    name: str, defined: dict[str, set[URIRef]]
) -> None:
    assert defined[name] & {OWL.ObjectProperty, OWL.DatatypeProperty}


def test_classes_begin_with_a_capital_and_properties_do_not(defined: dict[str, set[URIRef]]) -> None:
    assert {n for n in defined if n[0].isupper()} == {n for n, types in defined.items() if OWL.Class in types}


def test_no_property_name_carries_has_or_is(defined: dict[str, set[URIRef]]) -> None:
    assert not [n for n in defined if n.startswith(("has", "is")) and n[2:3].isupper() | n[3:4].isupper()]
