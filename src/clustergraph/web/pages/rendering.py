"""What a page shows in; its HTML in German, French or English out. The pages work without JavaScript."""

import json
import tomllib
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.web.http.negotiation import parse
from clustergraph.web.http.problems import PROBLEMS
from clustergraph.web.http.request import Request
from clustergraph.web.releases import Releases
from clustergraph.web.sparql.parameters import QueryRequest

LANGUAGES: Final = (("de", "Deutsch"), ("fr", "Français"), ("en", "English"))
_POLICY: Final = b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
_FIRST: Final = """SELECT ?class (COUNT(?thing) AS ?things)
WHERE {
  ?thing a ?class .
}
GROUP BY ?class
ORDER BY DESC(?things)
LIMIT 20
"""


class Pages:
    """Renders the pages; one per service."""

    def __init__(self, releases: Releases, queries: tuple[Query, ...]) -> None:
        self._releases = releases
        self._queries = queries
        loader = PackageLoader("clustergraph.web.pages", "templates")
        self._environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.globals |= {"shorten": shorten, "address": address}
        self._texts = {code: _texts(code) for code, _ in LANGUAGES}

    def headers(self, body: bytes) -> list[tuple[bytes, bytes]]:
        """Return the headers of a page; nothing may be fetched from elsewhere."""
        return [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", _POLICY),
            (b"referrer-policy", b"no-referrer"),
            (b"vary", b"Accept-Language"),
            (b"cache-control", b"no-cache"),
        ]

    def editor(self, request: Request, asked: QueryRequest) -> bytes:
        """Return the page of the endpoint: a form and examples."""
        return self._render("editor.html", request, queries=self._queries, text=asked.text or _FIRST)

    def results(self, request: Request, asked: QueryRequest, answer: bytes) -> bytes:
        """Return the page of an answer, which came as the JSON of a worker."""
        query = next((query for query in self._queries if query.text == asked.text), None)
        asked_for = [
            (parameter, dict(_parameters(request)).get(parameter.name, parameter.default))
            for parameter in (query.parameters if query else ())
        ]
        bound = {parameter.name for parameter, value in asked_for if value}
        page = _without_bound(json.loads(answer), bound) if query else json.loads(answer)
        language = self._language(request)
        return self._render(
            "results.html",
            request,
            page=page,
            title=query.summary(language) if query else "",
            fields=[(parameter, value) for parameter, value in asked_for if parameter.name != "language"],
            path=request.path,
            text=query.body if query else asked.text,
            formats=("ttl", "nt", "jsonld") if "graph" in page else ("csv", "json", "tsv", "xml"),
            other=lambda form: _address(request, "format", form),
        )

    def problem(self, request: Request, failure: Failure, text: str) -> bytes:
        """Return the page of a problem."""
        title = PROBLEMS[failure.kind].title
        return self._render("problem.html", request, title=title, detail=failure.detail, text=text)

    def _render(self, template: str, request: Request, **values: object) -> bytes:
        language = self._language(request)
        html = self._environment.get_template(template).render(
            t=self._texts[language],
            lang=language,
            languages=LANGUAGES,
            root=request.root_path,
            here=lambda code: _address(request, "lang", code),
            **values,
        )
        return html.encode("utf-8", "replace")

    def _language(self, request: Request) -> str:
        asked = dict(_parameters(request)).get("lang", "")
        return asked if asked in self._texts else choose_language(request.accept_language.decode("latin-1"))


def choose_language(header: str) -> str:
    """Return the page's language for an Accept-Language header; English where none fits.

    >>> choose_language("fr-CH, de;q=0.8"), choose_language("it")
    ('fr', 'en')
    """
    ranked = sorted(parse(header), key=lambda range_: -range_.quality)
    codes = [range_.type.partition("-")[0] for range_ in ranked if range_.quality > 0]
    return next((code for code in codes if code in dict(LANGUAGES)), "en")


def _without_bound(page: dict[str, Any], bound: Collection[str]) -> dict[str, Any]:
    """Return the page without columns that are empty, or that say in every row what the query was asked."""
    if "rows" not in page:
        return page
    filled = {index for row in page["rows"] for index, cell in enumerate(row) if cell}
    kept = [index for index, name in enumerate(page["variables"]) if name not in bound and index in filled]
    variables = [page["variables"][index] for index in kept]
    return page | {"variables": variables, "rows": [[row[index] for index in kept] for row in page["rows"]]}


def address(iri: str, root: str, language: str) -> str:
    """Return where a link leads: to the description of what is ours, else to the IRI itself.

    >>> address("http://example.org/x", "", "en")
    'http://example.org/x'
    """
    if not iri.startswith(BASE):
        return iri
    asked = {"query": f"DESCRIBE <{iri}>", "format": "html", "lang": language}
    return f"{root}/sparql?{urlencode(asked)}"


def shorten(iri: str) -> str:
    """Return an IRI with its prefix, as people read it.

    >>> shorten("http://www.w3.org/2004/02/skos/core#Concept")
    'skos:Concept'
    """
    if iri.startswith(BASE) and not iri.startswith(PREFIXES["clg"]):
        return iri.removeprefix(BASE)
    for name, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{name}:{iri.removeprefix(namespace)}"
    return iri


def _parameters(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)


def _address(request: Request, name: str, value: str) -> str:
    """Return the address of this page with one parameter changed."""
    kept = [(key, old) for key, old in _parameters(request) if key != name]
    return f"{request.path}?{urlencode([*kept, (name, value)])}"


def _texts(code: str) -> Mapping[str, Any]:
    return tomllib.loads(
        (files("clustergraph.web.pages") / "locales" / f"{code}.toml").read_text(encoding="utf-8")
    )
