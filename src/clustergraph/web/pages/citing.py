"""A thing and the words it rests on in, the ways to cite it out: a sentence, BibTeX, RIS and CSL-JSON."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.web.pages.publications import Publication
from clustergraph.web.pages.wording import Texts

MEDIA_TYPES: Final = MappingProxyType(
    {
        "bib": "application/x-bibtex; charset=utf-8",
        "ris": "application/x-research-info-systems; charset=utf-8",
        "csl.json": "application/vnd.citationstyles.csl+json",
    }
)
"""The forms of a citation besides the sentence, by the suffix that asks for them."""
_PARTICLES: Final = frozenset({"von", "van", "de", "der", "den", "du", "la", "le", "di", "da", "zu", "zum"})
_BIBTEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "{}&%$#_"},
    }
)


@dataclass(frozen=True)
class Source:
    """The report whose words are cited, in its own language."""

    publication: Publication
    language: str
    series: str
    publisher: str

    @property
    def authors(self) -> list[tuple[str, str]]:
        """Family and given names."""
        return [split_name(maker.name) for maker in self.publication.makers("creator") if maker.name]

    @property
    def title(self) -> str:
        """Title with its subtitles."""
        names = ("alternativeHeadline", "alternative")
        parts = [self.publication.title(self.language), *map(self.publication.one, names)]
        return ". ".join(str(part) for part in parts if part)

    @property
    def number(self) -> str:
        """Number in the series."""
        return str(self.publication.one("number") or "")


@dataclass(frozen=True)
class Citation:
    """What is cited."""

    iri: str
    name: str
    quote: str
    """Words of the report, empty where none are cited."""
    mark: str
    """For a mark of a table: the mark and its column."""
    place: tuple[int, int, int] | None
    """Line, first character and end in the text."""
    source: Source | None
    """None where the report is not the source: the whole of clustergraph, or a term of ours."""
    version: str
    date: str

    @property
    def key(self) -> str:
        """A key for lists of references."""
        return re.sub(r"[^A-Za-z0-9-]+", "_", self.iri.removeprefix(BASE).removeprefix("id/")).strip("_") or (
            "clustergraph"
        )


def split_name(name: str) -> tuple[str, str]:
    """Return family and given names of a name as it is written.

    >>> split_name("Verena Hänsch-Hervieux"), split_name("Ludwig van Beethoven")
    (('Hänsch-Hervieux', 'Verena'), ('van Beethoven', 'Ludwig'))
    """
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def place(citation: Citation, texts: Texts) -> str:
    """Return the mark that is cited, and where in the text the words stand."""
    if not citation.place:
        return citation.mark
    line, begin, end = citation.place
    words = texts.cite
    where = (words.line.format(n=line), words.characters.format(begin=begin, end=end))
    return ", ".join(filter(None, (citation.mark, *where)))


def release(citation: Citation, texts: Texts) -> str:
    """Return the release of the data."""
    return f"{texts.cite.release.format(version=citation.version)} ({citation.date})"


def note(citation: Citation, texts: Texts) -> str:
    """Return place and release."""
    return "; ".join(filter(None, (place(citation, texts), release(citation, texts))))


def sentence(citation: Citation, texts: Texts) -> str:
    """Return the citation as a sentence of a list of references."""
    parts = []
    source = citation.source
    if source:
        authors = "; ".join(f"{family}, {given}" for family, given in source.authors)
        year = source.publication.year
        parts.append(f"{authors} ({year}): {source.title}." if authors else f"{source.title} ({year}).")
        series = f"{source.series} {source.number}".strip()
        issn = f"ISSN {source.publication.issn}" if source.publication.issn else ""
        parts.append(", ".join(filter(None, (series, source.publisher, issn))) + ".")
    elif citation.name:
        parts.append(f"{citation.name}.")
    if citation.quote:
        parts.append(f"{texts.cite.quote.format(words=citation.quote)} ({place(citation, texts)}).")
    return " ".join([*parts, f"{release(citation, texts)}, {citation.iri}"])


def bibtex(citation: Citation, texts: Texts) -> str:
    """Return the citation as an entry of BibTeX."""
    source = citation.source
    fields: dict[str, str] = {"author": "{clustergraph}", "title": _braced(citation.name)}
    if source:
        authors = (f"{_tex(family)}, {_tex(given)}" for family, given in source.authors)
        fields = {
            "author": " and ".join(authors),
            "title": _braced(source.title),
            "type": _tex(source.series),
            "number": _tex(source.number),
            "institution": _braced(source.publisher),
            "issn": source.publication.issn,
            "language": source.language,
        }
    year = source.publication.year if source else citation.date[:4]
    month = str(source.publication.month or "") if source else ""
    quote = texts.cite.quote.format(words=citation.quote) + " " if citation.quote else ""
    fields |= {"year": year, "month": month, "url": citation.iri, "note": _tex(quote + note(citation, texts))}
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@{'techreport' if source else 'misc'}{{{citation.key},", *lines, "}", ""])


def ris(citation: Citation, texts: Texts) -> str:
    """Return the citation in the format of RIS."""
    source = citation.source
    fields: list[tuple[str, str]] = [("TY", "RPRT" if source else "DATA"), ("ID", citation.key)]
    if source:
        fields += [("AU", f"{family}, {given}") for family, given in source.authors]
        fields += [("TI", source.title), ("T3", source.series), ("M1", source.number)]
        fields += [("PB", source.publisher), ("SN", source.publication.issn), ("LA", source.language)]
        fields += [("PY", source.publication.year), ("DA", _ris_date(source.publication))]
    else:
        fields += [("AU", "clustergraph"), ("TI", citation.name), ("PY", citation.date[:4])]
    fields += [("AB", citation.quote), ("N1", note(citation, texts)), ("UR", citation.iri)]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def csl(citation: Citation, texts: Texts) -> str:
    """Return the citation as CSL-JSON."""
    source = citation.source
    item: dict[str, object] = {"id": citation.key, "type": "report" if source else "dataset"}
    if source:
        item |= _csl_of_report(source)
    else:
        item |= {"author": [{"literal": "clustergraph"}], "title": citation.name}
        item |= {"issued": {"date-parts": [_numbers(citation.date)]}, "version": citation.version}
    item |= {"abstract": citation.quote, "note": note(citation, texts), "URL": citation.iri}
    return json.dumps([_filled(item)], ensure_ascii=False, indent=2) + "\n"


def _csl_of_report(source: Source) -> dict[str, object]:
    issued = _numbers(str(source.publication.one("issued") or ""))
    return {
        "author": [{"family": family, "given": given} for family, given in source.authors],
        "title": source.title,
        "issued": {"date-parts": [issued]} if issued else "",
        "publisher": source.publisher,
        "collection-title": source.series,
        "number": source.number,
        "ISSN": source.publication.issn,
        "language": source.language,
    }


def _filled(item: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if value}


def _numbers(date: str) -> list[int]:
    return [int(part) for part in date.split("-") if part.isdecimal()]


def _ris_date(publication: Publication) -> str:
    return f"{publication.year}/{publication.month:02}" if publication.month else ""


def _tex(words: str) -> str:
    r"""Return words as BibTeX has them.

    >>> print(_tex("R&D {50 %}"))
    R\&D \{50 \%\}
    """
    return words.translate(_BIBTEX)


def _braced(words: str) -> str:
    """Return words whose capitals stay."""
    return f"{{{_tex(words)}}}" if words else ""


def forms(citation: Citation, texts: Texts) -> dict[str, str]:
    """Return the citation in every form of :data:`MEDIA_TYPES`."""
    makers: Iterable[str] = (bibtex(citation, texts), ris(citation, texts), csl(citation, texts))
    return dict(zip(MEDIA_TYPES, makers, strict=True))
