"""The name of a file that pages load in; its bytes, its type and a mark of its content out.

What comes from npm (fonts, the editor) is only there where it was installed; pages ask and do without.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from clustergraph.store.coding import compressor, offered

FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".woff2": "font/woff2",
    }
)
_COMPRESSED: Final = frozenset({".woff2"})


@dataclass(frozen=True)
class File:
    """A file that pages load."""

    body: bytes
    content_type: str
    mark: str
    codings: Mapping[str, bytes]
    """The body compressed, by content coding."""


@cache
def names(folder: Path = FOLDER) -> frozenset[str]:
    """Return the names of all files that may be asked for, those in folders with a slash."""
    found = (path for path in folder.rglob("*") if path.suffix in _TYPES and path.is_file())
    return frozenset(path.relative_to(folder).as_posix() for path in found)


@cache
def read(name: str, folder: Path = FOLDER) -> File | None:
    """Return a file; None where it is not there."""
    if name not in names(folder):
        return None
    path = folder / name
    body = path.read_bytes()
    codings = {} if path.suffix in _COMPRESSED else {coding: _coded(coding, body) for coding in offered()}
    return File(body, _TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:8], MappingProxyType(codings))


def _coded(coding: str, body: bytes) -> bytes:
    writer = compressor(coding)
    return writer.compress(body) + writer.flush()


class Static:
    """Addresses of the files that a page loads, with a mark of their content."""

    def __init__(self, root: str, folder: Path = FOLDER) -> None:
        self._root = root
        self._folder = folder

    def __call__(self, name: str) -> str:
        """Return the address of a file."""
        file = read(name, self._folder)
        return f"{self._root}/static/{name}" + (f"?{file.mark}" if file else "")

    def has(self, name: str) -> bool:
        """Whether a file is there: what comes from npm is only where it was installed."""
        return name in names(self._folder)
