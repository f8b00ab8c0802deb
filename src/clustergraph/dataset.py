"""Sources in, named graphs out; and the graphs to files, all of them or none."""

import difflib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rdflib import RDF, SKOS, Graph, URIRef

from clustergraph import graph as triples
from clustergraph import iris
from clustergraph.curation import Curated, curate
from clustergraph.errors import BuildError, SourceError
from clustergraph.graph.anchors import Triple
from clustergraph.metadata import catalogue
from clustergraph.parser import parse
from clustergraph.records import Contents
from clustergraph.source import reports
from clustergraph.turtle import new_graph, read_turtle, turtle

Read = tuple[tuple[Contents, Curated], ...]

_DIFF_LINES = 40


def read(root: Path) -> Read:
    """Return every report below ``root`` as records, in the order of their slugs."""
    return _read(root, ontology(root))


def _read(root: Path, defined: Graph) -> Read:
    known = concepts(defined)
    parsed = map(parse, reports(root / "data" / "sources"))
    return tuple((contents, curate(contents, known)) for contents in parsed)


def concepts(defined: Graph) -> frozenset[str]:
    """Return the shared concepts that tables may name, as paths below ``id/``."""
    start = str(iris.resource(""))
    return frozenset(str(node).removeprefix(start) for node in defined.subjects(RDF.type, SKOS.Concept))


def build(root: Path) -> dict[str, bytes]:
    """Return each named graph as Turtle, by its name.

    Raises:
        ClustergraphError: for the first thing wrong in a source; nothing is written here.
    """
    graphs = {"ontology": ontology(root)}
    found = _read(root, graphs["ontology"])
    for name, make in _MAKERS.items():
        graphs[name] = new_graph()
        for contents, curated in found:
            for triple in make(contents, curated):
                graphs[name].add(triple)
    _refuse_dangling(found, graphs)
    files = {name: turtle(graph) for name, graph in graphs.items()}
    return files | {"catalog": turtle(catalogue(root, graphs, files))}


def _refuse_dangling(found: Read, graphs: Mapping[str, Graph]) -> None:
    """Refuse a link to something below ``id/`` that no graph describes: a misspelt name would go unseen."""
    described = {node for graph in graphs.values() for node in graph.subjects(RDF.type)}
    loose = sorted(
        (value, node)
        for graph in graphs.values()
        for node, value in graph.subject_objects()
        if isinstance(value, URIRef) and value.startswith(iris.resource("")) and value not in described
    )
    for value, node in loose:
        rows = [
            fact.place for _, curated in found for fact in curated.facts if iris.resource(fact.value) == value
        ]
        raise SourceError(
            rows[0] if rows else str(node),
            f"{value.removeprefix(iris.resource(''))!r} is described nowhere",
            "mend its spelling, or add it to entities.csv or concepts.ttl",
        )


_MAKERS: Mapping[str, Callable[[Contents, Curated], Iterator[Triple]]] = {
    "stated": triples.stated,
    "coded": triples.coded,
    "translations": triples.translated,
}


def ontology(root: Path) -> Graph:
    """Return the ontology, its schemes and alignments, and the concepts that reports bring along."""
    merged = new_graph()
    own = sorted((root / "ontology").rglob("*.ttl"))
    for path in (*own, *sorted((root / "data" / "sources").glob("*/concepts.ttl"))):
        read_turtle(merged, path)
    return merged


def write(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Put the graphs into ``data/graph``; return the names of those that changed.

    All files are written beside the folder first. Each then takes its place in one step, so that whoever is
    killed leaves whole files; what an earlier killed build left behind is removed.
    """
    folder = root / "data" / "graph"
    beside = root / "data" / ".graph.new"
    shutil.rmtree(beside, ignore_errors=True)
    changed = tuple(name for name, content in files.items() if _content(folder / f"{name}.ttl") != content)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        for name in changed:
            _write_through(beside / f"{name}.ttl", files[name])
        for name in changed:
            (beside / f"{name}.ttl").replace(folder / f"{name}.ttl")
        for path in sorted(folder.glob("*.ttl")):
            if path.stem not in files:
                path.unlink()
    except OSError as error:
        raise BuildError(f"{folder}: cannot be written ({error.strerror}); nothing was changed") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return changed


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def differences(root: Path, files: Mapping[str, bytes]) -> str:
    """Return a unified diff from the built files to what the sources give; empty where they agree."""
    folder = root / "data" / "graph"
    names = sorted({*files, *(path.stem for path in folder.glob("*.ttl"))})
    return "".join(_difference(folder / f"{name}.ttl", files.get(name, b"")) for name in names)


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
