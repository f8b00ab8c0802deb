"""What is served at the moment: the engine, cache and description of one release, exchanged at a reload."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from clustergraph import resources
from clustergraph.errors import StoreError
from clustergraph.store.engine import Engine, ask
from clustergraph.store.pool import Pool
from clustergraph.store.release import Release as Described
from clustergraph.store.release import StoreSpec
from clustergraph.store.wire import Job
from clustergraph.web.http.cache import ReplyCache
from clustergraph.web.options import ServeOptions

_PATIENCE: Final = 10.0
"""Seconds to wait for the data after their process was lost."""
_AGAIN: Final = 1.0
"""Seconds until data that could not be loaded again are tried anew."""


@dataclass(frozen=True)
class Release:
    """One state of the data with everything that depends on it."""

    engine: Engine
    description: Described
    replies: ReplyCache
    files: dict[str, asyncio.Task[bytes]] = field(default_factory=dict)
    """What was made of the data on request, or is being made, by the name of the file."""

    async def body(self, job: Job) -> bytes:
        """Return the whole answer to a job, however long.

        Raises:
            Failure: there is none; its kind says why.
            EngineLostError: the engine has ended.
        """
        query = await ask(self.engine, job)
        if query.error:
            raise query.error
        if query.start and query.start.body is not None:
            return query.start.body
        try:
            return b"".join([piece async for piece in query.pieces()])
        finally:
            query.cancel()


class Releases:
    """The release in service, and the ways to start, exchange and stop it."""

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self._release: Release | None = None
        self._stopping = False
        self._changed = asyncio.Event()
        self._loading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._prefix = os.urandom(6).hex().encode()
        self._numbers = count(1)

    @property
    def release(self) -> Release:
        """The release that answers now.

        Raises:
            StoreError: nothing is loaded yet.
        """
        if self._release is None:
            raise StoreError("the data are not loaded yet; ask again in a moment")
        return self._release

    @property
    def ready(self) -> bool:
        """Whether queries are answered."""
        return self._release is not None and not self._release.engine.is_lost and not self._stopping

    def request_id(self) -> bytes:
        """Return a new name for a request."""
        return b"%b-%x" % (self._prefix, next(self._numbers))

    async def start(self) -> None:
        """Load the data and start the workers, where that has not been done yet.

        Raises:
            StoreError: the data can't be served.
        """
        self._release = self._release or await self._open()

    async def reload(self) -> None:
        """Load the data anew and exchange the release; requests under way end with the old one.

        Raises:
            StoreError: the new data can't be served; the old ones still are.
        """
        async with self._loading:
            fresh = await self._open()
            old, self._release = self._release, fresh
            self._changed.set()
            self._changed = asyncio.Event()
        if old:
            self._keep(old.engine.close(self.options.limits.seconds + self.options.send_seconds))

    async def after(self, release: Release) -> Release:
        """Return the release that follows a lost one.

        Raises:
            StoreError: none came.
        """
        if self._release is release and not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _PATIENCE)
        if self._release is release:
            raise StoreError("the data could not be loaded again")
        return self.release

    async def stop(self) -> None:
        """End the workers; running queries get a while."""
        self._stopping = True
        for task in tuple(self._tasks):
            task.cancel()
        if self._release:
            await self._release.engine.close(self.options.shutdown_seconds)

    async def _open(self) -> Release:
        options = self.options
        paths = options.data if options.data or options.store else (resources.graph_folder(),)
        spec = StoreSpec(
            tuple(str(Path(path).resolve()) for path in paths),
            options.base,
            options.limits,
            str(options.store.resolve()) if options.store else "",
        )
        engine = Pool(spec, self._lost)
        try:
            description = await engine.start()
        except BaseException:
            await engine.close(0)
            raise
        return Release(engine, description, ReplyCache(self.options.cache))

    def _lost(self) -> None:
        """Start again where the process that holds the data served has ended."""
        if self._is_lost():
            self._keep(self._recover())

    def _is_lost(self) -> bool:
        return not self._stopping and self._release is not None and self._release.engine.is_lost

    async def _recover(self) -> None:
        """Load the data until they can be loaded: they may only be away for a moment."""
        while self._is_lost():
            try:
                await self.reload()
            except StoreError as error:
                print(f"clustergraph: not loaded again: {error}", file=sys.stderr, flush=True)
                await asyncio.sleep(_AGAIN)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
