"""The embedded engine without processes: which worker gets which query, and when it settles."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, cast

import pytest

from clustergraph.store import engine, pool
from clustergraph.store.engine import EngineLostError, State
from clustergraph.store.limits import Limits
from clustergraph.store.pool import Pool, Query
from clustergraph.store.processes import WorkerHandle
from clustergraph.store.release import Release, StoreSpec
from clustergraph.store.wire import (
    DATA,
    END,
    FAILURE,
    HEAD,
    WHOLE,
    Failure,
    FrameReader,
    Head,
    Job,
    pack_failure,
    pack_head,
    pack_whole,
)

Frame = tuple[bytes, bytes]
ANSWER: Frame = (WHOLE, pack_whole(Head("json", "", ""), 1, b"{}")[5:])
BEGINNING: Frame = (HEAD, pack_head(Head("csv", "", ""))[5:])
FAULT: Frame = (FAILURE, pack_failure(Failure("syntax", "what?"))[5:])


class Puppet:
    """A worker that does what a test says."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.jobs = ""
        self.on_frames: Callable[[list[Frame]], None] = lambda _: None
        self.on_exit: Callable[[int], None] = lambda _: None
        self.seconds = 0.0
        self.said: list[str] = []
        self.processors: frozenset[int] = frozenset({0, 1})

    def post(self, packed: bytes) -> None:
        self.jobs += "".join(Job.unpack(payload).text for _, payload in FrameReader().feed(packed))

    def processor_time(self) -> float:
        return self.seconds

    def run_on(self, processors: frozenset[int]) -> None:
        self.processors = processors

    def renice(self) -> None:
        self.said.append("renice")

    def suspend(self) -> None:
        self.said.append("suspend")

    def resume(self) -> None:
        self.said.append("resume")

    def kill(self) -> None:
        self.said.append("kill")
        self.close()

    def close(self) -> None:
        self.on_frames = self.on_exit = lambda _: None

    def pause(self) -> None:
        self.said.append("pause")

    def unpause(self) -> None:
        if self.said[-1:] == ["pause"]:
            self.said.append("unpause")


class Puppets:
    """A fork server of puppets."""

    def __init__(
        self, _spec: StoreSpec, on_worker: Callable[[WorkerHandle | None], None], on_lost: Callable[[], None]
    ) -> None:
        self.all: list[Puppet] = []
        self.can_fork = True
        self.lose = on_lost
        self._on_worker = on_worker

    async def ready(self) -> Release:
        return Release("1f", 0, (), False, ())

    def spawn(self) -> None:
        if self.can_fork:
            self.all.append(Puppet(len(self.all)))
        asyncio.get_running_loop().call_soon(
            self._on_worker, cast("WorkerHandle", self.all[-1]) if self.can_fork else None
        )

    def close(self) -> None:
        pass


class Stage:
    """An engine, its puppets, and which queries have settled."""

    def __init__(self, limits: Limits) -> None:
        self.engine = Pool(StoreSpec((), "", limits), lambda: None)
        self.workers = cast("Puppets", self.engine._fork_server)
        self.settled = ""
        self.queries: dict[str, Query] = {}

    @property
    def jobs(self) -> list[str]:
        return [worker.jobs for worker in self.workers.all]

    def worker(self, job: str) -> Puppet:
        return next(worker for worker in reversed(self.workers.all) if job in worker.jobs)

    async def submit(self, names: str, seconds: float = 20) -> None:
        for name in names:

            def note(_query: engine.Query, name: str = name) -> None:
                self.settled += name

            self.queries[name] = self.engine.submit(Job(name), note, seconds)
        await asyncio.sleep(0.001)

    def states(self, names: str) -> list[str]:
        return [self.queries[name].state.name for name in names]

    def error(self, name: str) -> str:
        error = self.queries[name].error
        assert isinstance(error, Failure)
        return error.kind

    async def make_heavy(self, names: str) -> None:
        """Let queries run, one after the other, until they are heavy or more."""
        for name in names:
            await self.submit(name)
            self.worker(name).seconds += 1
            await self.eventually(lambda name=name: self.queries[name].state is not State.LIGHT)  # type: ignore[misc]  # a lambda with a default has no type

    async def eventually(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.001)


Play = Callable[["Stage"], Coroutine[Any, Any, None]]
Run = Callable[..., None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(workers: int, scene: Play, **limits: Any) -> None:
        async def act() -> None:
            standard = {"light_cpu_seconds": 0.02, "light_queue": 3, "heavy_workers": 2, "heavy_queue": 2}
            stage = Stage(Limits(light_workers=workers, **(standard | limits)))
            await stage.engine.start()
            await scene(stage)
            await stage.engine.close(0)

        asyncio.run(act())

    monkeypatch.setattr(pool, "ForkServer", Puppets)
    monkeypatch.setattr(pool, "ALL", frozenset({0, 1}))
    return run


def test_as_many_work_as_there_are_processors_before_one_gets_a_second_query(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abcdef")
        assert sorted(map(len, stage.jobs)) == [0, 3, 3]
        assert stage.engine.counts == (6, 0, 0, 0)
        stage.worker("a").on_frames([ANSWER])
        assert stage.settled == "a"

    play(3, scene)


def test_what_fits_nowhere_waits_and_beyond_the_queue_is_turned_away(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abcdefgh")
        assert stage.jobs == ["abcd"]
        assert stage.states("adegh") == ["LIGHT", "LIGHT", "QUEUED", "QUEUED", "DONE"]
        assert stage.settled == "h"
        assert stage.error("h") == "busy"
        stage.workers.all[0].on_frames([ANSWER, FAULT])
        await asyncio.sleep(0.001)
        assert stage.settled == "hab"
        assert stage.jobs == ["abcdef"]
        start = stage.queries["a"].start
        assert start
        assert (start.head.format, start.body, start.rows) == ("json", b"{}", 1)
        assert stage.error("b") == "syntax"

    play(1, scene)


def test_who_waits_as_long_as_it_might_run_is_turned_away(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abcd")
        await stage.submit("e", seconds=0.02)
        await stage.eventually(lambda: stage.settled == "e")
        assert stage.error("e") == "busy"

    play(1, scene)


def test_what_stands_behind_a_slower_query_goes_to_an_idle_worker_and_settles_once(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abc")
        slow = stage.worker("a")
        behind = slow.jobs[1]
        others = [worker for worker in stage.workers.all if worker is not slow]
        await stage.eventually(lambda: any(behind in worker.jobs for worker in others))
        next(worker for worker in others if behind in worker.jobs).on_frames([ANSWER])
        slow.on_frames([ANSWER, ANSWER])
        assert stage.settled == behind + "a"
        assert not stage.queries[behind].error

    play(3, scene)


def test_a_query_that_takes_processor_time_becomes_heavy_and_keeps_its_worker(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("ab")
        worker = stage.workers.all[0]
        await asyncio.sleep(0.03)
        assert stage.states("a") == ["LIGHT"], "it waits for a processor"
        worker.seconds = 1
        await stage.eventually(lambda: stage.states("ab") == ["HEAVY", "LIGHT"])
        await asyncio.sleep(0.001)
        assert worker.said == ["renice"]
        assert stage.jobs == ["ab", "b"]
        assert stage.settled == ""
        worker.on_frames([ANSWER])
        assert worker.said == ["renice", "kill"]
        stage.workers.all[1].on_frames([ANSWER])
        assert stage.settled == "ab"

    play(1, scene)


def test_a_heavy_query_takes_no_answer_of_a_job_that_stood_behind_it(play: Run) -> None:
    other: Frame = (WHOLE, pack_whole(Head("json", "", ""), 1, b"other")[5:])

    async def scene(stage: Stage) -> None:
        await stage.submit("ab")
        worker = stage.workers.all[0]
        worker.seconds = 1
        await stage.eventually(lambda: stage.states("ab") == ["HEAVY", "LIGHT"])
        worker.on_frames([ANSWER, other])  # the worker had both jobs, and has gone on to the second
        start = stage.queries["a"].start
        assert start
        assert start.body == b"{}"

    play(1, scene)


def test_a_heavy_query_without_a_place_is_suspended_until_one_is_free(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("abcde")
        assert stage.states("abcde") == ["HEAVY", "HEAVY", "SUSPENDED", "SUSPENDED", "DONE"]
        assert stage.error("e") == "busy"
        assert stage.worker("c").said == ["renice", "suspend"]
        assert stage.worker("e").said[-1] == "kill"
        stage.worker("b").on_frames([ANSWER])
        assert stage.states("cd") == ["HEAVY", "SUSPENDED"]
        assert stage.worker("c").said == ["renice", "suspend", "resume"]
        stage.queries["a"].cancel()
        assert stage.states("d") == ["HEAVY"]
        assert stage.settled == "eb"
        assert stage.jobs[:-1] == list("abcde"), "each has run once"

    play(1, scene)


def test_time_stands_still_while_a_query_is_suspended(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("ab")
        deadline = stage.queries["b"].deadline
        await asyncio.sleep(0.05)
        assert stage.queries["b"].deadline == deadline
        stage.queries["a"].cancel()
        assert stage.queries["b"].deadline >= deadline + 0.05

    play(1, scene, heavy_workers=1)


def test_the_answer_of_a_suspended_query_settles_when_it_goes_on(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("ab")
        stage.worker("b").on_frames([BEGINNING, (DATA, b"x")])
        assert stage.settled == ""
        stage.queries["a"].cancel()
        assert stage.settled == "b"
        await stage.make_heavy("c")
        stage.worker("c").on_frames([ANSWER])
        assert stage.settled == "bc", "a whole one is over at once"

    play(1, scene, heavy_workers=1)


def test_at_its_deadline_a_heavy_query_is_killed(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("a", seconds=0.05)
        worker = stage.workers.all[0]
        worker.seconds = 1
        await stage.eventually(lambda: stage.settled == "a")
        assert stage.error("a") == "time"
        assert worker.said[-1] == "kill"

    play(1, scene)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (signal.SIGABRT, "memory"),
        (signal.SIGSEGV, "complexity"),
        (signal.SIGBUS, "complexity"),
        (signal.SIGTERM, "lost"),
        (0, "lost"),
    ],
)
def test_a_worker_that_dies_takes_only_its_running_query_along(play: Run, number: int, kind: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abc")
        stage.workers.all[0].on_frames([ANSWER])
        stage.workers.all[0].on_exit(number)
        await asyncio.sleep(0.001)
        assert stage.settled == "ab"
        assert stage.error("b") == kind
        assert stage.jobs == ["abc", "c"]
        assert stage.engine.counts.lost == 1

    play(1, scene)


def test_a_query_whose_worker_was_killed_from_outside_is_run_again_once(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("a")
        stage.workers.all[0].on_exit(signal.SIGKILL)
        await asyncio.sleep(0.001)
        assert stage.jobs == ["a", "a"]
        await stage.eventually(lambda: stage.workers.all[1].said == [])
        stage.workers.all[1].seconds = 1
        await stage.eventually(lambda: stage.states("a") == ["HEAVY"])
        stage.workers.all[1].on_exit(signal.SIGKILL)
        assert stage.settled == "a"
        assert stage.error("a") == "lost"

    play(1, scene)


def test_a_heavy_query_killed_from_outside_leaves_its_place_and_is_run_again(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("ab")
        stage.worker("a").on_exit(signal.SIGKILL)
        assert stage.states("b") == ["HEAVY"]
        await asyncio.sleep(0.001)
        assert stage.states("a") == ["LIGHT"]
        stage.worker("a").on_frames([ANSWER])
        assert stage.settled == "a"

    play(1, scene, heavy_workers=1)


def test_an_idle_worker_that_dies_is_replaced(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        stage.workers.all[0].on_exit(signal.SIGKILL)
        await stage.submit("a")
        assert stage.jobs == ["", "a"]
        assert stage.engine.counts.lost == 0

    play(1, scene)


def test_a_worker_that_cannot_be_forked_is_tried_again(play: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage) -> None:
        stage.workers.can_fork = False
        stage.workers.all[0].on_exit(0)
        await stage.submit("a")
        await asyncio.sleep(0.03)
        stage.workers.can_fork = True
        await stage.eventually(lambda: stage.jobs == ["", "a"])

    monkeypatch.setattr(pool, "_FORK_AGAIN", 0.02)
    play(1, scene)


def test_a_long_answer_makes_its_query_heavy_and_is_read_in_pieces(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("ab")
        worker = stage.workers.all[0]
        worker.on_frames([BEGINNING, (DATA, b"x" * 800_000)])
        await asyncio.sleep(0.001)
        assert stage.settled == "a"
        assert stage.states("ab") == ["HEAVY", "LIGHT"]
        worker.on_frames([(DATA, b"y" * 800_000)])
        assert worker.said == ["renice", "pause"], "nobody reads"
        pieces = stage.queries["a"].pieces()
        assert (await anext(pieces))[:1] == b"x"
        assert (await anext(pieces))[:1] == b"y"
        rest = asyncio.ensure_future(collect(pieces))
        await asyncio.sleep(0.001)
        assert worker.said == ["renice", "pause", "unpause"]
        worker.on_frames([(DATA, b"z"), (END, b"")])
        assert await rest == [b"z"]
        assert worker.said[-1] == "kill"
        assert stage.states("a") == ["DONE"]

    play(1, scene)


async def collect(pieces: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in pieces]


def test_a_long_answer_that_breaks_off_says_so(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("a", seconds=0.1)
        stage.workers.all[0].on_frames([BEGINNING, (DATA, b"x")])
        pieces = stage.queries["a"].pieces()
        assert await anext(pieces) == b"x"
        await asyncio.sleep(0.15)
        assert stage.states("a") == ["HEAVY"], "the reader's time does not count"
        with pytest.raises(Failure, match="broke off") as caught:
            await anext(pieces)
        assert caught.value.kind == "time"

    play(1, scene)


@pytest.mark.parametrize("status", [signal.SIGKILL, signal.SIGABRT])
def test_an_answer_that_has_begun_is_not_run_again(play: Run, status: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("a")
        stage.workers.all[0].on_frames([BEGINNING])
        stage.workers.all[0].on_exit(status)
        with pytest.raises(Failure, match="broke off"):
            await anext(stage.queries["a"].pieces())
        await asyncio.sleep(0.001)
        assert "".join(stage.jobs) == "a"

    play(1, scene)


def test_a_cancelled_query_never_settles(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abcde")
        for name in "ace":
            stage.queries[name].cancel()
        assert stage.engine.counts == (2, 0, 0, 0)
        stage.workers.all[0].on_frames(list(itertools.repeat(ANSWER, 4)))
        assert stage.settled == "bd"

    play(1, scene)


def test_a_cancelled_query_leaves_the_processor(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("abc")
        stage.queries["c"].cancel()
        stage.queries["a"].cancel()
        await stage.submit("d")
        stage.queries["d"].cancel()
        stage.worker("d").seconds = 1
        await stage.eventually(lambda: stage.worker("d").said == ["kill"])
        assert [stage.worker(name).said[-1] for name in "abc"] == ["kill", "renice", "kill"]
        assert stage.settled == ""

    play(1, scene)


def test_heavy_queries_leave_a_processor_only_while_light_ones_come(
    play: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("abc")
        await asyncio.sleep(0.02)
        heavy = [stage.worker(name) for name in "abc"]
        assert {worker.processors for worker in heavy} == {pool.ALL}
        await stage.submit("d")
        stage.worker("d").on_frames([ANSWER])
        await stage.eventually(lambda: not any(worker.processors == pool.ALL for worker in heavy))
        assert not stage.worker("d").processors & heavy[0].processors
        await stage.eventually(lambda: {worker.processors for worker in heavy} == {pool.ALL})

    monkeypatch.setattr(pool, "_LIGHT_MOMENT", 0.05)
    play(1, scene, heavy_workers=8)


def test_a_lost_fork_server_lets_all_queries_be_asked_of_the_next_engine(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.make_heavy("abc")
        await asyncio.sleep(0.001)
        await stage.submit("defgh")
        stage.workers.lose()
        await stage.submit("x")
        assert sorted(stage.settled) == sorted("abcdefghx")
        assert all(isinstance(stage.queries[name].error, EngineLostError) for name in "acdhx")
        assert stage.engine.is_lost

    play(1, scene)


def test_closing_waits_for_what_runs_and_then_sends_it_away(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("abcde")
        closing = asyncio.ensure_future(stage.engine.close(0.05))
        await asyncio.sleep(0.01)
        stage.workers.all[0].on_frames([ANSWER])
        await closing
        assert stage.settled[0] == "a"
        assert sorted(stage.settled) == sorted("abcde")
        assert stage.error("b") == "busy"

    play(1, scene)


def test_closing_ends_as_soon_as_nothing_runs(play: Run) -> None:
    async def scene(stage: Stage) -> None:
        await stage.submit("a")
        closing = asyncio.ensure_future(stage.engine.close(30))
        await asyncio.sleep(0.01)
        stage.workers.all[0].on_frames([ANSWER])
        async with asyncio.timeout(5):
            await closing

    play(1, scene)
