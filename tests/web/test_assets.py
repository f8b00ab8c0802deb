"""Fonts and the editor come from npm where it is there, and pages do without them where it isn't."""

import gzip
import json
import os
import re
import runpy
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from clustergraph.web.pages import files
from clustergraph.web.pages.addresses import Links
from clustergraph.web.pages.frame import Frame
from clustergraph.web.pages.names import Names
from clustergraph.web.pages.page import Known, Page, View

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = (files.FOLDER / "vendor" / "mark").is_file()
FAKE_NPM = """#!/bin/sh
echo "$@" > "$RECORD"
for package in $(grep -o '"@\\?[a-z0-9/@-]*": "[0-9]' package.json | cut -d'"' -f2); do
  mkdir -p "node_modules/$package/files" && echo "licence of $package" > "node_modules/$package/LICENSE"
done
for font in schibsted-grotesk source-serif-4; do
  echo $font > node_modules/@fontsource-variable/$font/files/$font-latin-wght-normal.woff2
done
mkdir -p node_modules/.bin
printf '#!/bin/sh\\nmkdir -p vendor && echo bundled > vendor/editor.js\\n' > node_modules/.bin/esbuild
chmod +x node_modules/.bin/esbuild
"""


@pytest.fixture
def step() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(ROOT / "assets" / "install.py")))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    shutil.copytree(ROOT / "assets", root / "assets")
    shutil.copy(ROOT / "package.json", root)
    return root


def with_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program called npm before all others; return the file where it writes its arguments."""
    folder.mkdir()
    program = folder / "npm"
    program.write_text(script)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RECORD", str(folder / "record"))
    return folder / "record"


def test_without_npm_the_step_says_one_line_and_changes_nothing(
    step: SimpleNamespace, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project / "empty"))
    said = step.install(project)
    assert said.startswith("npm is not installed")
    assert "\n" not in said
    assert not (project / step.VENDOR).exists()


def test_an_npm_that_fails_leaves_what_is_there(
    step: SimpleNamespace, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_npm(tmp_path / "bin", "#!/bin/sh\necho no registry >&2\nexit 1\n", monkeypatch)
    kept = project / step.VENDOR / "editor.js"
    kept.parent.mkdir(parents=True)
    kept.write_text("the one from before")
    assert "no registry" in step.install(project)
    assert kept.read_text() == "the one from before"


def test_the_step_runs_no_scripts_and_leaves_no_lock_file(
    step: SimpleNamespace, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_npm(tmp_path / "bin", FAKE_NPM, monkeypatch)
    assert step.install(project)
    assert {"--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"} <= set(
        record.read_text().split()
    )
    assert not (project / "package-lock.json").exists()
    vendor = project / step.VENDOR
    assert (vendor / "editor.js").read_text() == "bundled\n"
    assert (vendor / "source-serif-4.woff2").read_text() == "source-serif-4\n"
    assert len(list((vendor / "licences").iterdir())) == len(
        json.loads((ROOT / "package.json").read_text())["dependencies"]
    )
    record.unlink()
    assert step.install(project) == ""
    assert not record.exists()


def test_every_package_has_an_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert not (ROOT / "package-lock.json").exists()


def rendered(static: Path, template: str) -> str:
    async def nothing(*_: object) -> list[object]:
        return []

    known = Known(nothing, nothing, Names(nothing), (), None)  # type: ignore[arg-type]
    page = Page(known, Links(""), "de", {}, "")
    return Frame(static).render(page, View(template, {}), "/about").decode()


def test_a_page_loads_fonts_only_where_they_are(tmp_path: Path) -> None:
    shutil.copytree(files.FOLDER, tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    assert "vendor/" not in rendered(tmp_path / "static", "page.html")
    vendor = tmp_path / "with" / "vendor"
    shutil.copytree(tmp_path / "static", vendor.parent)
    vendor.mkdir()
    (vendor / "fonts.css").write_text("@font-face{}")
    assert 'href="/static/vendor/fonts.css?' in rendered(vendor.parent, "page.html")


def test_a_file_under_the_mark_of_its_content_may_be_kept_for_a_year(served: str) -> None:
    page = httpx.get(f"{served}theses", headers={"accept": "text/html"}).text
    address = re.search(r'href="/(static/pages\.css\?\w{8})"', page)
    assert address is not None
    marked = httpx.get(served + address[1], headers={"accept-encoding": "gzip"})
    assert marked.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert marked.headers["content-encoding"] == "gzip"
    plain = httpx.get(f"{served}static/pages.css")
    assert plain.headers["cache-control"] == "public, max-age=3600"
    assert plain.text == marked.text == (files.FOLDER / "pages.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["vendor/mark", "../frame.py", "..%2fframe.py", "vendor", "nothing.css"])
def test_nothing_else_is_given(served: str, name: str) -> None:
    assert httpx.get(f"{served}static/{name}").status_code == 404


@pytest.mark.skipif(not INSTALLED and not os.environ.get("EVERY_PROGRAM"), reason="npm is not installed")
@pytest.mark.parametrize("path", ["", "theses"])
def test_the_first_page_with_fonts_weighs_at_most_250_kilobytes(served: str, path: str) -> None:
    page = httpx.get(served + path, headers={"accept": "text/html"})
    loaded = re.findall(r'(?:href|src)="/(static/[^"]+)"', page.text)
    fonts = re.findall(r"url\((\S+?)\)", httpx.get(f"{served}static/vendor/fonts.css").text)
    loaded += [f"static/vendor/{name}" for name in fonts]
    assert len(fonts) == 2
    weights = [len(gzip.compress(page.content))]
    for address in dict.fromkeys(loaded):
        with httpx.stream("GET", served + address, headers={"accept-encoding": "gzip"}) as reply:
            assert reply.status_code == 200
            weights.append(sum(map(len, reply.iter_raw())))
    assert sum(weights) <= 250_000
