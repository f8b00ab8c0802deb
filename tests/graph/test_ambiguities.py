"""What the report leaves open stays open: one test for each of its known ambiguities, A1 to A35."""

import re

from rdflib import DCTERMS, ORG, PROV, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from clustergraph import iris
from clustergraph.graph.anchors import NIF
from clustergraph.graph.report import BIBO, SCHEMA
from clustergraph.namespaces import BASE
from clustergraph.vocabulary import CLG

REPORT = "basel-2014"
RATINGS = iris.ratings(REPORT)
PUBLICATION = iris.publication(REPORT)
WORKSHOP = iris.workshop(REPORT)
CENTRE = iris.resource("org/kompetenzzentrum-clustermanagement")
STANCES = (CLG.supports, CLG.opposes, CLG.qualifies, CLG.contextualises, CLG.bearsOn)
SIDES = (CLG.supports, CLG.opposes, CLG.qualifies)


def slugs(nodes: object) -> set[str]:
    """The last steps of some IRIs."""
    assert hasattr(nodes, "__iter__")
    return {str(node).rsplit("/", 1)[-1] for node in nodes}


def predicates(graph: Graph, kind: URIRef) -> set[URIRef]:
    """Every predicate of the things of one class, except their classes."""
    found = {p for node in graph.subjects(RDF.type, kind) for p in graph.predicates(node) if p != RDF.type}
    return {predicate for predicate in found if isinstance(predicate, URIRef)}


def quoted(graph: Graph, node: URIRef, term: URIRef) -> list[str]:
    """The words of the passages to which a property leads, in the order of the text."""
    passages = sorted(graph.objects(node, term), key=lambda p: int(str(graph.value(p, NIF.beginIndex))))
    return [str(graph.value(passage, NIF.anchorOf)) for passage in passages]


def note_on(graph: Graph, node: Node | None) -> str:
    """The German note on something; notes stand in three languages."""
    notes = graph.objects(node, SKOS.editorialNote)
    return "".join(str(note) for note in notes if isinstance(note, Literal) and note.language == "de")


def words_of(graph: Graph) -> str:
    """Every literal of a graph."""
    return "\n".join(str(value) for value in graph.objects() if isinstance(value, Literal))


def on_line(stated: Graph, kind: URIRef, line: int) -> list[URIRef]:
    """The nodes of one class that rest on a passage beginning on a line."""
    return [
        node
        for node in stated.subjects(RDF.type, kind)
        if isinstance(node, URIRef)
        and any(stated.value(p, CLG.firstLine) == Literal(line) for p in stated.objects(node, CLG.anchoredIn))
    ]


def test_a01_a_column_is_the_country_in_its_head_and_no_rater(stated: Graph) -> None:
    by_type = stated.subjects(RDF.type, CLG.SkillRating)
    rating = next(node for node in by_type if isinstance(node, URIRef))
    allowed = {
        URIRef("http://purl.org/linked-data/cube#dataSet"),
        CLG.skill,
        CLG.countryColumn,
        CLG.importance,
    }
    assert predicates(stated, CLG.SkillRating) == {*allowed, CLG.anchoredIn}
    assert stated.value(rating, CLG.countryColumn) is not None
    scope = {
        str(note.language): str(note)
        for note in stated.objects(RATINGS, SKOS.scopeNote)
        if isinstance(note, Literal)
    }
    assert set(scope) == {"de", "fr", "en"}
    assert "does not explain the column heads DE, FR and CH" in scope["en"]


def test_a02_how_a_mark_came_about_is_only_noted_as_open(read_off: Graph) -> None:
    notes = [str(note) for note in read_off.objects(RATINGS, SKOS.editorialNote)]
    assert len(notes) == 3
    assert any("how a cell’s mark came about (consensus, majority, average)" in note for note in notes)


def test_a03_six_countries_took_part_and_three_have_a_column(stated: Graph, ontology: Graph) -> None:
    took_part = slugs(stated.objects(WORKSHOP, CLG.participantCountry))
    columns = slugs(stated.objects(None, CLG.countryColumn))
    assert took_part == {"de", "fr", "ch", "ro", "it", "hr"}
    assert columns == {"de", "fr", "ch"}
    assert slugs(ontology.subjects(SKOS.inScheme, iris.scheme("country-column"))) == columns
    assert slugs(ontology.subjects(SKOS.inScheme, iris.scheme("country"))) == took_part


def test_a04_no_skill_is_marked_as_added(stated: Graph) -> None:
    structure = {SKOS.prefLabel, SKOS.notation, SKOS.inScheme, SKOS.broader, SCHEMA.position}
    assert predicates(stated, CLG.Skill) == {*structure, CLG.inField, CLG.anchoredIn}


def test_a05_the_measure_is_importance_and_not_importance_for_something(ontology: Graph) -> None:
    labels = {str(label) for label in ontology.objects(CLG.importance, RDFS.label)}
    assert "importance" in {label.lower() for label in labels}
    assert not [label for label in labels if re.search(r"\b(for|für|pour)\b", label)]


def test_a06_levels_are_ordered_and_ratings_have_no_number(stated: Graph, ontology: Graph) -> None:
    ranks = {
        str(ontology.value(level, SKOS.notation)): ontology.value(level, CLG.ordinalRank)
        for level in ontology.subjects(RDF.type, CLG.RatingLevel)
    }
    assert ranks == {"++": Literal(4), "+": Literal(3), "-": Literal(2), "--": Literal(1)}
    assert not [
        o
        for r in stated.subjects(RDF.type, CLG.SkillRating)
        for o in stated.objects(r)
        if isinstance(o, Literal)
    ]


def test_a07_training_has_both_methods_and_only_quoted_questions(stated: Graph) -> None:
    methods = {
        theme: slugs(stated.objects(iris.theme(REPORT, theme), CLG.method))
        for theme in ("vernetzung", "qualitaetsmanagement", "weiterbildung", "berufsbild")
    }
    assert methods == {
        "vernetzung": {"world-cafe"},
        "qualitaetsmanagement": {"world-cafe"},
        "weiterbildung": {"world-cafe", "ateliers-mit-leitfragen"},
        "berufsbild": {"stellwand-einschaetzung"},
    }
    questions = {
        str(stated.value(node, SKOS.prefLabel)) for node in stated.subjects(RDF.type, CLG.GuidingQuestion)
    }
    assert questions == {
        "was Qualität in der Netzwerkarbeit bedeutet",
        "ob das „Cluster Management Excellence Label Gold“ eine wichtige Bedeutung habe",
        "ob die Finanzierungsmodelle der Cluster in Frankreich, Deutschland und in der Schweiz "
        "zufriedenstellend sind",
    }
    assert not [q for q in questions if "Leitfrage" in q]


def test_a08_nothing_is_counted_that_the_report_does_not_count(stated: Graph) -> None:
    numbers = {p for _, p, o in stated if isinstance(o, Literal) and o.datatype == XSD.integer}
    own = {CLG.firstLine, CLG.lastLine, CLG.characterCount, CLG.lineCount}
    declared = {
        CLG.declaredFields,
        CLG.declaredHypotheses,
        CLG.declaredRatings,
        CLG.declaredSkills,
        CLG.declaredThemes,
    }
    order = {SCHEMA.position, URIRef("http://purl.org/linked-data/cube#order"), NIF.beginIndex, NIF.endIndex}
    assert numbers == own | declared | order
    events = predicates(stated, CLG.Workshop) | predicates(stated, CLG.WorkshopSession)
    assert not {
        term
        for term in events
        if re.search(r"attend|count|host|duration|endDate|doorTime", str(term), re.I)
        and not term.startswith(str(CLG._NS))
    }


def test_a09_origins_are_as_vague_as_the_report(stated: Graph) -> None:
    origins = {
        str(node).rsplit("/", 1)[-1]: slugs(stated.objects(node, CLG.originatesFrom))
        for node in stated.subjects(RDF.type, CLG.Hypothesis)
    }
    assert origins == {
        **{f"vernetzung-{n}": {"national-vernetzung"} for n in (1, 2, 3, 4)},
        **{f"qualitaetsmanagement-{n}": {"national-kehl"} for n in (1, 2, 3)},
        **{f"weiterbildung-{n}": set() for n in (1, 2, 3, 4, 5)},
    }
    unnamed, kehl = (
        iris.resource(f"{REPORT}/workshop/{name}") for name in ("national-vernetzung", "national-kehl")
    )
    assert list(stated.objects(unnamed, SCHEMA.location)) == []
    assert slugs(stated.objects(kehl, SCHEMA.location)) == {"kehl"}
    assert not [*stated.objects(unnamed, SCHEMA.startDate), *stated.objects(kehl, SCHEMA.startDate)]


def test_a10_stances_are_no_words_of_the_report(stated: Graph, graphs: dict[str, Graph]) -> None:
    assert not [triple for term in STANCES for triple in stated.triples((None, term, None))]
    coded = graphs["coded"]
    of_assessments = set(stated.subjects(RDF.type, CLG.Assessment))
    for statement in {node for term in STANCES for node in coded.subjects(term)} - of_assessments:
        assert coded.value(statement, CLG.codingBasis) is not None


def test_a11_quality_management_has_no_verdict_in_its_chapter(read_off: Graph) -> None:
    for number in (1, 2, 3):
        node = iris.hypothesis(REPORT, f"qualitaetsmanagement-{number}")
        assert slugs(read_off.objects(node, CLG.chapterVerdict)) == {"not-stated"}
        assert slugs(read_off.objects(node, CLG.conclusionVerdict)) in ({"supported"}, {"seems-so"})


def test_a12_reworded_verdicts_are_nodes_of_their_own(read_off: Graph) -> None:
    for notation in ("vernetzung-1", "vernetzung-2", "weiterbildung-2", "weiterbildung-4"):
        found = set(read_off.subjects(CLG.assesses, iris.hypothesis(REPORT, notation)))
        assert slugs(place for node in found for place in read_off.objects(node, CLG.verdictPlace)) == {
            "chapter",
            "conclusions",
        }
        assert len({passage for node in found for passage in read_off.objects(node, CLG.anchoredIn)}) == 2


def test_a13_verdicts_confirm_no_more_than_their_words(stated: Graph) -> None:
    first = iris.hypothesis(REPORT, "vernetzung-1")
    (thesis,) = quoted(stated, first, CLG.thesisPassage)
    (verdict,) = quoted(stated, iris.assessment(REPORT, "vernetzung-1"), CLG.anchoredIn)
    assert "wahren" in thesis
    assert "wahren" not in verdict
    caveat = quoted(stated, iris.assessment(REPORT, "vernetzung-3"), CLG.caveatPassage)
    assert caveat == ["Die Lösungsansätze und Verantwortlichkeiten divergieren jedoch."]


def test_a14_the_fourth_hypothesis_has_no_clear_assessment(stated: Graph) -> None:
    node = iris.hypothesis(REPORT, "vernetzung-4")
    assert slugs(stated.objects(node, CLG.chapterVerdict)) == {"no-clear-assessment"}
    (title,) = quoted(stated, node, CLG.thesisPassage)
    (discussion,) = quoted(stated, node, CLG.discussionPassage)
    assert "Rechtsform" in discussion
    assert "Rechtsform" not in title


def test_a15_hypotheses_two_to_five_share_a_session_by_layout(read_off: Graph) -> None:
    session, assessment = iris.session(REPORT, "atelier-2"), iris.assessment(REPORT, "atelier-2")
    expected = {f"weiterbildung-{number}" for number in (2, 3, 4, 5)}
    assert slugs(read_off.subjects(CLG.discussedIn, session)) == expected
    assert slugs(read_off.objects(assessment, CLG.assesses)) == expected
    assert slugs(read_off.objects(assessment, CLG.codingBasis)) == {"layout"}


def test_a16_sentences_that_name_no_thesis_are_not_said_to_name_one(
    stated: Graph, graphs: dict[str, Graph]
) -> None:
    found = on_line(stated, CLG.DiscussionStatement, 210)
    assert len(found) >= 8
    for statement in found:
        under = slugs(stated.objects(statement, CLG.standsUnder))
        assert under == {"atelier-2", *(f"weiterbildung-{n}" for n in (2, 3, 4, 5))}
        coded = graphs["coded"]
        assert slugs(coded.objects(statement, CLG.bearsOn)) == under - {"atelier-2"}
        sided = slugs(node for term in SIDES for node in coded.objects(statement, term))
        basis = slugs(coded.objects(statement, CLG.codingBasis))
        assert basis <= {"interpreted", "layout"} or sided == {"weiterbildung-2"}


def test_a17_contrary_words_on_effort_are_both_kept(stated: Graph) -> None:
    node = iris.hypothesis(REPORT, "qualitaetsmanagement-1")
    assert "ist sehr gross und kann daher" in " ".join(quoted(stated, node, CLG.descriptionPassage))
    assert "Diese Überprüfung lässt sich leicht durchführen" in " ".join(
        quoted(stated, node, CLG.discussionPassage)
    )


def test_a18_a_country_in_a_question_is_no_finding(stated: Graph, graphs: dict[str, Graph]) -> None:
    coded = graphs["coded"]
    assert not set(coded.subjects(CLG.concernsCountry)) & set(stated.subjects(RDF.type, CLG.GuidingQuestion))
    concerned = {
        words.split()[0]: slugs(coded.objects(statement, CLG.concernsCountry))
        for line in (155, 188)
        for statement in on_line(stated, CLG.DiscussionStatement, line)
        for words in quoted(stated, statement, CLG.anchoredIn)
        if words.startswith(("Vielmehr ist dort", "Ausgehend von der Frage, ob die Finanzierungsmodelle"))
    }
    assert concerned == {"Vielmehr": {"ch"}, "Ausgehend": {"de", "fr"}}


def test_a19_nothing_is_said_of_a_country_as_such(stated: Graph, graphs: dict[str, Graph]) -> None:
    for graph in (stated, graphs["coded"]):
        assert not [node for node in set(graph.subjects()) if str(node).startswith(iris.resource("country/"))]


def test_a20_number_position_and_issn_are_kept_apart(read_off: Graph, graphs: dict[str, Graph]) -> None:
    series = iris.resource("series/diskussionspapiere")
    assert list(read_off.objects(PUBLICATION, BIBO.number)) == [Literal("1/2014")]
    assert list(read_off.objects(PUBLICATION, SCHEMA.position)) == [Literal(2)]
    assert list(graphs["coded"].subject_objects(BIBO.issn)) == [(series, Literal("2197-9499"))]
    assert list(graphs["coded"].objects(series, SKOS.editorialNote))
    assert not list(graphs["stated"].subjects(BIBO.issn))


def test_a21_the_day_is_the_events_and_the_month_the_issues(stated: Graph) -> None:
    assert list(stated.objects(PUBLICATION, DCTERMS.issued)) == [Literal("2014-07", datatype=XSD.gYearMonth)]
    assert list(stated.subject_objects(SCHEMA.startDate)) == [
        (WORKSHOP, Literal("2014-05-14", datatype=XSD.date))
    ]


def test_a22_the_cited_work_and_the_first_paper_are_two_until_readers_join_them(
    stated: Graph, graphs: dict[str, Graph]
) -> None:
    coded = graphs["coded"]
    cited = iris.resource("document/clusterlandschaft-2013")
    first = iris.resource("document/erstes-diskussionspapier")
    assert set(stated.subjects(RDF.type, BIBO.Document)) == {cited, first}
    assert list(stated.objects(cited, DCTERMS.issued)) == [Literal("2013", datatype=XSD.gYear)]
    assert list(stated.objects(first, SCHEMA.position)) == [Literal(1)]
    assert not list(stated.objects(first, DCTERMS.issued))
    assert list(coded.objects(first, PROV.alternateOf)) == [cited]
    assert "vermutlich dasselbe Werk" in note_on(coded, first)
    assert slugs(coded.objects(cited, DCTERMS.creator)) == {
        "madjid-bouzar",
        "hansjoerg-drewello",
        "marisa-helfer",
    }
    assert "et al." in note_on(coded, cited)


def test_a23_the_centre_publishes_and_holds_the_rights(stated: Graph) -> None:
    assert list(stated.objects(PUBLICATION, DCTERMS.publisher)) == [CENTRE]
    assert list(stated.objects(PUBLICATION, DCTERMS.rightsHolder)) == [CENTRE]
    words = "© Europäisches Kompetenz- und Forschungszentrum Clustermanagement im Juli 2014"
    notice = Literal(words, lang="de")
    assert list(stated.objects(PUBLICATION, DCTERMS.rights)) == [notice]


def test_a24_institution_and_person_are_both_initiators(read_off: Graph) -> None:
    assert slugs(read_off.objects(CENTRE, CLG.initiatedBy)) == {
        "hochschule-kehl",
        "hansjoerg-drewello",
        "fhnw",
        "marisa-helfer",
        "universite-de-strasbourg-itiri",
        "madjid-bouzar",
    }
    attributions = [a for a in read_off.objects(CENTRE, PROV.qualifiedAttribution) if "initiator" in str(a)]
    assert len(attributions) == 6
    for attribution in attributions:
        assert "Institution, Person" in note_on(read_off, attribution)


def test_a25_funding_is_of_this_publication_and_names_no_programme(stated: Graph) -> None:
    funded = {(s, str(o).rsplit("/", 1)[-1]) for s, o in stated.subject_objects(SCHEMA.funder)}
    assert funded == {(PUBLICATION, "efre"), (PUBLICATION, "schweizerische-eidgenossenschaft")}
    for name in ("INTERREG", "SECO"):
        assert not re.search(rf"\b{name}\b", words_of(stated), re.I)


def test_a26_the_confederation_has_four_names(stated: Graph) -> None:
    labels = set(stated.objects(iris.resource("org/schweizerische-eidgenossenschaft"), SKOS.prefLabel))
    assert labels == {
        Literal("Schweizerische Eidgenossenschaft", lang="de"),
        Literal("Confédération suisse", lang="fr"),
        Literal("Confederazione Svizzera", lang="it"),
        Literal("Confederaziun svizra", lang="rm"),
    }


def test_a27_the_centres_names_are_kept_and_strasbourgs_units_apart(read_off: Graph) -> None:
    assert {str(label) for label in read_off.objects(CENTRE, SKOS.prefLabel)} == {
        "Europäisches Kompetenz- und Forschungszentrum Clustermanagement",
        "Centre européen de compétences et de recherche Management de Cluster",
    }
    assert {str(label) for label in read_off.objects(CENTRE, SKOS.altLabel)} == {
        "Kompetenzzentrum",
        "Europäisches Forschungs- und Kompetenzzentrum Clustermanagement",
        "Europäisches Kompetenz- und Forschungszentrum",
    }
    units = set(read_off.subjects(ORG.unitOf, iris.resource("org/universite-de-strasbourg")))
    assert slugs(units) == {
        "universite-de-strasbourg-itiri",
        "universite-de-strasbourg-service-formation-continue",
    }
    for unit in units:
        assert "nennt die Zugehörigkeit nicht ausdrücklich" in note_on(read_off, unit)


def test_a28_the_workshop_has_the_groups_of_the_introduction_only(stated: Graph) -> None:
    groups = slugs(stated.objects(WORKSHOP, CLG.participantGroup))
    assert groups == {"clusters", "business-development", "public-administration", "research"}


def test_a29_sharp_s_stays_where_the_report_has_it(stated: Graph) -> None:
    university = iris.resource("org/universite-de-strasbourg")
    assert Literal("Universität Straßburg", lang="de") in set(stated.objects(university, SKOS.prefLabel))
    assert str(stated.value(iris.skill(REPORT, 2, 6), SKOS.prefLabel)).startswith(
        "Konzipieren von Maßnahmen zur"
    )


def test_a30_slips_of_the_pen_are_kept(stated: Graph) -> None:
    labels = {
        (2, 1): "Identifizieren von potentiellen Mitglieder",
        (5, 2): "Erläutern und darstellen von Projektvorschlägen "
        "gegenüber den internen und externen Entscheidungsträgern",
        (8, 2): "Motivieren und fördern von Personal im Clustermanagement",
        (8, 4): "Initiieren und leiten von Arbeitsbesprechungen",
    }
    found = {key: stated.value(iris.skill(REPORT, *key), SKOS.prefLabel) for key in labels}
    assert found == {key: Literal(label, lang="de") for key, label in labels.items()}


def test_a31_figures_are_captions_and_lead_to_no_session(stated: Graph) -> None:
    for number in ("1", "2"):
        figure = iris.figure(REPORT, number)
        assert list(stated.objects(figure, CLG.captionOnly)) == [Literal(True)]
        assert not [o for o in stated.objects(figure) if "/session/" in str(o)]
        assert not [s for s in stated.subjects(None, figure) if s != PUBLICATION]


def test_a32_there_are_four_theme_areas(stated: Graph) -> None:
    themes = {str(stated.value(node, SKOS.prefLabel)) for node in stated.subjects(RDF.type, CLG.ThemeArea)}
    assert themes == {"Vernetzung", "Qualitätsmanagement", "Weiterbildung", "Berufsbild"}


def test_a33_pages_stand_on_seven_sections_and_nowhere_else(stated: Graph) -> None:
    pages = {str(s).rsplit("/", 1)[-1]: str(o) for s, o in stated.subject_objects(BIBO.pageStart)}
    assert pages == {
        "vorwort": "5",
        "einleitung": "6",
        "vernetzung": "7",
        "qualitaetsmanagement": "10",
        "weiterbildung": "13",
        "berufsbild": "18",
        "schlussfolgerungen": "22",
    }
    assert not [p for p in predicates(stated, CLG.Passage) if "page" in str(p)]


def test_a34_words_of_quantity_are_concepts_without_numbers(ontology: Graph) -> None:
    concepts = set(ontology.subjects(SKOS.inScheme, iris.scheme("quantifier")))
    assert slugs(concepts) == {"majority", "most", "some", "unanimous"}
    for concept in concepts:
        assert not [
            o for o in ontology.objects(concept) if isinstance(o, Literal) and re.search(r"\d", str(o))
        ]


def test_a35_the_wording_has_a_notice_and_no_licence(stated: Graph) -> None:
    assert not list(stated.subject_objects(DCTERMS.license))
    notes = {
        str(o.language) for o in stated.objects(iris.text(REPORT), DCTERMS.rights) if isinstance(o, Literal)
    }
    assert notes == {"de", "fr", "en"}
    assert BASE not in words_of(stated)
