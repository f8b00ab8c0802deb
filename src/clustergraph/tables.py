"""Records in, CSV tables with CSVW metadata out."""

from collections.abc import Sequence

from rdflib import Graph

from clustergraph.curation import Curated
from clustergraph.records import Contents


def render(found: Sequence[tuple[Contents, Curated]], ontology: Graph) -> dict[str, bytes]:
    """Return the tables and their metadata by file name."""
    del found, ontology
    return {}
