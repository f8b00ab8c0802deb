"""The names of shared concepts in tables and records, held against those that the ontology defines."""

from collections.abc import Set
from difflib import get_close_matches

from clustergraph.curation.tables import Row
from clustergraph.errors import SourceError
from clustergraph.source import Report

_LIKENESS = 0.75
"""How like a name must be to be proposed: Romania is no misspelt Luxembourg."""


def check_concept(row: Row, path: str, concepts: Set[str]) -> None:
    """Raise a :class:`SourceError` where a row names an undefined concept, such as ``verdict/suported``."""
    if path not in concepts:
        raise row.fault(f"the concept {path!r} is unknown", advice(path, concepts))


def check_record(report: Report, concepts: Set[str]) -> None:
    """Raise a :class:`SourceError` where a record's levels or columns name an unknown concept."""
    record = report.record
    named = [
        *(("levels", mark, f"importance/{level}") for mark, level in record.levels.items()),
        *(("columns", head, f"country/{country}") for head, country in record.columns.items()),
    ]
    for table, key, path in named:
        if path not in concepts:
            raise SourceError(
                report.place(table, key), f"the concept {path!r} is unknown", advice(path, concepts)
            )


def advice(path: str, concepts: Set[str]) -> str:
    """Return what to write in place of an unknown concept."""
    scheme, _, slug = path.partition("/")
    start = f"{scheme}/"
    known = sorted(concept.removeprefix(start) for concept in concepts if concept.startswith(start))
    begun = [name for name in known if name.startswith(f"{slug}-")]
    close = begun or get_close_matches(slug, known, n=1, cutoff=_LIKENESS)
    fix = f"write {start + close[0]!r}" if close else "fix its spelling"
    return f"{fix}, or define it in ontology/schemes/{scheme}.ttl or in the report's concepts.ttl"
