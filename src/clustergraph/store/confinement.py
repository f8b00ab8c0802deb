"""What a process gives up for good: life beyond its parent, and the means to open a connection."""

import ctypes
import platform
import signal
from types import MappingProxyType
from typing import Final

_DIE_WITH_PARENT: Final = 1
_NO_NEW_PRIVILEGES: Final = 38
_FILTER_CALLS: Final = (22, 2)
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOWED: Final = 0x7FFF0000
_REFUSED: Final = 0x0005000D
"""Fail with EACCES."""
_SOCKET_CALLS: Final = MappingProxyType({"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)})
"""Architecture to the kernel's name of it and the number of ``socket``."""


def die_with_parent() -> None:
    """Ask Linux to end this process with the one that started it, also in mid-query."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def open_no_sockets() -> bool:
    """Have Linux refuse this process new sockets; tell whether it will."""
    known = _SOCKET_CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, call = known
    steps = (
        (_LOAD, 0, 0, 4),
        (_JUMP_IF_EQUAL, 0, 2, architecture),
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_EQUAL, 1, 0, call),
        (_RETURN, 0, 0, _ALLOWED),
        (_RETURN, 0, 0, _REFUSED),
    )
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), instructions)
    library = ctypes.CDLL(None)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not library.prctl(*_FILTER_CALLS, ctypes.byref(program))
