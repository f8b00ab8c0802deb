"""Content codings: which are at hand, and a compressor for each."""

import zlib
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

_QUICK: Final = 4
"""A brotli quality about as quick as gzip."""


class Compressor(Protocol):
    """Takes bytes in pieces and gives compressed pieces."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready of the compressed form."""

    def flush(self) -> bytes:
        """Return the rest."""


def offered() -> tuple[str, ...]:
    """Return the content codings that this installation can write, the preferred first."""
    optional = [name for name, module in (("zstd", "zstandard"), ("br", "brotli")) if find_spec(module)]
    return (*optional, "gzip")


def compressor(coding: str) -> Compressor:
    """Return a new compressor for a coding of :func:`offered`."""
    if coding == "br":
        return _Brotli()
    if coding == "zstd":
        zstd: Compressor = import_module("zstandard").ZstdCompressor(level=3).compressobj()
        return zstd
    return zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


class _Brotli:
    """Gives brotli's compressor the names of the others."""

    def __init__(self) -> None:
        self._inner = import_module("brotli").Compressor(quality=_QUICK)

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready of the compressed form."""
        return bytes(self._inner.process(data))

    def flush(self) -> bytes:
        """Return the rest."""
        return bytes(self._inner.finish())
