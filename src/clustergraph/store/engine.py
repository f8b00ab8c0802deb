"""The interface between the service and whatever answers its queries.

``web`` and ``cli`` know an engine by this module alone. The embedded one is
:class:`clustergraph.store.pool.Pool`; nothing here depends on how it works, so a remote SPARQL 1.1 store
can stand behind the same interface.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import Enum, auto
from typing import NamedTuple, Protocol

from clustergraph.store.release import Release
from clustergraph.store.wire import AnswerStart, Job


class State(Enum):
    """Where a query is on its way; an engine that can't tell light from heavy calls all of them light."""

    QUEUED = auto()
    """It waits for its turn; nothing of it has run."""
    LIGHT = auto()
    """It runs, and has not taken long yet."""
    HEAVY = auto()
    """It runs at low priority, or its long answer is being read."""
    SUSPENDED = auto()
    """It is heavy, and held where it is until one of the heavy ones ends."""
    DONE = auto()
    """It has been answered, has failed or was cancelled."""


class Query(Protocol):
    """A query that an engine has been given.

    It settles once, unless it is cancelled before: with an ``error``, or with the ``start`` of its answer.
    That holds the whole ``body``, or none where the answer is streamed: then :meth:`pieces` must be read to
    its end, or the query cancelled.
    """

    state: State
    start: AnswerStart | None
    error: Exception | None

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces of a streamed answer; the time that the reader takes between them does not count.

        Raises:
            Failure: the answer breaks off.
        """

    def cancel(self) -> None:
        """Stop the query, whatever its state; it will not settle any more."""


class Counts(NamedTuple):
    """How many queries run or wait, wait, and are heavy; and how many ended their process so far."""

    running: int
    queued: int
    heavy: int
    lost: int


class Engine(Protocol):
    """Answers queries on one release of the data."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be answered any more, so that a new engine must be started."""

    @property
    def counts(self) -> Counts:
        """What is going on."""

    async def start(self) -> Release:
        """Return what is served, once queries can be answered.

        Raises:
            StoreError: the data can't be served.
        """

    def submit(self, job: Job, on_settled: Callable[[Query], None], seconds: float | None = None) -> Query:
        """Answer a query within ``seconds`` (at most the engine's own limit).

        ``on_settled`` is called when it has settled, perhaps before this returns. Its error is a
        ``Failure``, or an :class:`EngineLostError` where the same query may be asked of the next engine.
        """

    async def close(self, seconds: float) -> None:
        """Let what has been submitted end for ``seconds``, then stop everything."""


class EngineLostError(Exception):
    """The engine has ended; the query may be run on the next release."""

    def __init__(self) -> None:
        super().__init__("the process that holds the data has ended")


async def ask(engine: Engine, job: Job, seconds: float | None = None) -> Query:
    """Submit a query and return it once it has settled; it is cancelled with the caller."""
    settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(_query: Query) -> None:
        if not settled.done():
            settled.set_result(None)

    query = engine.submit(job, settle, seconds)
    try:
        await settled
    except asyncio.CancelledError:
        query.cancel()
        raise
    return query
