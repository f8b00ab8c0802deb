"""An address and what the client takes in; a page, a table of it, a redirect, or a question for RDF out.

Every IRI of the base answers here under its own path: ``id/…`` sends on to ``doc/…``, which negotiates.
"""

import asyncio
import hashlib
import importlib
import json
import pkgutil
import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.store.formats import GRAPHS, PAGE
from clustergraph.store.wire import Failure
from clustergraph.tables import FORMS, write
from clustergraph.web.http.negotiation import choose
from clustergraph.web.http.problems import PROBLEMS
from clustergraph.web.http.reply import VARY, Reply, header_lines
from clustergraph.web.http.request import Headers, Key, Request
from clustergraph.web.pages import views
from clustergraph.web.pages.addresses import DOCUMENT, OUTSIDE, THING, Links, document_path, iri_at
from clustergraph.web.pages.asking import Asker, page_queries
from clustergraph.web.pages.citing import MEDIA_TYPES
from clustergraph.web.pages.frame import POLICY, Alternate, Frame
from clustergraph.web.pages.names import Names
from clustergraph.web.pages.page import Elsewhere, Known, Page, View, Viewer
from clustergraph.web.pages.reports import reports_of
from clustergraph.web.pages.searching import Searcher
from clustergraph.web.pages.terms import Row
from clustergraph.web.pages.views.query import answered, editor
from clustergraph.web.pages.wording import LANGUAGES, choose_language
from clustergraph.web.releases import Release
from clustergraph.web.sparql.exchange import Composer, Question
from clustergraph.web.sparql.parameters import QueryRequest, pairs

_SUFFIX: Final = re.compile(r"(.*?[^/])\.(html|ttl|nt|jsonld|rdf|csv|xlsx|json|bib|ris|csl\.json)")
_GRAPHS: Final = ("ttl", "nt", "jsonld", "rdf")
"""Forms of a document besides the page, as suffixes."""
_LATER: Final = 1.0
"""Seconds after the first page at which the search index is begun."""
_VARY: Final = (b"vary", b"Accept, Accept-Encoding, Accept-Language")
_FRESH: Final = (b"cache-control", b"public, max-age=60")
_IRI: Final = ":/?#[]@!$&'()*+,;=%~"
"""Characters of an IRI that a URI may have (RFC 3987, section 3.1)."""
_GUARDED: Final[Headers] = [(b"content-security-policy", POLICY), (b"referrer-policy", b"no-referrer")]
_ANYTHING: Final = PREFIXES["rdfs"] + "Resource"
_HTML: Final = (b"content-type", b"text/html; charset=utf-8")
_OF_QUERIES: Final = frozenset(
    {"syntax", "update", "evaluation", "service", "complexity", "lost", "endpoint", "time", "memory"}
)
"""Kinds of failure that are of a query: whoever wrote it wants to change it."""
Made = Reply | Question


def _nothing_known() -> Known:
    """Return what is known before the data are loaded: nothing."""

    async def no_rows(_: str, __: object) -> list[Row]:
        return []

    nothing: Any = None  # no page of a problem searches
    return Known(no_rows, no_rows, Names(no_rows), (), nothing)


@dataclass(frozen=True)
class Views:
    """The views by the path or the folder of their pages, or by the class of what they document."""

    paths: Mapping[str, Viewer]
    folders: Mapping[str, Viewer]
    classes: Mapping[str, Viewer]

    def at(self, path: str) -> Viewer | None:
        """Return the view of the page at a path, None where a thing or a document has that address."""
        below = (viewer for folder, viewer in self.folders.items() if path.startswith(folder))
        return self.paths.get(path) or next(below, None)


@cache
def found() -> Views:
    """Return the views of all modules below :mod:`.views`."""
    paths: dict[str, Viewer] = {}
    folders: dict[str, Viewer] = {}
    classes: dict[str, Viewer] = {}
    for entry in sorted(pkgutil.iter_modules(views.__path__), key=lambda entry: entry.name):
        module = importlib.import_module(f"{views.__name__}.{entry.name}")
        if path := getattr(module, "PATH", ""):
            paths[path] = module.view
        if folder := getattr(module, "FOLDER", ""):
            folders[folder] = module.view
        classes |= {_expanded(name): module.view for name in getattr(module, "ABOUT", ())}
    return Views(MappingProxyType(paths), MappingProxyType(folders), MappingProxyType(classes))


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


class Site:
    """All pages and documents."""

    def __init__(
        self, public_url: str = "", store: Path | None = None, *, full_text: bool = True, base: str = ""
    ) -> None:
        self._origin = public_url.removesuffix(urlsplit(public_url).path)
        self._address = public_url or base.removesuffix("/sparql")
        self._store = store
        """The folder of a store on disk, which keeps the search index too."""
        self._frame = Frame()
        self._full_text = full_text
        self._known: tuple[Release, Known] | None = None

    def read(self, request: Request) -> Composer:
        """Return what finds the answer to a request."""
        return partial(self._make, _PageRequest.read(request))

    async def _make(self, request: "_PageRequest", release: Release) -> Made:
        """Answer a request; clients whose headers differ and who take the same share a kept reply."""
        if reply := release.replies.get(request.key):
            return reply
        made = await self._made(request, release)
        if isinstance(made, Reply) and made.etag:
            release.replies.put(request.key, made)
        return made

    async def _made(self, request: "_PageRequest", release: Release) -> Made:
        page = self._page_of(request, await self._known_of(release))
        if viewer := found().at(request.path):
            return await self._page(request, page, viewer)
        if request.path == OUTSIDE and page.iri.startswith(BASE):
            return _see_other(
                page, document_path(page.iri) or "", request, "".join(page.iri.partition("#")[1:])
            )
        return await self._document(request, page)

    async def _page(self, request: "_PageRequest", page: Page, viewer: Viewer) -> Made:
        """Answer the address of a page, which may also be the IRI of something."""
        if request.form not in GRAPHS:
            return await self._answer(request, page, viewer)
        view = await viewer(page)
        if isinstance(view, View) and view.description:
            headers = request.links(page, view)
            return Question(QueryRequest(view.description, format=request.form), more=headers)
        if page.iri == iri_at(request.path) and await page.rows("types", this=page.iri):
            return _described(request, page, subject=False)
        if request.suffixed:
            raise Failure("not-found", "this page is no document about a thing; it has no form in RDF")
        return await self._answer(request, page, viewer)

    async def _document(self, request: "_PageRequest", page: Page) -> Made:
        """Answer the address of a thing or of the document about it."""
        rows = await page.rows("types", this=page.iri)
        if not rows:
            raise Failure("not-found", f"the data do not describe <{page.iri}>")
        subject = any(str(row["place"]) == "subject" for row in rows)
        current = next((path for row in rows if (path := document_path(str(row["current"] or "")))), None)
        if current and not subject:
            return _see_other(page, current, request)
        if request.path.startswith(f"/{THING}"):
            return _see_other(page, document_path(page.iri) or "", request)
        if not request.form:
            raise Failure("not-acceptable", "no acceptable type is offered; ask for HTML, Turtle or JSON-LD")
        if request.form in GRAPHS:
            return _described(request, page, subject=subject)
        types = [str(row["type"]) for row in rows if row["type"]]
        named = (found().classes[name] for name in types if name in found().classes)
        return await self._answer(request, page, next(named, found().classes[_ANYTHING]))

    async def _answer(self, request: "_PageRequest", page: Page, viewer: Viewer) -> Reply:
        view = await viewer(page)
        if isinstance(view, Elsewhere):
            return _see_other(page, view.path, request)
        await page.learn_names()
        headers = request.links(page, view)
        if request.form == "json" and view.document is not None and "table" not in request.parameters:
            return _reply(json.dumps(view.document, ensure_ascii=False).encode(), FORMS["json"], headers)
        if request.form in FORMS:
            return _taken_away(request, view, headers)
        if request.form in MEDIA_TYPES:
            return _attached(request, view)
        body = self._frame.render(page, view, request.path, request.alternates(page, view))
        return _reply(body, "text/html; charset=utf-8", [*_GUARDED, *headers])

    def read_editor(self, request: Request) -> Composer:
        """Return what makes the page of the endpoint: an editor."""
        asked = _PageRequest.read(request)

        async def make(release: Release) -> Made:
            page = self._page_of(asked, await self._known_of(release))
            return self._shown(asked, page, editor(page))

        return make

    async def answer(self, request: Request, release: Release, text: str, body: bytes) -> Reply:
        """Return the page of an answer, which came as a worker writes it for a page."""
        asked = _PageRequest.read(request)
        page = self._page_of(asked, await self._known_of(release))
        return self._shown(asked, page, await answered(page, text, body))

    def problem(self, request: Request, failure: Failure, text: str, headers: Headers) -> Reply:
        """Return the page of a problem: the editor for a query that can't be answered."""
        asked = _PageRequest.read_leniently(request)
        page = self._page_of(asked, self._known[1] if self._known else _nothing_known())
        status = PROBLEMS[failure.kind].status
        text = text or asked.parameters.get("query", "")
        view = (
            editor(page, text, failure)
            if text and failure.kind in _OF_QUERIES
            else View("problem.html", {"failure": failure, "status": status})
        )
        body = self._frame.render(page, view, asked.path)
        lines = [_VARY, _HTML, (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
        return Reply(status, header_lines([*lines, *_GUARDED, *headers]), body)

    def _page_of(self, request: "_PageRequest", known: Known) -> Page:
        links = Links(request.root, request.parameters.get("lang", ""), self._origin)
        return Page(known, links, request.language, request.parameters, request.iri)

    def _shown(self, request: "_PageRequest", page: Page, view: View) -> Reply:
        """Return a page that has no other forms of its own."""
        body = self._frame.render(page, view, request.path)
        return _reply(body, "text/html; charset=utf-8", [(b"vary", b"Accept-Language"), *_GUARDED])

    async def _known_of(self, release: Release) -> Known:
        if self._known is None or self._known[0] is not release:
            asker = Asker(release)
            reports = reports_of(await asker.rows("reports", {}))
            searcher = Searcher(release, {report.text: report.language for report in reports}, self._store)
            asyncio.get_running_loop().call_later(_LATER, searcher.prepare)
            known = Known(
                asker.rows,
                asker.about,
                Names(asker.about),
                reports,
                searcher,
                full_text=self._full_text,
                asker=asker,
                origin=self._address,
            )
            self._known = release, known
        return self._known[1]


@dataclass(frozen=True)
class _PageRequest:
    """What a request asks of the site."""

    path: str
    """Below the root, without the suffix of a form."""
    form: str
    """``page``, a key of :data:`GRAPHS`, or one of :data:`FORMS`; empty: none that is offered."""
    suffixed: bool
    parameters: Mapping[str, str]
    language: str
    root: str

    @classmethod
    def read(cls, request: Request) -> "_PageRequest":
        """Return what a request asks of the site."""
        root = request.root_path
        path = request.path.removeprefix(root)
        suffix = _SUFFIX.fullmatch(path)
        choice = choose(request.accept.decode("latin-1"))
        form = suffix[2] if suffix else choice.graph if choice else ""
        parameters: dict[str, str] = {}
        for name, value in pairs(request.query_string):
            parameters.setdefault(name, value)
        asked = parameters.get("lang", "")
        language = asked if asked in LANGUAGES else choose_language(request.accept_language.decode("latin-1"))
        form = PAGE if form == "html" else form
        if suffix:
            path = suffix[1] if f"{suffix[1]}/" not in found().paths else f"{suffix[1]}/"
        return cls(path, form, bool(suffix), parameters, language, root)

    @classmethod
    def read_leniently(cls, request: Request) -> "_PageRequest":
        """Return what a request asks, without its parameters where they can't be read."""
        try:
            return cls.read(request)
        except Failure:
            plain = copy(request)
            plain.query_string = b""
            return cls.read(plain)

    @property
    def key(self) -> Key:
        """What a reply depends on."""
        given = urlencode(sorted(self.parameters.items()))
        return "page", self.path, self.form, str(self.suffixed), self.language, given

    @property
    def iri(self) -> str:
        """The IRI of what the address is about."""
        named = "" if self.is_document and self.path != OUTSIDE else self.parameters.get("iri", "")
        return named or iri_at(self.path)

    @property
    def is_document(self) -> bool:
        """Whether the path is that of a document about one thing."""
        return found().at(self.path) is None

    def alternates(self, page: Page, view: View | None = None) -> tuple[Alternate, ...]:
        """Return the other forms of the page."""
        given = {name: value for name, value in self.parameters.items() if name != "lang"}
        described = self.is_document or (view and view.description)
        forms = [(form, GRAPHS[form].media_type) for form in _GRAPHS if described]
        forms += [(form, FORMS[form]) for form in FORMS if view and view.tables]
        return tuple(
            Alternate(form, kind, page.links.path(f"{self.path.rstrip('/')}.{form}", **given))
            for form, kind in forms
        )

    def links(self, page: Page, view: View | None = None) -> Headers:
        """Return the headers that lead from any form of a page to the others (RFC 8288)."""
        given = {name: value for name, value in self.parameters.items() if name != "lang"}
        own = page.links.path(self.path, **given)
        alternates = self.alternates(page, view)
        described = self.is_document or (view and view.description)
        kinds = [("text/html", own), *((form.type.partition(";")[0], form.href) for form in alternates)]
        links = [f'<{page.links.origin}{own}>; rel="canonical"']
        links += [f'<{href}>; rel="alternate"; type="{kind}"' for kind, href in kinds]
        links += [
            f'<{form.href}>; rel="describedby"; type="{form.type}"'
            for form in alternates
            if form.form == "ttl" and described
        ]
        if self.path.startswith(f"/{DOCUMENT}"):
            links.append(f'<{quote(page.iri, safe=_IRI)}>; rel="describes"')
        return [(b"vary", b"Accept-Language"), (b"link", ", ".join(links).encode("ascii", "replace"))]


def _see_other(page: Page, path: str, request: _PageRequest, fragment: str = "") -> Reply:
    """Send on from a thing to the document about it (Cool URIs for the Semantic Web, section 4.2)."""
    suffix = f".{request.form}" if request.suffixed else ""
    given = {name: value for name, value in request.parameters.items() if name != "iri"}
    document = page.links.path(path + suffix, **given)
    headers: Headers = [
        _VARY,
        (b"location", (document + fragment).encode("ascii", "replace")),
        (b"link", f'<{document}>; rel="describedby"'.encode()),
        (b"content-length", b"0"),
        _FRESH,
    ]
    return Reply(303, header_lines(headers), b"")


def _described(request: _PageRequest, page: Page, *, subject: bool) -> Question:
    """Return the question whose answer is the description of a thing, or of a document and its parts.

    Of what the data only speak of, the answer says who does. ``?labels=`` asks for the labels of all that it
    mentions.
    """
    if not subject:
        name = "describe-mentioned"
    elif not page.iri.startswith(BASE) or f"/{THING}" in page.iri:
        name = "describe-labelled" if request.parameters.get("labels") else "describe"
    else:
        name = "describe-document"
    query = page_queries()[name]
    asked = QueryRequest(query.text, format=request.form)
    return Question(asked, query.bind([("this", page.iri)]), more=request.links(page))


def _taken_away(request: _PageRequest, view: View, headers: Headers) -> Reply:
    """Return a table of the page as a file."""
    name = request.parameters.get("table", "") or next(iter(view.tables), "")
    table = view.tables.get(name)
    if table is None:
        known = ", ".join(view.tables) or "none"
        raise Failure("not-found", f"this page has no table {name!r}; it has {known}")
    body = write(table, request.form)
    return _reply(body, FORMS[request.form], headers)


def _attached(request: _PageRequest, view: View) -> Reply:
    """Return a form of the page that is no table as a file."""
    found = view.attachments.get(request.form)
    if found is None:
        raise Failure("not-found", f"this page has no form {request.form}; /cite?iri= has one of every thing")
    disposition = f'attachment; filename="{found.name}"'.encode()
    return _reply(found.body, found.media_type, [(b"content-disposition", disposition)])


def _reply(body: bytes, content_type: str, headers: Headers) -> Reply:
    etag = b'W/"%b"' % hashlib.sha256(body).hexdigest()[:20].encode()
    lines = header_lines(
        [
            VARY,
            (b"content-type", content_type.encode()),
            (b"content-length", b"%d" % len(body)),
            _FRESH,
            (b"etag", etag),
            *headers,
        ]
    )
    return Reply(200, lines, body, etag)
