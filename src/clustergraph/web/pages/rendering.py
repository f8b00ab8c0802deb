"""What a page shows in; its HTML in German, French or English out. The pages work without JavaScript."""

import json
import tomllib
from collections.abc import Mapping, MutableMapping
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.web.data.dumps import tables
from clustergraph.web.http.negotiation import parse
from clustergraph.web.http.problems import PROBLEMS
from clustergraph.web.releases import Service
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
Scope = MutableMapping[str, Any]


class Pages:
    """Renders the pages; one per service."""

    def __init__(self, service: Service, queries: tuple[Query, ...]) -> None:
        self._service = service
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

    def front(self, scope: Scope, accept_language: str) -> bytes:
        """Return the front page."""
        description = self._service.release.description
        names = [graph.removeprefix(f"{BASE}graph/") for graph in description.graphs]
        return self._render(
            "front.html",
            scope,
            accept_language,
            quads=f"{description.quads:,}".replace(",", "\u202f"),
            graphs=[name for name in names if "/" not in name],
            queries=[query for query in self._queries if query.start],
            others=[query for query in self._queries if not query.start],
            tables=tables(self._service.options),
            text=_FIRST,
        )

    def editor(self, scope: Scope, request: QueryRequest, accept_language: str) -> bytes:
        """Return the page of the endpoint: a form and examples."""
        return self._render(
            "editor.html", scope, accept_language, queries=self._queries, text=request.text or _FIRST
        )

    def results(self, scope: Scope, request: QueryRequest, answer: bytes, accept_language: str) -> bytes:
        """Return the page of an answer, which came as the JSON of a worker."""
        query = next((query for query in self._queries if query.text == request.text), None)
        page = _without_bound(json.loads(answer), query)
        language = self._language(scope, accept_language)
        return self._render(
            "results.html",
            scope,
            accept_language,
            page=page,
            title=query.summary(language) if query else "",
            fields=[
                (parameter, dict(_parameters(scope)).get(parameter.name, parameter.default))
                for parameter in (query.parameters if query else ())
                if parameter.name != "language"
            ],
            path=scope.get("root_path", "") + scope["path"].removeprefix(scope.get("root_path", "")),
            text=query.body if query else request.text,
            formats=("ttl", "nt", "jsonld") if "graph" in page else ("csv", "json", "tsv", "xml"),
            other=lambda form: _address(scope, "format", form),
        )

    def problem(self, scope: Scope, failure: Failure, text: str, accept_language: str) -> bytes:
        """Return the page of a problem."""
        title = PROBLEMS[failure.kind].title
        return self._render(
            "problem.html", scope, accept_language, title=title, detail=failure.detail, text=text
        )

    def _render(self, template: str, scope: Scope, accept_language: str, **values: object) -> bytes:
        language = self._language(scope, accept_language)
        html = self._environment.get_template(template).render(
            t=self._texts[language],
            lang=language,
            languages=LANGUAGES,
            root=scope.get("root_path", ""),
            here=lambda code: _address(scope, "lang", code),
            **values,
        )
        return html.encode("utf-8", "replace")

    def _language(self, scope: Scope, accept_language: str) -> str:
        asked = dict(_parameters(scope)).get("lang", "")
        return asked if asked in self._texts else choose_language(accept_language)


def choose_language(header: str) -> str:
    """Return the page's language for an Accept-Language header; English where none fits.

    >>> choose_language("fr-CH, de;q=0.8"), choose_language("it")
    ('fr', 'en')
    """
    ranked = sorted(parse(header), key=lambda range_: -range_.quality)
    codes = [range_.type.partition("-")[0] for range_ in ranked if range_.quality > 0]
    return next((code for code in codes if code in dict(LANGUAGES)), "en")


def _without_bound(page: dict[str, Any], query: Query | None) -> dict[str, Any]:
    """Return the page without columns that are empty, or that say in every row what the query was asked."""
    if query is None or "rows" not in page:
        return page
    bound = {parameter.name for parameter in query.parameters}
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


def _parameters(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _address(scope: Scope, name: str, value: str) -> str:
    """Return the address of this page with one parameter changed."""
    kept = [(key, old) for key, old in _parameters(scope) if key != name]
    return f"{scope['path']}?{urlencode([*kept, (name, value)])}"


def _texts(code: str) -> Mapping[str, Any]:
    return tomllib.loads(
        (files("clustergraph.web.pages") / "locales" / f"{code}.toml").read_text(encoding="utf-8")
    )
