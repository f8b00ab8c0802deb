"""Entities and facts in, triples out; the tables below say what each kind and each fact means in RDF."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rdflib import DCTERMS, FOAF, ORG, PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef

from clustergraph import iris
from clustergraph.errors import SourceError
from clustergraph.graph.anchors import Triple, anchored, anchored_in_parts
from clustergraph.graph.report import BIBO, SCHEMA, words
from clustergraph.namespaces import PREFIXES
from clustergraph.records import Contents, Entity, Fact
from clustergraph.vocabulary import CLG

DCAT_HAD_ROLE: Final = URIRef(f"{PREFIXES['dcat']}hadRole")

KINDS: Final = MappingProxyType(
    {
        "event-series": (SCHEMA.EventSeries, PROV.Activity),
        "fund": (FOAF.Agent, CLG.Actor),
        "instrument": (CLG.Instrument,),
        "occupation": (SCHEMA.Occupation,),
        "organization": (ORG.Organization, FOAF.Agent, CLG.Actor),
        "person": (FOAF.Person, FOAF.Agent, CLG.Actor),
        "place": (SCHEMA.Place,),
        "project": (FOAF.Project, PROV.Activity),
        "publication": (BIBO.Report, PROV.Entity),
        "series": (BIBO.Series,),
        "survey": (PROV.Activity,),
        "unit": (ORG.OrganizationalUnit, ORG.Organization, FOAF.Agent, CLG.Actor),
        "work": (BIBO.Document,),
        "workshop": (CLG.Workshop, SCHEMA.Event, PROV.Activity),
    }
)
"""The kinds of ``entities.csv`` and their classes."""

WORDS: Final = MappingProxyType(
    {
        "alternative-name": SKOS.altLabel,
        "alternative-title": DCTERMS.alternative,
        "citation": DCTERMS.bibliographicCitation,
        "name": SKOS.prefLabel,
        "rights": DCTERMS.rights,
        "slogan": SCHEMA.slogan,
        "subtitle": SCHEMA.alternativeHeadline,
        "title": DCTERMS.title,
    }
)
"""Facts whose value is words in a language; without one they stand untagged."""

VALUES: Final = MappingProxyType(
    {
        "date": (SCHEMA.startDate, XSD.date),
        "founded": (SCHEMA.foundingDate, XSD.gYear),
        "honorific": (FOAF.title, None),
        "issn": (BIBO.issn, None),
        "number": (BIBO.number, None),
        "series-position": (SCHEMA.position, XSD.integer),
    }
)
"""Facts whose value is a plain or typed literal."""

LINKS: Final = MappingProxyType(
    {
        "about": SCHEMA.about,
        "creator": DCTERMS.creator,
        "location": SCHEMA.location,
        "made-in": SCHEMA.locationCreated,
        "method": CLG.method,
        "part-of": DCTERMS.isPartOf,
        "participant-country": CLG.participantCountry,
        "participant-group": CLG.participantGroup,
        "preceded-by": CLG.precededBy,
        "references": DCTERMS.references,
        "reports-on": CLG.reportsOn,
        "same-work-as": PROV.alternateOf,
        "unit-of": ORG.unitOf,
        "within-project": DCTERMS.isPartOf,
    }
)
"""Facts whose value is another entity."""

ROLES: Final = MappingProxyType(
    {
        "author": DCTERMS.creator,
        "designer": DCTERMS.contributor,
        "funder": SCHEMA.funder,
        "initiator": CLG.initiatedBy,
        "leader": PROV.wasAssociatedWith,
        "organizer": SCHEMA.organizer,
        "publisher": DCTERMS.publisher,
        "rights-holder": DCTERMS.rightsHolder,
    }
)
"""Facts that give an agent a role: a shortcut, and an attribution that has its own words."""

_EVENT_ROLES: Final = ("leader", "organizer")
_INVERSE: Final = MappingProxyType({"conducts": PROV.wasAssociatedWith})


def entity_triples(contents: Contents, entity: Entity) -> Iterator[Triple]:
    """Yield an entity's classes and the words that name it."""
    if entity.kind not in KINDS:
        raise SourceError(
            entity.place, f"{entity.id!r} has the unknown kind {entity.kind!r}", f"use {', '.join(KINDS)}"
        )
    node = iris.resource(entity.id)
    for kind in KINDS[entity.kind]:
        yield node, RDF.type, kind
    if entity.kind == "occupation":
        yield iris.skill_scheme(contents.report.record.slug), DCTERMS.subject, node
    yield from anchored_in_parts(contents, node, entity.passages)


def fact_triples(contents: Contents, fact: Fact) -> Iterator[Triple]:
    """Yield what one row of ``facts.csv`` or ``inferred.csv`` says, and the passage it rests on."""
    node = iris.resource(fact.subject)
    yield from _statements(contents, node, fact)
    yield from anchored(contents, node, fact.passages)


def noted_node(contents: Contents, fact: Fact) -> URIRef:
    """Return what the note of a fact is on: the role or membership that it gives, or else its subject."""
    if fact.name in ROLES:
        return _attribution_iri(contents, fact)
    return _membership_iri(contents, fact) if fact.name == "member-of" else iris.resource(fact.subject)


def _statements(contents: Contents, node: URIRef, fact: Fact) -> Iterator[Triple]:
    if fact.name in WORDS:
        yield from _named(contents, node, fact)
    elif fact.name in VALUES:
        term, datatype = VALUES[fact.name]
        yield node, term, _typed(fact, datatype)
    elif fact.name in LINKS:
        yield node, LINKS[fact.name], iris.resource(fact.value)
    elif fact.name in ROLES:
        yield node, ROLES[fact.name], iris.resource(fact.value)
        yield from _attribution(contents, node, fact)
    elif fact.name in _INVERSE:
        yield iris.resource(fact.value), _INVERSE[fact.name], node
    else:
        yield from _peculiar(contents, node, fact)


def _named(contents: Contents, node: URIRef, fact: Fact) -> Iterator[Triple]:
    """Yield a name; one without a language is a person's. A title is the label of its work, too."""
    if fact.name == "name" and fact.language is None:
        yield node, FOAF.name, Literal(fact.value)
        yield node, SKOS.prefLabel, words(contents, fact.value)
        return
    value = Literal(fact.value, lang=fact.language)
    yield node, WORDS[fact.name], value
    if fact.name == "title":
        yield node, RDFS.label, value


def _typed(fact: Fact, datatype: URIRef | None) -> Literal:
    """Return a value that has the form of its type."""
    form, example = _FORMS.get(datatype, (".+", "words"))
    if not re.fullmatch(form, fact.value):
        raise SourceError(
            fact.place, f"{fact.value!r} is no value of {fact.name!r}", f"write it like {example}"
        )
    return Literal(fact.value, datatype=datatype)


_MONTH: Final = "(0[1-9]|1[0-2])"
_FORMS: Final[Mapping[URIRef | None, tuple[str, str]]] = MappingProxyType(
    {
        XSD.anyURI: (r"https?://[^\s<>\"{}|\\^`]+", "https://example.org"),
        XSD.date: (rf"\d{{4}}-{_MONTH}-(0[1-9]|[12]\d|3[01])", "2014-05-14"),
        XSD.gYear: (r"\d{4}", "2014"),
        XSD.gYearMonth: (rf"\d{{4}}-{_MONTH}", "2014-07"),
        XSD.integer: (r"[1-9]\d*", "2"),
    }
)
"""The forms of typed values, each with an example."""


def _peculiar(contents: Contents, node: URIRef, fact: Fact) -> Iterator[Triple]:
    """Yield the few facts that fit no table."""
    if fact.name == "issued":
        yield node, DCTERMS.issued, _typed(fact, XSD.gYearMonth if "-" in fact.value else XSD.gYear)
    elif fact.name == "website":
        yield node, SCHEMA.url, URIRef(_typed(fact, XSD.anyURI))
    elif fact.name == "member-of":
        yield from _membership(contents, node, fact)
    elif fact.name == "hypotheses-originate-from":
        slug = contents.report.record.slug
        for hypothesis in contents.hypotheses:
            if iris.theme(slug, hypothesis.theme) == node:
                origin = iris.hypothesis(slug, hypothesis.notation), CLG.originatesFrom
                yield (*origin, iris.resource(fact.value))
    else:
        known = sorted(
            (
                *WORDS,
                *VALUES,
                *LINKS,
                *ROLES,
                *_INVERSE,
                "issued",
                "website",
                "member-of",
                "hypotheses-originate-from",
            )
        )
        raise SourceError(fact.place, f"the fact {fact.name!r} is unknown", f"use one of {', '.join(known)}")


def _attribution(contents: Contents, node: URIRef, fact: Fact) -> Iterator[Triple]:
    """Yield the role of an agent in a thing (PROV attribution) or in an event (PROV association)."""
    relation = _attribution_iri(contents, fact)
    event = fact.name in _EVENT_ROLES
    yield node, PROV.qualifiedAssociation if event else PROV.qualifiedAttribution, relation
    yield relation, RDF.type, PROV.Association if event else PROV.Attribution
    yield relation, PROV.agent, iris.resource(fact.value)
    yield relation, PROV.hadRole if event else DCAT_HAD_ROLE, iris.resource(f"role/{fact.name}")
    yield from anchored(contents, relation, fact.passages)


def _attribution_iri(contents: Contents, fact: Fact) -> URIRef:
    subject = fact.subject.rsplit("/", 1)[-1]
    slugs = f"{subject}-{fact.name}", fact.value.rsplit("/", 1)[-1]
    return iris.relation(contents.report.record.slug, "attribution", *slugs)


def _membership(contents: Contents, node: URIRef, fact: Fact) -> Iterator[Triple]:
    """Yield a membership and its shortcut; one that is inferred rests on the layout."""
    relation, organisation = _membership_iri(contents, fact), iris.resource(fact.value)
    yield node, ORG.memberOf, organisation
    yield relation, RDF.type, ORG.Membership
    yield relation, ORG.member, node
    yield relation, ORG.organization, organisation
    if fact.inferred:
        yield relation, CLG.codingBasis, iris.resource("coding-basis/layout")
    yield from anchored(contents, relation, fact.passages)


def _membership_iri(contents: Contents, fact: Fact) -> URIRef:
    slugs = fact.subject.rsplit("/", 1)[-1], fact.value.rsplit("/", 1)[-1]
    return iris.relation(contents.report.record.slug, "membership", *slugs)
