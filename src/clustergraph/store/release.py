"""What a store is asked to serve, and what it says of the data it has loaded; both travel as JSON."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clustergraph.errors import StoreError
from clustergraph.store.limits import Limits
from clustergraph.store.sources import DataFile


@dataclass(frozen=True)
class StoreSpec:
    """The data, the base IRI of queries, the limits, and the folder of a store on disk (empty: in memory)."""

    data: tuple[str, ...]
    base: str
    limits: Limits
    folder: str = ""

    def to_json(self) -> bytes:
        """Return the specification as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "StoreSpec":
        """Return the specification that :meth:`to_json` wrote."""
        fields = json.loads(text)
        return cls(tuple(fields["data"]), fields["base"], Limits(**fields["limits"]), fields["folder"])


@dataclass(frozen=True)
class LoadedFile:
    """A file as it was loaded; as long as size and time stay the same, so does its content."""

    path: str
    format: str
    graph: str | None
    gzipped: bool
    size: int
    modified: int
    digest: str
    """SHA-256 of the content, uncompressed."""

    def content(self) -> bytes | None:
        """Return the file's content, uncompressed; None where it is no longer what was loaded."""
        try:
            data = DataFile(Path(self.path), self.format, self.graph, self.gzipped).read()
        except StoreError:
            return None
        return data if hashlib.sha256(data).hexdigest() == self.digest else None

    def is_same_file(self, file: DataFile) -> bool:
        """Tell whether this is the same file, read in the same way."""
        return (self.path, self.format, self.graph) == (str(file.path), file.format, file.graph)

    def is_unchanged(self, file: DataFile) -> bool:
        """Tell whether the file is still what was loaded, as far as can be seen without reading it."""
        stat = file.path.stat()
        return self.is_same_file(file) and (self.size, self.modified) == (stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True)
class Release:
    """One state of the data: the same files give the same identity, in memory and on disk."""

    identity: str
    quads: int
    graphs: tuple[str, ...]
    """The names of the named graphs, in order."""
    merged: bool
    """Whether the store's default graph holds the merge of all graphs; else no triple is in two of them."""
    files: tuple[LoadedFile, ...]

    def own_bytes(self, graph: str, form: str) -> bytes | None:
        """Return the bytes of the one file that a graph was loaded from, in that file's own format.

        None where there is no such file, or where it is no longer what was loaded.
        """
        found = [file for file in self.files if graph and file.graph == graph]
        return found[0].content() if len(found) == 1 and found[0].format == form else None

    def to_json(self) -> bytes:
        """Return the record as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Release":
        """Return the record that :meth:`to_json` wrote."""
        return cls.from_fields(json.loads(text))

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "Release":
        """Return the record from its fields."""
        files = tuple(LoadedFile(**entry) for entry in fields["files"])
        return cls(fields["identity"], fields["quads"], tuple(fields["graphs"]), fields["merged"], files)


def identity(files: tuple[LoadedFile, ...]) -> str:
    """Return the SHA-256 over the graphs, formats and contents of files, in any order."""
    digest = hashlib.sha256()
    for graph, form, content in sorted((file.graph or "", file.format, file.digest) for file in files):
        digest.update(f"{graph} {form} {content}\n".encode())
    return digest.hexdigest()
