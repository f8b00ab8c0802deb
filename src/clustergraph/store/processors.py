"""Which processors queries run on: while heavy ones could fill them all, some are kept for light ones.

Priorities are not enough: a process that wakes on a processor where another of lower priority runs waits for
the end of that one's turn now and then, some milliseconds: several times as long as a light query takes.
"""

import contextlib
import os
from collections.abc import Iterable
from typing import Final

ALL: Final = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset({0})
"""The processors that this process was allowed at its start."""
_KEPT: Final = max(1, len(ALL) // 4)
_LIGHT: Final = frozenset(sorted(ALL)[:_KEPT])
_HEAVY: Final = ALL - _LIGHT
_SELF: Final = 0


class Processors:
    """Divides the processors among light and heavy workers for as long as there are too many heavy ones."""

    def __init__(self) -> None:
        self._divided = False

    def share(self, light: Iterable[int], heavy: Iterable[int]) -> None:
        """Place the processes with these numbers, and this one; to be called whenever they have changed."""
        heavy = tuple(heavy)
        divided = len(heavy) > len(ALL) > 1
        if divided or self._divided:
            self._divided = divided
            for process in (_SELF, *light):
                allow(process, _LIGHT if divided else ALL)
            for process in heavy:
                allow(process, _HEAVY if divided else ALL)


def allow(process: int, processors: frozenset[int]) -> None:
    """Let a process run on these processors, where it still runs and the system knows such a thing."""
    if hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(process, processors)
