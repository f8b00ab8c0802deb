"""What is served at the moment: the engine, cache and description of one release, exchanged at a reload.

All that the service asks of the engine goes through :class:`Release` and :class:`Handle`.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from clustergraph import resources
from clustergraph.errors import StoreError
from clustergraph.store import disk
from clustergraph.store.light import Attempt
from clustergraph.store.nursery import Order
from clustergraph.store.pool import Answer, Pool
from clustergraph.store.process import Description
from clustergraph.store.wire import Failure, Job
from clustergraph.web.http.cache import ReplyCache
from clustergraph.web.options import ServeOptions

_PATIENCE: Final = 10.0
"""Seconds to wait for the data after their process was lost."""
_AGAIN: Final = 1.0
"""Seconds until data that could not be loaded again are tried anew."""


@dataclass(frozen=True)
class Release:
    """One state of the data with everything that depends on it."""

    pool: Pool
    description: Description
    replies: ReplyCache
    files: dict[str, asyncio.Task[bytes]] = field(default_factory=dict)
    """What was made of the data on request, or is being made, by the name of the file."""

    def submit(self, job: Job, seconds: float | None, on_settled: "Callable[[Handle], None]") -> None:
        """Begin a job; ``on_settled`` is called soon, perhaps at once: it is answered or known to be long."""
        self.pool.begin(job.pack(), seconds, lambda attempt: on_settled(Handle(self.pool, attempt)))

    async def run(self, job: Job, seconds: float | None = None) -> Answer:
        """Return the answer to a job.

        Raises:
            Failure: there is none; its kind says why.
            PoolLostError: the process that holds the data has ended.
        """
        return await self.pool.run(job.pack(), seconds)

    async def body(self, job: Job) -> bytes:
        """Return the whole answer to a job, however long; raises as :meth:`run` does."""
        answer = await self.run(job)
        if not answer.stream:
            return answer.body
        try:
            return answer.body + b"".join([piece async for piece in answer.stream.pieces()])
        finally:
            answer.stream.close()


class Handle(NamedTuple):
    """A job that has settled: it is answered, has failed, or goes on for longer."""

    pool: Pool
    attempt: Attempt

    def settled(self) -> Answer | None:
        """Return the answer, None where the job goes on or must be begun again.

        Raises:
            Failure: there is none; its kind says why.
        """
        if isinstance(self.attempt.error, Failure):
            raise self.attempt.error
        opening = self.attempt.opening
        if opening is None or opening.body is None:
            return None
        return Answer(opening.head, opening.body, rows=opening.rows)

    async def answer(self) -> Answer:
        """Return the answer to a job that goes on; raises as :meth:`Release.run` does."""
        return await self.pool.run(self.attempt.packed, begun=self.attempt)

    def cancel(self) -> None:
        """Let go of the job, which nobody waits for any more."""
        self.pool.drop(self.attempt)


class Releases:
    """The release in service, and the ways to start, exchange and stop it."""

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self._release: Release | None = None
        self._stopping = False
        self._tidying = False
        self._changed = asyncio.Event()
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
        return self._release is not None and not self._release.pool.broken and not self._stopping

    def request_id(self) -> bytes:
        """Return a new name for a request."""
        return b"%b-%x" % (self._prefix, next(self._numbers))

    async def start(self) -> None:
        """Load the data and start the workers, where that has not been done yet.

        Raises:
            StoreError: the data can't be served.
        """
        self._release = self._release or await self._open()
        self._tidy_up()

    async def reload(self) -> None:
        """Load the data anew and exchange the release; requests under way end with the old one.

        Raises:
            StoreError: the new data can't be served; the old ones still are.
        """
        fresh = await self._open()
        old, self._release = self._release, fresh
        self._changed.set()
        self._changed = asyncio.Event()
        if old:
            self._keep(old.pool.close(self.options.limits.seconds + self.options.send_seconds))
        self._tidy_up()

    async def after(self, release: Release) -> Release:
        """Return the release that follows a lost one.

        Raises:
            StoreError: none came.
        """
        if self._release is release:
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
            await self._release.pool.close(self.options.shutdown_seconds)

    def _tidy_up(self) -> None:
        """Put a store on disk in order for quick reading while it is read, then go over to it."""
        folder = self.options.store
        if folder and not self._tidying and not disk.is_tidy(folder):
            self._tidying = True
            self._keep(self._tidy_up_and_reload(folder))

    async def _tidy_up_and_reload(self, folder: Path) -> None:
        arguments = (sys.executable, "-m", "clustergraph.store.loading", str(folder))
        process = await asyncio.create_subprocess_exec(*arguments)
        try:
            await process.wait()
        except asyncio.CancelledError:
            process.kill()
            raise
        self._tidying = False
        if disk.is_tidy(folder):
            await self.reload()

    async def _open(self) -> Release:
        options = self.options
        paths = options.data if options.data or options.store else (resources.graph_folder(),)
        order = Order(
            tuple(str(Path(path).resolve()) for path in paths),
            options.base,
            options.limits,
            str(options.store.resolve()) if options.store else "",
        )
        pool = Pool(order, self._lost)
        try:
            description = await pool.start()
        except BaseException:
            await pool.close(0)
            raise
        return Release(pool, description, ReplyCache(self.options.cache))

    def _lost(self) -> None:
        """Start again where the process that holds the data has ended."""
        if not self._stopping and self._release is not None:
            self._keep(self._recover())

    async def _recover(self) -> None:
        """Load the data until they can be loaded: they may only be away for a moment."""
        while True:
            try:
                await self.reload()
            except StoreError as error:
                print(f"clustergraph: not loaded again: {error}", file=sys.stderr, flush=True)
                await asyncio.sleep(_AGAIN)
            else:
                return

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
