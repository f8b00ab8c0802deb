"""The wheel carries all it needs: installed into a clean environment it works from any folder."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from SPARQLWrapper import JSON, SPARQLWrapper
from tests.service import launch

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command; its dependencies are borrowed, the project itself is the wheel's."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=False, symlinks=True)
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    done = subprocess.run(install, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "clustergraph"


@pytest.fixture
def address(program: Path, tmp_path: Path) -> Iterator[str]:
    with launch([str(program), "serve", "--port", "0"], cwd=tmp_path) as service:
        yield f"{service.url}/"


def test_the_installed_wheel_serves_from_another_folder(address: str) -> None:
    endpoint = SPARQLWrapper(f"{address}sparql", returnFormat=JSON)
    endpoint.setQuery("PREFIX clg: <https://w3id.org/clustergraph/ns#> SELECT ?r { ?r a clg:SkillRating }")
    assert len(endpoint.queryAndConvert()["results"]["bindings"]) == 183


def test_the_installed_wheel_is_the_one_that_runs(program: Path, tmp_path: Path) -> None:
    ask = "import clustergraph, clustergraph.resources as r; print(clustergraph.__file__, r.share())"
    done = subprocess.run(
        [str(program.parent / "python"), "-c", ask], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.count(str(program.parent.parent)) == 2, done.stdout + done.stderr


def test_the_installed_wheel_builds_what_it_carries(program: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(program), "build", "--check"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_the_data_and_no_leftovers(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "ontology/clustergraph.ttl",
        "data/graph/stated.ttl",
        "data/sources/basel-2014/report.txt",
    ):
        assert f"clustergraph/_share/{needed}" in names
    assert not [name for name in names if "__pycache__" in name or ".graph.new" in name or "/tests/" in name]


def test_the_wheel_says_its_licence_and_the_rights(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/DATA-RIGHTS.md") for name in names)


def test_the_wheel_carries_fonts_and_editor_where_they_were_installed(wheel: Path) -> None:
    vendor = "clustergraph/web/pages/static/vendor/"
    names = zipfile.ZipFile(wheel).namelist()
    carried = {name.removeprefix(vendor) for name in names if name.startswith(vendor)}
    source = ROOT / "src" / vendor
    assert carried == {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
