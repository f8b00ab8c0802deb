"""Fields of activity, skills, and their ratings as an RDF Data Cube."""

from collections.abc import Iterator

from rdflib import DCTERMS, QB, RDF, RDFS, SKOS, Literal

from clustergraph import iris
from clustergraph.graph.anchors import Triple, anchored
from clustergraph.graph.report import SCHEMA, words
from clustergraph.records import Contents, Field, Rating, Skill
from clustergraph.vocabulary import CLG


def field_triples(contents: Contents, field: Field) -> Iterator[Triple]:
    """Yield a field of activity."""
    slug = contents.report.record.slug
    node, scheme = iris.field(slug, field.number), iris.skill_scheme(slug)
    yield node, RDF.type, CLG.FieldOfActivity
    yield node, RDF.type, SKOS.Concept
    yield node, SKOS.prefLabel, words(contents, field.label)
    yield node, SKOS.notation, Literal(str(field.number))
    yield node, SCHEMA.position, Literal(field.number)
    yield node, SKOS.inScheme, scheme
    yield node, SKOS.topConceptOf, scheme
    yield scheme, SKOS.hasTopConcept, node
    yield node, CLG.inSection, iris.section(slug, field.section)
    yield from anchored(contents, node, (field.passage,))


def skill_triples(contents: Contents, skill: Skill) -> Iterator[Triple]:
    """Yield a skill with its field."""
    slug = contents.report.record.slug
    node, field = iris.skill(slug, skill.field, skill.number), iris.field(slug, skill.field)
    yield node, RDF.type, CLG.Skill
    yield node, RDF.type, SKOS.Concept
    yield node, SKOS.prefLabel, words(contents, skill.label)
    yield node, SKOS.notation, Literal(skill.notation)
    yield node, SCHEMA.position, Literal(skill.number)
    yield node, SKOS.inScheme, iris.skill_scheme(slug)
    yield node, CLG.inField, field
    yield node, SKOS.broader, field
    yield field, SKOS.narrower, node
    yield from anchored(contents, node, (skill.passage,))


def rating_triples(contents: Contents, rating: Rating) -> Iterator[Triple]:
    """Yield one mark of the tables as an observation, in its cube and its slice."""
    slug = contents.report.record.slug
    node = iris.rating(slug, rating.field, rating.skill, rating.column)
    yield node, RDF.type, CLG.SkillRating
    yield node, RDF.type, QB.Observation
    yield node, QB.dataSet, iris.ratings(slug)
    yield node, CLG.skill, iris.skill(slug, rating.field, rating.skill)
    yield node, CLG.countryColumn, iris.country(rating.column)
    yield node, CLG.importance, iris.resource(f"importance/{rating.level}")
    yield iris.ratings_slice(slug, rating.column), QB.observation, node
    yield from anchored(contents, node, (rating.passage,))


def cube_triples(contents: Contents) -> Iterator[Triple]:
    """Yield the cube: what it holds, its structure, and one slice for each column."""
    slug = contents.report.record.slug
    cube, structure, scheme = iris.ratings(slug), iris.ratings_structure(slug), iris.skill_scheme(slug)
    yield cube, RDF.type, QB.DataSet
    yield cube, QB.structure, structure
    yield scheme, RDF.type, SKOS.ConceptScheme
    titled = ((node, term) for node in (cube, structure) for term in (DCTERMS.title, RDFS.label))
    yield from recorded_notes(contents, "ratings-title", tuple(titled))
    yield from recorded_notes(contents, "ratings-scope", ((cube, SKOS.scopeNote),))
    yield from recorded_notes(contents, "skills-title", ((scheme, SKOS.prefLabel), (scheme, DCTERMS.title)))
    yield from anchored(contents, cube, contents.legend)
    yield from _structure_triples(contents)
    key = iris.ratings_structure(slug, "slice-key/column")
    for column in sorted({rating.column for rating in contents.ratings}):
        part = iris.ratings_slice(slug, column)
        yield cube, QB.slice, part
        yield part, RDF.type, QB.Slice
        yield part, QB.sliceStructure, key
        yield part, CLG.countryColumn, iris.country(column)


def _structure_triples(contents: Contents) -> Iterator[Triple]:
    slug = contents.report.record.slug
    structure = iris.ratings_structure(slug)
    yield structure, RDF.type, QB.DataStructureDefinition
    components = (
        ("component/skill", QB.dimension, CLG.skill),
        ("component/column", QB.dimension, CLG.countryColumn),
        ("component/importance", QB.measure, CLG.importance),
    )
    for order, (part, kind, term) in enumerate(components, 1):
        component = iris.ratings_structure(slug, part)
        yield structure, QB.component, component
        yield component, RDF.type, QB.ComponentSpecification
        yield component, kind, term
        yield component, QB.componentProperty, term
        yield component, QB.order, Literal(order)
    key = iris.ratings_structure(slug, "slice-key/column")
    yield structure, QB.sliceKey, key
    yield key, RDF.type, QB.SliceKey
    yield key, QB.componentProperty, CLG.countryColumn


def recorded_notes(
    contents: Contents, name: str, places: tuple[tuple[object, object], ...]
) -> Iterator[Triple]:
    """Yield a note of the record, in its languages, at each place."""
    for language, note in contents.report.record.notes.get(name, {}).items():
        for node, term in places:
            yield node, term, Literal(note, lang=language)  # type: ignore[misc]  # both are IRIs
