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
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from clustergraph.store.nursery import Order
from clustergraph.store.process import Description, Nursery, Opening, UnbornError, Worker, WorkerLostError
from clustergraph.store.wire import Failure, Head

_T = TypeVar("_T")
_REMEMBERED: Final = 1024
_RETRIES: Final = 1
_PAUSE: Final = 0.2
"""Seconds until a worker is tried again that could not be started."""
_WAITED: Final = 20
"""How often the patience is granted again to a worker that hardly got onto the processor."""


def _nothing() -> None:
    """Do nothing when a query turns out to be heavy."""


@dataclass(frozen=True)
class Answer:
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
        self._on_lost = on_lost
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._heavy_waiting: deque[asyncio.Future[None]] = deque()
        self._heavy_texts: OrderedDict[int, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._broken = False
        self.heavy = 0
        self.running = 0
        self.lost = 0

    async def start(self) -> Description:
        """Wait for the data and fork the light workers.

        Raises:
            StoreError: the data can't be served.
        """
        description = await self._nursery.ready(self._worker_lost)
        for _ in range(self.limits.light):
            self._give(await self._nursery.spawn())
        return description

    @property
    def broken(self) -> bool:
        """Whether the process with the data is lost, so that nothing can be answered."""
        return self._broken

    @property
    def queued(self) -> int:
        """How many jobs wait."""
        return len(self._waiting) + len(self._heavy_waiting)

    async def run(
        self, packed: bytes, seconds: float | None = None, on_heavy: Callable[[], None] = _nothing
    ) -> Answer:
        """Return the answer to a packed job; ``on_heavy`` is called once it turns out not to be light.

        Raises:
            Failure: there is none; its kind says why.
            PoolLostError: the process that holds the data has ended.
        """
        limit = min(seconds or self.limits.seconds, self.limits.seconds)
        self.running += 1
        try:
            for attempt in range(_RETRIES + 1):
                try:
                    return await self._attempt(packed, limit, on_heavy)
                except _KilledFromOutsideError:
                    if attempt == _RETRIES:
                        raise Failure(
                            "lost", "the process that ran the query was killed from outside"
                        ) from None
            raise AssertionError("unreachable")
        finally:
            self.running -= 1

    async def _attempt(self, packed: bytes, seconds: float, on_heavy: Callable[[], None]) -> Answer:
        worker = await self._take(seconds)
        patience = 0.0 if hash(packed) in self._heavy_texts else min(self.limits.patience, seconds)
        started = asyncio.get_running_loop().time()
        try:
            await worker.send(packed)
            opening = await worker.opening(patience)
            while opening is None and self._still_light(worker, patience, started, seconds):
                opening = await worker.opening(patience)
        except Failure:
            self._give(worker)
            raise
        except WorkerLostError:
            self._refill()
            raise await self._why_lost(worker) from None
        except BaseException:
            self._end(worker)
            self._refill()
            raise
        if opening and opening.head.whole:
            self._give(worker)
            return Answer(opening.head, opening.body, rows=opening.rows)
        on_heavy()
        return await self._go_on(worker, packed, opening, started, seconds)

    def _still_light(self, worker: Worker, patience: float, started: float, seconds: float) -> bool:
        """Tell whether a worker only waits for a busy processor: what counts is its own time on it."""
        waited = asyncio.get_running_loop().time() - started
        return patience > 0 and waited < min(_WAITED * patience, seconds) and worker.used() < patience

    async def _go_on(
        self, worker: Worker, packed: bytes, opening: Opening | None, started: float, seconds: float
    ) -> Answer:
        """Continue a job that is not light, in a heavy place."""
        self._remember(packed)
        self._refill()
        if self.heavy >= self.limits.heavy:
            self._end(worker)
            await self._heavy_place(seconds)
            return await self._start_over(packed, seconds)
        self.heavy += 1
        return await self._finish(worker, opening, started + seconds)

    async def _start_over(self, packed: bytes, seconds: float) -> Answer:
        """Run a job in a heavy place that it already holds."""
        try:
            worker = await self._nursery.spawn()
            await worker.send(packed)
        except BaseException:
            self._leave_heavy()
            raise
        deadline = asyncio.get_running_loop().time() + seconds
        return await self._finish(worker, None, deadline)

    async def _finish(self, worker: Worker, opening: Opening | None, deadline: float) -> Answer:
        worker.renice()
        try:
            opening = opening or await worker.opening(deadline - asyncio.get_running_loop().time())
        except WorkerLostError:
            self._leave_heavy()
            raise await self._why_lost(worker) from None
        except BaseException:
            self._leave(worker)
            raise
        if opening is None:
            self._leave(worker)
            raise Failure("time", "the query was stopped at the time limit")
        if opening.head.whole:
            self._leave(worker)
            return Answer(opening.head, opening.body, rows=opening.rows)
        stream = Stream(worker, deadline, lambda: self._leave(worker))
        return Answer(opening.head, b"", stream)

    async def _take(self, seconds: float) -> Worker:
        if self._idle:
            return self._idle.pop()
        if self._broken:
            raise PoolLostError
        if len(self._waiting) >= self.limits.queue or self._closed:
            raise Failure("busy", "too many queries are waiting; try again in a moment")
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        try:
            return await _turn(self._waiting, place, seconds)
        except asyncio.CancelledError:
            if _granted(place):
                self._give(place.result())
            raise

    def _give(self, worker: Worker) -> None:
        if worker.lost:
            self._end(worker)
            self._refill()
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        if self._closed:
            self._end(worker)
        else:
            self._idle.append(worker)

    async def _heavy_place(self, seconds: float) -> None:
        if len(self._heavy_waiting) >= self.limits.heavy_queue:
            raise Failure("busy", "all places for long queries are taken; try again later")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            await _turn(self._heavy_waiting, place, seconds)
        except asyncio.CancelledError:
            if _granted(place):
                self._leave_heavy()
            raise

    def _leave(self, worker: Worker) -> None:
        self._end(worker)
        self._leave_heavy()

    def _leave_heavy(self) -> None:
        while self._heavy_waiting:
            place = self._heavy_waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.heavy -= 1

    def _end(self, worker: Worker) -> None:
        worker.kill()
        self._nursery.bury(worker)

    def _refill(self) -> None:
        if not self._closed or self._waiting:
            self._keep(self._add_light())

    async def _add_light(self) -> None:
        while True:
            try:
                worker = await self._nursery.spawn()
            except UnbornError:
                await asyncio.sleep(_PAUSE)
            else:
                self._give(worker)
                return

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    def _nursery_lost(self) -> None:
        """Give up: all workers end with the process that forked them."""
        self._closed = self._broken = True
        for worker in self._idle:
            worker.close()
        self._idle.clear()
        self._turn_away(PoolLostError())
        self._on_lost()

    def _worker_lost(self, worker: Worker) -> None:
        """Replace a worker that ended while it was waiting for a job."""
        if worker in self._idle:
            self._idle.remove(worker)
            self._nursery.bury(worker)
            self._refill()

    async def _why_lost(self, worker: Worker) -> Exception:
        self.lost += 1
        status = await self._nursery.bury(worker)
        if self._broken:
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
        self._closed = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (self.running or self.heavy) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        for worker in self._idle:
            worker.close()
        for task in tuple(self._tasks):
            task.cancel()
        self._turn_away(Failure("busy", "the service is shutting down"))
        self._nursery.close()

    def _turn_away(self, error: Exception) -> None:
        for place in self._waiting:
            if not place.done():
                place.set_exception(error)
        for heavy_place in self._heavy_waiting:
            if not heavy_place.done():
                heavy_place.set_exception(error)


async def _turn(queue: "deque[asyncio.Future[_T]]", place: "asyncio.Future[_T]", seconds: float) -> _T:
    """Wait in a queue for a place, but no longer than the job might run; who gives up leaves the queue."""
    queue.append(place)
    timer = asyncio.get_running_loop().call_later(seconds, _too_late, place)
    try:
        return await place
    except BaseException:
        with contextlib.suppress(ValueError):
            queue.remove(place)
        raise
    finally:
        timer.cancel()


def _too_late(place: asyncio.Future[Any]) -> None:
    if not place.done():
        place.set_exception(Failure("busy", "no place for the query became free in time; try again later"))


def _granted(place: asyncio.Future[Any]) -> bool:
    return place.done() and not place.cancelled() and place.exception() is None


class PoolLostError(Exception):
    """The process that holds the data has ended; the query may be run on the next release."""


class _KilledFromOutsideError(Exception):
    """Somebody else killed the worker; its query may be run again."""
