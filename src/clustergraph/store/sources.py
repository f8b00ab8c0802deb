"""Files and folders to read in; data files with their formats and graphs, and one identity, out.

What ``validate``, ``query`` and ``serve`` read is said here and in :mod:`.formats`: files whose names end in
a format's suffix, in either case, also followed by ``.gz``. In folders, hidden files are passed over.
Relative IRIs in a file are resolved against :data:`~clustergraph.namespaces.BASE`, wherever the file lies.
"""

import codecs
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn

from clustergraph.errors import StoreError
from clustergraph.namespaces import BASE
from clustergraph.store.formats import GRAPHS, Format

SUFFIXES: Final = MappingProxyType({suffix: form for form in GRAPHS.values() for suffix in form.suffixes})
"""The format of a data file by the ending of its name, in lower case."""
_KNOWN: Final = f"{', '.join(SUFFIXES)}, also with .gz"
_PLACE: Final = re.compile(r"Parser error (?:at|between) line [^:]*: ")


@dataclass(frozen=True)
class DataFile:
    """A file of RDF; ``graph`` names the graph of its triples, None where the file can name graphs itself."""

    path: Path
    format: str
    graph: str | None
    gzipped: bool

    @property
    def name(self) -> str:
        """The file's name without its endings."""
        return _stem(self.path)

    def read(self) -> bytes:
        """Return the file's bytes, uncompressed and without a byte order mark.

        Raises:
            StoreError: where the file can't be read or is no gzip file.
        """
        try:
            data = self.path.read_bytes()
            return (gzip.decompress(data) if self.gzipped else data).removeprefix(codecs.BOM_UTF8)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise StoreError(f"{self.path}: cannot be read ({reason}); give a readable file") from error


def find(paths: Iterable[Path]) -> tuple[DataFile, ...]:
    """Return the data files among ``paths``; folders are searched with all that is below them.

    Raises:
        StoreError: where a path is missing, is of an unknown kind, or nothing was found.
    """
    given = tuple(paths)
    files = tuple(file for path in given for inner in _below(path) if (file := _recognise(inner)))
    if not files:
        raise StoreError(f"{', '.join(map(str, given))}: no data file found; their names end in {_KNOWN}")
    return files


def unread(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files in folders that :func:`find` passes over, without the hidden ones."""
    return tuple(inner for path in paths for inner in _below(path) if not _recognise(inner))


def fault(file: DataFile, error: SyntaxError | ValueError | MemoryError, before: int = 0) -> StoreError:
    """Return the error of a file that the engine could not read.

    ``before`` counts the lines in front of what the engine was given.
    """
    if isinstance(error, MemoryError):
        reason = "a literal or name in it is longer than the 16 MiB that can be read; shorten it"
        return StoreError(f"{file.path}: {reason if 'buffer' in str(error) else 'is too large for memory'}")
    line = error.lineno if isinstance(error, SyntaxError) else None
    words = _PLACE.sub("", (error.msg if isinstance(error, SyntaxError) else None) or str(error))
    place = f"{file.path}:{line + before}" if line else str(file.path)
    return StoreError(f"{place}: {words}; fix the file or leave it out")


def own_bytes(files: Iterable[tuple[DataFile, str]], graph: str, form: str) -> bytes | None:
    """Return the bytes of the one file that a graph was loaded from, in that file's own format.

    ``files`` come with the SHA-256 of what was loaded. None where there is no such file, or where it is no
    longer what was loaded.
    """
    found = [(file, digest) for file, digest in files if graph and file.graph == graph]
    if len(found) != 1 or found[0][0].format != form:
        return None
    file, digest = found[0]
    try:
        data = file.read()
    except StoreError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def identity(files: Iterable[tuple[DataFile, bytes]]) -> str:
    """Return the SHA-256 over graphs and contents: the release that is served."""
    return identity_of((file.graph, file.format, hashlib.sha256(data).hexdigest()) for file, data in files)


def identity_of(parts: Iterable[tuple[str | None, str, str]]) -> str:
    """Return the same from each file's graph, format and SHA-256, in any order."""
    digest = hashlib.sha256()
    for graph, form, content in sorted((graph or "", form, content) for graph, form, content in parts):
        digest.update(f"{graph} {form} {content}\n".encode())
    return digest.hexdigest()


def _below(path: Path) -> Iterator[Path]:
    """Yield the file itself, or what is in the folder, in order and without hidden files."""
    if path.is_dir():
        walk = os.walk(path, onerror=_refuse)
        inner = (Path(folder, name) for folder, _, names in walk for name in names)
        for file in sorted(inner):
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
                yield file
    elif not path.exists():
        raise StoreError(f"{path}: no such file or folder; give a file or a folder of RDF")
    elif _recognise(path):
        yield path
    else:
        raise StoreError(f"{path}: unknown kind of file; the names of those that are read end in {_KNOWN}")


def _refuse(error: OSError) -> NoReturn:
    raise StoreError(
        f"{error.filename}: cannot be read ({error.strerror}); give a readable folder"
    ) from error


def _recognise(path: Path) -> DataFile | None:
    form = _format(path)
    if form is None:
        return None
    graph = None if form.names_graphs else f"{BASE}graph/{_stem(path)}"
    return DataFile(path, form.key, graph, _is_gzipped(path))


def _format(path: Path) -> Format | None:
    return SUFFIXES.get((Path(path.stem) if _is_gzipped(path) else path).suffix.lower())


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _stem(path: Path) -> str:
    return Path(path.stem).stem if _is_gzipped(path) else path.stem
