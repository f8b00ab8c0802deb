"""A release in, its search index out: made once by a process of its own, kept with a store on disk."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clustergraph.search import FORMAT, Found, Index
from clustergraph.store.wire import Failure, Job
from clustergraph.web.pages.asking import page_queries
from clustergraph.web.pages.indexing import MOST_TEXTS, framed
from clustergraph.web.releases import Release

_PORTION: Final = 5_000
"""Rows that are asked for at once; a text comes once for each class of its thing."""
_LIMIT: Final = f"LIMIT {_PORTION}"
_MOST_ROWS: Final = MOST_TEXTS + 1
"""Rows that are asked for altogether, so many that a further text is seen."""
_TRIES: Final = 5
"""How often a portion is asked for where the machine is busy or the disk is cold."""
_PATIENCE: Final = 20.0
"""Seconds that a search waits for the index."""


class Searcher:
    """Searches one release."""

    def __init__(self, release: Release, languages: Mapping[str, str], folder: Path | None) -> None:
        self._release = release
        self._languages = languages
        """The languages of the sources' words."""
        self._folder = folder if folder and os.access(folder, os.W_OK) else None
        self._name = f"search-{release.description.identity[:24]}.sqlite"
        self._index: asyncio.Task[Index] | None = None
        self._turn = asyncio.Lock()

    def prepare(self) -> "asyncio.Task[Index]":
        """Begin to make the index, where that has not been done yet or has failed."""
        if self._index is None or (self._index.done() and self._index.exception()):
            self._index = asyncio.get_running_loop().create_task(self._ready())
            self._index.add_done_callback(lambda task: task.cancelled() or task.exception())
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

    async def _ready(self) -> Index:
        """Return the index: the one that is kept, or a new one, kept where there is a store on disk."""
        if self._folder is None:
            with TemporaryDirectory(prefix="clustergraph-") as folder:
                path = Path(folder) / self._name
                await self._make(path)
                return await asyncio.to_thread(Index.in_memory, path)
        path = self._folder / self._name
        if not path.is_file() or Index(path).layout != FORMAT:
            partial = path.with_suffix(f".{os.getpid()}")
            partial.unlink(missing_ok=True)
            await self._make(partial)
            partial.replace(path)
            for other in set(self._folder.glob("search-*")) - {path}:
                other.unlink(missing_ok=True)
        return Index(path)

    async def _make(self, path: Path) -> None:
        """Have a process make the index from what the engine answers."""
        arguments = ("-m", "clustergraph.web.pages.indexing", str(path), json.dumps(dict(self._languages)))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=PIPE, start_new_session=True
        )
        assert process.stdin  # noqa: S101 - it is a pipe
        try:
            for query in ("search-texts", "search-places"):
                async for answer in self._answers(query):
                    process.stdin.write(framed(answer))
                    await process.stdin.drain()
                process.stdin.write(framed(b""))
            process.stdin.close()
            if code := await process.wait():
                raise Failure("internal", f"the search index was not made: its process ended with {code}")
        finally:
            with suppress(ProcessLookupError):
                process.kill()

    async def _answers(self, query: str) -> AsyncIterator[bytes]:
        """Yield the answers to a query in portions; each row binds ``?thing``."""
        text = page_queries()[query].text
        for start in range(0, _MOST_ROWS, _PORTION):
            portion = text.replace(_LIMIT, f"{_LIMIT} OFFSET {start}")
            answer = await self._portion(Job(portion, graph="", counted=False))
            yield answer
            if answer.count(b'"thing":') < _PORTION:
                return

    async def _portion(self, job: Job) -> bytes:
        for _ in range(1, _TRIES):
            with suppress(Failure):
                return await self._release.body(job)
        return await self._release.body(job)
