"""Folders of reports in; a project that holds them and nothing else, built."""

from pathlib import Path

from clustergraph import dataset


def link_project(project: Path, root: Path, *sources: Path) -> Path:
    """Make a project of some reports with the real ontology; its own files are ``data/sources`` only."""
    (project / "data" / "sources").mkdir(parents=True)
    (project / "ontology").symlink_to(root / "ontology", target_is_directory=True)
    for path in (root / "data").glob("*.*"):
        (project / "data" / path.name).symlink_to(path)
    for folder in sources:
        (project / "data" / "sources" / folder.name).symlink_to(folder, target_is_directory=True)
    return project


def build_project(project: Path, root: Path, *sources: Path) -> Path:
    """Make such a project and build it."""
    link_project(project, root, *sources)
    files = dataset.outputs(project)
    assert dataset.write(project, files) == tuple(files)
    return project
