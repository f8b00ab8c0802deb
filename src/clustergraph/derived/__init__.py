"""Records and the ranks of the levels in, the project's own figures out: computed, never said by a report."""

from collections.abc import Iterator, Mapping

from clustergraph.curation import Curated
from clustergraph.derived.argument import argument_figures
from clustergraph.derived.figure import figure_triples
from clustergraph.derived.profile import profile_figures
from clustergraph.graph.anchors import Triple
from clustergraph.records import Contents


def derived(contents: Contents, curated: Curated, ranks: Mapping[str, int]) -> Iterator[Triple]:
    """Yield every figure; ``ranks`` gives the place of each level on its scale, by slug."""
    slug = contents.report.record.slug
    for figure in profile_figures(contents, ranks):
        yield from figure_triples(slug, figure)
    for figure in argument_figures(contents, curated.codings):
        yield from figure_triples(slug, figure)
