"""Light workers: who gets which job, what becomes of those behind a slow one, and that each is over once."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from clustergraph.store import light
from clustergraph.store.light import Attempt, LightWorkers
from clustergraph.store.limits import Limits
from clustergraph.store.process import Nursery, Worker, WorkerLostError
from clustergraph.store.wire import Failure, Head, Opening

WHOLE = Opening(Head("json", "", ""), b"{}")
STREAMED = Opening(Head("json", "", ""))


class Puppet:
    """A worker that does what a test says."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.lost = self.killed = False
        self.jobs: list[bytes] = []
        self.sent: deque[Opening | Failure] = deque()
        self.listener: Callable[[], None] = lambda: None
        self.seconds = 0.0

    def post(self, packed: bytes) -> None:
        self.jobs += [packed[place : place + 1] for place in range(len(packed))]

    def opened(self) -> Opening | None:
        if not self.sent:
            if self.lost:
                raise WorkerLostError
            return None
        answer = self.sent.popleft()
        if isinstance(answer, Failure):
            raise answer
        return answer

    def processor_time(self) -> float:
        return self.seconds

    def kill(self) -> None:
        self.killed = True

    def say(self, *answers: Opening | Failure) -> None:
        self.sent += answers
        self.listener()

    def die(self) -> None:
        self.lost = True
        self.listener()


class Puppets:
    """A nursery of puppets."""

    def __init__(self) -> None:
        self.all: list[Puppet] = []

    async def spawn(self) -> Worker:
        self.all.append(Puppet(len(self.all)))
        return cast("Worker", self.all[-1])

    def bury(self, _worker: Worker) -> "asyncio.Future[int]":
        return asyncio.get_running_loop().create_future()


Play = Callable[["Stage"], Coroutine[Any, Any, None]]


class Stage:
    """Light workers, their puppets, and which attempts are over."""

    def __init__(self, number: int) -> None:
        self.nursery = Puppets()
        limits = Limits(light=number, patience=0.02, queue=3, seconds=20)
        self.light = LightWorkers(cast("Nursery", self.nursery), limits, lambda: None)
        self.over: list[bytes] = []
        self.attempts: dict[bytes, Attempt] = {}

    @property
    def jobs(self) -> list[bytes]:
        return [b"".join(worker.jobs) for worker in self.nursery.all]

    def worker(self, job: bytes) -> Puppet:
        return next(worker for worker in self.nursery.all if job in worker.jobs)

    async def begin(self, names: bytes, patience: float = 0.02) -> None:
        for name in (names[place : place + 1] for place in range(len(names))):
            self.attempts[name] = Attempt(
                name, 0.2, patience, lambda attempt: self.over.append(attempt.packed)
            )
            self.light.begin(self.attempts[name])
        await asyncio.sleep(0.001)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Play], None]:
    def run(number: int, scene: Play) -> None:
        async def act() -> None:
            stage = Stage(number)
            await stage.light.fill()
            await scene(stage)

        asyncio.run(act())

    monkeypatch.setattr(light, "ALL", frozenset({0, 1}))
    return run


def test_as_many_work_as_there_are_processors_before_one_gets_a_second_job(
    play: Callable[[int, Play], None],
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abcdef")
        assert sorted(map(len, stage.jobs)) == [0, 3, 3]
        assert stage.light.busy == 6
        assert stage.light.queued == 0
        stage.worker(b"a").say(WHOLE)
        assert stage.over == [b"a"]

    play(3, scene)


def test_what_fits_nowhere_waits_and_beyond_the_queue_is_turned_away(
    play: Callable[[int, Play], None],
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abcdefgh")
        assert stage.jobs == [b"abcd"]
        assert stage.light.queued == 3
        assert stage.over == [b"h"]
        assert isinstance(stage.attempts[b"h"].error, Failure)
        stage.nursery.all[0].say(WHOLE, Failure("syntax", "what?"))
        await asyncio.sleep(0.001)
        assert stage.over == [b"h", b"a", b"b"]
        assert stage.jobs == [b"abcdef"]
        assert stage.attempts[b"a"].whole
        assert str(stage.attempts[b"b"].error) == "what?"

    play(1, scene)


def test_what_stands_behind_a_slower_job_is_given_to_an_idle_worker_and_is_over_once(
    play: Callable[[int, Play], None],
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abc")
        slow = stage.worker(b"a")
        behind = bytes(slow.jobs[1])
        others: list[Puppet] = []
        while not others:
            await asyncio.sleep(0.001)
            others = [one for one in stage.nursery.all if behind in one.jobs and one is not slow]
        assert len(others) == 1
        others[0].say(WHOLE)
        slow.say(WHOLE, WHOLE)
        assert stage.over == [behind, b"a"]
        assert not stage.attempts[behind].error

    play(3, scene)


def test_a_job_that_takes_processor_time_parts_with_its_worker(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"ab")
        heavy = stage.nursery.all[0]
        await asyncio.sleep(0.03)
        assert stage.over == []  # it waits for a processor
        heavy.seconds = 1
        while not stage.over:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)
        assert stage.over == [b"a"]
        assert stage.attempts[b"a"].worker is cast("Worker", heavy)
        assert stage.jobs == [b"ab", b"b"]
        heavy.say(WHOLE)
        assert stage.over == [b"a"]
        stage.nursery.all[1].say(WHOLE)
        assert stage.over == [b"a", b"b"]

    play(1, scene)


def test_a_worker_that_dies_takes_only_the_running_job_along(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abc")
        stage.nursery.all[0].say(WHOLE)
        stage.nursery.all[0].die()
        await asyncio.sleep(0.001)
        assert stage.over == [b"a", b"b"]
        assert stage.attempts[b"b"].lost
        assert stage.jobs == [b"abc", b"c"]

    play(1, scene)


def test_a_long_answer_parts_with_its_worker(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"ab")
        stage.nursery.all[0].say(STREAMED)
        await asyncio.sleep(0.001)
        assert stage.over == [b"a"]
        assert stage.attempts[b"a"].opening == STREAMED
        assert not stage.attempts[b"a"].whole
        assert stage.jobs == [b"ab", b"b"]

    play(1, scene)


def test_what_is_known_to_be_heavy_never_stands_behind_another(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"a")
        await stage.begin(b"x", patience=0)
        await stage.begin(b"b")
        assert stage.jobs == [b"a"]
        stage.nursery.all[0].say(WHOLE)
        await asyncio.sleep(0.001)
        assert sorted(stage.over) == [b"a", b"x"]
        assert stage.jobs == [b"ax", b"b"]

    play(1, scene)


def test_an_abandoned_attempt_is_never_told(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abcde")
        for name in (b"a", b"c", b"e"):
            stage.light.abandon(stage.attempts[name])
        assert stage.light.queued == 0
        stage.nursery.all[0].say(*itertools.repeat(WHOLE, 4))
        assert stage.over == [b"b", b"d"]

    play(1, scene)


def test_closing_sends_away_who_waits(play: Callable[[int, Play], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.begin(b"abcde")
        stage.light.close(None)
        assert stage.over == []
        stage.light.close(Failure("busy", "closing"))
        assert stage.over == [b"e"]
        stage.nursery.all[0].say(*itertools.repeat(WHOLE, 4))
        assert stage.nursery.all[0].killed

    play(1, scene)
