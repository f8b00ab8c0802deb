"""The process that loads the data once, forks workers from it, and does to them what the service says.

Run as ``python -m clustergraph.store.fork_server FD`` with a :class:`.release.StoreSpec` on standard input.
Lines go both ways over the socket FD::

    spawn                       ► forked PID (with the worker's socket), or not-forked
    signal PID NUMBER             to kill, suspend or resume a worker
    renice PID, processors PID N…
                                ◄ release …, or error …: once, when the data are loaded or can't be
                                ◄ exit PID STATUS: a worker has ended

Only this process reaps workers, and it knows their numbers until it does: what it is told about a worker
that has ended is passed over, so that no signal ever meets another process that got the same number.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from pyoxigraph import Store

from clustergraph.errors import ClustergraphError
from clustergraph.store import disk, loading, sources, worker
from clustergraph.store.confinement import die_with_parent
from clustergraph.store.disk import StoredRelease
from clustergraph.store.release import Release, StoreSpec

_CHUNK: Final = 64 * 1024
_NICE: Final = 15
_IGNORED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that are for the service, and reach its processes where they are sent to all of them."""


class _ForkServer:
    """Forks workers and reaps them."""

    def __init__(self, control: socket.socket, spec: StoreSpec) -> None:
        self._control = control
        self._spec = spec
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._pids: dict[int, int] = {}
        """The workers that have not been reaped, by the descriptor that tells when they end."""

    def run(self, release: Release, open_store: Callable[[], Store]) -> None:
        """Fork workers until the service goes."""
        self._release, self._open_store = release, open_store
        self._say(f"release {release.to_json().decode()}")
        rest = b""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._pids:
                    self._reap(descriptor)
                    continue
                data = self._control.recv(_CHUNK)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._obey(*line.decode().split())

    def fail(self, error: Exception) -> None:
        """Say why the data can't be served."""
        self._say(f"error {json.dumps(str(error))}")

    def _say(self, line: str) -> None:
        self._control.sendall(f"{line}\n".encode())

    def _obey(self, command: str, *numbers: str) -> None:
        if command == "spawn":
            self._spawn()
            return
        pid, *arguments = map(int, numbers)
        if pid not in self._pids.values():
            return
        if command == "signal":
            os.kill(pid, arguments[0])
        elif command == "renice":
            os.setpriority(os.PRIO_PROCESS, pid, _NICE)
        else:
            with contextlib.suppress(OSError):  # processors may be taken from the service while it runs
                os.sched_setaffinity(pid, arguments)

    def _spawn(self) -> None:
        try:
            ours, theirs = socket.socketpair()
        except OSError:
            self._say("not-forked")
            return
        with ours:
            with theirs:
                pid = self._fork(theirs)
            if pid:
                socket.send_fds(self._control, [f"forked {pid}\n".encode()], [ours.fileno()])
            else:
                self._say("not-forked")

    def _fork(self, theirs: socket.socket) -> int:
        """Return the number of a new worker, 0 where there can't be one now."""
        try:
            pid = os.fork()
        except OSError:
            return 0
        if pid == 0:
            self._be_worker(theirs)
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return 0
        self._pids[descriptor] = pid
        self._poll.register(descriptor, select.POLLIN)
        return pid

    def _be_worker(self, connection: socket.socket) -> NoReturn:
        """Answer queries, and never come back into the loop of the fork server."""
        status = 1
        try:
            worker.run(connection, self._open_store, self._release, self._spec)
            status = 0
        finally:
            os._exit(status)

    def _reap(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        os.close(descriptor)
        pid, status = os.waitpid(self._pids.pop(descriptor), 0)
        self._say(f"exit {pid} {status}")


def main() -> None:
    """Load the data, say what they are, and fork workers until the service goes."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _IGNORED)
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    spec = StoreSpec.from_json(sys.stdin.buffer.read())
    server = _ForkServer(socket.socket(fileno=int(sys.argv[1])), spec)
    stored = None
    with contextlib.suppress(ConnectionError):  # the service went without taking what was sent last
        try:
            if spec.folder:
                stored = disk.ensure(Path(spec.folder), tuple(map(Path, spec.data)))
            release, open_store = _opener(spec, stored)
        except ClustergraphError as error:
            server.fail(error)
        else:
            server.run(release, open_store)
    if stored:
        stored.leave()
    sys.stdout.flush()
    os._exit(0)  # taking a large store in memory down piece by piece would take seconds


def _opener(spec: StoreSpec, stored: StoredRelease | None) -> tuple[Release, Callable[[], Store]]:
    """Return what is served and how a worker opens it: a store on disk is never open in a forking process."""
    if stored:
        folder = str(stored.folder)
        return stored.release, lambda: Store.read_only(folder)
    store, release = loading.load(sources.find(map(Path, spec.data)))
    return release, lambda: store


if __name__ == "__main__":
    main()
