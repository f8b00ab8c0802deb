"""Jobs in, answers out: light queries in a few waiting workers, heavy ones moved aside, all within limits.

Every job starts in a waiting ("light") worker. Where nothing has come after a moment, or the answer is
too long to hold back, its worker becomes a heavy one: lowest priority, a place of its own, and a fresh
worker takes over its former place. A heavy worker is never used again. Where all heavy places are
taken, the job waits in a bounded queue and is run again from its beginning; it has sent nothing yet.
"""

import asyncio
import contextlib
import os
import signal
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

from clustergraph.store.light import Attempt, LightWorkers
from clustergraph.store.nursery import Order
from clustergraph.store.process import Description, Nursery, Worker, WorkerLostError
from clustergraph.store.processors import Processors
from clustergraph.store.wire import Failure, Head, Opening

_REMEMBERED: Final = 1024
_RETRIES: Final = 1


def _nothing() -> None:
    """Do nothing when a query turns out to be heavy."""


class Answer(NamedTuple):
    """An answer: whole (``body``), or its head and a stream of the rest."""

    head: Head
    body: bytes
    stream: "Stream | None" = None
    rows: int | None = None


class Stream:
    """The pieces of a long answer, and the worker and place that it holds until it is closed."""

    def __init__(self, worker: Worker, deadline: float, release: Callable[[], None]) -> None:
        self._worker = worker
        self._deadline = deadline
        self._release: Callable[[], None] | None = release

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces; the time that the reader takes between them does not count.

        Raises:
            Failure: the answer breaks off.
        """
        loop = asyncio.get_running_loop()
        try:
            while (piece := await self._worker.chunk(self._deadline)) is not None:
                sent = loop.time()
                yield piece
                self._deadline += loop.time() - sent
        except TimeoutError as error:
            raise Failure("time", "the answer broke off at the time limit") from error
        except WorkerLostError as error:
            raise Failure("lost", "the answer broke off: its process ended") from error

    def close(self) -> None:
        """End the worker and free its place."""
        if self._release:
            self._release()
            self._release = None


class Pool:
    """The workers of one release of the data."""

    def __init__(self, order: Order, on_lost: Callable[[], None]) -> None:
        self.limits = order.limits
        self._nursery = Nursery(order, self._nursery_lost)
        self._light = LightWorkers(self._nursery, order.limits, self._share)
        self._on_lost = on_lost
        self._heavy_waiting: deque[asyncio.Future[None]] = deque()
        self._heavy_texts: OrderedDict[int, None] = OrderedDict()
        self._heavy_workers: set[Worker] = set()
        self._processors = Processors()
        self._runs = 0
        self.broken = False
        """Whether the process with the data is lost, so that nothing can be answered."""
        self.heavy = 0
        self.lost = 0

    async def start(self) -> Description:
        """Wait for the data and fork the light workers.

        Raises:
            StoreError: the data can't be served.
        """
        description = await self._nursery.ready(self._light.replace)
        await self._light.fill()
        return description

    @property
    def running(self) -> int:
        """How many jobs run or wait."""
        return self._light.busy + self.heavy + len(self._heavy_waiting)

    @property
    def queued(self) -> int:
        """How many jobs wait."""
        return self._light.queued + len(self._heavy_waiting)

    def begin(self, packed: bytes, seconds: float | None, over: Callable[[Attempt], None]) -> Attempt:
        """Begin a job with a light worker; ``over`` is called with the attempt, perhaps before this returns.

        An attempt that is over without a whole answer must be handed to :meth:`run` or :meth:`drop`.
        """
        limit = min(seconds or self.limits.seconds, self.limits.seconds)
        patience = 0.0 if hash(packed) in self._heavy_texts else min(self.limits.patience, limit)
        attempt = Attempt(packed, limit, patience, over)
        if self.broken:
            attempt.end(PoolLostError())
        else:
            self._light.begin(attempt)
        return attempt

    def drop(self, attempt: Attempt) -> None:
        """Let go of an attempt whose outcome is not wanted any more."""
        self._light.abandon(attempt)

    async def run(
        self,
        packed: bytes,
        seconds: float | None = None,
        on_heavy: Callable[[], None] = _nothing,
        begun: Attempt | None = None,
    ) -> Answer:
        """Return the answer to a packed job; ``on_heavy`` is called once it turns out not to be light.

        ``begun`` is an attempt at this job that is over.

        Raises:
            Failure: there is none; its kind says why.
            PoolLostError: the process that holds the data has ended.
        """
        self._runs += 1
        try:
            for retries in range(_RETRIES, -1, -1):
                attempt = begun or await self._attempt(packed, seconds)
                begun = None
                try:
                    return await self._conclude(attempt, on_heavy)
                except _KilledFromOutsideError:
                    if not retries:
                        raise Failure(
                            "lost", "the process that ran the query was killed from outside"
                        ) from None
            raise AssertionError("unreachable")
        finally:
            self._runs -= 1

    async def _attempt(self, packed: bytes, seconds: float | None) -> Attempt:
        over: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()

        def tell(attempt: Attempt) -> None:
            if not over.done():
                over.set_result(attempt)

        attempt = self.begin(packed, seconds, tell)
        try:
            return await over
        except asyncio.CancelledError:
            self.drop(attempt)
            raise

    async def _conclude(self, attempt: Attempt, on_heavy: Callable[[], None]) -> Answer:
        if attempt.error:
            raise attempt.error
        opening, worker = attempt.opening, attempt.worker
        if opening and opening.body is not None:
            return Answer(opening.head, opening.body, rows=opening.rows)
        if worker is None:
            raise AssertionError("an attempt that is not light has its worker")
        if attempt.lost:
            raise await self._why_lost(worker)
        on_heavy()
        return await self._go_on(worker, attempt)

    async def _go_on(self, worker: Worker, attempt: Attempt) -> Answer:
        """Continue a job that is not light, in a heavy place."""
        self._remember(attempt.packed)
        if self.heavy >= self.limits.heavy:
            self._light.end(worker)
            await self._heavy_place(attempt.seconds)
            return await self._start_over(attempt.packed, attempt.seconds)
        self.heavy += 1
        return await self._finish(worker, attempt.opening, attempt.began + attempt.seconds)

    async def _start_over(self, packed: bytes, seconds: float) -> Answer:
        """Run a job in a heavy place that it already holds."""
        try:
            worker = await self._nursery.spawn()
        except BaseException:
            self._leave_heavy()
            raise
        try:
            worker.post(packed)
        except WorkerLostError:
            self._leave_heavy()
            raise await self._why_lost(worker) from None
        deadline = asyncio.get_running_loop().time() + seconds
        return await self._finish(worker, None, deadline)

    async def _finish(self, worker: Worker, opening: Opening | None, deadline: float) -> Answer:
        worker.renice()
        self._heavy_workers.add(worker)
        self._share()
        try:
            opening = opening or await worker.opening(deadline - asyncio.get_running_loop().time())
        except WorkerLostError:
            self._leave_processors(worker)
            self._leave_heavy()
            raise await self._why_lost(worker) from None
        except BaseException:
            self._leave(worker)
            raise
        if opening is None:
            self._leave(worker)
            raise Failure("time", "the query was stopped at the time limit")
        if opening.body is not None:
            self._leave(worker)
            return Answer(opening.head, opening.body, rows=opening.rows)
        stream = Stream(worker, deadline, lambda: self._leave(worker))
        return Answer(opening.head, b"", stream)

    def _share(self) -> None:
        self._processors.share(self._light.processes, (worker.pid for worker in self._heavy_workers))

    async def _heavy_place(self, seconds: float) -> None:
        if len(self._heavy_waiting) >= self.limits.heavy_queue:
            raise Failure("busy", "all places for long queries are taken; try again later")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            await self._turn(place, seconds)
        except asyncio.CancelledError:
            if _granted(place):
                self._leave_heavy()
            raise

    async def _turn(self, place: asyncio.Future[None], seconds: float) -> None:
        """Wait for a place, but no longer than the job might run; who gives up leaves the queue."""
        self._heavy_waiting.append(place)
        timer = asyncio.get_running_loop().call_later(seconds, _too_late, place)
        try:
            await place
        except BaseException:
            with contextlib.suppress(ValueError):
                self._heavy_waiting.remove(place)
            raise
        finally:
            timer.cancel()

    def _leave(self, worker: Worker) -> None:
        self._leave_processors(worker)
        self._light.end(worker)
        self._leave_heavy()

    def _leave_processors(self, worker: Worker) -> None:
        self._heavy_workers.discard(worker)
        self._share()

    def _leave_heavy(self) -> None:
        while self._heavy_waiting:
            place = self._heavy_waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.heavy -= 1

    def _nursery_lost(self) -> None:
        """Give up: all workers end with the process that forked them."""
        self.broken = True
        self._light.close(PoolLostError())
        self._turn_away(PoolLostError())
        self._on_lost()

    async def _why_lost(self, worker: Worker) -> Exception:
        self.lost += 1
        status = await self._nursery.bury(worker)
        if self.broken:
            return PoolLostError()
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGKILL:
            return _KilledFromOutsideError()
        if number == signal.SIGABRT:
            return Failure("memory", "the query needs more memory than one query may have")
        if number in (signal.SIGSEGV, signal.SIGBUS):
            return Failure("complexity", "the query is nested too deeply or has too many parts")
        return Failure("lost", "the process that ran the query ended")

    def _remember(self, packed: bytes) -> None:
        self._heavy_texts[hash(packed)] = None
        while len(self._heavy_texts) > _REMEMBERED:
            self._heavy_texts.popitem(last=False)

    async def close(self, seconds: float) -> None:
        """Let running jobs end for ``seconds``, then end all processes."""
        self._light.close(None)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (self._runs or self._light.busy or self.heavy) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        error = Failure("busy", "the service is shutting down")
        self._light.close(error)
        self._turn_away(error)
        self._heavy_workers.clear()
        self._share()
        self._nursery.close()

    def _turn_away(self, error: Exception) -> None:
        for place in self._heavy_waiting:
            if not place.done():
                place.set_exception(error)


def _too_late(place: asyncio.Future[None]) -> None:
    if not place.done():
        place.set_exception(Failure("busy", "no place for the query became free in time; try again later"))


def _granted(place: asyncio.Future[None]) -> bool:
    return place.done() and not place.cancelled() and place.exception() is None


class PoolLostError(Exception):
    """The process that holds the data has ended; the query may be run on the next release."""


class _KilledFromOutsideError(Exception):
    """Somebody else killed the worker; its query may be run again."""
