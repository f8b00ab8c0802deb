"""A page and what its view found in; HTML out: the templates, the words around them, and the headers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from clustergraph.namespaces import BASE
from clustergraph.web.pages.addresses import OUTSIDE
from clustergraph.web.pages.files import FOLDER, Static
from clustergraph.web.pages.names import shorten
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.wording import LANGUAGES, Texts, counted, grouped

MENU: Final = (
    ("theses", "/theses"),
    ("skills", "/skills"),
    ("topics", "/topics"),
    ("text", "/text"),
    ("query", "/query"),
    ("data", "/dumps/"),
)
"""The places of the main menu: the key of their word, and their path."""
POLICY: Final = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Alternate:
    """Another form of a page: its suffix, its media type and where it is."""

    form: str
    type: str
    href: str


class Frame:
    """Renders pages; one per service."""

    def __init__(self, static: Path = FOLDER) -> None:
        self._static = static
        self._environment = Environment(
            loader=PackageLoader("clustergraph.web.pages", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._texts = {code: Texts(code) for code in LANGUAGES}

    def render(self, page: Page, view: View, path: str, alternates: tuple[Alternate, ...] = ()) -> bytes:
        """Return the HTML of a page; ``path`` is its address below the root, without parameters."""
        language = page.language
        values: dict[str, Any] = {
            "t": self._texts[language],
            "lang": language,
            "languages": LANGUAGES,
            "links": page.links,
            "name": lambda thing: page.names.of(str(thing), language),
            "names": page.names,
            "shorten": shorten,
            "static": Static(page.links.root, self._static),
            "count": lambda words, number: counted(words, number, language),
            "number": lambda value: grouped(int(value), language),
            "menu": MENU,
            "here": path,
            "place": next((key for key, start in MENU if path.startswith(start.rstrip("/"))), ""),
            "canonical": page.links.absolute(path, **({"iri": page.iri} if path == OUTSIDE else {})),
            "alternates": alternates,
            "with_parameters": _changed(page, path),
            "with_suffix": lambda form, **changes: _changed(page, f"{path}.{form}")(**changes),
            "base": BASE,
            "iri": page.iri,
            "parameters": page.parameters,
            "reports": page.reports,
            "wording": page.wording,
            "report": page.report,
            **view.values,
        }
        html = self._environment.get_template(view.template).render(values)
        return html.encode("utf-8", "replace")


def _changed(page: Page, path: str) -> Callable[..., str]:
    """Return a function that gives the address of this page with parameters changed (None: left out)."""

    def changed(**parameters: object) -> str:
        kept = {**page.parameters, **parameters}
        given = {name: str(value) for name, value in kept.items() if value not in (None, "")}
        return f"{page.links.root}{path}" + (f"?{urlencode(given)}" if given else "")

    return changed
