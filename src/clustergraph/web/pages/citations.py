"""Rows about a text in, its passages with all that rests on each out, set in its words if they are known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from clustergraph import resources
from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.source import Passage
from clustergraph.web.pages.edition import Edition, edition, line_counter, pieced, shipped
from clustergraph.web.pages.hypotheses import Hypothesis, hypotheses
from clustergraph.web.pages.page import Page
from clustergraph.web.pages.reports import Report
from clustergraph.web.pages.statements import STANCES
from clustergraph.web.pages.terms import Row

_CLG: Final = PREFIXES["clg"]
_TELLING: Final = (
    "assesses",
    "verdict",
    "skill",
    "countryColumn",
    "importance",
    "hadRole",
    "agent",
    "member",
    "organization",
)
"""What tells things without a name apart, in this order."""


@dataclass(frozen=True)
class Quote:
    """A passage with its words."""

    iri: str
    passage: Passage
    words: str
    line: int
    last_line: int
    continuation: str
    """IRI of the passage in which its sentence goes on; empty where it does not."""

    @property
    def place(self) -> str:
        """Its offsets, as addresses have them."""
        return f"{self.passage.start},{self.passage.end}"


@dataclass(frozen=True)
class Citation:
    """A thing that rests on a passage."""

    thing: str
    kind: str
    """IRI of its most special class; empty where the data tell none."""
    properties: tuple[str, ...]
    readings: Mapping[str, tuple[str, ...]]
    """What is read into it, by local name of the property."""

    @property
    def stances(self) -> list[tuple[str, str]]:
        """How it stands towards hypotheses: the stance and the hypothesis."""
        return [(stance, iri) for stance in STANCES for iri in self.readings.get(stance, ())]

    @property
    def telling(self) -> list[str]:
        """IRIs of what tells it apart, where it has no name."""
        return [iri for name in _TELLING for iri in self.readings.get(name, ())]


@dataclass(frozen=True)
class Part:
    """A section or a figure of the report, where it is named in the text."""

    iri: str
    kind: str
    """``Section`` or ``Figure``."""
    start: int
    page: str


@dataclass(frozen=True)
class Source:
    """A text with its passages and what rests on them."""

    report: Report
    characters: int
    lines: int
    whole: bool
    """Whether the words between the passages are known."""
    edition: Edition
    quotes: Mapping[Passage, Quote]
    citations: Mapping[str, tuple[Citation, ...]]
    """By the IRI of the passage."""
    parts: tuple[Part, ...]
    hypotheses: Mapping[str, Hypothesis] = field(default_factory=dict)

    def quote(self, place: str) -> Quote | None:
        """Return the passage at a place, written ``6015,6161``."""
        return next((quote for quote in self.quotes.values() if quote.place == place), None)

    @cached_property
    def by_iri(self) -> Mapping[str, Quote]:
        """The passages by IRI."""
        return {quote.iri: quote for quote in self.quotes.values()}

    @cached_property
    def before(self) -> Mapping[str, tuple[Quote, ...]]:
        """Passages whose sentence goes on in another, by the IRI of that one."""
        found: dict[str, tuple[Quote, ...]] = {}
        for quote in self.quotes.values():
            if quote.continuation:
                found[quote.continuation] = (*found.get(quote.continuation, ()), quote)
        return found

    def things(self, quote: Quote) -> set[str]:
        """Return what rests on a passage."""
        return {each.thing for each in self.citations.get(quote.iri, ())}

    def run(self, quote: Quote) -> list[Quote]:
        """Return a passage and those in which its sentence goes on."""
        found = [quote]
        while (following := self.by_iri.get(found[-1].continuation)) and following not in found:
            found.append(following)
        return found

    def group(self, citation: Citation) -> str:
        """Return the group of the verdict that an assessment gives, as ``affirmative``."""
        assessed = (self.hypotheses.get(iri) for iri in citation.readings.get("assesses", ()))
        verdicts = [each for entry in assessed if entry for each in (entry.chapter, entry.conclusions)]
        given = citation.readings.get("verdict", ())
        return next((each.group for each in verdicts if each.verdict in given), "")

    @cached_property
    def iris(self) -> set[str]:
        """All that is named where the text is shown."""
        things = {iri for found in self.citations.values() for each in found for iri in _named(each)}
        return things | {part.iri for part in self.parts} | {h.theme for h in self.hypotheses.values()}


def _named(citation: Citation) -> Iterable[str]:
    yield from (citation.thing, *citation.properties)
    if citation.kind:
        yield citation.kind
    for values in citation.readings.values():
        yield from values


async def source(page: Page, report: Report) -> Source:
    """Return a report's text; its words come from the text that the project ships, if it is the same."""
    return await page.keep(("text", report.text), lambda: _source(page, report))


async def _source(page: Page, report: Report) -> Source:
    rows = await page.rows("text-passages", this=report.text)
    quotes = {quote.passage: quote for quote in map(_quote, rows)}
    about = await page.rows("text-source", this=report.text)
    checksum = str(about[0]["checksum"] or "") if about else ""
    content = shipped(resources.share() / "data" / "sources" / report.slug, checksum)
    lines = {quote.passage.start: quote.line for quote in quotes.values()}
    known = [(quote.passage, quote.words) for quote in quotes.values()]
    set_in = edition(
        content if content is not None else pieced(known),
        quotes,
        line_counter(content) if content is not None else lambda start: lines.get(start, 0),
    )
    cited = await page.rows("text-citations", this=report.text)
    readings = await page.rows("text-readings", this=report.text)
    return Source(
        report,
        int(str(about[0]["characters"])) if about else 0,
        int(str(about[0]["lines"])) if about else 0,
        content is not None,
        set_in,
        quotes,
        _citations(cited, _readings(readings)),
        tuple(dict.fromkeys(_part(row) for row in about if row["part"])),
        {entry.iri: entry for entry in await hypotheses(page) if entry.text == report.text},
    )


def _quote(row: Row) -> Quote:
    passage = Passage(int(str(row["begin"])), int(str(row["end"])))
    return Quote(
        str(row["passage"]),
        passage,
        str(row["words"]),
        int(str(row["line"])),
        int(str(row["lastLine"])),
        str(row["continuation"] or ""),
    )


def _part(row: Row) -> Part:
    kind = str(row["kind"]).rpartition("/")[2]
    return Part(str(row["part"]), kind, int(str(row["begin"])), str(row["page"] or ""))


def _readings(rows: Iterable[Row]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in rows:
        name = str(row["property"]).replace("#", "/").rpartition("/")[2]
        values = found[str(row["thing"])]
        values[name] = (*values.get(name, ()), str(row["value"]))
    return found


def _citations(
    rows: list[Row], readings: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> dict[str, tuple[Citation, ...]]:
    """Return what rests on each passage; of the classes of a thing the one that fewest things have."""
    types: dict[str, set[str]] = defaultdict(set)
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        thing = str(row["thing"])
        found[str(row["passage"])][thing][str(row["property"])] = None
        if row["type"]:
            types[thing].add(str(row["type"]))
    frequency = Counter(kind for kinds in types.values() for kind in kinds)

    def rank(kind: str) -> tuple[int, bool, str]:
        return frequency[kind], not kind.startswith(BASE), kind

    return {
        passage: tuple(
            Citation(thing, min(types[thing], key=rank, default=""), tuple(names), readings.get(thing, {}))
            for thing, names in things.items()
        )
        for passage, things in found.items()
    }
