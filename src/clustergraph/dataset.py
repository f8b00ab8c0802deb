"""Sources in, named graphs out; and the graphs to files, all of them or none."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from rdflib import RDF, SKOS, Graph, URIRef

from clustergraph import files as whole
from clustergraph import graph as triples
from clustergraph import iris
from clustergraph.agreement import reading_triples
from clustergraph.curation import Curated, curate
from clustergraph.derived import derived
from clustergraph.errors import BuildError, SourceError
from clustergraph.graph.anchors import Triple
from clustergraph.graph.quantities import QUDT, UNIT
from clustergraph.metadata import catalogue
from clustergraph.parser import parse
from clustergraph.records import Contents
from clustergraph.source import reports
from clustergraph.tables.building import render
from clustergraph.turtle import new_graph, read_turtle, turtle
from clustergraph.vocabulary import CLG

Read = tuple[tuple[Contents, Curated], ...]

_DIFF_LINES = 40
_FOLDERS = ("graph", "tables")
"""Below ``data/``, the folders that hold built files and nothing else."""


def read(root: Path) -> Read:
    """Return every report below ``root`` as records, in the order of their slugs."""
    return _read(root, ontology(root))


def _read(root: Path, defined: Graph) -> Read:
    known = concepts(defined)
    parsed = map(parse, reports(root / "data" / "sources"))
    return tuple((contents, curate(contents, known)) for contents in parsed)


def concepts(defined: Graph) -> frozenset[str]:
    """Return what tables may name: shared concepts as paths below ``id/``, units like ``unit:YR``."""
    start = str(iris.resource(""))
    paths = {str(node).removeprefix(start) for node in defined.subjects(RDF.type, SKOS.Concept)}
    units = {f"unit:{str(node).removeprefix(UNIT)}" for node in defined.subjects(RDF.type, QUDT.Unit)}
    return frozenset(paths | units)


def build(root: Path) -> dict[str, bytes]:
    """Return each named graph as Turtle, by its name.

    Raises:
        ClustergraphError: for the first thing wrong in a source; nothing is written here.
    """
    return {name: content for name, content in outputs(root).items() if name in iris.GRAPHS}


def outputs(root: Path) -> dict[str, bytes]:
    """Return everything that is built: the named graphs by name, and the tables by file name."""
    graphs = {"ontology": ontology(root)}
    found = _read(root, graphs["ontology"])
    ranks = level_ranks(graphs["ontology"])
    makers: Mapping[str, Maker] = {**_MAKERS, "derived": partial(derived, ranks=ranks)}
    for name, make in makers.items():
        graphs[name] = new_graph()
        for contents, curated in found:
            for triple in make(contents, curated):
                graphs[name].add(triple)
    graphs["translations"] -= graphs["stated"]  # what the report says in that language is no translation
    _refuse_dangling(found, graphs)
    files = {name: turtle(graph) for name, graph in graphs.items()}
    files |= render(files)
    return files | {"catalog": turtle(catalogue(root, graphs, files))}


def _refuse_dangling(found: Read, graphs: Mapping[str, Graph]) -> None:
    """Refuse what is named below ``id/`` and described by no graph: a misspelt name would go unseen."""
    described = {node for graph in graphs.values() for node in graph.subjects(RDF.type)}
    named = {node for graph in graphs.values() for triple in graph for node in (triple[0], triple[2])}
    start = iris.resource("")
    loose = sorted(node for node in named - described if isinstance(node, URIRef) and node.startswith(start))
    if loose:
        path = loose[0].removeprefix(start)
        known = sorted(str(node).removeprefix(start) for node in described if str(node).startswith(start))
        whole = next((one for one in known if one.endswith(f"/{path}") and one.count("/") == 1), "")
        raise SourceError(
            dict(_named(found)).get(path, str(loose[0])),
            f"{path!r} is described nowhere",
            f"write {whole!r}" if whole else "fix its spelling, or add it to entities.csv or concepts.ttl",
        )


def _named(found: Read) -> Iterator[tuple[str, str]]:
    """Yield the paths that rows name, each with the row's place; the first row is the last to come."""
    for _, curated in found:
        for translation in reversed(curated.translations):
            yield translation.subject, translation.place
        for note in reversed(curated.notes):
            yield note.subject, note.place
        for subject in reversed(curated.topics):
            yield from ((f"topic/{topic}", subject.place) for topic in subject.topics)
        for coding in reversed(curated.codings):
            for scheme, slugs in (("country", coding.countries), ("topic", coding.topics)):
                yield from ((f"{scheme}/{slug}", coding.place) for slug in slugs)
            named = (*coding.actors, *coding.addressees, *coding.payers, *coding.mentions)
            yield from ((path, coding.place) for path in named)
            yield f"modality/{coding.modality}", coding.place
            yield f"quantifier/{coding.quantifier}", coding.place
            yield f"coding-basis/{coding.basis}", coding.place
        for fact in reversed(curated.facts):
            yield fact.value, fact.place


Maker = Callable[[Contents, Curated], Iterator[Triple]]


def _coded(contents: Contents, curated: Curated) -> Iterator[Triple]:
    """Yield the codes, how they came about and how far two readings agree."""
    yield from triples.coded(contents, curated)
    yield from reading_triples(contents, curated)


_MAKERS: Mapping[str, Maker] = {
    "stated": triples.stated,
    "coded": _coded,
    "translations": triples.translated,
}


def level_ranks(ontology: Graph) -> dict[str, int]:
    """Return the rank of each level of importance by its slug, as the ontology's scheme gives it."""
    found = ontology.subject_objects(CLG.ordinalRank)
    return {str(level).rpartition("/")[2]: int(str(rank)) for level, rank in found}


def ontology(root: Path) -> Graph:
    """Return the ontology, its schemes and alignments, and the concepts that reports bring along."""
    merged = new_graph()
    own = sorted((root / "ontology").rglob("*.ttl"))
    for path in (*own, *sorted((root / "data" / "sources").glob("*/concepts.ttl"))):
        read_turtle(merged, path)
    return merged


def write(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Put built files into ``data/graph`` and ``data/tables``; return the names of those that changed.

    All files are written before one takes its place, so that whoever is killed leaves whole files; what an
    earlier build left behind is removed.
    """
    data = root / "data"
    placed = {data / _path(name): content for name, content in files.items()}
    changed = {path: content for path, content in placed.items() if _content(path) != content}
    try:
        for folder in {path.parent for path in changed}:
            folder.mkdir(parents=True, exist_ok=True)
        for leftover in data.glob("*/.*.new"):
            leftover.unlink()
        whole.write(changed)
        for path in _built(root) - set(map(_path, files)):
            (data / path).unlink()
    except OSError as error:
        raise BuildError(
            f"{data}: cannot be written ({error.strerror}); each file is whole, old or new: build again"
        ) from error
    return tuple(name for name in files if data / _path(name) in changed)


def _path(name: str) -> str:
    """Return where a built file stands below ``data/``: a graph by its name, a table by its file name."""
    return f"tables/{name}" if "." in name else f"graph/{name}.ttl"


def _built(root: Path) -> set[str]:
    """Return the paths below ``data/`` of what builds have written."""
    data = root / "data"
    return {
        path.relative_to(data).as_posix()
        for folder in _FOLDERS
        for path in (data / folder).glob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def differences(root: Path, files: Mapping[str, bytes]) -> str:
    """Return a unified diff from the built files to what the sources give; empty where they agree."""
    fresh = {_path(name): content for name, content in files.items()}
    paths = sorted({*fresh, *_built(root)})
    return "".join(_difference(root / "data" / path, fresh.get(path, b"")) for path in paths)


def _difference(path: Path, fresh: bytes) -> str:
    old = _content(path) or b""
    if old == fresh:
        return ""
    lines = list(
        difflib.unified_diff(
            old.decode(errors="replace").splitlines(keepends=True),
            fresh.decode().splitlines(keepends=True),
            f"built/{path.name}",
            f"sources/{path.name}",
            n=1,
        )
    )
    more = f"… {len(lines) - _DIFF_LINES} more lines\n" if len(lines) > _DIFF_LINES else ""
    return "".join(lines[:_DIFF_LINES]) + more
