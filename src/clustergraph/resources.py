"""Find the folders ``ontology/ shapes/ queries/ data/``: in an installed wheel, or in the checkout."""

from importlib.resources import files
from pathlib import Path

from clustergraph.errors import ClustergraphError


def share() -> Path:
    """Return the folder that holds ``ontology/``, ``shapes/``, ``queries/`` and ``data/``.

    Raises:
        ClustergraphError: where neither the wheel's copy nor a checkout is there.
    """
    package = Path(str(files("clustergraph")))
    for root in (package / "_share", package.parent.parent):
        if (root / "ontology").is_dir() and (root / "queries").is_dir():
            return root
    raise ClustergraphError(
        f"{package}: the folders ontology/ and queries/ are missing; install the wheel or work in a checkout"
    )


def graph_folder(root: Path | None = None) -> Path:
    """Return the folder of the built graphs below ``root`` (default: :func:`share`)."""
    return (root or share()) / "data" / "graph"


def table_folder(root: Path | None = None) -> Path:
    """Return the folder of the built tables below ``root`` (default: :func:`share`)."""
    return (root or share()) / "data" / "tables"
