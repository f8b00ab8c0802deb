"""What docs/engine.md says of the engine is true of the engine that is installed."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")
SECTION = re.compile(
    r"### (?P<title>.+)\n\n(?:```trig\n(?P<data>[^`]+)```\n\n)?```sparql\n(?P<query>[^`]+)```\n\n"
    r"- Right: `(?P<right>[^`]+)` \((?P<where>.+)(?:.|\n)+?"
    r"- Engine: `(?P<engine>[^`]+)`\n- Upstream: (?P<upstream>.+)"
)
XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Entry:
    """A difference: data, query, what is right and what the engine gives."""

    title: str
    data: str
    query: str
    right: str
    where: str
    engine: str
    upstream: str


ENTRIES = [Entry(**match.groupdict(default="")) for match in SECTION.finditer(PAGE)]


def written(term: object) -> str:
    """Return a term as the page writes it."""
    if term is None:
        return "-"
    if isinstance(term, ox.Literal) and term.datatype.value in (f"{XSD}integer", f"{XSD}boolean"):
        return term.value
    return str(term)


def answer(entry: Entry) -> str:
    """Return the engine's answer as the page writes it."""
    store = ox.Store()
    store.load(entry.data.encode(), format=ox.RdfFormat.TRIG)
    try:
        solutions = store.query(entry.query)
    except SyntaxError:
        return "error"
    assert isinstance(solutions, ox.QuerySolutions)
    return "|".join(" ".join(written(term) for term in row) for row in solutions) or "none"


def test_every_section_of_the_page_is_read() -> None:
    assert [entry.title for entry in ENTRIES] == re.findall("^### (.+)$", PAGE, re.MULTILINE)
    assert len(ENTRIES) > 15


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_the_engine_answers_as_the_page_says(entry: Entry) -> None:
    assert answer(entry) == entry.engine
    assert entry.engine != entry.right
    assert re.match(
        r"SPARQL 1\.1 Query, 1|XPath Functions 3\.1|XML Schema Datatypes 1\.1|RDF 1\.1", entry.where
    )
    assert re.match(r"oxigraph/oxigraph#\d+$|none known", entry.upstream)


def test_the_page_speaks_of_the_installed_engine() -> None:
    assert f"pyoxigraph {ox.__version__}" in PAGE
