"""Data files in, a loaded store with what is known about it out."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final, cast

from pyoxigraph import NamedNode, RdfFormat, Store

from clustergraph.namespaces import BASE
from clustergraph.store.formats import GRAPHS
from clustergraph.store.merging import Counts, has_shared_triple, merge
from clustergraph.store.sources import DataFile, fault, identity

RDF_FORMATS: Final = MappingProxyType(
    {key: cast("RdfFormat", RdfFormat.from_media_type(form.media_type)) for key, form in GRAPHS.items()}
)
"""The engine's name of each format."""


@dataclass(frozen=True)
class Snapshot:
    """A loaded store, the identity of its data, how many quads they are, and its named graphs in order.

    Where a triple is in two graphs, the store's default graph holds the merge of all (:mod:`.merging`).
    """

    store: Store
    identity: str
    quads: int
    graphs: tuple[str, ...]
    merged: bool
    files: tuple[DataFile, ...]
    digests: tuple[str, ...]
    """SHA-256 of each file's content, in the files' order."""


def load(files: Iterable[DataFile]) -> Snapshot:
    """Read the files into a new store in memory.

    Raises:
        StoreError: where a file can't be read or isn't what its name says, with line and column.
    """
    store = Store()
    read: list[tuple[DataFile, bytes]] = []
    for file in files:
        data = file.read()
        _load(store, file, data)
        read.append((file, data))
    graphs = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))
    quads = len(store)
    merged = has_shared_triple(store, Counts.of(store))
    if merged:
        merge(store)
    digests = tuple(sha256(data).hexdigest() for _, data in read)
    return Snapshot(
        store, identity(read), quads, tuple(graphs), merged, tuple(file for file, _ in read), digests
    )


def _load(store: Store, file: DataFile, data: bytes) -> None:
    try:
        store.load(
            input=data,
            format=RDF_FORMATS[file.format],
            base_iri=BASE,
            to_graph=NamedNode(file.graph) if file.graph else None,
        )
    except (SyntaxError, ValueError, MemoryError) as error:
        raise fault(file, error) from error
