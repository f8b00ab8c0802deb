"""The process that loads the data once and forks workers from it; the service speaks to it over a socket.

Run as ``python -m clustergraph.store.nursery FD OPTIONS``. Messages to it: ``spawn``, ``bury PID``. From it:
``ready …`` or ``error …`` once, then for each spawn ``worker PID`` with the worker's socket, or ``unborn``
where none could be forked, and for each burial ``buried PID STATUS``. A dead worker stays a zombie until it
is buried, so that its number can't be given to another process while the service may still want to kill it.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NoReturn

from clustergraph.errors import ClustergraphError
from clustergraph.store import disk, sources, worker
from clustergraph.store.confinement import die_with_parent
from clustergraph.store.disk import StoredRelease
from clustergraph.store.limits import Limits
from clustergraph.store.snapshot import Snapshot, load

MESSAGE: Final = 1 << 20


@dataclass(frozen=True)
class Order:
    """What a nursery is started with: the data, the base IRI of queries, the limits, a store."""

    data: tuple[str, ...]
    base: str
    limits: Limits
    store: str = ""

    def text(self) -> str:
        """Return the order as the process's argument."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Return the order that :meth:`text` wrote."""
        fields = json.loads(text)
        return cls(tuple(fields["data"]), fields["base"], Limits(**fields["limits"]), fields["store"])


def main() -> None:
    """Load the data, say that all is ready, and fork workers until the service goes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    order = Order.parse(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        snapshot = _open(order)
    except ClustergraphError as error:
        control.send(f"error {error}".encode())
        return
    control.send(b"ready " + json.dumps(_describe(snapshot)).encode())
    with contextlib.suppress(ConnectionError):  # the service went without taking what was sent last
        while message := control.recv(MESSAGE):
            command, _, argument = message.decode().partition(" ")
            if command == "spawn":
                _spawn(control, snapshot, order)
            elif command == "bury":
                _, status = os.waitpid(int(argument), 0)
                control.send(f"buried {argument} {status}".encode())
    if isinstance(snapshot, StoredRelease):
        snapshot.leave()


def _open(order: Order) -> Snapshot | StoredRelease:
    """Load the data, or see that they are in their folder; no store on disk is opened in this process."""
    paths = tuple(map(Path, order.data))
    if order.store:
        die_with_parent()
        return disk.ensure(Path(order.store), paths)
    return load(sources.find(paths))


def _describe(snapshot: Snapshot | StoredRelease) -> dict[str, object]:
    if isinstance(snapshot, StoredRelease):
        known = {"identity": snapshot.identity, "quads": snapshot.quads, "graphs": snapshot.graphs}
        return {**known, "files": (), "digests": ()}
    return {
        "identity": snapshot.identity,
        "quads": snapshot.quads,
        "graphs": snapshot.graphs,
        "files": [[str(file.path), file.format, file.graph, file.gzipped] for file in snapshot.files],
        "digests": snapshot.digests,
    }


def _spawn(control: socket.socket, snapshot: Snapshot | StoredRelease, order: Order) -> None:
    try:
        ours, theirs = socket.socketpair()
        pid = os.fork()
    except OSError:
        control.send(b"unborn")
        return
    if pid == 0:
        ours.close()
        control.close()
        _live(theirs, snapshot, order)
    theirs.close()
    socket.send_fds(control, [f"worker {pid}".encode()], [ours.fileno()])
    ours.close()


def _live(connection: socket.socket, snapshot: Snapshot | StoredRelease, order: Order) -> NoReturn:
    """Be a worker, and never come back into the nursery's loop."""
    status = 1
    try:
        worker.run(connection, snapshot, order.base, order.limits)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
