"""``/dumps/``: every file of the data with what is in it, its size, its rights and its checksum."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from clustergraph.namespaces import BASE
from clustergraph.resources import graph_folder, table_folder
from clustergraph.store.formats import GRAPHS
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.takeaway import column, table
from clustergraph.web.pages.terms import Row

PATH: Final = "/dumps/"
_DUMPS: Final = f"{BASE}dumps/"
_WHOLE: Final = "clustergraph"


@dataclass(frozen=True)
class File:
    """A file that can be taken away."""

    name: str
    dataset: str
    """IRI of what is in it; empty where the catalogue does not say."""
    rights: str = ""
    checksum: str = ""

    @property
    def size(self) -> int | None:
        """Bytes, where the file at hand is the one that the catalogue speaks of."""
        return _size(self.name, self.checksum) if self.checksum else None

    @property
    def is_table(self) -> bool:
        """Whether it is a table for spreadsheets."""
        return self.name.endswith((".csv", ".xlsx"))

    @property
    def is_whole(self) -> bool:
        """Whether it holds all graphs."""
        return self.name.startswith(f"{_WHOLE}.")


@cache
def _size(name: str, checksum: str) -> int | None:
    """Return the size of a built file that has a checksum; None where there is none."""
    for folder in (table_folder(), graph_folder()):
        path = folder / name
        if path.is_file() and hashlib.sha256(body := path.read_bytes()).hexdigest() == checksum:
            return len(body)
    return None


async def view(page: Page) -> View:
    """Show what can be downloaded."""
    files = list(_files(await page.rows("distributions"), await page.rows("graph-names")))
    columns = [column("file"), column("size", "integer"), column("rights"), column("checksum")]
    await page.learn_names()
    rows = [
        {
            "file": file.name,
            "size": file.size,
            "rights": page.names.of(file.rights, page.language).words if file.rights else "",
            "checksum": file.checksum,
        }
        for file in files
    ]
    groups = {
        "tables": [file for file in files if file.is_table],
        "graphs": [file for file in files if not file.is_table and not file.is_whole],
        "whole": [file for file in files if file.is_whole],
    }
    return View("dumps.html", {"groups": groups}, {"files": table("files", columns, rows)})


def _files(distributions: list[Row], graphs: list[Row]) -> Iterable[File]:
    """Yield the files that the catalogue names, then the dumps that any data have."""
    known: set[str] = set()
    for row in distributions:
        name = str(row["file"]).removeprefix(_DUMPS)
        if name not in known:
            known.add(name)
            yield File(name, str(row["dataset"]), str(row["rights"] or ""), str(row["checksum"] or ""))
    for name in (f"{_WHOLE}.{form}" for form in GRAPHS):
        if name not in known:
            yield File(name, "")
    for row in graphs:
        graph = str(row["graph"])
        name = f"{graph.removeprefix(f'{BASE}graph/')}.ttl"
        if graph.startswith(f"{BASE}graph/") and name not in known:
            yield File(name, graph)
