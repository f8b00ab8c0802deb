"""Every query of queries/checks/ is silent on a sound graph and speaks up where its fault is put in."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest

from clustergraph.findings import SEVERITIES
from clustergraph.languages import LANGUAGES
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.resources import share
from clustergraph.validation import check_findings, checks

SOUND = Path(__file__).parent / "checks" / "valid.trig"
HEADER = f"BASE <{BASE}>\n" + "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@dataclass(frozen=True)
class Fault:
    """A fault put into the sound graph: what goes out, what comes in, and which checks must see it."""

    check: str
    remove: str = ""
    add: str = ""
    graph: str = "stated"
    also: tuple[str, ...] = ()


MEASURES = """
    <dataset/r/component/type> a qb:ComponentSpecification ; qb:componentProperty qb:measureType ;
        qb:dimension qb:measureType .
    <dataset/r/component/second> a qb:ComponentSpecification ; qb:componentProperty clg:ordinalRank ;
        qb:measure clg:ordinalRank .
    clg:ordinalRank a qb:MeasureProperty . qb:measureType a qb:DimensionProperty ; rdfs:range <ns#Skill> .
    <dataset/r/structure> qb:component <dataset/r/component/type>, <dataset/r/component/second> .
    """
EVERY_TYPE = "".join(
    f"<id/r/rating/{cell}> qb:measureType clg:importance . "
    for cell in ("01-01-de", "01-01-fr", "01-02-de", "01-02-fr")
)
HIERARCHY = """clg:skill qb:codeList <dataset/r/codes> .
    <dataset/r/codes> a qb:HierarchicalCodeList ; qb:hierarchyRoot <id/r/field/01> ; """

FAULTS = (
    # Data Cube, section 11
    Fault(
        "cube-ic-01",
        remove="<id/r/rating/01-01-de> qb:dataSet <dataset/r/ratings> .",
        also=("cube-ic-18", "cube-not-normalised"),
    ),
    Fault(
        "cube-ic-01",
        add="""<id/r/rating/01-01-de> qb:dataSet <dataset/r/other> .
            <dataset/r/other> a qb:DataSet ; qb:structure <dataset/r/structure> .""",
        also=("label-in-a-language-missing",),
    ),
    Fault("cube-ic-02", remove="<dataset/r/ratings> qb:structure <dataset/r/structure> ."),
    Fault("cube-ic-03", remove="<dataset/r/structure> qb:component <dataset/r/component/importance> ."),
    Fault("cube-ic-04", add="<ns#topic> a qb:DimensionProperty ."),
    Fault("cube-ic-05", add="<ns#topic> a qb:DimensionProperty ; rdfs:range skos:Concept ."),
    Fault("cube-ic-06", add="<dataset/r/component/skill> qb:componentRequired false ."),
    Fault("cube-ic-07", remove="<dataset/r/structure> qb:sliceKey <dataset/r/key> ."),
    Fault(
        "cube-ic-08",
        add="""<dataset/r/key> qb:componentProperty schema:about .
            <dataset/r/ratings/de> schema:about <id/r/field/01> .
            <dataset/r/ratings/fr> schema:about <id/r/field/01> .""",
    ),
    Fault("cube-ic-09", remove="<dataset/r/ratings/de> qb:sliceStructure <dataset/r/key> ."),
    Fault("cube-ic-10", remove="<dataset/r/ratings/de> clg:countryColumn <id/country/de> ."),
    Fault(
        "cube-ic-11",
        remove="<id/r/rating/01-01-de> clg:countryColumn <id/country/de> .",
        also=("rating-missing",),
    ),
    Fault(
        "cube-ic-12",
        add="""<id/r/rating/twin> a clg:SkillRating, qb:Observation ; qb:dataSet <dataset/r/ratings> ;
            clg:anchoredIn <text/r#char=297,299> ; clg:skill <id/r/skill/01-01> ;
            clg:countryColumn <id/country/de> ;
            clg:importance <id/importance/sehr-wichtig> .
            <dataset/r/ratings/de> qb:observation <id/r/rating/twin> .""",
        also=("count-differs", "rating-named-otherwise"),
    ),
    Fault(
        "cube-ic-13",
        add="""<dataset/r/component/note> a qb:ComponentSpecification ; qb:attribute <ns#topic> ;
            qb:componentProperty <ns#topic> ;
            qb:componentRequired true . <ns#topic> a qb:AttributeProperty .
            <dataset/r/structure> qb:component <dataset/r/component/note> .""",
    ),
    Fault("cube-ic-14", remove="<id/r/rating/01-01-de> clg:importance <id/importance/sehr-wichtig> ."),
    Fault(
        "cube-ic-15",
        remove="<id/r/rating/01-01-de> clg:importance <id/importance/sehr-wichtig> .",
        add=MEASURES + EVERY_TYPE,
        also=("cube-ic-17",),
    ),
    Fault(
        "cube-ic-16",
        add=MEASURES + EVERY_TYPE + "<id/r/rating/01-01-de> clg:ordinalRank 4 .",
        also=("cube-ic-17",),
    ),
    Fault("cube-ic-17", add=MEASURES + EVERY_TYPE),
    Fault(
        "cube-ic-18",
        add="""<dataset/r/other> a qb:DataSet ; qb:structure <dataset/r/structure> ;
            qb:slice <dataset/r/ratings/de> .""",
        also=("cube-without-observation", "label-in-a-language-missing"),
    ),
    Fault(
        "cube-ic-19",
        remove="<id/r/rating/01-01-de> clg:importance <id/importance/sehr-wichtig> .",
        add="<id/r/rating/01-01-de> clg:importance <id/verdict/supported> .",
    ),
    Fault(
        "cube-ic-20",
        add=HIERARCHY + "qb:parentChildProperty skos:narrower .",
        remove="<id/r/field/01> skos:narrower <id/r/skill/01-01> .",
        also=("skos-narrower-one-sided",),
    ),
    Fault("cube-ic-20", add=HIERARCHY + "qb:parentChildProperty skos:member ."),
    Fault(
        "cube-ic-21",
        add=HIERARCHY
        + """qb:parentChildProperty <dataset/r/up> .
            <dataset/r/up> a rdf:Property ; owl:inverseOf skos:broader .""",
        remove="<id/r/skill/01-01> skos:broader <id/r/field/01> .",
        also=("skos-concept-off-the-tree", "skos-narrower-one-sided"),
    ),
    Fault(
        "cube-not-normalised",
        remove="<dataset/r/component/skill> qb:componentProperty clg:skill .",
        also=("cube-ic-12",),
    ),
    Fault("cube-not-normalised", remove="<dataset/r/component/skill> qb:dimension clg:skill ."),
    Fault("cube-not-normalised", remove="<dataset/r/key> qb:componentProperty clg:countryColumn ."),
    Fault(
        "cube-without-observation",
        add="<dataset/r/empty> a qb:DataSet ; qb:structure <dataset/r/structure> .",
        also=("label-in-a-language-missing",),
    ),
    Fault(
        "slice-column-differs",
        remove="<dataset/r/ratings/de> qb:observation <id/r/rating/01-01-de> .",
        add="<dataset/r/ratings/fr> qb:observation <id/r/rating/01-01-de> .",
    ),
    Fault("rating-outside-slices", remove="<dataset/r/ratings/de> qb:observation <id/r/rating/01-01-de> ."),
    # SKOS reference
    Fault("skos-scheme-as-concept", add="<scheme/role> a skos:Concept .", graph="ontology"),
    Fault("skos-label-twice", add='<id/r/skill/01-01> skos:prefLabel "Ziele"@de .'),
    Fault("skos-label-in-two-roles", add='<id/r/skill/01-01> skos:altLabel "Ziele setzen"@de .'),
    Fault("skos-related-to-broader", add="<id/r/skill/01-01> skos:related <id/r/field/01> ."),
    Fault("skos-collection-as-concept", add="<id/r/field/01> a skos:Collection ."),
    Fault(
        "skos-exact-match-and-other",
        add="""<id/r/skill/01-01> skos:exactMatch schema:Thing .
            schema:Thing skos:relatedMatch <id/r/skill/01-01> .""",
    ),
    Fault(
        "skos-broader-in-a-circle",
        add="""<id/r/skill/01-02> skos:broader <id/r/skill/01-01> .
            <id/r/skill/01-01> skos:broader <id/r/skill/01-02> .""",
    ),
    Fault("skos-broader-outside-scheme", add="<id/r/skill/01-02> skos:broader <id/country/de> ."),
    Fault("skos-top-concept-one-sided", remove="<id/r/skills> skos:hasTopConcept <id/r/field/01> ."),
    Fault(
        "skos-top-concept-below-another",
        add="""<id/r/skill/01-01> skos:topConceptOf <id/r/skills> .
            <id/r/skills> skos:hasTopConcept <id/r/skill/01-01> .""",
    ),
    Fault(
        "skos-concept-off-the-tree",
        remove="""<id/r/skill/01-01> skos:broader <id/r/field/01> .
            <id/r/field/01> skos:narrower <id/r/skill/01-01> .""",
    ),
    Fault(
        "skos-narrower-one-sided",
        add="<id/r/skill/01-01> skos:narrower <id/r/skill/01-02> .",
    ),
    Fault("skos-narrower-one-sided", remove="<id/r/field/01> skos:narrower <id/r/skill/01-02> ."),
    # References and graphs
    Fault("dangling-reference", add="<id/r/workshop> clg:participantCountry <id/country/atlantis> ."),
    Fault("blank-node", add="<id/r/workshop> schema:location [ a schema:Place ] ."),
    Fault("untyped", add='<id/place/basel> rdfs:label "Basel" .'),
    Fault(
        "unanchored",
        add='<id/place/basel> a schema:Place ; skos:prefLabel "Basel"@de, "Bâle"@fr, "Basel"@en .',
    ),
    Fault("anchor-elsewhere", add="<id/r/workshop> clg:anchoredIn <text/r> ."),
    Fault("coding-in-stated", add="<id/r/statement/124-152> clg:supports <id/r/hypothesis/a-1> ."),
    Fault("coding-in-stated", add="<id/r/statement/101-123> clg:codingBasis <id/coding-basis/interpreted> ."),
    Fault("translation-in-stated", add='<id/r/skill/01-01> skos:prefLabel "set goals"@en .'),
    Fault(
        "source-label-missing",
        remove='<id/r/skill/01-01> skos:prefLabel "Ziele setzen"@de .',
        also=("label-in-a-language-missing", "unlabelled"),
    ),
    Fault("source-label-missing", remove='<id/r/figure/1> schema:caption "Ein Bild"@de .'),
    Fault("unlabelled", remove='<id/org/institut> skos:prefLabel "Institut"@de .'),
    Fault("supertype-not-spelled-out", remove="<text/r#char=0,7> a nif:RFC5147String ."),
    Fault("supertype-not-spelled-out", remove="<id/r/statement/101-123> a clg:Statement ."),
    Fault(
        "licence-on-quotes",
        add="<dumps/stated.ttl> dcterms:license <https://creativecommons.org/licenses/by/4.0/> .",
        graph="catalog",
    ),
    # Passages
    Fault(
        "passage-offsets",
        remove="<text/r#char=0,7> nif:beginIndex 0 ; nif:endIndex 7 .",
        add="<text/r#char=0,7> nif:beginIndex 1 ; nif:endIndex 8 .",
    ),
    Fault(
        "passage-length",
        remove='<text/r#char=0,7> nif:anchorOf "Bericht" .',
        add='<text/r#char=0,7> nif:anchorOf "Berichte" .',
    ),
    Fault("passage-outside-text", remove="<text/r> clg:lineCount 21 .", add="<text/r> clg:lineCount 20 ."),
    Fault(
        "passage-outside-text",
        remove="<text/r> clg:characterCount 372 .",
        add="<text/r> clg:characterCount 370 .",
    ),
    Fault(
        "passage-continued-backwards",
        remove="<text/r#char=124,152> clg:continuedIn <text/r#char=155,172> .",
        add="<text/r#char=155,172> clg:continuedIn <text/r#char=124,152> .",
        also=("passage-unused",),
    ),
    Fault("passage-unused", remove="<text/r#char=124,152> clg:continuedIn <text/r#char=155,172> ."),
    # Ratings, skills, hypotheses
    Fault(
        "rating-missing",
        remove="""<id/r/rating/01-02-fr> a clg:SkillRating, qb:Observation ; qb:dataSet <dataset/r/ratings> ;
            clg:anchoredIn <text/r#char=317,319> ; clg:countryColumn <id/country/fr> ;
            clg:skill <id/r/skill/01-02> ;
            clg:importance <id/importance/sehr-wichtig> .
            <dataset/r/ratings/fr> qb:observation <id/r/rating/01-02-fr> .""",
        also=("count-differs", "passage-unused"),
    ),
    Fault(
        "rating-named-otherwise",
        remove="""<id/r/rating/01-01-de> clg:skill <id/r/skill/01-01> .
            <id/r/rating/01-02-de> clg:skill <id/r/skill/01-02> .""",
        add="""<id/r/rating/01-01-de> clg:skill <id/r/skill/01-02> .
            <id/r/rating/01-02-de> clg:skill <id/r/skill/01-01> .""",
    ),
    Fault("rater-claim", add="<dataset/r/ratings/de> dcterms:creator <id/person/eva-muster> ."),
    Fault("rater-claim", add="<id/person/eva-muster> foaf:made <id/r/rating/01-01-de> ."),
    Fault(
        "notation-not-in-name",
        remove='<id/r/footnote/1> skos:notation "1" .',
        add='<id/r/footnote/1> skos:notation "2" .',
    ),
    Fault(
        "notation-twice",
        remove='<id/r/skill/01-02> skos:notation "1.2" .',
        add='<id/r/skill/01-02> skos:notation "1.1" .',
        also=("notation-not-in-name", "position-not-notation"),
    ),
    Fault(
        "number-gap",
        remove="<id/r/skill/01-02> schema:position 2 .",
        add="<id/r/skill/01-02> schema:position 3 .",
        also=("position-not-notation",),
    ),
    Fault(
        "number-gap",
        remove="<id/r/field/01> schema:position 1 .",
        add="<id/r/field/01> schema:position 2 .",
        also=("position-not-notation",),
    ),
    Fault(
        "number-gap",
        remove="<id/r/hypothesis/a-2> schema:position 2 .",
        add="<id/r/hypothesis/a-2> schema:position 3 .",
        also=("position-not-notation",),
    ),
    Fault(
        "position-not-notation",
        remove="<id/r/hypothesis/a-1> schema:position 1 . <id/r/hypothesis/a-2> schema:position 2 .",
        add="<id/r/hypothesis/a-1> schema:position 2 . <id/r/hypothesis/a-2> schema:position 1 .",
    ),
    Fault(
        "figure-in-stated",
        add="<id/r/theme/a> a schema:Observation .",
    ),
    Fault("undeclared-count", remove="<text/r> clg:declaredSkills 2 ."),
    *(
        Fault(
            "count-differs",
            remove=f"<text/r> clg:declared{name} {count} .",
            add=f"<text/r> clg:declared{name} {count + 1} .",
        )
        for name, count in (("Fields", 1), ("Hypotheses", 2), ("Ratings", 4), ("Skills", 2), ("Themes", 1))
    ),
    Fault("rank-twice", add="<id/importance/sehr-wichtig> clg:ordinalRank 3 ."),
    Fault("rank-twice", add='<id/importance/sehr-wichtig> skos:notation "+" .'),
    Fault(
        "verdict-unbacked",
        remove="""<id/r/assessment/a-1> clg:verdictPlace <id/verdict-place/chapter> .
            <id/r/hypothesis/a-1> clg:chapterAssessment <id/r/assessment/a-1> .""",
    ),
    Fault(
        "verdict-unbacked",
        remove="""<id/r/assessment/schlussfolgerungen-a-1> clg:assesses <id/r/hypothesis/a-1> .
            <id/r/hypothesis/a-1> clg:conclusionAssessment <id/r/assessment/schlussfolgerungen-a-1> .""",
    ),
    Fault(
        "majority-in-one-only",
        remove="""<id/r/assessment/a-1> clg:verdict <id/verdict/majority-supported> .
            <id/r/hypothesis/a-1> clg:chapterVerdict <id/verdict/majority-supported> .""",
        add="""<id/r/assessment/a-1> clg:verdict <id/verdict/supported> .
            <id/r/hypothesis/a-1> clg:chapterVerdict <id/verdict/supported> .""",
    ),
    Fault(
        "cue-not-in-words",
        remove='<id/r/statement/173-200> clg:cue "Allerdings"@de .',
        add='<id/r/statement/173-200> clg:cue "Immerhin"@de .',
        graph="coded",
    ),
    Fault(
        "verdict-differs",
        remove="<id/r/hypothesis/a-1> clg:chapterVerdict <id/verdict/majority-supported> .",
        add="<id/r/hypothesis/a-1> clg:chapterVerdict <id/verdict/not-stated> .",
    ),
    # Statements
    Fault(
        "statement-uncoded",
        remove="""<id/r/statement/173-200> clg:codingBasis <id/coding-basis/explicit-cue> ;
            clg:cue "Allerdings"@de ;
            clg:bearsOn <id/r/hypothesis/a-2> ; clg:qualifies <id/r/hypothesis/a-2> ;
            clg:stance <id/stance/qualifies> .""",
        graph="coded",
    ),
    Fault(
        "bearing-not-spelled-out",
        remove="<id/r/statement/173-200> clg:bearsOn <id/r/hypothesis/a-2> .",
        graph="coded",
    ),
    Fault(
        "bearing-not-spelled-out",
        add="<id/r/statement/173-200> clg:bearsOn <id/r/hypothesis/a-1> .",
        graph="coded",
    ),
    Fault(
        "statement-out-of-order",
        remove="<id/r/statement/124-152> schema:position 2 . <id/r/statement/173-200> schema:position 3 .",
        add="<id/r/statement/124-152> schema:position 3 . <id/r/statement/173-200> schema:position 2 .",
    ),
    Fault("statement-twice", add="<id/r/statement/101-123> clg:anchoredIn <text/r#char=124,152> ."),
    Fault(
        "position-twice",
        remove="<id/r/statement/173-200> schema:position 3 .",
        add="<id/r/statement/173-200> schema:position 2 .",
    ),
    Fault(
        "cue-without-explicit-basis",
        remove="<id/r/statement/173-200> clg:codingBasis <id/coding-basis/explicit-cue> .",
        add="<id/r/statement/173-200> clg:codingBasis <id/coding-basis/interpreted> .",
        graph="coded",
    ),
    Fault(
        "statement-untranslated",
        remove='<id/r/statement/101-123> schema:text "Individuals are important."@en .',
        graph="translations",
    ),
    Fault(
        "cue-for-context",
        remove="""<id/r/statement/173-200> clg:qualifies <id/r/hypothesis/a-2> ;
            clg:stance <id/stance/qualifies> .""",
        add="""<id/r/statement/173-200> clg:contextualises <id/r/hypothesis/a-2> ;
            clg:stance <id/stance/contextualises> .""",
        graph="coded",
    ),
    Fault(
        "topic-with-its-broader",
        add="<id/r/statement/173-200> clg:topic <id/r/skill/01-01>, <id/r/field/01> .",
        graph="coded",
    ),
    Fault(
        "stance-differs", remove="<id/r/statement/173-200> clg:stance <id/stance/qualifies> .", graph="coded"
    ),
    Fault(
        "stance-differs",
        add="<id/r/statement/173-200> clg:stance <id/stance/opposes> .",
        graph="coded",
    ),
    Fault(
        "addressee-without-demand",
        add="<id/r/statement/173-200> clg:addressee <id/org/institut> .",
        graph="coded",
    ),
    Fault(
        "assessment-codes-differ",
        add="<id/r/statement/201-238> clg:mentionsActor <id/org/institut> .",
        graph="coded",
    ),
    Fault(
        "comprised-elsewhere",
        add="<id/r/assessment/schlussfolgerungen-a-1> clg:comprises <id/r/statement/101-123> .",
    ),
    Fault(
        "text-differs-from-passage",
        remove='<id/r/statement/101-123> schema:text "Einzelne sind wichtig."@de .',
        add='<id/r/statement/101-123> schema:text "Einzelne sind unwichtig."@de .',
    ),
    Fault(
        "quantity-elsewhere",
        remove="<id/r/quantity/124-128> clg:anchoredIn <text/r#char=124,152> .",
        add="<id/r/quantity/124-128> clg:anchoredIn <text/r#char=101,123> .",
        graph="coded",
    ),
    Fault(
        "note-in-a-language-missing",
        remove='<dataset/r/ratings> skos:editorialNote "How stays open."@en .',
        graph="coded",
    ),
    Fault(
        "assessment-one-sided",
        remove="<id/r/hypothesis/a-1> clg:chapterAssessment <id/r/assessment/a-1> .",
    ),
    Fault(
        "assessment-one-sided",
        add="<id/r/hypothesis/a-2> clg:chapterAssessment <id/r/assessment/a-1> .",
    ),
    Fault(
        "label-in-a-language-missing",
        remove='<id/person/eva-muster> skos:prefLabel "Eva Muster"@fr .',
        graph="translations",
    ),
    # Agents and parts
    Fault(
        "membership-one-sided",
        remove="<id/person/eva-muster> org:memberOf <id/org/institut> .",
        graph="coded",
    ),
    Fault("role-one-sided", remove="<id/r/publication> dcterms:creator <id/person/eva-muster> ."),
    Fault("role-one-sided", add="<id/r/publication> dcterms:creator <id/org/institut> ."),
    Fault(
        "attribution-of-nothing",
        remove="""<id/r/publication> prov:qualifiedAttribution <id/r/attribution/author-eva-muster> ;
            dcterms:creator <id/person/eva-muster> .""",
    ),
    Fault(
        "agent-twice",
        add="""<id/person/e-muster> a clg:Actor, foaf:Person ; foaf:name "Eva Muster" ;
            rdfs:label "Eva Muster" ;
            clg:anchoredIn <text/r#char=17,27> .""",
    ),
    Fault("actor-untyped", remove="<id/person/eva-muster> a clg:Actor ."),
    Fault("part-one-sided", remove="<id/r/publication> dcterms:hasPart <id/r/figure/1> ."),
    Fault("part-one-sided", remove="<id/r/figure/1> dcterms:isPartOf <id/r/publication> ."),
)


@cache
def sound_quads() -> tuple[pyoxigraph.Quad, ...]:
    """The sound graph, and the ontology whose concepts it uses."""
    quads = list(pyoxigraph.parse(path=str(SOUND)))
    ontology = pyoxigraph.NamedNode(f"{BASE}graph/ontology")
    for file in sorted((share() / "ontology").rglob("*.ttl")):
        for quad in pyoxigraph.parse(path=str(file)):
            quads.append(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, ontology))
    return tuple(quads)


def fired(store: pyoxigraph.Store) -> set[str]:
    """Return the names of the checks that find a fault in a store."""
    return {
        finding.shape.rpartition("/")[2].removesuffix("-violation")
        for finding in check_findings(store, checks())
    }


def test_no_check_finds_a_fault_in_a_sound_graph() -> None:
    store = pyoxigraph.Store()
    store.extend(sound_quads())
    assert fired(store) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.check for fault in FAULTS])
def test_a_check_finds_the_fault_that_it_is_named_after(fault: Fault) -> None:
    store = pyoxigraph.Store()
    store.extend(sound_quads())
    graph = f"<graph/{fault.graph}>"
    before = len(store)
    if fault.remove:
        store.update(f"{HEADER}DELETE DATA {{ GRAPH {graph} {{ {fault.remove} }} }}")
        assert len(store) < before, "nothing was there to remove"
    if fault.add:
        store.update(f"{HEADER}INSERT DATA {{ GRAPH {graph} {{ {fault.add} }} }}")
    assert fired(store) == {fault.check, *fault.also}


def test_every_check_is_named_after_a_fault_that_is_tried() -> None:
    assert {check.name for check in checks()} == {f"{fault.check}-violation" for fault in FAULTS}


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.name)
def test_a_check_says_what_it_asks_and_what_to_do(check) -> None:
    assert check.summary.endswith("?")
    assert check.severity in SEVERITIES
    assert [language for language, _ in check.messages] == list(LANGUAGES)
    assert all(message.endswith(".") for _, message in check.messages)
    assert re.search(r"^SELECT (DISTINCT )?(\?|\()", check.text, re.MULTILINE)
    assert "?focus" in check.text


def test_all_of_the_cube_s_constraints_are_there() -> None:
    names = {check.name for check in checks()}
    assert {f"cube-ic-{number:02}-violation" for number in range(1, 22)} <= names
