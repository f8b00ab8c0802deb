"""Records in, out CSV tables with CSVW metadata, for people who open a spreadsheet or a notebook."""

from collections.abc import Sequence

from rdflib import Graph

from clustergraph.curation import Curated
from clustergraph.records import Contents
from clustergraph.tables.argument import codes_table, hypotheses_table, statements_table
from clustergraph.tables.labels import Labels
from clustergraph.tables.metadata import METADATA, metadata
from clustergraph.tables.profile import ratings_table, skills_table
from clustergraph.tables.writing import csv_bytes


def render(found: Sequence[tuple[Contents, Curated]], ontology: Graph) -> dict[str, bytes]:
    """Return the tables and their metadata by file name, all reports in the same tables.

    Raises:
        BuildError: where a spreadsheet would take words for a formula.
    """
    labels = [Labels(contents, curated, ontology) for contents, curated in found]
    tables = (
        ratings_table(labels),
        skills_table(labels),
        hypotheses_table(labels),
        statements_table(labels),
        codes_table(labels),
    )
    notes = (contents.report.record.notes.get("rights", {}) for contents, _ in found)
    rights = tuple(dict.fromkeys(note for given in notes for note in given.items()))
    files = {f"{table.name}.csv": csv_bytes(table) for table in tables}
    return files | {METADATA: metadata(tables, rights)}
