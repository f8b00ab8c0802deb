"""Data files in; a store in memory that holds them, and the record of the release, out."""

import hashlib
import os
from collections.abc import Iterable
from types import MappingProxyType
from typing import IO, Final, cast

from pyoxigraph import NamedNode, RdfFormat, Store

from clustergraph.namespaces import BASE
from clustergraph.store.formats import GRAPHS
from clustergraph.store.merging import Counts, has_shared_triple, merge
from clustergraph.store.release import LoadedFile, Release, identity
from clustergraph.store.sources import DataFile, fault

RDF_FORMATS: Final = MappingProxyType(
    {key: cast("RdfFormat", RdfFormat.from_media_type(form.media_type)) for key, form in GRAPHS.items()}
)
"""The engine's name of each format."""


def load(files: Iterable[DataFile]) -> tuple[Store, Release]:
    """Read the files into a new store in memory.

    Raises:
        StoreError: where a file can't be read or isn't what its name says, with line and column.
    """
    store = Store()
    loaded = []
    for file in files:
        stat = file.path.stat()
        data = file.read()
        load_file(store, file, data)
        loaded.append(loaded_file(file, stat, hashlib.sha256(data).hexdigest()))
    return store, finish(store, tuple(loaded))


def load_file(store: Store, file: DataFile, data: "bytes | IO[bytes]") -> None:
    """Put a file's triples into a store: bytes in one transaction, a stream in bulk.

    Raises:
        StoreError: where the data aren't what the file's name says.
    """
    add = store.load if isinstance(data, bytes) else store.bulk_load
    try:
        add(
            input=data,
            format=RDF_FORMATS[file.format],
            base_iri=BASE,
            to_graph=NamedNode(file.graph) if file.graph else None,
        )
    except (SyntaxError, ValueError, MemoryError) as error:
        raise fault(file, error) from error


def loaded_file(file: DataFile, stat: os.stat_result, digest: str) -> LoadedFile:
    """Return the record of a file that was loaded; ``stat`` is from before it was read."""
    return LoadedFile(
        str(file.path), file.format, file.graph, file.gzipped, stat.st_size, stat.st_mtime_ns, digest
    )


def finish(store: Store, files: tuple[LoadedFile, ...]) -> Release:
    """Merge the graphs of a loaded store where that is needed; return its record."""
    counts = Counts.of(store)
    graphs = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))
    if merged := has_shared_triple(store, counts):
        merge(store)
    return Release(identity(files), counts.quads, tuple(graphs), merged, files)
