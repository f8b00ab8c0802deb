"""Rows about the reports of a release in, one record a report out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from clustergraph.web.pages.terms import Row


@dataclass(frozen=True)
class Report:
    """A report that the data hold."""

    iri: str
    text: str
    """IRI of its text."""
    title: str
    language: str
    """Language of its words."""
    rights: Mapping[str, str] = field(default_factory=dict)
    """What its words stand under, by language."""

    @property
    def slug(self) -> str:
        """The report's name in IRIs and in ``?report=``.

        >>> Report("", "https://w3id.org/clustergraph/text/basel-2014", "", "de").slug
        'basel-2014'
        """
        return self.text.rpartition("/")[2]


def reports_of(rows: Iterable[Row]) -> tuple[Report, ...]:
    """Return the reports that the rows of the query ``reports`` are about."""
    found: dict[str, Report] = {}
    for row in rows:
        text = str(row["text"])
        report = found.get(text) or Report(str(row["report"]), text, str(row["title"]), str(row["language"]))
        if rights := row["rights"]:
            report = replace(report, rights={**report.rights, rights.language: rights.value})
        found[text] = report
    return tuple(found.values())
