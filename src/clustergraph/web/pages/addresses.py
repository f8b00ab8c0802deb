"""IRIs in, the addresses where people and programs read about them out.

Every IRI of the base answers at the service's own host under the same path: ``id/…`` is a thing, and
``doc/…`` the document about it; the text, graphs, schemes, terms and data sets are documents themselves.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlencode

from clustergraph.namespaces import BASE

THING: Final = "id/"
DOCUMENT: Final = "doc/"
OUTSIDE: Final = "/doc"
"""Path of the documents about things outside the base, which ``?iri=`` names."""
PATH_SAFE: Final = "/-._~!$&'()*+,;=:@"
"""Characters that a path may have unescaped (RFC 3986, section 3.3)."""


def document_path(iri: str) -> str | None:
    """Return the path of the document about an IRI of the base, None for any other IRI.

    >>> document_path("https://w3id.org/clustergraph/id/country/ch")
    '/doc/country/ch'
    >>> document_path("https://w3id.org/clustergraph/ns#Skill")
    '/ns'
    """
    if not iri.startswith(BASE):
        return None
    name = iri.removeprefix(BASE).partition("#")[0]
    if name.startswith(THING):
        name = DOCUMENT + name.removeprefix(THING)
    return "/" + quote(unquote(name), safe=PATH_SAFE)


def iri_at(path: str) -> str:
    """Return the IRI that the document at a path (below the root, without suffix) is about.

    >>> iri_at("/doc/country/ch"), iri_at("/graph/stated")
    ('https://w3id.org/clustergraph/id/country/ch', 'https://w3id.org/clustergraph/graph/stated')
    """
    name = path.removeprefix("/")
    if name.startswith(DOCUMENT):
        name = THING + name.removeprefix(DOCUMENT)
    return BASE + name


@dataclass(frozen=True)
class Links:
    """Makes the links of one page: below the public root, in the language that its address asks for."""

    root: str
    """Path of the service as its users see it, without a slash at the end."""
    language: str = ""
    """The language that the address of the page asks for; empty where it comes from the client."""
    origin: str = ""
    """Scheme and host of the service as its users see it, where they are known."""

    def path(self, path: str, **parameters: object) -> str:
        """Return the link to a path of the service; parameters that are empty or None are left out.

        >>> Links("/graph", "fr").path("/skills", sort="de", field=None)
        '/graph/skills?sort=de&lang=fr'
        """
        given = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
        if self.language and "lang" not in given:
            given["lang"] = self.language
        return f"{self.root}{path}" + (f"?{urlencode(given)}" if given else "")

    def absolute(self, path: str, **parameters: object) -> str:
        """Return the whole address of a path, as far as the service knows it.

        >>> Links("/graph", "", "https://example.org").absolute("/skills")
        'https://example.org/graph/skills'
        """
        return self.origin + self.path(path, **parameters)

    def iri(self, iri: str, *, known: bool = True) -> str:
        """Return where a link to an IRI leads: to its document here, where there is one, else to the IRI.

        >>> Links("").iri("https://w3id.org/clustergraph/text/basel-2014#char=0,3")
        '/text/basel-2014#char=0,3'
        """
        path = document_path(iri)
        if path is not None:
            _, mark, fragment = iri.partition("#")
            return self.path(path) + mark + fragment
        return self.path(OUTSIDE, iri=iri) if known else iri
