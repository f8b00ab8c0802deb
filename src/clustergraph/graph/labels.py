"""Labels that the project composes: names and titles that read alike in each language, and numbered parts."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rdflib import RDFS, SKOS, Literal

from clustergraph import iris
from clustergraph.curation import Curated
from clustergraph.graph.anchors import Triple
from clustergraph.languages import LANGUAGES
from clustergraph.records import Contents

_FOOTNOTE: Final = MappingProxyType({"de": "Fussnote", "fr": "note de bas de page", "en": "footnote"})


def name_triples(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield labels for persons, footnotes and the text, in the languages in which they have none yet."""
    yield from _persons(contents, curated)
    yield from _foreign_names(contents, curated)
    yield from _numbered(contents)
    slug = contents.report.record.slug
    title = iris.path(iris.publication(slug))
    for translation in curated.translations:
        if translation.subject == title:
            yield iris.text(slug), RDFS.label, Literal(translation.words, lang=translation.language)


def _persons(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the names of persons, which are the same in every language."""
    for fact in curated.facts:
        if fact.name == "name" and fact.language is None:
            for language in LANGUAGES:
                if language != contents.report.record.language:
                    yield iris.resource(fact.subject), SKOS.prefLabel, Literal(fact.value, lang=language)


def _foreign_names(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield in the report's language the names that it leaves in another one."""
    own = contents.report.record.language
    names = [fact for fact in curated.facts if fact.name == "name" and fact.language]
    known = {fact.subject for fact in names if fact.language == own}
    for fact in names:
        if fact.subject not in known:
            known.add(fact.subject)
            yield iris.resource(fact.subject), SKOS.prefLabel, Literal(fact.value, lang=own)


def _numbered(contents: Contents) -> Iterator[Triple]:
    slug = contents.report.record.slug
    for footnote in contents.footnotes:
        node = iris.footnote(slug, footnote.number)
        for language, kind in _FOOTNOTE.items():
            yield node, RDFS.label, Literal(f"{kind} {footnote.number}", lang=language)
