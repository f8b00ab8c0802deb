"""Files and folders to serve in; data files with their formats and graphs, and one identity, out."""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from clustergraph.errors import StoreError
from clustergraph.namespaces import BASE

_SUFFIXES: Final = MappingProxyType({".ttl": "ttl", ".nt": "nt", ".trig": "trig", ".nq": "nq"})
_TRIPLES: Final = frozenset({"ttl", "nt"})


@dataclass(frozen=True)
class DataFile:
    """A file of RDF; ``graph`` names the graph of its triples, None where the file names graphs itself."""

    path: Path
    format: str
    graph: str | None
    gzipped: bool

    @property
    def name(self) -> str:
        """The file's name without its endings."""
        return _stem(self.path)

    def read(self) -> bytes:
        """Return the file's bytes, uncompressed.

        Raises:
            StoreError: where the file can't be read or is no gzip file.
        """
        try:
            data = self.path.read_bytes()
            return gzip.decompress(data) if self.gzipped else data
        except (OSError, EOFError) as error:
            raise StoreError(
                f"{self.path}: can't be read ({error}); give a readable file to --data"
            ) from error


def find(paths: Iterable[Path]) -> tuple[DataFile, ...]:
    """Return the data files among ``paths``; folders are searched with all that is below them.

    Raises:
        StoreError: where a path is missing, is of an unknown kind, or nothing was found.
    """
    files = tuple(file for path in paths for file in _below(path))
    if not files:
        raise StoreError("no data file found; give .ttl, .nt, .trig or .nq (also .gz) to --data")
    return files


def identity(files: Iterable[tuple[DataFile, bytes]]) -> str:
    """Return the SHA-256 over graphs and contents: the release that is served."""
    return identity_of((file.graph, file.format, hashlib.sha256(data).hexdigest()) for file, data in files)


def identity_of(parts: Iterable[tuple[str | None, str, str]]) -> str:
    """Return the same from each file's graph, format and SHA-256, in any order."""
    digest = hashlib.sha256()
    for graph, form, content in sorted((graph or "", form, content) for graph, form, content in parts):
        digest.update(f"{graph} {form} {content}\n".encode())
    return digest.hexdigest()


def _below(path: Path) -> Iterator[DataFile]:
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and (file := _recognise(inner)):
                yield file
    elif not path.exists():
        raise StoreError(f"{path}: no such file or folder; check --data")
    elif file := _recognise(path):
        yield file
    else:
        raise StoreError(f"{path}: of no kind that can be served; give .ttl, .nt, .trig or .nq (also .gz)")


def _recognise(path: Path) -> DataFile | None:
    gzipped = path.suffix == ".gz"
    suffix = Path(path.stem).suffix if gzipped else path.suffix
    name = _SUFFIXES.get(suffix)
    if name is None:
        return None
    graph = f"{BASE}graph/{_stem(path)}" if name in _TRIPLES else None
    return DataFile(path, name, graph, gzipped)


def _stem(path: Path) -> str:
    plain = path.stem if path.suffix == ".gz" else path.name
    return Path(plain).stem
