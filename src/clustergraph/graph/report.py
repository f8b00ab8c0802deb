"""The report's outer form: text, sections, footnotes, figures, theme areas and sessions."""

from collections.abc import Iterator

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef

from clustergraph import iris
from clustergraph.graph.anchors import NIF, Triple, anchored, passage_iri, passage_triples
from clustergraph.namespaces import PREFIXES
from clustergraph.records import Contents, Figure, Footnote, Section, Session, Theme
from clustergraph.vocabulary import CLG

BIBO = Namespace(PREFIXES["bibo"])
DOCO = Namespace(PREFIXES["doco"])
SCHEMA = Namespace(PREFIXES["schema"])
SPDX = Namespace(PREFIXES["spdx"])

_DECLARED = {
    "fields": CLG.declaredFields,
    "hypotheses": CLG.declaredHypotheses,
    "ratings": CLG.declaredRatings,
    "skills": CLG.declaredSkills,
    "themes": CLG.declaredThemes,
}


def words(contents: Contents, value: str) -> Literal:
    """Return words of the report as a literal in the report's language."""
    return Literal(value, lang=contents.report.record.language)


def text_triples(contents: Contents) -> Iterator[Triple]:
    """Yield the text itself: size, checksum, rights, and the counts that its record declares."""
    record, text = contents.report.record, contents.report.text
    node = iris.text(record.slug)
    for kind in (CLG.SourceText, NIF.Context, PROV.Entity):
        yield node, RDF.type, kind
    for term in (DCTERMS.title, RDFS.label):
        yield node, term, words(contents, record.title)
    yield node, DCTERMS.language, URIRef(record.language_iri)
    yield node, DCTERMS.isFormatOf, iris.publication(record.slug)
    for language, note in record.notes.get("rights", {}).items():
        yield node, DCTERMS.rights, Literal(note, lang=language)
    yield node, CLG.characterCount, Literal(len(text.content))
    yield node, CLG.lineCount, Literal(len(text.line_starts))
    for name, term in _DECLARED.items():
        yield node, term, Literal(record.counts[name])
    yield from checksum_triples(node, text.sha256)


def checksum_triples(file: URIRef, sha256: str) -> Iterator[Triple]:
    """Yield the SHA-256 of a text or of a dump, in hexadecimal digits."""
    checksum = iris.checksum(file)
    yield file, SPDX.checksum, checksum
    yield checksum, RDF.type, SPDX.Checksum
    yield checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256
    yield checksum, SPDX.checksumValue, Literal(sha256, datatype=XSD.hexBinary, normalize=False)


def section_triples(contents: Contents, section: Section) -> Iterator[Triple]:
    """Yield a section with its heading and, where the table of contents has one, its page."""
    slug = contents.report.record.slug
    node = iris.section(slug, section.slug)
    yield node, RDF.type, DOCO.Section
    if section.kind == "foreword":
        yield node, RDF.type, DOCO.Preface
    for term in (DCTERMS.title, RDFS.label):
        yield node, term, words(contents, section.title)
    yield node, SCHEMA.position, Literal(section.position)
    if section.page is not None:
        number, line = section.page
        yield node, BIBO.pageStart, Literal(number)
        yield from anchored(contents, node, (line,))
    yield from _part_of_publication(contents, node)
    yield from anchored(contents, node, (section.heading,))


def _part_of_publication(contents: Contents, node: URIRef) -> Iterator[Triple]:
    publication = iris.publication(contents.report.record.slug)
    yield node, DCTERMS.isPartOf, publication
    yield publication, DCTERMS.hasPart, node


def footnote_triples(contents: Contents, footnote: Footnote) -> Iterator[Triple]:
    """Yield a footnote with the place of its marker."""
    node = iris.footnote(contents.report.record.slug, footnote.number)
    yield node, RDF.type, DOCO.Footnote
    yield node, SKOS.notation, Literal(footnote.number)
    yield node, CLG.markerPassage, passage_iri(contents, footnote.marker)
    yield from passage_triples(contents, footnote.marker)
    yield from _part_of_publication(contents, node)
    yield from anchored(contents, node, (footnote.passage,))


def figure_triples(contents: Contents, figure: Figure) -> Iterator[Triple]:
    """Yield a figure, of which the text has only the caption."""
    slug = contents.report.record.slug
    node = iris.figure(slug, figure.number)
    yield node, RDF.type, DOCO.Figure
    yield node, SKOS.notation, Literal(figure.number)
    for term in (SCHEMA.caption, RDFS.label):
        yield node, term, words(contents, figure.caption)
    yield node, CLG.captionOnly, Literal(True)
    yield node, CLG.inSection, iris.section(slug, figure.section)
    yield from _part_of_publication(contents, node)
    yield from anchored(contents, node, (figure.passage,))


def theme_triples(contents: Contents, theme: Theme) -> Iterator[Triple]:
    """Yield a theme area."""
    slug = contents.report.record.slug
    node = iris.theme(slug, theme.slug)
    yield node, RDF.type, CLG.ThemeArea
    yield node, SKOS.prefLabel, words(contents, theme.label)
    yield node, SKOS.notation, Literal(theme.slug)
    yield node, SCHEMA.position, Literal(theme.position)
    yield node, CLG.inSection, iris.section(slug, theme.section)
    yield node, CLG.discussedIn, iris.workshop(slug)
    yield from anchored(contents, node, (theme.passage,))


def session_triples(contents: Contents, session: Session) -> Iterator[Triple]:
    """Yield a working session of the workshop."""
    slug = contents.report.record.slug
    node = iris.session(slug, session.slug)
    for kind in (CLG.WorkshopSession, SCHEMA.Event, PROV.Activity):
        yield node, RDF.type, kind
    yield node, SKOS.prefLabel, words(contents, session.label)
    yield node, SCHEMA.superEvent, iris.workshop(slug)
    yield node, CLG.theme, iris.theme(slug, session.theme)
    yield node, CLG.inSection, iris.section(slug, session.section)
    yield from anchored(contents, node, (session.passage,))
