"""Codes of statements in, figures out: statements by stance, and what statements mention together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from clustergraph import iris
from clustergraph.derived.figure import Figure
from clustergraph.records import Coding, Contents

LEAST_TOGETHER: Final = 2
"""Pairs that fewer statements mention together are left out."""

_VARIABLES: Final = {
    "supports": "statements-supporting",
    "opposes": "statements-opposing",
    "qualifies": "statements-qualifying",
    "contextualises": "statements-contextualising",
}


def argument_figures(contents: Contents, codings: tuple[Coding, ...]) -> Iterator[Figure]:
    """Yield what can be computed from a report's codes; nothing where there are none yet."""
    if not codings:
        return
    yield from _stance_figures(contents, codings)
    yield from _pair_figures("statements-mentioning-both", (coding.actors for coding in codings), "")
    yield from _pair_figures("statements-on-both", (coding.topics for coding in codings), "topic/")


def _stance_figures(contents: Contents, codings: tuple[Coding, ...]) -> Iterator[Figure]:
    """Yield, for each hypothesis whose discussion is coded, its statements by stance; others get none."""
    slug = contents.report.record.slug
    discussed = [coding for coding in codings if coding.statement.role == "discussion"]
    counts = Counter(stance for coding in discussed for stance in coding.stances)
    coded = {notation for coding in discussed for notation in coding.statement.hypotheses}
    coded |= {notation for _, notation in counts}
    for hypothesis in contents.hypotheses:
        if hypothesis.notation not in coded:
            continue
        about = (iris.hypothesis(slug, hypothesis.notation),)
        for stance, variable in _VARIABLES.items():
            count = counts[stance, hypothesis.notation]
            yield Figure(variable, hypothesis.notation, about, iris.graph("coded"), count)


def _pair_figures(variable: str, sets: Iterable[tuple[str, ...]], folder: str) -> Iterator[Figure]:
    counts = Counter(pair for members in sets for pair in combinations(sorted(set(members)), 2))
    for pair, count in sorted(counts.items()):
        if count >= LEAST_TOGETHER:
            key = "/".join(member.replace("/", "-") for member in pair)
            about = tuple(iris.resource(f"{folder}{member}") for member in pair)
            yield Figure(variable, key, about, iris.graph("coded"), count)
