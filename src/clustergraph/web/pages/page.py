"""What a view works with: the page that was asked for in, what its template shows out.

A page is one module in :mod:`.views` with a function ``view``, one template and one or a few queries of
``queries/pages``. The module's ``PATH`` gives it an address of its own; its ``ABOUT`` makes it the document
about things of a class.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from clustergraph.store.wire import Failure
from clustergraph.tables.schema import Table
from clustergraph.web.pages.addresses import Links
from clustergraph.web.pages.asking import Asker
from clustergraph.web.pages.names import AskAbout, Names
from clustergraph.web.pages.reports import Report
from clustergraph.web.pages.searching import Searcher
from clustergraph.web.pages.terms import Row, Term
from clustergraph.web.pages.wording import LANGUAGES, Texts

Made = TypeVar("Made")
_AT_ONCE: Final = 400
"""Terms that one query asks about."""


@dataclass(frozen=True)
class Attachment:
    """A page in a form that is no table, as a file."""

    media_type: str
    body: bytes
    name: str


@dataclass(frozen=True)
class View:
    """What a template shows, and what of it can be taken away as a table."""

    template: str
    values: Mapping[str, Any]
    tables: Mapping[str, Table] = field(default_factory=dict)
    """The main table first; ``?table=`` names another."""
    document: object = None
    """What ``.json`` gives unless ``?table=`` is said, where its shape is fixed (``docs/addresses.md``)."""
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    """Other forms of the page, by the suffix that asks for them."""
    description: str = ""
    """A CONSTRUCT query that says the same as RDF, where the data do not describe the page's thing."""


@dataclass(frozen=True)
class Elsewhere:
    """What was asked for is another page."""

    path: str


Ask = Callable[[str, Mapping[str, str]], Awaitable[list[Row]]]
"""Asks a query of ``queries/pages`` by its name, with values for its parameters."""


@dataclass(frozen=True)
class Choice:
    """One of several links that filter or sort a page: its words, what it changes of the address."""

    words: str
    changes: Mapping[str, str | None]
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Words:
    """The words of a thing by language, and the editors' notes on it."""

    text: dict[str, str] = field(default_factory=dict)
    notes: list[Term] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What pages know of a release: how to ask it, the names of its things, its reports."""

    ask: Ask
    about: AskAbout
    names: Names
    reports: tuple[Report, ...]
    searcher: Searcher
    full_text: bool = True
    """Whether the words of reports may be shown in full, not only around a passage."""
    asker: Asker | None = None
    """Asks what is no query of the pages; None: nothing of that kind."""
    origin: str = ""
    """The address of the service as programs elsewhere write it, without a slash at the end."""
    kept: dict[object, Any] = field(default_factory=dict)
    """What depends on the release alone, by a key of the view that made it."""


class Page:
    """One page that somebody asks for."""

    def __init__(
        self, known: Known, links: Links, language: str, parameters: Mapping[str, str], iri: str
    ) -> None:
        self._ask = known.ask
        self._about = known.about
        self._asker = known.asker
        self.origin = known.origin
        self.kept = known.kept
        """What views made of the release, by keys of theirs; never more than a few of each."""
        self._seen: set[str] = set()
        self.names = known.names
        self.reports = known.reports
        self.searcher = known.searcher
        self.full_text = known.full_text
        self.links = links
        self.language = language
        self.parameters = parameters
        """The parameters of the address, the first of a name."""
        self.iri = iri
        """The thing that a document is about."""

    @property
    def report(self) -> Report | None:
        """The report that the address asks for, or the only one; None: all of them."""
        asked = self.parameters.get("report", "")
        chosen = [report for report in self.reports if report.slug == asked or len(self.reports) == 1]
        return chosen[0] if chosen else None

    @property
    def words(self) -> Texts:
        """The words of the interface in the page's language."""
        return Texts(self.language)

    @property
    def wording(self) -> str:
        """The language of the translation beside the words of a report: asked for, else that of the page."""
        asked = self.parameters.get("with", "")
        return asked if asked in LANGUAGES else self.language

    def wordings(self, source: str) -> list[Choice]:
        """Return the links that choose a translation beside words in a language, or none."""
        words = self.words.statement
        return [
            Choice(
                words.only.format(language=name) if code == source else words.beside.format(language=name),
                {"with": None if code == self.language else code},
                self.wording == code,
            )
            for code, name in sorted(LANGUAGES.items(), key=lambda each: each[0] != source)
        ]

    def choice(self, words: str, count: int | None = None, **changes: str | None) -> Choice:
        """Return a link that changes parameters of this page; it is current where they already say so."""
        current = all(self.parameters.get(name) == value for name, value in changes.items())
        return Choice(words, changes, current, count)

    async def rows(self, query: str, **values: str) -> list[Row]:
        """Return the rows of a query of ``queries/pages``; IRIs in them can be named from then on.

        Values are IRIs or words, as the query's header declares its parameters. A query without values has
        the same rows as long as the release, and is asked once.
        """
        ask = partial(self._ask, query, values)
        rows = await (ask() if values else self.keep(("rows", query), ask))
        self._see(rows)
        return rows

    def _see(self, rows: Iterable[Row]) -> None:
        self._seen.update(term.value for row in rows for term in row.values() if term and term.is_iri)

    async def rows_about(self, query: str, things: Iterable[str]) -> list[Row]:
        """Return the rows of a query about things; IRIs in them can be named from then on."""
        asked = list(dict.fromkeys(thing for thing in things if thing))
        rows = await self._about(query, asked) if asked else []
        self._see(rows)
        return rows

    async def rows_among(self, query: str, terms: Iterable[str]) -> list[Row]:
        """Return the rows of a query about terms of N-Triples; IRIs in them can be named from then on."""
        asked = list(dict.fromkeys(terms))
        found: list[Row] = []
        for start in range(0, len(asked) if self._asker else 0, _AT_ONCE):
            found += await self._asker.among(query, asked[start : start + _AT_ONCE]) if self._asker else []
        self._see(found)
        return found

    async def answer(self, text: str, values: tuple[tuple[str, str], ...], rows: int) -> bytes:
        """Return the answer to any query as a worker writes it for a page.

        Raises:
            Failure: there is none; its kind says why.
        """
        if self._asker is None:
            raise Failure("busy", "the data are not loaded yet; ask again in a moment")
        return await self._asker.answer(text, values, rows)

    async def words_of(self, things: Iterable[str]) -> dict[str, Words]:
        """Return the words of things and the editors' notes on them."""
        found: dict[str, Words] = {}
        for row in await self.rows_about("words", things):
            words = found.setdefault(str(row["thing"]), Words())
            term = row["words"]
            if term and str(row["property"]).endswith("/text"):
                words.text[term.language] = term.value
            elif term:
                words.notes.append(term)
        return found

    async def keep(self, key: object, make: Callable[[], Awaitable[Made]]) -> Made:
        """Return what a view makes of the release alone: made once, then kept as long as the release."""
        if key not in self.kept:
            self.kept[key] = await make()
        made: Made = self.kept[key]
        return made

    def mention(self, *iris: str) -> None:
        """Have things named that no row mentions."""
        self._seen.update(iris)

    async def definitions(self, things: Iterable[str]) -> dict[str, Term]:
        """Return what things mean, in the page's language where it has words in it."""
        found: dict[str, Term] = {}
        for row in await self.rows_about("definitions", things):
            term, thing = row["words"], str(row["thing"])
            if term and (thing not in found or term.language == self.language):
                found[thing] = term
        return found

    async def learn_names(self) -> None:
        """Ask for the names of all that the page has seen."""
        await self.names.learn(self._seen)


Viewer = Callable[[Page], Awaitable[View | Elsewhere]]
