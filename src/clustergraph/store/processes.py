"""The service's ends of its processes: the fork server, and the workers that it forks.

What happens to a worker is done by the fork server, which is the only process that reaps workers: a number
that it knows can't have been given to another process meanwhile. So no signal from here ever meets a
stranger.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.store.processors import ALL
from clustergraph.store.release import Release, StoreSpec
from clustergraph.store.wire import FrameReader

_CHUNK: Final = 64 * 1024
_GRACE: Final = 2.0
_LOST: Final = "the process that holds the data has ended"
_BLOCKED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Frames = list[tuple[bytes, bytes]]


class WorkerHandle:
    """One worker process, seen from the service.

    ``on_frames`` is called with what the worker has sent; ``on_exit`` once, with its wait status, after the
    last of its frames. Both are called by the event loop only, and never after :meth:`kill`.
    """

    def __init__(self, pid: int, connection: socket.socket, command: Callable[[str], None]) -> None:
        self.pid = pid
        self.on_frames: Callable[[Frames], None] = _ignore
        self.on_exit: Callable[[int], None] = _ignore
        self._connection = connection
        self._command = command
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader()
        self._paused = False
        self._processors = ALL
        self._unsent = memoryview(b"")
        connection.setblocking(False)
        self._loop.add_reader(connection.fileno(), self._readable)

    def post(self, packed: bytes) -> None:
        """Hand packed jobs to the worker; what its socket doesn't take at once follows."""
        if self._unsent:
            self._unsent = memoryview(bytes(self._unsent) + packed)
            return
        self._unsent = memoryview(packed)
        self._send()
        if self._unsent:
            self._loop.add_writer(self._connection.fileno(), self._send_on)

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[self._connection.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent = self._unsent[:0]  # the process has ended, which the fork server will say

    def _send_on(self) -> None:
        self._send()
        if not self._unsent:
            self._loop.remove_writer(self._connection.fileno())

    def processor_time(self) -> float:
        """Return the seconds that the process has spent on a processor; 0 where it has ended.

        It is read from the process's clock (clock_getcpuclockid of POSIX, as Linux numbers it).
        """
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def renice(self) -> None:
        """Let light queries go before this worker; there is no way back."""
        self._command(f"renice {self.pid}")

    def run_on(self, processors: frozenset[int]) -> None:
        """Let the worker run on these processors only."""
        if processors != self._processors:
            self._processors = processors
            self._command(f"processors {self.pid} {' '.join(map(str, processors))}")

    def suspend(self) -> None:
        """Hold the process where it is."""
        self._command(f"signal {self.pid} {signal.SIGSTOP:d}")

    def resume(self) -> None:
        """Let a suspended process go on."""
        self._command(f"signal {self.pid} {signal.SIGCONT:d}")

    def kill(self) -> None:
        """End the process at once."""
        self._command(f"signal {self.pid} {signal.SIGKILL:d}")
        self.close()

    def close(self) -> None:
        """Close the socket, at which an idle worker ends; nothing is told any more."""
        self.on_frames = self.on_exit = _ignore
        self._stop_reading()
        if self._connection.fileno() >= 0:
            self._loop.remove_writer(self._connection.fileno())
            self._connection.close()

    def exited(self, status: int) -> None:
        """Take what the process had sent before it ended, then tell how it ended."""
        with contextlib.suppress(BlockingIOError):
            while self._take():
                pass
        on_exit = self.on_exit
        self.close()
        on_exit(status)

    def pause(self) -> None:
        """Take nothing from the worker for the time being, so that it waits."""
        self._paused = True
        self._stop_reading()

    def unpause(self) -> None:
        """Take what the worker sends again."""
        if self._paused and self._connection.fileno() >= 0:
            self._paused = False
            self._loop.add_reader(self._connection.fileno(), self._readable)

    def _stop_reading(self) -> None:
        if self._connection.fileno() >= 0:
            self._loop.remove_reader(self._connection.fileno())

    def _readable(self) -> None:
        try:
            if not self._take():
                self._stop_reading()  # the fork server will say how the process ended
        except BlockingIOError:
            return

    def _take(self) -> bool:
        """Pass on what the worker has sent; False at the end of it."""
        try:
            data = self._connection.recv(_CHUNK)
        except BlockingIOError:
            raise
        except OSError:
            return False
        if data and (frames := self._reader.feed(data)):
            self.on_frames(frames)
        return bool(data)


class ForkServer:
    """The process that holds the data and forks workers, seen from the service.

    ``on_worker`` is called for each :meth:`spawn`, with None where no process could be forked; ``on_lost``
    once, if the process ends after it was ready and before it was told to.
    """

    def __init__(
        self, spec: StoreSpec, on_worker: Callable[[WorkerHandle | None], None], on_lost: Callable[[], None]
    ) -> None:
        self._on_worker = on_worker
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Release] = self._loop.create_future()
        self._workers: dict[int, WorkerHandle] = {}
        self._lines = b""
        self._descriptors: list[int] = []
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs, _in_a_file(spec.to_json()) as text, _signals_blocked():
            arguments = [sys.executable, "-m", "clustergraph.store.fork_server", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
                arguments, pass_fds=[theirs.fileno()], stdin=text, process_group=0
            )
        os.sched_setaffinity(self._process.pid, ALL)
        self._loop.add_reader(self._control.fileno(), self._readable)

    async def ready(self) -> Release:
        """Wait until the data are loaded.

        Raises:
            StoreError: the data can't be served, or the process ended.
        """
        return await self._ready

    def spawn(self) -> None:
        """Ask for a new worker."""
        self._command("spawn")

    def close(self) -> None:
        """End the process and, through it, all that it forked."""
        self._drop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
            return
        self._process.kill()
        self._process.wait()

    def _command(self, line: str) -> None:
        with contextlib.suppress(OSError):  # of a process that has ended; its socket says so as well
            self._control.send(f"{line}\n".encode())

    def _readable(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _CHUNK, 1)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._gone()
            return
        self._descriptors += descriptors
        *lines, self._lines = (self._lines + data).split(b"\n")
        for line in lines:
            name, _, rest = line.decode().partition(" ")
            _EVENTS[name](self, rest)

    def _on_release(self, text: str) -> None:
        self._ready.set_result(Release.from_json(text.encode()))

    def _on_error(self, text: str) -> None:
        self._ready.set_exception(StoreError(json.loads(text)))

    def _on_forked(self, pid: str) -> None:
        """Take a worker; its socket came with this line (unix(7): no read goes beyond what brings one)."""
        if not self._descriptors:  # none was left here to take the socket with
            self._command(f"signal {pid} {signal.SIGKILL:d}")
            self._on_worker(None)
            return
        worker = WorkerHandle(int(pid), socket.socket(fileno=self._descriptors.pop()), self._command)
        self._workers[worker.pid] = worker
        self._on_worker(worker)

    def _on_not_forked(self, _text: str) -> None:
        self._on_worker(None)

    def _on_exit(self, text: str) -> None:
        pid, status = map(int, text.split())
        if worker := self._workers.pop(pid, None):
            worker.exited(status)

    def _gone(self) -> None:
        was_ready = self._ready.done() and not self._ready.exception()
        self.close()
        if was_ready:
            self._on_lost()

    def _drop(self) -> None:
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
        if not self._ready.done():
            self._ready.set_exception(StoreError(_LOST))
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()


_EVENTS: Final[dict[str, Callable[[ForkServer, str], None]]] = {
    "release": ForkServer._on_release,
    "error": ForkServer._on_error,
    "forked": ForkServer._on_forked,
    "not-forked": ForkServer._on_not_forked,
    "exit": ForkServer._on_exit,
}


@contextlib.contextmanager
def _in_a_file(data: bytes) -> Iterator[int]:
    """Yield a descriptor that reads these bytes: there may be more than an argument can hold."""
    descriptor = os.memfd_create("clustergraph")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _signals_blocked() -> Iterator[None]:
    """Start a process with these signals blocked, until it has said what it does about them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _BLOCKED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore(_about: object) -> None:
    """Do nothing about what nobody waits for."""
