"""The embedded engine: queries in, answers out of worker processes that may be killed, within limits.

The states of a query, and who moves it::

                     a slot takes it              25 ms of processor time,
                     (_assign)                    or a long answer (_promote)
        QUEUED ───────────────────► LIGHT ──────────────────► HEAVY ◄───────────► SUSPENDED
          ▲  ▲                        │                        │    no place free:     │
          │  └── the one before it ───┤                        │    SIGSTOP, and      │
          │      took long or died    │                        │    SIGCONT later     │
          │                           │                        │                      │
          └── its worker was killed ──┼────────────────────────┘                      │
              from outside, once      ▼                                               │
                     DONE: answered, failed, over a limit, cancelled ◄────────────────┘

Light queries share a few slots: a slot is a worker and the queries in its socket, of which the first one
runs. Waking a process costs more than many a query, so a worker gets a second query rather than another one
is woken, once as many work as there are processors. A heavy query keeps the worker that it has begun in,
and the slot gets a new one.

What always holds:

1. A query is in one place: QUEUED in ``_queue``, LIGHT in its slot, HEAVY in ``_heavy``, SUSPENDED in
   ``_suspended``, DONE in none. A slot may still hold others that went to another slot or were cancelled
   (their ``slot`` is not this one): its worker will answer them, and that answer is dropped.
2. A worker belongs to one slot or to one heavy query. It never comes back from a heavy query: it is killed.
3. Slots and forks under way are as many as ``light_workers``; ``_heavy`` and ``_suspended`` are bounded.
   A query is suspended only while ``_heavy`` is full; and no light query ever waits for a heavy one.
4. ``on_settled`` is called once, or never after ``cancel``; as the last thing, when 1 to 3 hold again.
5. Nothing has been sent to a client before a query has settled: until then it can be run again.

Everything happens in callbacks of the event loop: a job given (``submit``), frames or an exit of a worker,
and one clock (``_tick``) that runs while there is work. Patience, deadlines and waiting are looked at there
and nowhere else.
"""

import asyncio
import math
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.store import engine
from clustergraph.store.engine import Counts, EngineLostError, State
from clustergraph.store.processes import ForkServer, Frames, WorkerHandle
from clustergraph.store.processors import ALL, Processors
from clustergraph.store.release import Release, StoreSpec
from clustergraph.store.wire import (
    DATA,
    END,
    FAILURE,
    HEAD,
    WHOLE,
    AnswerStart,
    Failure,
    Job,
    unpack_failure,
    unpack_head,
    unpack_whole,
)

_TICK: Final = 0.005
_FORK_AGAIN: Final = 0.2
"""Seconds until a worker is tried again that could not be forked."""
_STARVED: Final = 20
"""How many times its processor time a light query may wait for a busy processor before it counts as heavy."""
_IN_SLOT: Final = 4
"""Queries that a worker has at the same time, running or at hand."""
_LIGHT_MOMENT: Final = 0.25
"""Seconds after a light answer during which heavy queries leave a processor to light ones."""
_AHEAD: Final = 1024 * 1024
"""Bytes of a streamed answer that are held for a client that is slower than the worker."""


class Query:
    """A query on its way; see :class:`clustergraph.store.engine.Query` for what others may rely on."""

    __slots__ = (
        "_held",
        "_pieces",
        "_reader",
        "_retried",
        "_settled",
        "deadline",
        "error",
        "on_settled",
        "packed",
        "pool",
        "seconds",
        "since",
        "slot",
        "start",
        "state",
        "worker",
    )

    def __init__(
        self,
        pool: "Pool",
        packed: bytes,
        seconds: float,
        on_settled: Callable[[engine.Query], None],
    ) -> None:
        self.pool = pool
        self.packed = packed
        self.seconds = seconds
        self.on_settled = on_settled
        self.state = State.QUEUED
        self.since = 0.0
        """When it began to wait, in the queue or suspended."""
        self.deadline = math.inf
        """When it must have ended, once it is heavy."""
        self.slot: _Slot | None = None
        self.worker: WorkerHandle | None = None
        self.start: AnswerStart | None = None
        self.error: Exception | None = None
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._reader: asyncio.Future[None] | None = None
        self._retried = self._settled = False

    def cancel(self) -> None:
        """Stop the query, whatever its state; it will not settle any more."""
        self.on_settled = _ignore
        self.pool.finish(self)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces of a streamed answer; the time that the reader takes between them does not count.

        Raises:
            Failure: the answer breaks off.
        """
        loop = asyncio.get_running_loop()
        while await self._has_more():
            piece = self._pieces.popleft()
            self._held -= len(piece)
            given = loop.time()
            yield piece
            self.deadline += loop.time() - given

    async def _has_more(self) -> bool:
        while not self._pieces:
            if self.error:
                raise self.error
            if self.state is State.DONE:
                return False
            if self.worker:
                self.worker.unpause()
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return True

    def is_late(self, now: float) -> bool:
        """Tell whether a heavy query's time is over; it stands still while a reader is busy with a piece."""
        return now >= self.deadline and (self.start is None or self._reader is not None)

    def take(self, kind: bytes, payload: bytes) -> bool:
        """Take a frame of the answer; tell whether it is the last one."""
        if kind == WHOLE:
            self.start = unpack_whole(payload)
        elif kind == HEAD:
            self.start = unpack_head(payload)
        elif kind == FAILURE:
            self.error = unpack_failure(payload)
        elif kind == DATA:
            self._pieces.append(payload)
            self._held += len(payload)
            if self._held > _AHEAD and self.worker:
                self.worker.pause()
        return kind in (WHOLE, FAILURE, END)

    def may_be_run_again(self) -> bool:
        """Tell whether the query may be run again, from its start; it may once, if nothing has settled."""
        again = not (self._retried or self._settled)
        if again:
            self._retried, self.start, self.deadline = True, None, math.inf
            self._pieces.clear()
        return again

    def settle(self, error: Exception | None) -> None:
        """Tell of the answer, its start or an error; a reader of the answer is told as well."""
        if error and self._settled:
            kind = error.kind if isinstance(error, Failure) else "lost"
            self.error = Failure(kind, f"the answer broke off: {error}")
        elif error:
            self.start, self.error = None, error
        if self._reader and not self._reader.done():
            self._reader.set_result(None)
        if not self._settled:
            self._settled = True
            self.on_settled(self)


class _Slot:
    """A light worker with the queries it has been given; the first one runs."""

    __slots__ = ("queries", "since", "started_at", "takes_more", "unsent", "worker")

    def __init__(self, worker: WorkerHandle) -> None:
        self.worker = worker
        self.queries: deque[Query] = deque()
        self.unsent: list[bytes] = []
        self.takes_more = True
        """Whether another query may be put behind the running one, which doesn't take long so far."""
        self.since = 0.0
        """When the first query began to run."""
        self.started_at = math.inf
        """The worker's processor time when the first query was first looked at."""

    def begin_next(self, now: float) -> None:
        """Note that the query that is first now begins to run."""
        self.since, self.started_at, self.takes_more = now, math.inf, True

    def send(self) -> None:
        """Send the worker what it has been given since the last time."""
        jobs, self.unsent = b"".join(self.unsent), []
        self.worker.post(jobs)

    def own(self) -> Iterator[Query]:
        """Yield the queries that have neither gone to another slot nor were cancelled."""
        return (query for query in self.queries if query.slot is self)


class Pool:
    """The workers of one release of the data: an :class:`clustergraph.store.engine.Engine`."""

    def __init__(self, spec: StoreSpec, on_lost: Callable[[], None]) -> None:
        self.limits = spec.limits
        self.is_lost = False
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._fork_server = ForkServer(spec, self._on_worker, self._on_fork_server_lost)
        self._queue: deque[Query] = deque()
        self._idle: list[_Slot] = []
        self._busy: dict[_Slot, None] = {}
        self._heavy: dict[Query, None] = {}
        self._suspended: deque[Query] = deque()
        self._forking = 0
        self._fork_after = 0.0
        self._filled: asyncio.Future[None] = self._loop.create_future()
        self._drained: asyncio.Future[None] | None = None
        self._ticking = self._closing = False
        self._last_light = -math.inf
        self._processors = Processors()
        self._lost = 0

    async def start(self) -> Release:
        """Wait for the data and fork the light workers.

        Raises:
            StoreError: the data can't be served.
        """
        release = await self._fork_server.ready()
        self._fork()
        await self._filled
        return release

    @property
    def counts(self) -> Counts:
        """How many queries run or wait, wait, are heavy; and how many workers died of one."""
        waiting = len(self._queue) + len(self._suspended)
        light = sum(1 for slot in self._busy for _ in slot.own())
        return Counts(waiting + light + len(self._heavy), waiting, len(self._heavy), self._lost)

    def submit(
        self, job: Job, on_settled: Callable[[engine.Query], None], seconds: float | None = None
    ) -> Query:
        """Answer a query within ``seconds``; ``on_settled`` may be called before this returns."""
        limit = min(seconds or self.limits.seconds, self.limits.seconds)
        query = Query(self, job.pack(), limit, on_settled)
        query.state = State.DONE
        if self.is_lost:
            query.settle(EngineLostError())
        elif len(self._queue) >= self.limits.light_queue:
            query.settle(Failure("busy", "too many queries are waiting; try again in a moment"))
        else:
            query.state, query.since = State.QUEUED, self._loop.time()
            self._queue.append(query)
            self._assign()
            self._keep_ticking()
        return query

    def finish(self, query: Query, error: Exception | None = None) -> None:
        """End a query that is over, was cancelled, or must not go on, and what it holds."""
        if query.state is not State.DONE:
            self._take_out(query)
            query.state = State.DONE
            self._resume_next()
            query.settle(error)

    def _take_out(self, query: Query) -> None:
        """Take a query out of where it is; a worker that it has for itself is killed."""
        if query.state is State.QUEUED:
            self._queue.remove(query)
        elif query.state is State.SUSPENDED:
            self._suspended.remove(query)
        elif query.state is State.HEAVY:
            del self._heavy[query]
        query.slot = None
        if query.worker:
            query.worker.kill()
            query.worker = None

    # Light queries: slots

    def _assign(self) -> None:
        """Give waiting queries to slots."""
        while self._queue and (slot := self._free_slot()):
            self._give(slot, self._queue.popleft())

    def _free_slot(self) -> _Slot | None:
        if self._idle and len(self._busy) < len(ALL):
            return self._idle[-1]
        free = [slot for slot in self._busy if slot.takes_more and len(slot.queries) < _IN_SLOT]
        if free:
            return min(free, key=lambda slot: len(slot.queries))
        return self._idle[-1] if self._idle else None

    def _give(self, slot: _Slot, query: Query) -> None:
        if not slot.unsent:
            self._loop.call_soon(slot.send)
        slot.unsent.append(query.packed)
        slot.queries.append(query)
        query.slot, query.state = slot, State.LIGHT
        if len(slot.queries) == 1:
            self._idle.remove(slot)
            self._busy[slot] = None
            slot.begin_next(self._loop.time())

    def _on_light_frames(self, slot: _Slot, frames: Frames) -> None:
        """Take answers of a slot's worker; the beginning of a long one makes its query heavy."""
        over = []
        for number, (kind, payload) in enumerate(frames):
            query = slot.queries[0]
            if kind == HEAD:
                self._promote(slot)
                if query.worker:
                    self._on_heavy_frames(query, frames[number:])
                break
            slot.queries.popleft()
            slot.begin_next(self._loop.time())
            if query.slot is slot:
                query.take(kind, payload)
                query.slot, query.state = None, State.DONE
                over.append(query)
        if not slot.queries and slot in self._busy:
            del self._busy[slot]
            self._idle.append(slot)
        self._assign()
        if over:
            self._last_light = self._loop.time()
        for query in over:
            query.settle(None)

    def _promote(self, slot: _Slot) -> None:
        """Leave the running query its worker; what is behind it waits again, and a new worker is forked."""
        query, worker = slot.queries[0], slot.worker
        is_own = query.slot is slot
        if is_own:
            slot.queries.popleft()
        self._give_up(slot)
        if not is_own:
            worker.kill()
            return
        query.slot, query.worker = None, worker
        query.deadline = slot.since + query.seconds
        worker.on_frames = partial(self._on_heavy_frames, query)
        worker.on_exit = partial(self._end_with_its_worker, query)
        worker.renice()
        self._make_heavy(query)

    def _give_up(self, slot: _Slot) -> None:
        """Put the slot's queries back to the front of the queue, and replace the slot."""
        self._busy.pop(slot, None)
        if slot in self._idle:
            self._idle.remove(slot)
        for query in reversed(list(slot.own())):
            query.slot, query.state = None, State.QUEUED
            self._queue.appendleft(query)
        self._fork()

    def _look_at(self, slot: _Slot, now: float) -> None:
        """See whether a slot's running query has become heavy, or is slow enough to hold others up."""
        if now - slot.since < _TICK:
            return
        query = slot.queries[0]
        patience = min(self.limits.light_cpu_seconds, query.seconds)
        used = slot.worker.processor_time()
        slot.started_at = min(slot.started_at, used)
        waited = now - slot.since
        starved = waited < min(_STARVED * patience, query.seconds) and used - slot.started_at < patience
        if waited >= patience and not starved:
            self._promote(slot)
            return
        slot.takes_more = False
        for behind in list(slot.own()):
            if behind is not query and self._idle:
                self._give(self._idle[-1], behind)

    def _on_light_exit(self, slot: _Slot, status: int) -> None:
        """Replace a slot whose worker has ended; only its running query can have to do with that."""
        query = slot.queries.popleft() if slot.queries else None
        is_own = query is not None and query.slot is slot
        self._give_up(slot)
        if query and is_own:
            self._end_with_its_worker(query, status)
        self._assign()

    # Heavy queries

    def _make_heavy(self, query: Query) -> None:
        """Let a query whose worker is its own go on, or suspend it where there are enough of its kind."""
        if len(self._heavy) < self.limits.heavy_workers:
            query.state = State.HEAVY
            self._heavy[query] = None
            return
        query.state, query.since = State.SUSPENDED, self._loop.time()
        self._suspended.append(query)
        if query.worker:
            query.worker.suspend()
        if len(self._suspended) > self.limits.heavy_queue:
            self.finish(query, Failure("busy", "all places for long queries are taken; try again later"))

    def _resume_next(self) -> None:
        while self._suspended and len(self._heavy) < self.limits.heavy_workers:
            query = self._suspended.popleft()
            query.state = State.HEAVY
            self._heavy[query] = None
            query.deadline += self._loop.time() - query.since
            if query.worker:
                query.worker.resume()
            if query.start:
                query.settle(None)

    def _on_heavy_frames(self, query: Query, frames: Frames) -> None:
        """Take frames of a heavy query's answer; a suspended one may still have sent some.

        What follows the last of them answers a job that had stood behind it, and runs elsewhere now.
        """
        if any(query.take(kind, payload) for kind, payload in frames):
            self.finish(query)
        elif query.state is State.HEAVY:
            query.settle(None)

    def _end_with_its_worker(self, query: Query, status: int) -> None:
        """Run a query again if its worker was killed from outside; else say what it did to its worker."""
        self._lost += 1
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGKILL and query.may_be_run_again():
            self._take_out(query)
            query.state, query.since = State.QUEUED, self._loop.time()
            self._queue.appendleft(query)
            self._resume_next()
            self._assign()
        else:
            self.finish(query, _why_ended(number))

    # The clock

    def _keep_ticking(self) -> None:
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(_TICK, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        for slot in tuple(self._busy):
            self._look_at(slot, now)
        self._stop_late(now)
        if now >= self._fork_after:
            self._fork()
        self._assign()
        self._share(now)
        is_busy = bool(self._busy or self._queue or self._heavy or self._suspended)
        if self._drained and not is_busy and not self._drained.done():
            self._drained.set_result(None)
        self._ticking = is_busy or self._fork_after > now
        if self._ticking:
            self._loop.call_later(_TICK, self._tick)

    def _stop_late(self, now: float) -> None:
        """End the queries whose time is over, running or waiting."""
        late = Failure("time", "the query was stopped at the time limit")
        for query in [query for query in self._heavy if query.is_late(now)]:
            self.finish(query, late)
        waiting = (*self._queue, *self._suspended)
        for query in [query for query in waiting if now - query.since >= query.seconds]:
            self.finish(query, Failure("busy", "no place for the query became free in time; try again later"))

    def _share(self, now: float) -> None:
        """Keep a processor for light queries while some come and heavy ones could take all."""
        divided = len(self._heavy) > len(ALL) and now - self._last_light < _LIGHT_MOMENT
        light = (slot.worker for slot in (*self._idle, *self._busy))
        heavy = (query.worker for query in self._heavy if query.worker)
        self._processors.share(light, heavy, divided=divided)

    # Workers

    def _fork(self) -> None:
        """Ask for as many workers as are missing."""
        while not self._closing and self._missing() > 0:
            self._forking += 1
            self._fork_server.spawn()

    def _missing(self) -> int:
        return self.limits.light_workers - len(self._idle) - len(self._busy) - self._forking

    def _on_worker(self, worker: WorkerHandle | None) -> None:
        """Open a slot for a new worker; where there is none, try again later."""
        self._forking -= 1
        if worker is None:
            self._fork_failed()
            return
        slot = _Slot(worker)
        worker.on_frames = partial(self._on_light_frames, slot)
        worker.on_exit = partial(self._on_light_exit, slot)
        self._idle.append(slot)
        self._assign()
        if not self._missing() and not self._forking and not self._filled.done():
            self._filled.set_result(None)

    def _fork_failed(self) -> None:
        if not self._filled.done():
            self._filled.set_exception(StoreError("no further process can be started at the moment"))
        self._fork_after = self._loop.time() + _FORK_AGAIN
        self._keep_ticking()

    # The end

    def _on_fork_server_lost(self) -> None:
        """Give up: all workers end with the process that forked them."""
        self._end_all(EngineLostError())
        self._on_lost()

    async def close(self, seconds: float) -> None:
        """Let what has been submitted end for ``seconds``, then end all processes."""
        self._drained = self._loop.create_future()
        self._keep_ticking()
        await asyncio.wait((self._drained,), timeout=seconds)
        self._end_all(Failure("busy", "the service is shutting down"))
        self._fork_server.close()

    def _end_all(self, error: Exception) -> None:
        self.is_lost = self._closing = True
        light = (query for slot in self._busy for query in slot.own())
        for query in (*self._suspended, *self._queue, *light, *self._heavy):
            self.finish(query, error)
        for slot in (*self._idle, *self._busy):
            slot.worker.close()
        self._idle.clear()
        self._busy.clear()
        self._processors.share((), (), divided=False)


def _why_ended(number: int) -> Failure:
    """Return what a query did to its worker, from the signal that ended it."""
    if number == signal.SIGABRT:
        return Failure("memory", "the query needs more memory than one query may have")
    if number in (signal.SIGSEGV, signal.SIGBUS):
        return Failure("complexity", "the query is nested too deeply or has too many parts")
    if number == signal.SIGKILL:
        return Failure("lost", "the process that ran the query was killed from outside")
    return Failure("lost", "the process that ran the query ended")


def _ignore(_query: engine.Query) -> None:
    """Do nothing about a query that nobody waits for."""
