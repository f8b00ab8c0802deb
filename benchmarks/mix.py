"""Queries over generated reports, in the manner of public benchmarks: a report and a number in, texts out.

``EXPLORE`` are look-ups around one thing, as a visitor's clicks cause them (compare BSBM's explore use case):
their answers do not grow with the data. ``ANALYSE`` run over all reports (compare SP2Bench): aggregates,
self-joins, negation, search in words.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import BASE, PREFIXES

_USED: Final = ("clg", "rdfs", "skos", "dcterms", "schema", "nif")
_PROLOGUE: Final = f"BASE <{BASE}>\n" + "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _USED)
Template = Callable[[str, int], str]


def explore(name: str, report: int, number: int) -> str:
    """Return a look-up by its name, for one report and something in it."""
    return _PROLOGUE + EXPLORE[name](f"id/report-{report:06}", number)


def analyse(name: str) -> str:
    """Return an analysis by its name."""
    return _PROLOGUE + ANALYSE[name]


def _skill(number: int) -> str:
    return f"skill/{number % 10 + 1:02}-{number % 5 + 1:02}"


def _statement(number: int) -> str:
    return f"statement/{number % 200 + 1:04}"


EXPLORE: Final = MappingProxyType[str, Template](
    {
        "skill with its ratings": lambda report, number: (
            f"""SELECT ?label ?column ?level WHERE {{
  <{report}/{_skill(number)}> skos:prefLabel ?label .
  ?rating clg:skill <{report}/{_skill(number)}> ; clg:countryColumn ?column ; clg:importance ?level .
}} ORDER BY ?column"""
        ),
        "words of a statement": lambda report, number: (
            f"""SELECT ?words ?hypothesis WHERE {{
  <{report}/{_statement(number)}> clg:anchoredIn/nif:anchorOf ?words ; clg:standsUnder ?thesis .
  ?thesis skos:prefLabel ?hypothesis .
}}"""
        ),
        "skills of a field": lambda report, number: (
            f"""SELECT ?skill ?notation ?label WHERE {{
  ?skill clg:inField <{report}/field/{number % 10 + 1:02}> ; skos:notation ?notation ; skos:prefLabel ?label .
}} ORDER BY ?notation"""
        ),
        "verdicts with labels": lambda report, number: (
            f"""SELECT ?place ?label WHERE {{
  ?assessment clg:assesses <{report}/hypothesis/weiterbildung-{number % 5 + 1}> ; clg:verdict ?verdict .
  OPTIONAL {{ ?assessment clg:verdictPlace ?place }}
  ?verdict skos:prefLabel ?label . FILTER(LANG(?label) = "en")
}}"""
        ),
        "statements on a hypothesis": lambda report, number: (
            f"""SELECT ?statement ?words WHERE {{
  {{ ?statement clg:supports <{report}/hypothesis/vernetzung-{number % 4 + 1}> }}
  UNION {{ ?statement clg:opposes <{report}/hypothesis/vernetzung-{number % 4 + 1}> }}
  ?statement clg:anchoredIn/nif:anchorOf ?words .
}} ORDER BY ?statement LIMIT 10"""
        ),
        "translations": lambda report, number: (
            f"""SELECT ?words WHERE {{
  <{report}/{_statement(number)}> clg:translation ?words . FILTER(LANGMATCHES(LANG(?words), "fr"))
}}"""
        ),
        "graph of a statement": lambda report, number: (
            f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  BIND(<{report}/{_statement(number)}> AS ?s) ?s ?p ?o
}}"""
        ),
        "very important or not": lambda report, number: (
            f"""ASK {{
  ?rating clg:skill <{report}/{_skill(number)}> ; clg:importance <id/importance/sehr-wichtig> .
}}"""
        ),
        "how often each level": lambda report, number: (
            f"""SELECT ?level (COUNT(*) AS ?ratings) WHERE {{
  ?skill clg:inField <{report}/field/{number % 10 + 1:02}> .
  ?rating clg:skill ?skill ; clg:importance ?level .
}} GROUP BY ?level"""
        ),
        "first sections": lambda report, number: (
            f"""SELECT ?title WHERE {{
  ?section dcterms:isPartOf <{report}/publication> ; schema:position ?position ; dcterms:title ?title .
  FILTER(?position <= {number % 7 + 1})
}} ORDER BY ?position"""
        ),
    }
)
"""Look-ups by name; each takes a report's path and a number that picks something in it."""

ANALYSE: Final = MappingProxyType(
    {
        "all triples": "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }",
        "levels": "SELECT ?level (COUNT(*) AS ?n) WHERE { ?rating clg:importance ?level } GROUP BY ?level",
        "levels per column": """SELECT ?column ?level (COUNT(*) AS ?n) WHERE {
  ?rating clg:countryColumn ?column ; clg:importance ?level .
} GROUP BY ?column ?level""",
        "mean rank per column": """SELECT ?column (AVG(?rank) AS ?mean) WHERE {
  ?rating clg:countryColumn ?column ; clg:importance/clg:ordinalRank ?rank .
} GROUP BY ?column""",
        "columns that agree": """SELECT (COUNT(*) AS ?skills) WHERE {
  ?a clg:skill ?skill ; clg:countryColumn <id/country/de> ; clg:importance ?level .
  ?b clg:skill ?skill ; clg:countryColumn <id/country/fr> ; clg:importance ?level .
}""",
        "most opposed hypotheses": """SELECT ?hypothesis (COUNT(*) AS ?n) WHERE {
  ?statement clg:opposes ?hypothesis .
} GROUP BY ?hypothesis ORDER BY DESC(?n) ?hypothesis LIMIT 10""",
        "never unimportant": """SELECT (COUNT(*) AS ?skills) WHERE {
  ?skill a clg:Skill .
  MINUS { ?rating clg:skill ?skill ; clg:importance <id/importance/unwichtig> }
}""",
        "search in the words": """SELECT (COUNT(*) AS ?passages) WHERE {
  ?statement a clg:DiscussionStatement ; clg:anchoredIn/nif:anchorOf ?words .
  FILTER(CONTAINS(LCASE(?words), "vertrauen"))
}""",
        "verdicts by label": """SELECT ?label (COUNT(*) AS ?n) WHERE {
  ?assessment clg:verdict ?verdict . ?verdict skos:prefLabel ?label . FILTER(LANG(?label) = "fr")
} GROUP BY ?label ORDER BY DESC(?n)""",
        "topics a country's statements have": """SELECT ?topic (COUNT(DISTINCT ?hypothesis) AS ?n) WHERE {
  ?statement clg:concernsCountry <id/country/ch> ; clg:topic ?topic ; clg:bearsOn ?hypothesis .
} GROUP BY ?topic""",
    }
)
"""Analyses by name."""
