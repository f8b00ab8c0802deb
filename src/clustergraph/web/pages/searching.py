"""A release in, its search index out: made once from rows asked of the engine, kept with a store on disk.

At most :data:`MOST_TEXTS` texts are taken, in the order of the query: names first. The index is made in the
background, by a thread that nobody waits for when the service stops.
"""

import asyncio
import os
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from clustergraph.namespaces import PREFIXES
from clustergraph.search import FORMAT, Found, Index, Place, Role, Text
from clustergraph.store.wire import Failure, Job
from clustergraph.web.pages.asking import page_queries
from clustergraph.web.pages.terms import Row, rows_of
from clustergraph.web.releases import Release

MOST_TEXTS: Final = 200_000
"""Texts that an index holds; further ones are not found."""
_PORTION: Final = 10_000
"""Rows that are asked for at once."""
_PATIENCE: Final = 20.0
"""Seconds that a search waits for the index."""
_ABOUT_DATA: Final = (
    *(
        PREFIXES[prefix]
        for prefix in ("rdf", "rdfs", "owl", "sh", "dcat", "void", "qb", "dqv")
        if prefix in PREFIXES
    ),
    PREFIXES["skos"] + "ConceptScheme",
    PREFIXES["schema"] + "StatisticalVariable",
)
"""Kinds of things that describe the data; they come after what the data are about."""
T = TypeVar("T")


class Searcher:
    """Searches one release."""

    def __init__(self, release: Release, languages: dict[str, str], folder: Path | None) -> None:
        self._release = release
        self._languages = languages
        """The languages of the sources' words."""
        self._file = folder and folder / f"search-{release.description.identity[:24]}.sqlite"
        self._index: asyncio.Task[Index] | None = None
        self._turn = asyncio.Lock()
        self.is_cut = False
        """Whether the data hold more texts than the index."""

    def prepare(self) -> "asyncio.Task[Index]":
        """Begin to make the index, where that has not been done yet."""
        if self._index is None or (self._index.done() and self._index.exception()):
            self._index = asyncio.get_running_loop().create_task(self._make())
        return self._index

    async def search(self, question: str, kind: str, start: int, count: int) -> Found:
        """Return what a question finds.

        Raises:
            Failure: the index is still being made.
        """
        try:
            index = await asyncio.wait_for(asyncio.shield(self.prepare()), _PATIENCE)
        except TimeoutError:
            raise Failure("busy", "the search index is being made; ask again in a minute") from None
        async with self._turn:
            return await asyncio.to_thread(index.search, question, kind, start, count)

    async def _make(self) -> Index:
        if self._file and self._file.is_file():
            index = Index(self._file)
            if index.layout == FORMAT:
                self.is_cut = index.size >= MOST_TEXTS
                return index
        texts, types = await self._texts()
        rows = [row async for portion in self._portions("search-places") for row in portion]
        places = [(str(row["thing"]), _place(row)) for row in rows]
        index = await _apart(lambda: _built(self._file, texts, _kinds(types), places))
        self.is_cut = index.size >= MOST_TEXTS
        return index

    async def _texts(self) -> tuple[set[Text], dict[str, set[str]]]:
        texts: set[Text] = set()
        types: dict[str, set[str]] = defaultdict(set)
        async for portion in self._portions("search-texts"):
            for row in portion:
                thing, text = str(row["thing"]), row["text"]
                if text and len(texts) < MOST_TEXTS:
                    language = text.language or self._languages.get(thing.partition("#")[0], "")
                    texts.add(Text(thing, Role[str(row["role"]).upper()], text.value, language))
                    types[thing].add(str(row["type"] or ""))
            if len(texts) >= MOST_TEXTS:
                break
        return texts, types

    async def _portions(self, query: str) -> AsyncIterator[list[Row]]:
        text = page_queries()[query].text
        for start in range(0, 4 * MOST_TEXTS, _PORTION):
            job = Job(f"{text}\nLIMIT {_PORTION} OFFSET {start}", graph="", counted=False)
            body = await self._release.body(job)
            _, rows = await asyncio.to_thread(rows_of, body)
            yield rows
            if len(rows) < _PORTION:
                return


def _place(row: Row) -> Place:
    start, stop, line = (int(str(row[name])) for name in ("start", "stop", "line"))
    return Place(str(row["passage"]), str(row["source"]), start, stop, line)


def _kinds(types: dict[str, set[str]]) -> dict[str, str]:
    """Return one class of each thing: of those that the data name the most general, else the rarest."""
    counts = Counter(name for names in types.values() for name in names)

    def order(name: str) -> tuple[bool, int, str]:
        named = name in types
        return not named, -counts[name] if named else counts[name], name

    return {thing: min(names, key=order) for thing, names in types.items()}


def _built(
    file: Path | None, texts: set[Text], kinds: dict[str, str], places: list[tuple[str, Place]]
) -> Index:
    """Return a new index, in a file where there is to be one and its folder can be written."""
    lesser = {kind for kind in kinds.values() if kind.startswith(_ABOUT_DATA)}
    if file is None or not os.access(file.parent, os.W_OK):
        index = Index()
        index.build(texts, kinds, places, lesser)
        return index
    partial = file.with_suffix(f".{os.getpid()}")
    with suppress(FileNotFoundError):
        partial.unlink()
    Index(partial).build(texts, kinds, places, lesser)
    partial.replace(file)
    for other in file.parent.glob("search-*"):
        if other != file:
            other.unlink(missing_ok=True)
    return Index(file)


async def _apart(work: Callable[[], T]) -> T:
    """Return what a thread makes that ends with the service, however far it is."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if done.cancelled():
            return
        if error:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as found:
            error = found
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="search index", daemon=True).start()
    return await done
