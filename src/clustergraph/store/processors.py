"""Which processors queries run on: while heavy ones could fill them all, some are kept for light ones.

Priorities are not enough: a process that wakes on a processor where another of lower priority runs waits for
the end of that one's turn now and then, some milliseconds: several times as long as a light query takes.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from clustergraph.store.processes import WorkerHandle

ALL: Final = frozenset(os.sched_getaffinity(0))
"""The processors that this process was allowed at its start."""
_KEPT: Final = max(1, len(ALL) // 4)
_LIGHT: Final = frozenset(sorted(ALL)[:_KEPT])
_HEAVY: Final = ALL - _LIGHT
_SELF: Final = 0


class Processors:
    """Divides the processors among light and heavy workers, as long as there are many of both."""

    def __init__(self) -> None:
        self._divided = False

    def share(
        self, light: Iterable["WorkerHandle"], heavy: Iterable["WorkerHandle"], *, divided: bool
    ) -> None:
        """Place the workers and this process; a worker that is where it should be is left alone."""
        divided = divided and len(ALL) > 1
        if divided != self._divided:
            self._divided = divided
            os.sched_setaffinity(_SELF, _LIGHT if divided else ALL)
        for worker in light:
            worker.run_on(_LIGHT if divided else ALL)
        for worker in heavy:
            worker.run_on(_HEAVY if divided else ALL)
