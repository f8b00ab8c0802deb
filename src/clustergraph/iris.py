"""Every IRI that the project mints; nothing else puts strings together to make one."""

from typing import Final

from rdflib import URIRef

from clustergraph.namespaces import BASE
from clustergraph.source import Passage

GRAPHS: Final = ("ontology", "stated", "coded", "derived", "translations", "catalog")
"""The named graphs, in the order in which they build on each other."""


def resource(path: str) -> URIRef:
    """Return the IRI of a shared or report-bound thing, from its path below ``id/``."""
    return URIRef(f"{BASE}id/{path}")


def path(node: URIRef) -> str:
    """Return the path below ``id/`` of a shared or report-bound thing.

    >>> path(resource("place/basel"))
    'place/basel'
    """
    return str(node).removeprefix(f"{BASE}id/")


def graph(name: str) -> URIRef:
    """Return the IRI of a named graph."""
    return URIRef(f"{BASE}graph/{name}")


def dataset(path: str) -> URIRef:
    """Return the IRI of a data set or of a part of one."""
    return URIRef(f"{BASE}dataset/{path}")


def rights(name: str) -> URIRef:
    """Return the IRI of a statement of rights."""
    return URIRef(f"{BASE}rights/{name}")


def dump(file: str) -> URIRef:
    """Return the IRI, which is the address, of a dump."""
    return URIRef(f"{BASE}dumps/{file}")


def scheme(name: str) -> URIRef:
    """Return the IRI of a shared concept scheme."""
    return URIRef(f"{BASE}scheme/{name}")


def text(report: str) -> URIRef:
    """Return the IRI of a report's text."""
    return URIRef(f"{BASE}text/{report}")


def checksum(file: URIRef) -> URIRef:
    """Return the IRI of the checksum of a text or of a dump."""
    return URIRef(f"{file}#sha256")


def passage(report: str, place: Passage) -> URIRef:
    """Return the IRI of a passage (RFC 5147: code points from 0, the end exclusive)."""
    return URIRef(f"{BASE}text/{report}#char={place.start},{place.end}")


def publication(report: str) -> URIRef:
    """Return the IRI of the publication whose text is a report."""
    return resource(f"{report}/publication")


def workshop(report: str) -> URIRef:
    """Return the IRI of the workshop that a report is about."""
    return resource(f"{report}/workshop")


def section(report: str, slug: str) -> URIRef:
    """Return the IRI of a section."""
    return resource(f"{report}/section/{slug}")


def theme(report: str, slug: str) -> URIRef:
    """Return the IRI of a theme area."""
    return resource(f"{report}/theme/{slug}")


def session(report: str, slug: str) -> URIRef:
    """Return the IRI of a workshop session."""
    return resource(f"{report}/session/{slug}")


def hypothesis(report: str, notation: str) -> URIRef:
    """Return the IRI of a hypothesis, for example from ``vernetzung-1``."""
    return resource(f"{report}/hypothesis/{notation}")


def assessment(report: str, slug: str) -> URIRef:
    """Return the IRI of an assessment."""
    return resource(f"{report}/assessment/{slug}")


def question(report: str, slug: str) -> URIRef:
    """Return the IRI of a question that a discussion started from."""
    return resource(f"{report}/question/{slug}")


def footnote(report: str, number: str) -> URIRef:
    """Return the IRI of a footnote."""
    return resource(f"{report}/footnote/{number}")


def figure(report: str, number: str) -> URIRef:
    """Return the IRI of a figure."""
    return resource(f"{report}/figure/{number}")


def skill_scheme(report: str) -> URIRef:
    """Return the IRI of the concept scheme of a report's fields and skills."""
    return resource(f"{report}/skills")


def field(report: str, number: int) -> URIRef:
    """Return the IRI of a field of activity."""
    return resource(f"{report}/field/{number:02}")


def skill(report: str, in_field: int, number: int) -> URIRef:
    """Return the IRI of a skill."""
    return resource(f"{report}/skill/{in_field:02}-{number:02}")


def rating(report: str, in_field: int, number: int, column: str) -> URIRef:
    """Return the IRI of the rating of a skill in a column."""
    return resource(f"{report}/rating/{in_field:02}-{number:02}-{column}")


def statement(report: str, first: Passage) -> URIRef:
    """Return the IRI of a statement, named after the offsets of its first passage."""
    return resource(f"{report}/statement/{first.start}-{first.end}")


def quantity(report: str, words: Passage) -> URIRef:
    """Return the IRI of a quantity, named after the offsets of its words."""
    return resource(f"{report}/quantity/{words.start}-{words.end}")


def relation(report: str, kind: str, one: str, other: str) -> URIRef:
    """Return the IRI of a reified relation: the slugs of both ends name it within its kind."""
    return resource(f"{report}/{kind}/{one}-{other}")


def country(slug: str) -> URIRef:
    """Return the IRI of a country."""
    return resource(f"country/{slug}")


def ratings(report: str) -> URIRef:
    """Return the IRI of a report's data cube of ratings."""
    return dataset(f"{report}/ratings")


def ratings_structure(report: str, part: str | None = None) -> URIRef:
    """Return the IRI of the structure of a report's data cube, or of one of its parts."""
    return dataset(f"{report}/ratings-structure" + (f"/{part}" if part else ""))


def ratings_slice(report: str, column: str) -> URIRef:
    """Return the IRI of the slice of a report's data cube that one column makes."""
    return dataset(f"{report}/ratings/{column}")


def derived(report: str, variable: str, key: str) -> URIRef:
    """Return the IRI of a figure that the project computes from a report's ratings or codes."""
    return resource(f"{report}/derived/{variable}/{key}")


def coding_step(report: str, step: str) -> URIRef:
    """Return the IRI of a step in which a report's statements were coded."""
    return resource(f"{report}/coding/{step}")


def reading(report: str, step: str) -> URIRef:
    """Return the IRI of the table of codes that a reading gave."""
    return dataset(f"{report}/codes/{step}")


def agreement(report: str, code: str, metric: str) -> URIRef:
    """Return the IRI of a measurement of how far two readings of a report agree."""
    return resource(f"{report}/agreement/{code}/{metric}")
