"""The service's ends of its processes: a nursery that forks workers, and a worker that answers jobs."""

import asyncio
import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.store.nursery import MESSAGE, Order
from clustergraph.store.processors import ALL, allow
from clustergraph.store.sources import DataFile
from clustergraph.store.wire import (
    DATA,
    FAILURE,
    WHOLE,
    FrameReader,
    Opening,
    unpack_failure,
    unpack_head,
    unpack_whole,
)

_CHUNK: Final = 64 * 1024
_AHEAD: Final = 1024 * 1024
_SOME: Final = 3
_NICE: Final = 15
_LINUX: Final = sys.platform == "linux"
_ENDED: Final = "the process that holds the data has ended"


class UnbornError(StoreError):
    """No worker could be started for want of a descriptor or a process; a moment later it may work."""


class WorkerLostError(Exception):
    """The worker's socket closed in the middle of a job."""


class Worker:
    """One worker process, seen from the service."""

    def __init__(self, pid: int, connection: socket.socket, on_lost: Callable[["Worker"], None]) -> None:
        self.pid = pid
        self.lost = False
        self.listener: Callable[[], None] = _nobody
        """Called whenever the worker has sent something or is lost."""
        self._connection = connection
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._held = 0
        self._paused = False
        self._late = False
        self._unsent = memoryview(b"")
        connection.setblocking(False)
        self._loop.add_reader(connection.fileno(), self._readable)

    def post(self, packed: bytes) -> None:
        """Hand a packed job to the worker; what its socket doesn't take at once follows.

        Raises:
            WorkerLostError: the process ended.
        """
        if self._unsent:
            self._unsent = memoryview(bytes(self._unsent) + packed)
            return
        try:
            sent = self._connection.send(packed)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise WorkerLostError from error
        if sent < len(packed):
            self._unsent = memoryview(packed)[sent:]
            self._loop.add_writer(self._connection.fileno(), self._send_on)

    def _send_on(self) -> None:
        try:
            self._unsent = self._unsent[self._connection.send(self._unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self._unsent = self._unsent[:0]  # that the process ended shows when it is read from
        if not self._unsent:
            self._loop.remove_writer(self._connection.fileno())

    def opened(self) -> Opening | None:
        """Return the beginning of the answer, or None where nothing has come yet.

        Raises:
            Failure: what the worker says instead of an answer.
            WorkerLostError: the process ended.
        """
        if not self._frames:
            if self.lost:
                raise WorkerLostError
            return None
        kind, payload = self._frames.popleft()
        if kind == WHOLE:
            self._held = 0
            return unpack_whole(payload)
        if kind == FAILURE:
            raise unpack_failure(payload)
        return unpack_head(payload)

    async def opening(self, seconds: float) -> Opening | None:
        """Return the beginning of the answer, or None where nothing came within ``seconds``.

        Raises:
            Failure: what the worker says instead of an answer.
            WorkerLostError: the process ended.
        """
        self._late = seconds <= 0
        timer = self._loop.call_later(max(seconds, 0), self._ring)
        try:
            while (opening := self.opened()) is None and not self._late:
                await self._wait()
            return opening
        finally:
            timer.cancel()

    async def chunk(self, deadline: float) -> bytes | None:
        """Return the next piece of a streamed answer, None at its end.

        Raises:
            Failure: the worker broke the answer off.
            WorkerLostError: the process ended.
            TimeoutError: nothing came before ``deadline``.
        """
        seconds = max(deadline - self._loop.time(), 0)
        self._late = False
        timer = self._loop.call_later(seconds, self._ring)
        try:
            while not self._frames:
                if self.lost:
                    raise WorkerLostError
                if self._late:
                    raise TimeoutError
                self._resume()
                await self._wait()
        finally:
            timer.cancel()
        kind, payload = self._frames.popleft()
        self._held -= len(payload)
        if kind == FAILURE:
            raise unpack_failure(payload)
        return payload if kind == DATA else None

    def processor_time(self) -> float:
        """Return the seconds that the process has spent on a processor; infinite where that isn't known.

        It is read from the process's clock (clock_getcpuclockid of POSIX, as Linux numbers it).
        """
        try:
            return time.clock_gettime((~self.pid << 3) | 2) if _LINUX else math.inf
        except OSError:
            return math.inf

    def renice(self) -> None:
        """Let light queries go before this worker; there is no way back."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICE)

    def kill(self) -> None:
        """End the process at once; it stays a zombie until it is buried, so the number is still its own."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Close the socket; an idle worker ends at that."""
        if self._connection.fileno() >= 0:
            self._loop.remove_reader(self._connection.fileno())
            self._loop.remove_writer(self._connection.fileno())
            self._connection.close()
        self.lost = True
        self.listener()

    def _readable(self) -> None:
        try:
            data = self._connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._on_lost(self)
            return
        self._frames.extend(self._reader.feed(data))
        self._held += len(data)
        if self._held > _AHEAD and not self._paused and len(self._frames) > _SOME:
            self._paused = True
            self._loop.remove_reader(self._connection.fileno())
        self.listener()

    def _resume(self) -> None:
        if self._paused and not self.lost:
            self._paused = False
            self._loop.add_reader(self._connection.fileno(), self._readable)

    async def _wait(self) -> None:
        came = self._loop.create_future()

        def wake() -> None:
            if not came.done():
                came.set_result(None)

        self.listener = wake
        try:
            await came
        finally:
            self.listener = _nobody

    def _ring(self) -> None:
        """Note that the time is up: clocks may differ by a tick, so they are not compared again."""
        self._late = True
        self.listener()


@dataclass(frozen=True)
class Description:
    """What a nursery says of the data it has loaded."""

    identity: str
    quads: int
    graphs: tuple[str, ...]
    files: tuple[DataFile, ...]
    digests: tuple[str, ...]


class Nursery:
    """The process that holds the data and forks workers."""

    def __init__(self, order: Order, on_lost: Callable[[], None]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        arguments = [sys.executable, "-m", "clustergraph.store.nursery", str(theirs.fileno()), order.text()]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
            arguments, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        allow(self._process.pid, ALL)
        ours.setblocking(False)
        self._control = ours
        self._on_lost = on_lost
        self._closing = False
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Description] = self._loop.create_future()
        self._births: deque[asyncio.Future[Worker]] = deque()
        self._burials: dict[int, asyncio.Future[int]] = {}
        self._worker_lost: Callable[[Worker], None] = _ignore
        self._loop.add_reader(ours.fileno(), self._readable)

    async def ready(self, worker_lost: Callable[[Worker], None]) -> Description:
        """Wait until the data are loaded.

        Raises:
            StoreError: the data can't be served, or the process ended.
        """
        self._worker_lost = worker_lost
        return await self._ready

    async def spawn(self) -> Worker:
        """Return a new worker.

        Raises:
            StoreError: the process has ended.
        """
        if self._closing:
            raise StoreError(_ENDED)
        birth: asyncio.Future[Worker] = self._loop.create_future()
        self._births.append(birth)
        self._send("spawn")
        return await birth

    def bury(self, worker: Worker) -> "asyncio.Future[int]":
        """Collect a worker that has ended or is about to; the result is its wait status."""
        burial: asyncio.Future[int] = self._loop.create_future()
        if self._closing:
            burial.set_result(0)
            return burial
        self._burials[worker.pid] = burial
        self._send(f"bury {worker.pid}")
        return burial

    def close(self) -> None:
        """End the process and, through it, all that it forked."""
        self._closing = True
        self._drop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
            return
        self._process.kill()
        self._process.wait()

    def _send(self, message: str) -> None:
        with contextlib.suppress(OSError):
            self._control.send(message.encode())

    def _readable(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 1)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        command, _, rest = data.decode().partition(" ")
        if command == "worker":
            self._born(int(rest), descriptors)
        elif command == "unborn":
            self._unborn()
        elif command == "buried":
            pid, status = map(int, rest.split())
            burial = self._burials.pop(pid, None)
            if burial and not burial.done():
                burial.set_result(status)
        elif command == "ready":
            self._ready.set_result(_describe(rest))
        elif command == "error":
            self._ready.set_exception(StoreError(rest))
        else:
            self._gone()

    def _unborn(self) -> None:
        birth = self._births.popleft()
        if not birth.done():
            birth.set_exception(UnbornError("no further process can be started at the moment"))

    def _born(self, pid: int, descriptors: list[int]) -> None:
        if not descriptors:  # none was left to take the worker's socket with, so that the worker ends
            self._send(f"bury {pid}")
            self._unborn()
            return
        worker = Worker(pid, socket.socket(fileno=descriptors[0]), lambda worker: self._worker_lost(worker))
        birth = self._births.popleft()
        if birth.done():
            worker.close()
            self.bury(worker)
        else:
            birth.set_result(worker)

    def _gone(self) -> None:
        self._drop()
        if not self._closing:
            self._closing = True
            self._process.kill()
            self._process.wait()
            self._on_lost()

    def _drop(self) -> None:
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
        lost = StoreError(_ENDED)
        if not self._ready.done():
            self._ready.set_exception(lost)
        for birth in self._births:
            if not birth.done():
                birth.set_exception(lost)
        for burial in self._burials.values():
            if not burial.done():
                burial.set_result(0)
        self._births.clear()
        self._burials.clear()


def _describe(text: str) -> Description:
    fields = json.loads(text)
    files = tuple(DataFile(Path(path), *rest) for path, *rest in fields["files"])
    graphs, digests = tuple(fields["graphs"]), tuple(fields["digests"])
    return Description(fields["identity"], fields["quads"], graphs, files, digests)


def _ignore(_worker: Worker) -> None:
    """Do nothing about a worker that was lost before anyone asked to be told."""


def _nobody() -> None:
    """Do nothing about what nobody waits for."""
