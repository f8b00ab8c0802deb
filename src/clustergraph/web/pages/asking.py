"""A stored query of the pages and values in, its rows out, asked of one release within everybody's limits."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from clustergraph import queries, resources
from clustergraph.errors import QueryError
from clustergraph.queries import Query
from clustergraph.store.formats import PAGE
from clustergraph.store.wire import Failure, Job
from clustergraph.web.pages.terms import Row, rows_of
from clustergraph.web.releases import Release


@cache
def page_queries() -> Mapping[str, Query]:
    """Return the queries of ``queries/pages`` by name."""
    folder = resources.share() / "queries" / "pages"
    return MappingProxyType({query.name: query for query in queries.below(folder)})


class Asker:
    """Asks one release the queries of the pages."""

    def __init__(self, release: Release) -> None:
        self._release = release

    async def rows(self, name: str, values: Mapping[str, str]) -> list[Row]:
        """Return the rows of a query of ``queries/pages``; values are IRIs or words, as its header says.

        Raises:
            Failure: the query broke a limit, or a value is not of its parameter's kind.
        """
        query = page_queries()[name]
        try:
            bound = query.bind(values.items())
        except QueryError as error:
            raise Failure("request", str(error)) from error
        return await self._run(query.text, bound)

    async def about(self, name: str, things: Iterable[str]) -> list[Row]:
        """Return the rows of a query about things: they take the place of ``UNDEF`` in it."""
        return await self.among(name, (f"<{iri}>" for iri in things))

    async def among(self, name: str, terms: Iterable[str]) -> list[Row]:
        """Return the rows of a query about terms of N-Triples: they take the place of ``UNDEF`` in it."""
        return await self._run(page_queries()[name].text.replace("UNDEF", " ".join(terms)), ())

    async def answer(self, text: str, values: tuple[tuple[str, str], ...], rows: int) -> bytes:
        """Return the answer to any query as a worker writes it for a page, with so many rows at most."""
        job = Job(text, results=PAGE, graph=PAGE, values=values, rows=rows, counted=False)
        return await self._release.body(job)

    async def _run(self, text: str, values: tuple[tuple[str, str], ...]) -> list[Row]:
        job = Job(text, graph="", values=values, counted=False)
        return rows_of(await self._release.body(job))[1]
