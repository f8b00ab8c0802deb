"""The stored questions in; those that people look for, and their parameters as fields of a form out."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from clustergraph import queries
from clustergraph.errors import QueryError
from clustergraph.queries import Parameter, Query
from clustergraph.search.folding import telling, words
from clustergraph.web.pages.page import Page
from clustergraph.web.pages.picking import Option, Picked, options_of, pick
from clustergraph.web.pages.terms import Row

GROUPS: Final = ("theses", "statements", "skills", "people", "text", "others")
"""The groups in their order; what says no group is among the others."""
LANGUAGE: Final = "language"
"""The parameter that always is the language of the page."""
REPORT: Final = "report"
"""The parameter and the column that say of which report; needless where there is only one."""


@cache
def stored() -> Mapping[str, Query]:
    """Return all questions by name."""
    return {query.name: query for query in queries.questions()}


def matching(wanted: str) -> list[Query]:
    """Return the questions that have all words looked for in their summaries, keywords or name."""
    folded = telling(words(wanted))
    return [query for query in stored().values() if all(word in _text(query) for word in folded)]


@cache
def _text(query: Query) -> str:
    summaries = (summary for _, summary in query.summaries)
    return " ".join(words(" ".join((*summaries, *query.keywords, query.name.replace("-", " ")))))


def by_group(found: Iterable[Query]) -> dict[str, list[Query]]:
    """Return questions by group, groups without any left out."""
    groups: dict[str, list[Query]] = {name: [] for name in GROUPS}
    for query in found:
        groups[query.group if query.group in groups else GROUPS[-1]].append(query)
    return {name: members for name, members in groups.items() if members}


_NOTHING: Final = Picked("")


@dataclass(frozen=True)
class Field:
    """A parameter in a form: what may be chosen, what is, and what is wrong with what was given."""

    parameter: Parameter
    given: str
    value: str
    """The IRI or the words that are meant; empty where that is not known."""
    options: tuple[str, ...] = ()
    picked: Picked = _NOTHING
    no_number: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it is known what is meant; what is open may be left out."""
        return bool(self.value) or not (self.given or self.parameter.default)


async def options(rows: Callable[..., Awaitable[list[Row]]], of_class: str) -> tuple[Option, ...]:
    """Return the things of a class, as ``rows`` asks for them."""
    return options_of(await rows("choices", kind=of_class))


async def fields_of(page: Page, query: Query) -> list[Field]:
    """Return the fields of a question's form, filled with what the address says."""
    without = {LANGUAGE} if len(page.reports) > 1 else {LANGUAGE, REPORT}
    asked = [parameter for parameter in query.parameters if parameter.name not in without]
    return [await _field(page, parameter) for parameter in asked]


async def _field(page: Page, parameter: Parameter) -> Field:
    given = page.parameters.get(parameter.name, "").strip() or parameter.default
    if parameter.of_class:
        offered = await page.keep(
            ("options", parameter.of_class), lambda: options(page.rows, parameter.of_class)
        )
        page.mention(*(option.iri for option in offered))
        await page.learn_names()
        found = pick(offered, given) if given else _NOTHING
        page.mention(*found.near)
        return Field(parameter, given, found.iri, _sorted(page, offered), found)
    if parameter.values:
        near = () if given in parameter.values else parameter.values
        return Field(parameter, given, "" if near else given, parameter.values, Picked("", near))
    try:
        parameter.term(given or "0")
    except QueryError:
        return Field(parameter, given, "", no_number=parameter.kind == "integer")
    return Field(parameter, given, given)


def _sorted(page: Page, offered: tuple[Option, ...]) -> tuple[str, ...]:
    """Return things as a list shows them: in their report's order where they have one, else by name."""
    name = {option.iri: page.names.of(option.iri, page.language).words.casefold() for option in offered}
    ordered = sorted(offered, key=lambda option: (option.position and option.iri, name[option.iri]))
    return tuple(option.iri for option in ordered)
