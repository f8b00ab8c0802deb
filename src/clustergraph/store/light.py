"""The workers that wait for jobs, and the jobs that wait for them: each job's first moment is here.

Everything happens in callbacks, without a task or a timer of its own for each job: the way of a light query
is short. A worker is given more than one job rather than waking another, once as many work as there are
processors: waking a process costs more than many a query. One clock, which ticks while there is work, looks
for jobs that take longer; what stands behind one of them is given to idle workers.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from typing import Final

from clustergraph.store.limits import Limits
from clustergraph.store.process import Nursery, UnbornError, Worker, WorkerLostError
from clustergraph.store.processors import ALL
from clustergraph.store.wire import Failure, Opening

_TICK: Final = 0.005
_PAUSE: Final = 0.2
"""Seconds until a worker is tried again that could not be started."""
_WAITED: Final = 20
"""How often the patience is granted again to a worker that hardly got onto the processor."""
_GIVEN: Final = 4
"""Jobs that a worker has at the same time, running or at hand."""


class Attempt:
    """A job with a light worker, until it is over in one of four ways.

    There is an ``error``; its worker was ``lost``; the ``opening`` is a whole answer; or it is not light:
    then the ``worker`` goes on with it, and whoever began the attempt must see to that worker.
    """

    __slots__ = (
        "began",
        "error",
        "lost",
        "mark",
        "opening",
        "over",
        "packed",
        "patience",
        "seconds",
        "worker",
    )

    def __init__(
        self, packed: bytes, seconds: float, patience: float, over: "Callable[[Attempt], None]"
    ) -> None:
        self.packed = packed
        self.seconds = seconds
        self.patience = patience
        self.over = over
        """Called once, with the attempt, when it is over."""
        self.began = 0.0
        """When it began to wait, later when it began to run, by the loop's clock."""
        self.mark = math.inf
        """The worker's processor time when it was first looked at."""
        self.worker: Worker | None = None
        self.opening: Opening | None = None
        self.error: Exception | None = None
        self.lost = False

    @property
    def whole(self) -> bool:
        """Whether the answer is there."""
        return self.opening is not None and self.opening.body is not None

    def end(self, error: Exception | None = None) -> None:
        """Tell whoever waits that the attempt is over."""
        self.error = error or self.error
        self.over(self)


class _Desk:
    """A light worker with the attempts it has been given; the first one runs."""

    __slots__ = ("attempts", "unsent", "worker")

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.attempts: deque[Attempt] = deque()
        self.unsent: list[bytes] = []

    def send(self) -> None:
        """Send the worker what it has been given since the last time."""
        if self.unsent:
            jobs, self.unsent = b"".join(self.unsent), []
            with suppress(WorkerLostError):  # which shows when it is read from
                self.worker.post(jobs)


class LightWorkers:
    """The light workers of one release of the data."""

    def __init__(self, nursery: Nursery, limits: Limits, on_change: Callable[[], None]) -> None:
        self._nursery = nursery
        self._on_change = on_change
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._idle: list[_Desk] = []
        self._ready: dict[_Desk, None] = {}
        """Desks whose worker has jobs, the first not for long, and may be given another."""
        self._busy: set[_Desk] = set()
        self._waiting: deque[Attempt] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticking = False
        self._closed = False

    @property
    def busy(self) -> int:
        """How many attempts run or wait."""
        return sum(len(desk.attempts) for desk in self._busy) + len(self._waiting)

    @property
    def queued(self) -> int:
        """How many attempts wait."""
        return len(self._waiting)

    @property
    def processes(self) -> Iterator[int]:
        """The numbers of the workers' processes."""
        return (desk.worker.pid for desk in (*self._idle, *self._busy))

    async def fill(self) -> None:
        """Start the workers.

        Raises:
            StoreError: the process that forks them has ended.
        """
        for _ in range(self._limits.light):
            self._seat(await self._nursery.spawn())

    def begin(self, attempt: Attempt) -> None:
        """Run an attempt now or when its turn comes; it may be over at once."""
        if len(self._waiting) >= self._limits.queue or (self._closed and not (self._idle or self._busy)):
            attempt.end(Failure("busy", "too many queries are waiting; try again in a moment"))
            return
        attempt.began = self._loop.time()
        self._waiting.append(attempt)
        self._assign()
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(_TICK, self._tick)

    def abandon(self, attempt: Attempt) -> None:
        """Let go of an attempt whose outcome nobody waits for any more."""
        attempt.over = self.abandon
        if attempt in self._waiting:
            self._waiting.remove(attempt)
        elif attempt.worker:
            self.end(attempt.worker)

    def end(self, worker: Worker) -> "asyncio.Future[int]":
        """Kill a worker; the result is its wait status."""
        worker.listener = _nothing
        worker.kill()
        return self._nursery.bury(worker)

    def _assign(self) -> None:
        """Give waiting attempts to workers, those known to be heavy to idle ones only."""
        while self._waiting:
            some = len(self._busy) >= len(ALL)
            if self._ready and self._waiting[0].patience and (some or not self._idle):
                desk = min(self._ready, key=_load)
            elif self._idle:
                desk = self._idle.pop()
            else:
                return
            self._give(desk, self._waiting.popleft())

    def _give(self, desk: _Desk, attempt: Attempt) -> None:
        if not desk.unsent:
            self._loop.call_soon(desk.send)
        desk.attempts.append(attempt)
        desk.unsent.append(attempt.packed)
        if len(desk.attempts) == _GIVEN:
            del self._ready[desk]
        elif len(desk.attempts) == 1:
            attempt.began = self._loop.time()
            self._busy.add(desk)
            self._ready[desk] = None
            if not attempt.patience:
                desk.send()
                self._part(desk)

    def _look(self, desk: _Desk) -> None:
        """See what the worker has sent."""
        over = []
        try:
            while desk.attempts and (attempt := self._answered(desk)):
                over.append(attempt)
        except WorkerLostError:
            desk.attempts[0].lost = True
            self._part(desk)
        self._assign()
        for attempt in over:
            attempt.end()

    def _answered(self, desk: _Desk) -> Attempt | None:
        """Return the running attempt if the worker has answered it, after going on to the next."""
        attempt = desk.attempts[0]
        try:
            attempt.opening = desk.worker.opened()
        except Failure as failure:
            attempt.error = failure
        if not attempt.error and not attempt.whole:
            if attempt.opening:
                self._part(desk)
            return None
        desk.attempts.popleft()
        if desk.attempts:
            desk.attempts[0].began = self._loop.time()
            self._ready[desk] = None
        else:
            self._busy.discard(desk)
            self._ready.pop(desk, None)
            self._put(desk)
        return attempt

    def _part(self, desk: _Desk) -> None:
        """Leave the running attempt its worker; what stands behind it waits again, a fresh one takes over."""
        self._busy.discard(desk)
        self._ready.pop(desk, None)
        attempt, *others = desk.attempts
        desk.attempts.clear()
        desk.worker.listener = _nothing
        attempt.worker = desk.worker
        self._waiting.extendleft(other for other in reversed(others) if other.over != self.abandon)
        self._refill()
        attempt.end()
        self._assign()

    def _tick(self) -> None:
        now = self._loop.time()
        for desk in [desk for desk in self._busy if now - desk.attempts[0].began >= _TICK]:
            attempt = desk.attempts[0]
            if now - attempt.began >= attempt.patience and not self._only_waits(desk, now):
                self._part(desk)
            else:
                self._clear(desk)
        for attempt in [entry for entry in self._waiting if now - entry.began >= entry.seconds]:
            self._waiting.remove(attempt)
            attempt.end(Failure("busy", "no place for the query became free in time; try again later"))
        self._assign()
        self._ticking = bool(self._busy or self._waiting)
        if self._ticking:
            self._loop.call_later(_TICK, self._tick)

    def _clear(self, desk: _Desk) -> None:
        """Give what stands behind a slower job to idle workers; what is answered here too is dropped."""
        self._ready.pop(desk, None)
        for place, behind in enumerate(desk.attempts):
            if place and self._idle and behind.over != self.abandon:
                ghost = Attempt(behind.packed, behind.seconds, behind.patience, self.abandon)
                desk.attempts[place] = ghost
                self._give(self._idle.pop(), behind)

    def _only_waits(self, desk: _Desk, now: float) -> bool:
        """Tell whether a worker only waits for a busy processor: what counts is its own time on it."""
        attempt = desk.attempts[0]
        used = desk.worker.processor_time()
        attempt.mark = min(attempt.mark, used)
        waited = now - attempt.began
        return waited < min(_WAITED * attempt.patience, attempt.seconds) and (
            used - attempt.mark < attempt.patience
        )

    def _seat(self, worker: Worker) -> None:
        desk = _Desk(worker)
        worker.listener = partial(self._look, desk)
        self._put(desk)
        self._on_change()
        self._assign()

    def _put(self, desk: _Desk) -> None:
        """Have a desk without a job among the idle ones, or end its worker."""
        if desk.worker.lost:
            self.end(desk.worker)
            self._refill()
        elif self._closed and not self._waiting:
            self.end(desk.worker)
        else:
            self._idle.append(desk)

    def _refill(self) -> None:
        if not self._closed or self._waiting:
            self._keep(self._add())

    async def _add(self) -> None:
        while True:
            try:
                worker = await self._nursery.spawn()
            except UnbornError:
                await asyncio.sleep(_PAUSE)
            else:
                self._seat(worker)
                return

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    def replace(self, worker: Worker) -> None:
        """Replace a worker that ended while it was waiting for a job."""
        for desk in self._idle:
            if desk.worker is worker:
                self._idle.remove(desk)
                self._nursery.bury(worker)
                self._refill()
                return

    def close(self, error: Exception | None) -> None:
        """Start no more workers; given an error, send the idle ones and the waiting attempts away with it."""
        self._closed = True
        if error is None:
            return
        for desk in self._idle:
            desk.worker.listener = _nothing
            desk.worker.close()
        self._idle.clear()
        for task in tuple(self._tasks):
            task.cancel()
        while self._waiting:
            self._waiting.popleft().end(error)


def _load(desk: _Desk) -> int:
    return len(desk.attempts)


def _nothing() -> None:
    """Do nothing about a worker that has no job here."""
