"""``/problem/KIND``: what a kind of failure means, whose address is the ``type`` of every problem."""

from typing import Final

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.store.wire import Failure
from clustergraph.web.http.problems import PROBLEMS
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.wording import LANGUAGES, Texts

FOLDER: Final = "/problem/"


async def view(page: Page) -> View:
    """Show a kind of failure: what it means, and what to do."""
    kind = page.iri.removeprefix(f"{BASE}problem/")
    if kind not in PROBLEMS:
        raise Failure("not-found", f"there is no problem of the kind {kind!r}")
    others = {name: page.words.problem.titles[name] for name in PROBLEMS}
    values = {"kind": kind, "status": PROBLEMS[kind].status, "others": others}
    return View("problem-kind.html", values, description=_described(kind))


def _described(kind: str) -> str:
    """Return the query whose answer says the same as RDF."""
    words = {code: Texts(code).problem for code in LANGUAGES}
    labels = ", ".join(f'"{text.titles[kind]}"@{code}' for code, text in words.items())
    notes = ", ".join(f'"{text.advice[kind]}"@{code}' for code, text in words.items())
    this = f"<{BASE}problem/{kind}>"
    return f"""PREFIX skos: <{PREFIXES["skos"]}>
CONSTRUCT {{
  {this} a skos:Concept ;
    skos:notation "{kind}" ;
    skos:prefLabel {labels} ;
    skos:scopeNote {notes} .
}}
WHERE {{}}
"""
