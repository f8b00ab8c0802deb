"""The text of a report: all passages marked in its words, how we read them beside, what rests on each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from clustergraph.source import Passage
from clustergraph.store.wire import Failure
from clustergraph.tables.schema import CUT, Cell, Table
from clustergraph.web.pages.citations import Citation, Quote, Source, source
from clustergraph.web.pages.edition import Edition, Group, Unit, plain
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.statements import STANCES
from clustergraph.web.pages.takeaway import Tables, Value, column, listed, named, table
from clustergraph.web.pages.wording import LANGUAGES

ABOUT: Final = ("clg:SourceText",)
_SHORT: Final = 60
_FORMULA: Final = ("+", "-", "=", "@")
"""Beginnings of words that no CSV file may hold: marks of ratings, which the rating itself names."""


@dataclass(frozen=True)
class Note:
    """What stands beside a passage."""

    quote: Quote
    line: int
    """Of the paragraph in which it begins."""
    style: str
    """How the passage is underlined: a stance, ``verdict``, or empty."""
    reading: tuple[Citation, ...]
    """What is always shown: statements and assessments as we read them, and hypotheses."""
    citations: tuple[Citation, ...]
    """All that rests on the passage."""
    before: tuple[Quote, ...]
    """Passages whose sentence goes on here."""
    after: tuple[Quote, ...]


async def view(page: Page) -> View:
    """Show a text, or one passage of it with its paragraph (``?passage=6015,6161``)."""
    report = next(each for each in page.reports if each.text == page.iri)
    found = await source(page, report)
    page.mention(*found.iris)
    await page.learn_names()
    asked = page.parameters.get("passage", "")
    quote = found.quote(asked)
    if asked and quote is None:
        raise Failure("not-found", f"the text has no passage {asked!r}")
    values: dict[str, object] = {
        "report": report,
        "source": found,
        "notes": await page.keep(("notes", report.text), lambda: _notes(found)),
        "contents": contents(found),
        "captions": {part.start for part in found.parts if part.kind == "Figure"},
        "asked": quote,
        "here_passages": {each.passage for each in found.run(quote)} if quote else set(),
        "bare": page.parameters.get("notes") == "none",
        "stances": STANCES,
        "kept": partial(_kept, page),
        "short": short,
        "plain": plain,
        "page_of_text": page.full_text,
        "choices": [
            page.choice(page.words.text.with_notes, notes=None),
            page.choice(page.words.text.bare, notes="none"),
        ],
    }
    quotes = found.run(quote) if quote else list(found.quotes.values())
    tables = Tables(**({"citations": lambda: _table(page, found, quotes)} if quote or page.full_text else {}))
    if quote:
        shown = [unit for each in found.run(quote) for unit in found.edition.around(each.passage)]
        return View("passage.html", values | {"units": list(dict.fromkeys(shown))}, tables)
    front, body = _divided(found.edition)
    template = "text.html" if page.full_text else "places.html"
    return View(template, values | {"front": front, "body": body}, tables)


def _kept(page: Page, caller: Callable[[], str]) -> str:
    """Return what a template sets for all readers of a language alike: set once."""
    key = ("set", page.iri, page.language, page.links, page.parameters.get("notes") == "none")
    if page.links.language not in ("", *LANGUAGES):
        return caller()
    if key not in page.kept:
        page.kept[key] = caller()
    return page.kept[key]  # type: ignore[no-any-return]


def short(words: str) -> str:
    """Return the first words of a quote, for a link.

    >>> short("Auf der Ebene der Individuen wird die Zielsetzung des Clusters verankert und umgesetzt.")
    'Auf der Ebene der Individuen wird die Zielsetzung des …'
    """
    shown = plain(words)
    return shown if len(shown) <= _SHORT else shown[:_SHORT].rpartition(" ")[0] + " …"


def contents(found: Source) -> list[tuple[str, int, str]]:
    """Return the sections: IRI, line of the heading, page in the printed report."""
    headings = {unit.leaf.passage.start: unit.line for unit in found.edition.units if unit.kind == "heading"}
    return [
        (part.iri, headings[part.start], part.page)
        for part in found.parts
        if part.kind == "Section" and part.start in headings
    ]


def _divided(text: Edition) -> tuple[Sequence[Unit | Group], Sequence[Unit | Group]]:
    """Return what stands up to the table of contents, and the rest."""
    kinds = [part.kind if isinstance(part, Unit) else "" for part in text.parts]
    end = kinds.index("contents") + 1 if "contents" in kinds else 0
    return text.parts[:end], text.parts[end:]


async def _notes(found: Source) -> Mapping[Passage, Note]:
    lines = {passage: unit.line for unit in found.edition.units for passage in unit.passages}
    return {
        passage: _note(
            quote,
            lines[passage],
            found.citations.get(quote.iri, ()),
            found.before.get(quote.iri, ()),
            tuple(found.run(quote)[1:2]),
        )
        for passage, quote in found.quotes.items()
    }


def _note(
    quote: Quote,
    line: int,
    citations: tuple[Citation, ...],
    before: tuple[Quote, ...],
    after: tuple[Quote, ...],
) -> Note:
    stances = [stance for each in citations for stance, _ in each.stances]
    verdict = any("verdict" in each.readings for each in citations)
    style = "verdict" if verdict else stances[0] if stances else ""
    return Note(quote, line, style, tuple(_read(citations)), citations, before, after)


def _read(citations: Iterable[Citation]) -> Iterable[Citation]:
    """Yield what the margin shows: of an assessment and the statement in the same words, the assessment."""
    judging = [each for each in citations if "verdict" in each.readings]
    yield from judging
    for each in citations:
        statement = each.kind.endswith("Statement") and not judging
        thesis = each.kind.endswith("#Hypothesis") and any(
            name.endswith("#thesisPassage") for name in each.properties
        )
        if thesis or (statement and (each.stances or each.readings.get("topic"))):
            yield each


def _table(page: Page, found: Source, quotes: Iterable[Quote]) -> Table:
    """Return what rests on the passages; a sentence cut in two is one passage."""
    columns = [
        column("report"),
        *(column(name, "integer") for name in ("line", "last_line", "begin", "end")),
        *map(column, ("words", "property", "kind", "thing")),
    ]
    rows = [row for quote in quotes for row in _rows(page, found, quote)]
    return table("citations", columns, rows)


def _rows(page: Page, found: Source, quote: Quote) -> Iterable[dict[str, Value]]:
    run = found.run(quote)
    words = CUT.join(plain(part.words) for part in run)
    for each in found.citations.get(quote.iri, ()):
        if any(each.thing in found.things(other) for other in found.before.get(quote.iri, ())):
            continue
        yield {
            "report": found.report.slug,
            "line": quote.line,
            "last_line": run[-1].last_line,
            "begin": quote.passage.start,
            "end": run[-1].passage.end,
            "words": Cell("" if plain(quote.words)[:1] in _FORMULA else words, quote.iri),
            "property": listed(page, each.properties),
            "kind": named(page, each.kind),
            "thing": _called(page, each),
        }


def _called(page: Page, citation: Citation) -> Cell:
    """Return a thing by its name, or by what tells it apart."""
    if page.names.has(citation.thing) or not citation.telling:
        return named(page, citation.thing)
    return Cell(listed(page, citation.telling).text, citation.thing)
