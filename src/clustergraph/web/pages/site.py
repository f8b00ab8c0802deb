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
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.store.formats import GRAPHS, PAGE
from clustergraph.store.wire import Failure
from clustergraph.tables import FORMS, write
from clustergraph.web.http.negotiation import choose
from clustergraph.web.http.reply import Headers, Reply, header_lines
from clustergraph.web.http.request import Request
from clustergraph.web.pages import views
from clustergraph.web.pages.addresses import DOCUMENT, THING, Links, iri_at
from clustergraph.web.pages.asking import Asker, page_queries
from clustergraph.web.pages.citing import MEDIA_TYPES
from clustergraph.web.pages.frame import POLICY, Alternate, Frame
from clustergraph.web.pages.names import Names
from clustergraph.web.pages.page import Elsewhere, Known, Page, View, Viewer
from clustergraph.web.pages.rendering import choose_language
from clustergraph.web.pages.reports import reports_of
from clustergraph.web.pages.searching import Searcher
from clustergraph.web.pages.wording import LANGUAGES
from clustergraph.web.releases import Release
from clustergraph.web.sparql.exchange import Composer, Question
from clustergraph.web.sparql.parameters import QueryRequest, pairs

_SUFFIX: Final = re.compile(r"(.*?[^/])\.(html|ttl|nt|jsonld|rdf|csv|xlsx|json|bib|ris|csl\.json)")
_GRAPHS: Final = ("ttl", "nt", "jsonld", "rdf")
"""Forms of a document besides the page, as suffixes."""
_LATER: Final = 1.0
"""Seconds after the first page at which the search index is begun."""
_VARY: Final = (b"vary", b"Accept, Accept-Encoding, Accept-Language")
_GUARDED: Final[Headers] = [(b"content-security-policy", POLICY), (b"referrer-policy", b"no-referrer")]
_ANYTHING: Final = PREFIXES["rdfs"] + "Resource"
Made = Reply | Question


@dataclass(frozen=True)
class Views:
    """The views by the path of their page, and by the class of what they document."""

    paths: Mapping[str, Viewer]
    classes: Mapping[str, Viewer]


@cache
def found() -> Views:
    """Return the views of all modules below :mod:`.views`."""
    paths: dict[str, Viewer] = {}
    classes: dict[str, Viewer] = {}
    for entry in sorted(pkgutil.iter_modules(views.__path__), key=lambda entry: entry.name):
        module = importlib.import_module(f"{views.__name__}.{entry.name}")
        if path := getattr(module, "PATH", ""):
            paths[path] = module.view
        classes |= {_expanded(name): module.view for name in getattr(module, "ABOUT", ())}
    return Views(MappingProxyType(paths), MappingProxyType(classes))


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


class Site:
    """All pages and documents."""

    def __init__(self, store: Path | None = None, *, full_text: bool = True) -> None:
        self._store = store
        """The folder of a store on disk, which keeps the search index too."""
        self._frame = Frame()
        self._full_text = full_text
        self._known: tuple[Release, Known] | None = None

    def read(self, request: Request) -> Composer:
        """Return what finds the answer to a request."""
        return partial(self._make, _PageRequest.read(request))

    async def _make(self, request: "_PageRequest", release: Release) -> Made:
        page = Page(
            await self._known_of(release),
            Links(request.root, request.parameters.get("lang", "")),
            request.language,
            request.parameters,
            request.parameters.get("iri", "") or iri_at(request.path),
        )
        if viewer := found().paths.get(request.path):
            return await self._answer(request, page, viewer)
        rows = await page.rows("types", this=page.iri)
        if not rows:
            raise Failure("not-found", f"the data do not describe <{page.iri}>")
        if request.path.startswith(f"/{THING}"):
            return _see_other(request, f"/{DOCUMENT}{request.path.removeprefix(f'/{THING}')}")
        if request.form in _GRAPHS:
            return _described(page.iri, request.form)
        types = [str(row["type"]) for row in rows]
        viewer = next(
            (found().classes[name] for name in types if name in found().classes), found().classes[_ANYTHING]
        )
        return await self._answer(request, page, viewer)

    async def _answer(self, request: "_PageRequest", page: Page, viewer: Viewer) -> Reply:
        view = await viewer(page)
        if isinstance(view, Elsewhere):
            return _see_other(request, view.path)
        await page.learn_names()
        alternates = request.alternates(page, view)
        if request.form == "json" and view.document is not None and "table" not in request.parameters:
            return _reply(json.dumps(view.document, ensure_ascii=False).encode(), FORMS["json"], [])
        if request.form in FORMS:
            return _taken_away(request, view)
        if request.form in MEDIA_TYPES:
            return _attached(request, view)
        body = self._frame.render(page, view, request.path, alternates)
        return _reply(body, "text/html; charset=utf-8", [*_GUARDED, (b"link", _links(alternates))])

    async def _known_of(self, release: Release) -> Known:
        if self._known is None or self._known[0] is not release:
            asker = Asker(release)
            reports = reports_of(await asker.rows("reports", {}))
            searcher = Searcher(release, {report.text: report.language for report in reports}, self._store)
            asyncio.get_running_loop().call_later(_LATER, searcher.prepare)
            known = Known(
                asker.rows, asker.about, Names(asker.about), reports, searcher, full_text=self._full_text
            )
            self._known = release, known
        return self._known[1]


@dataclass(frozen=True)
class _PageRequest:
    """What a request asks of the site."""

    path: str
    """Below the root, without the suffix of a form."""
    form: str
    """``page``, a key of :data:`GRAPHS`, or one of :data:`FORMS`."""
    suffixed: bool
    parameters: Mapping[str, str]
    language: str
    root: str

    @classmethod
    def read(cls, request: Request) -> "_PageRequest":
        """Return what a request asks of the site.

        Raises:
            Failure: it takes no form that is offered.
        """
        root = request.root_path
        path = request.path.removeprefix(root)
        suffix = _SUFFIX.fullmatch(path)
        choice = choose(request.accept.decode("latin-1"))
        form = (suffix[2] if suffix else choice.graph if choice else "") or PAGE
        parameters: dict[str, str] = {}
        for name, value in pairs(request.query_string):
            parameters.setdefault(name, value)
        asked = parameters.get("lang", "")
        language = asked if asked in LANGUAGES else choose_language(request.accept_language.decode("latin-1"))
        form = PAGE if form == "html" else form
        return cls(suffix[1] if suffix else path, form, bool(suffix), parameters, language, root)

    @property
    def is_document(self) -> bool:
        """Whether the path is that of a document about one thing."""
        return self.path not in found().paths

    def alternates(self, page: Page, view: View) -> tuple[Alternate, ...]:
        """Return the other forms of the page."""
        given = {name: value for name, value in self.parameters.items() if name != "lang"}
        forms = [(form, GRAPHS[form].media_type) for form in _GRAPHS if self.is_document]
        forms += [(form, FORMS[form]) for form in FORMS if view.tables]
        return tuple(
            Alternate(form, kind, page.links.path(f"{self.path}.{form}", **given)) for form, kind in forms
        )


def _see_other(request: _PageRequest, path: str) -> Reply:
    """Send on, as from a thing to the document about it (Cool URIs for the Semantic Web, section 4.2)."""
    suffix = f".{request.form}" if request.suffixed else ""
    location = Links(request.root, request.parameters.get("lang", "")).path(path + suffix)
    headers: Headers = [_VARY, (b"location", location.encode()), (b"content-length", b"0")]
    return Reply(303, header_lines(headers), b"")


def _described(iri: str, form: str) -> Question:
    """Return the question whose answer is the description of a thing, or of a document and its parts."""
    of_thing = f"/{THING}" in iri or not iri.startswith(BASE)
    query = page_queries()["describe" if of_thing else "describe-document"]
    return Question(QueryRequest(query.text, format=form), query.bind([("this", iri)]))


def _taken_away(request: _PageRequest, view: View) -> Reply:
    """Return a table of the page as a file."""
    name = request.parameters.get("table", "") or next(iter(view.tables), "")
    table = view.tables.get(name)
    if table is None:
        known = ", ".join(view.tables) or "none"
        raise Failure("not-found", f"this page has no table {name!r}; it has {known}")
    body = write(table, request.form)
    return _reply(body, FORMS[request.form], [])


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
            _VARY,
            (b"content-type", content_type.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"public, max-age=60"),
            (b"etag", etag),
            *headers,
        ]
    )
    return Reply(200, lines, body, etag)


def _links(alternates: tuple[Alternate, ...]) -> bytes:
    return ", ".join(f'<{form.href}>; rel="alternate"; type="{form.type}"' for form in alternates).encode()
