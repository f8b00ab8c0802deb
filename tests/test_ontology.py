"""What the ontology and its concept schemes promise to their readers."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, Node, URIRef

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import share
from clustergraph.vocabulary import CLG

LANGUAGES = ["de", "en", "fr"]
ONTOLOGY = URIRef(f"{BASE}ns")
QB = Namespace(PREFIXES["qb"])
SCHEMA = Namespace(PREFIXES["schema"])
VANN = Namespace(PREFIXES["vann"])
FILES = sorted((share() / "ontology").rglob("*.ttl"))


@cache
def parsed(path: Path) -> Graph:
    """One file, parsed once."""
    return Graph(bind_namespaces="none").parse(path)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parsed(share() / "ontology" / "clustergraph.ttl")


@pytest.fixture(scope="module")
def everything() -> Graph:
    """Ontology, schemes and alignments together, as they are published."""
    graph = Graph(bind_namespaces="none")
    for path in FILES:
        graph += parsed(path)
    return graph


def id_of(path: Path) -> str:
    return str(path.relative_to(share()))


def terms(graph: Graph) -> Iterator[URIRef]:
    """The project's own classes and properties."""
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        yield from (URIRef(str(s)) for s in graph.subjects(RDF.type, kind))


def texts(graph: Graph, subject: Node, predicate: URIRef) -> list[Literal]:
    return [o for o in graph.objects(subject, predicate) if isinstance(o, Literal)]


def languages(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    return sorted(str(text.language) for text in texts(graph, subject, predicate))


def local(node: object) -> str:
    return str(node).removeprefix(BASE)


# The header


def test_the_header_says_what_the_ontology_is_whose_and_under_which_licence(ontology: Graph) -> None:
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in ontology
    assert ontology.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{BASE}ns/0.1.0")
    assert ontology.value(ONTOLOGY, OWL.versionInfo) == Literal("0.1.0")
    assert ontology.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert ontology.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("clg")
    assert ontology.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal(PREFIXES["clg"])
    assert str(ONTOLOGY) == str(ontology.value(ONTOLOGY, DCTERMS.identifier))
    assert "clustergraph" in str(ontology.value(ONTOLOGY, DCTERMS.bibliographicCitation))


@pytest.mark.parametrize("predicate", [DCTERMS.title, DCTERMS.description, DCTERMS.abstract, RDFS.label])
def test_the_header_speaks_three_languages(predicate: URIRef, ontology: Graph) -> None:
    assert languages(ontology, ONTOLOGY, predicate) == LANGUAGES


def test_the_header_dates_are_days_in_their_order(ontology: Graph) -> None:
    dates = [ontology.value(ONTOLOGY, term) for term in (DCTERMS.created, DCTERMS.issued, DCTERMS.modified)]
    assert {getattr(date, "datatype", None) for date in dates} == {XSD.date}
    days = [date.toPython() for date in dates if isinstance(date, Literal)]
    assert days == sorted(days)


@pytest.mark.parametrize("predicate", [DCTERMS.creator, DCTERMS.publisher])
def test_the_makers_are_a_named_organisation(predicate: URIRef, ontology: Graph) -> None:
    maker = ontology.value(ONTOLOGY, predicate)
    foaf = Namespace(PREFIXES["foaf"])
    assert maker == URIRef(f"{BASE}id/org/clustergraph")
    assert (maker, RDF.type, foaf.Organization) in ontology
    assert ontology.value(maker, foaf.name) == Literal("clustergraph")


# The terms


def test_every_term_has_a_label_and_a_definition_in_three_languages(ontology: Graph) -> None:
    lacking = [
        (local(term), local(predicate))
        for term in terms(ontology)
        for predicate in (RDFS.label, SKOS.definition)
        if languages(ontology, term, predicate) != LANGUAGES
    ]
    assert lacking == []


def test_every_term_says_where_it_is_defined(ontology: Graph) -> None:
    assert [t for t in terms(ontology) if ontology.value(t, RDFS.isDefinedBy) != ONTOLOGY] == []


def test_every_definition_is_one_sentence(everything: Graph) -> None:
    definitions = [str(o) for o in everything.objects(None, SKOS.definition)]
    assert [d for d in definitions if not re.fullmatch(r"[^.]+(\d\.\d[^.]*)*\.", d)] == []


def test_no_two_terms_share_a_definition(everything: Graph) -> None:
    definitions = sorted(str(o) for _, o in everything.subject_objects(SKOS.definition))
    assert [a for a, b in pairwise(definitions) if a == b] == []


@pytest.mark.parametrize(
    ("term", "language", "words"),
    [
        (CLG.Hypothesis, "de", "nie ein Befund"),
        (CLG.Hypothesis, "fr", "jamais un constat"),
        (CLG.Hypothesis, "en", "never a finding"),
        (CLG.DescriptionStatement, "de", "nie ein Befund"),
        (CLG.DescriptionStatement, "fr", "jamais un constat"),
        (CLG.DescriptionStatement, "en", "never a finding"),
        (CLG.countryColumn, "en", "country named in the column head"),
        (CLG.DiscussionStatement, "en", "without making it its own"),
        (CLG.concernsCountry, "en", "not to one that it only asks about"),
    ],
)
def test_a_definition_rules_out_the_misreading(
    term: URIRef, language: str, words: str, ontology: Graph
) -> None:
    (definition,) = [d for d in texts(ontology, term, SKOS.definition) if d.language == language]
    assert words in definition


def test_no_definition_calls_the_column_country_that_of_the_raters(ontology: Graph) -> None:
    (note,) = [n for n in texts(ontology, CLG.countryColumn, SKOS.scopeNote) if n.language == "en"]
    assert "never to be read as that of the raters" in note


@pytest.mark.parametrize("stance", ["supports", "opposes", "qualifies", "contextualises"])
def test_each_stance_lies_below_bears_on(stance: str, ontology: Graph) -> None:
    assert (CLG[stance], RDFS.subPropertyOf, CLG.bearsOn) in ontology


def test_anchoring_is_a_source_and_no_derivation(everything: Graph) -> None:
    assert set(everything.objects(CLG.anchoredIn, RDFS.subPropertyOf)) == {DCTERMS.source}


def test_the_four_kinds_of_statement_exclude_each_other(ontology: Graph) -> None:
    kinds = {CLG[f"{kind}Statement"] for kind in ("Description", "Discussion", "Conclusion", "Context")}
    apart = {frozenset(pair) for pair in ontology.subject_objects(OWL.disjointWith)}
    assert {frozenset(pair) for pair in permutations(kinds, 2)} <= apart
    assert set(ontology.subjects(RDFS.subClassOf, CLG.Statement)) == kinds


def test_only_cube_components_infer_a_type(ontology: Graph) -> None:
    assert set(ontology.subjects(RDFS.domain, None)) == set()
    assert set(ontology.subjects(RDFS.range, None)) == {CLG.skill, CLG.countryColumn, CLG.importance}


def test_every_property_but_the_general_ones_says_what_it_joins(ontology: Graph) -> None:
    properties = {t for t in terms(ontology) if (t, RDF.type, OWL.Class) not in ontology}
    ranges = set(ontology.subjects(SCHEMA.rangeIncludes)) | set(ontology.subjects(RDFS.range))
    assert properties - set(ontology.subjects(SCHEMA.domainIncludes)) == {CLG.anchoredIn}
    assert properties - ranges == set()


# The Data Cube's components


def test_dimensions_and_measure_have_ranges_and_coded_ones_a_code_list(everything: Graph) -> None:
    dimensions = set(everything.subjects(RDF.type, QB.DimensionProperty))
    coded = set(everything.subjects(RDF.type, QB.CodedProperty))
    assert dimensions == {CLG.skill, CLG.countryColumn}
    assert set(everything.subjects(RDF.type, QB.MeasureProperty)) == {CLG.importance}
    assert coded == {CLG.countryColumn, CLG.importance}
    assert all(everything.value(component, RDFS.range) for component in dimensions | coded)
    for component in coded:
        code_list = everything.value(component, QB.codeList)
        assert (code_list, RDF.type, SKOS.ConceptScheme) in everything
        assert list(everything.subjects(SKOS.inScheme, code_list))


# The concept schemes


def members(graph: Graph, scheme: str) -> set[str]:
    found = graph.subjects(SKOS.inScheme, URIRef(f"{BASE}scheme/{scheme}"))
    return {str(concept).rpartition("/")[2] for concept in found}


def test_participant_countries_and_country_columns_are_two_lists(everything: Graph) -> None:
    assert members(everything, "country") == {"de", "fr", "ch", "ro", "it", "hr"}
    assert members(everything, "country-column") == {"de", "fr", "ch"}


@pytest.mark.parametrize(
    ("slug", "label", "mark", "rank"),
    [
        ("sehr-wichtig", "sehr wichtig", "++", 4),
        ("eher-wichtig", "eher wichtig", "+", 3),
        ("eher-unwichtig", "eher unwichtig", "-", 2),
        ("unwichtig", "unwichtig", "--", 1),
    ],
)
def test_a_level_has_the_legends_words_its_mark_and_its_rank(
    slug: str, label: str, mark: str, rank: int, everything: Graph
) -> None:
    level = URIRef(f"{BASE}id/importance/{slug}")
    report = (share() / "data" / "sources" / "basel-2014" / "report.txt").read_text(encoding="utf-8")
    assert f"{label} = {mark}" in report.splitlines()[227]
    assert (level, RDF.type, CLG.RatingLevel) in everything
    assert (level, SKOS.prefLabel, Literal(label, lang="de")) in everything
    assert everything.value(level, SKOS.notation) == Literal(mark)
    assert everything.value(level, CLG.ordinalRank) == Literal(rank)


def test_there_are_four_levels(everything: Graph) -> None:
    assert len(members(everything, "importance")) == 4


def test_every_verdict_stands_in_one_of_four_groups(everything: Graph) -> None:
    concepts = {URIRef(f"{BASE}id/verdict/{name}") for name in members(everything, "verdict")}
    broader = {concept: list(everything.objects(concept, SKOS.broader)) for concept in concepts}
    groups = {concept for concept in concepts if not broader[concept]}
    assert {local(group) for group in groups} == {
        f"id/verdict/{name}" for name in ("affirmative", "hedged", "open", "no-verdict")
    }
    assert all(len(found) == 1 and found[0] in groups for found in broader.values() if found)
    assert all((concept, RDF.type, CLG.Verdict) in everything for concept in concepts)


@pytest.mark.parametrize(
    ("scheme", "concepts"),
    [
        ("verdict-place", {"chapter", "conclusions"}),
        (
            "role",
            {
                "publisher",
                "rights-holder",
                "author",
                "designer",
                "funder",
                "initiator",
                "leader",
                "organizer",
            },
        ),
        ("method", {"world-cafe", "stellwand-einschaetzung", "ateliers-mit-leitfragen"}),
        ("coding-basis", {"explicit-cue", "layout", "interpreted"}),
    ],
)
def test_a_small_scheme_holds_its_concepts(scheme: str, concepts: set[str], everything: Graph) -> None:
    assert members(everything, scheme) == concepts


def test_every_scheme_and_concept_speaks_three_languages(everything: Graph) -> None:
    schemes = set(everything.subjects(RDF.type, SKOS.ConceptScheme))
    concepts = set(everything.subjects(RDF.type, SKOS.Concept))
    lacking = [
        local(node)
        for nodes, label in ((schemes, DCTERMS.title), (concepts, SKOS.prefLabel))
        for node in nodes
        for predicate in (label, SKOS.definition)
        if languages(everything, node, predicate) != LANGUAGES
    ]
    assert lacking == []


def test_every_concept_is_in_a_scheme_and_reached_from_its_top(everything: Graph) -> None:
    for concept in everything.subjects(RDF.type, SKOS.Concept):
        schemes = set(everything.objects(concept, SKOS.inScheme))
        tops = set(everything.objects(concept, SKOS.topConceptOf))
        assert schemes, concept
        assert tops <= schemes
        assert tops or everything.value(concept, SKOS.broader), concept


@pytest.mark.parametrize(
    ("predicate", "inverse"),
    [(SKOS.broader, SKOS.narrower), (SKOS.topConceptOf, SKOS.hasTopConcept), (SKOS.related, SKOS.related)],
)
def test_both_directions_of_a_relation_are_written(
    predicate: URIRef, inverse: URIRef, everything: Graph
) -> None:
    there = set(everything.subject_objects(predicate))
    assert there == {(s, o) for o, s in everything.subject_objects(inverse)}


# SKOS integrity conditions, by the numbers of the SKOS Reference


def test_s9_no_scheme_is_a_concept(everything: Graph) -> None:
    schemes = set(everything.subjects(RDF.type, SKOS.ConceptScheme))
    assert schemes & set(everything.subjects(RDF.type, SKOS.Concept)) == set()


def test_s13_the_kinds_of_label_exclude_each_other(everything: Graph) -> None:
    kinds = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
    for one, other in permutations(kinds, 2):
        assert set(everything.subject_objects(one)) & set(everything.subject_objects(other)) == set()


def test_s14_one_preferred_label_per_language(everything: Graph) -> None:
    for subject in everything.subjects(SKOS.prefLabel, unique=True):
        found = languages(everything, subject, SKOS.prefLabel)
        assert len(found) == len(set(found)), subject


def test_s27_related_concepts_are_not_above_one_another(everything: Graph) -> None:
    for one, other in everything.subject_objects(SKOS.related):
        assert other not in set(everything.transitive_objects(one, SKOS.broader))


def test_s46_an_exact_match_is_no_looser_match(everything: Graph) -> None:
    exact = set(everything.subject_objects(SKOS.exactMatch))
    exact |= {(o, s) for s, o in exact}
    for looser in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch):
        assert exact & set(everything.subject_objects(looser)) == set()


def test_no_concept_lies_above_itself(everything: Graph) -> None:
    for concept in everything.subjects(SKOS.broader, unique=True):
        above = {
            b
            for c in everything.objects(concept, SKOS.broader)
            for b in everything.transitive_objects(c, SKOS.broader)
        }
        assert concept not in above


# Alignments and the files


def test_every_country_is_matched_with_the_eu_table_once(everything: Graph) -> None:
    table = "http://publications.europa.eu/resource/authority/country/"
    matches = {
        local(s): str(o) for s, o in everything.subject_objects(SKOS.exactMatch) if "country" in str(s)
    }
    codes = {"de": "DEU", "fr": "FRA", "ch": "CHE", "ro": "ROU", "it": "ITA", "hr": "HRV"}
    assert matches == {f"id/country/{slug}": table + code for slug, code in codes.items()}


def test_statements_are_not_made_sub_properties_of_cito(everything: Graph) -> None:
    below = {str(o) for o in everything.objects(None, RDFS.subPropertyOf)}
    assert [iri for iri in below if iri.startswith(PREFIXES["cito"])] == []


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_a_file_has_no_blank_node(path: Path) -> None:
    assert [n for triple in parsed(path) for n in triple if isinstance(n, BNode)] == []


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_a_file_declares_the_prefixes_it_uses_in_the_agreed_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = re.findall(r"^@prefix ([\w-]+): <([^>]+)> \.$", text, re.MULTILINE)
    bare = re.sub(r'"[^"]*"|<[^>]*>|#.*', "", text)
    used = {prefix for prefix in PREFIXES if re.search(rf"(?<![\w:]){prefix}:[A-Za-z]", bare)}
    assert dict(declared) == {prefix: PREFIXES[prefix] for prefix in PREFIXES if prefix in used}
    assert [prefix for prefix, _ in declared] == [prefix for prefix in PREFIXES if prefix in used]


def french(path: Path) -> str:
    """The French of a file, one text a line."""
    texts_of = (o for o in parsed(path).objects() if isinstance(o, Literal) and o.language == "fr")
    return "\n".join(texts_of)


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_french_has_typographic_apostrophes(path: Path) -> None:
    assert "'" not in french(path)


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_a_file_does_not_mix_bound_and_free_punctuation_in_french(path: Path) -> None:
    assert len(set(re.findall(r"(\s)[:;?!]", french(path)))) <= 1
