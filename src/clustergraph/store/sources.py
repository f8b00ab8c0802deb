"""Files and folders to read in; data files with their formats and graphs out.

What ``validate``, ``query`` and ``serve`` read is said here and in :mod:`.formats`: files whose names end in
a format's suffix, in either case, also followed by ``.gz``. In folders, hidden files are passed over.
Relative IRIs in a file are resolved against :data:`~clustergraph.namespaces.BASE`, wherever the file lies.
"""

import codecs
import gzip
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
_NOT_IN_NAME: Final = re.compile(r"""[\x00-\x20<>"{}|\\^`%#?/\[\]\x7f-\x9f\ud800-\udfff]""")
"""What the last segment of an IRI can't hold, or what would end it."""
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


def fault(file: DataFile, error: SyntaxError | ValueError | MemoryError) -> StoreError:
    """Return the error of a file that the engine could not read."""
    if isinstance(error, MemoryError):
        reason = "a literal or name in it is longer than the 16 MiB that can be read; shorten it"
        return StoreError(f"{file.path}: {reason if 'buffer' in str(error) else 'is too large for memory'}")
    line = error.lineno if isinstance(error, SyntaxError) else None
    words = _PLACE.sub("", (error.msg if isinstance(error, SyntaxError) else None) or str(error))
    place = f"{file.path}:{line}" if line else str(file.path)
    return StoreError(f"{place}: {words}; fix the file or leave it out")


def graph_iri(name: str) -> str:
    """Return the name of the graph that a file's triples go into, from the file's name without endings.

    >>> graph_iri("Meine Daten")
    'https://w3id.org/clustergraph/graph/Meine%20Daten'
    """
    return f"{BASE}graph/{_NOT_IN_NAME.sub(_escaped, name)}"


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in os.fsencode(match[0]))


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
    graph = None if form.names_graphs else graph_iri(_stem(path))
    return DataFile(path, form.key, graph, _is_gzipped(path))


def _format(path: Path) -> Format | None:
    return SUFFIXES.get((Path(path.stem) if _is_gzipped(path) else path).suffix.lower())


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _stem(path: Path) -> str:
    return Path(path.stem).stem if _is_gzipped(path) else path.stem
