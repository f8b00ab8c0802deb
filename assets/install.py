"""The packages that ``package.json`` names in; the fonts and the editor that pages load out.

They go to a folder that git ignores, with their licences. Without npm, or without its registry, nothing is
changed and nothing fails: pages then use the system's fonts and a plain form for queries.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
VENDOR: Final = Path("src/clustergraph/web/pages/static/vendor")
_INPUTS: Final = ("package.json", "assets/editor.js", "assets/install.py")
_SECONDS: Final = 180
_NPM: Final = ("install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
_FONTS: Final = (
    ("Grotesk", "schibsted-grotesk", "400 900"),
    ("Source Serif", "source-serif-4", "200 900"),
)
"""Family, package, and the range of weights that the file has."""
_WITHOUT: Final = "pages use the system's fonts and a plain form for queries"


def install(root: Path = ROOT) -> str:
    """Fill the folder, unless it is as it would be; return a line to say, empty where nothing was to do."""
    folder = root / VENDOR
    mark = _mark(root)
    if (folder / "mark").is_file() and (folder / "mark").read_text() == mark:
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return f"npm is not installed: {_WITHOUT}"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copy(root / "package.json", work)
        shutil.copy(root / "assets" / "editor.js", work)
        try:
            _run([npm, *_NPM], work)
            _run([str(work / "node_modules/.bin/esbuild"), *_BUNDLE], work)
        except (OSError, subprocess.SubprocessError) as error:
            return f"npm could not install fonts and editor ({_reason(error)}): {_WITHOUT}"
        made = work / "vendor"
        _collect(work, made)
        (made / "mark").write_text(mark)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
    return f"fonts and editor installed in {VENDOR}"


_BUNDLE: Final = (
    "editor.js",
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--legal-comments=none",
    "--log-level=error",
    "--outfile=vendor/editor.js",
)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_SECONDS)


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", "") or str(error)
    return str(said).strip().partition("\n")[0][:200]


def _collect(work: Path, folder: Path) -> None:
    """Put the fonts, their style sheet and all licences into a folder that holds the editor."""
    rules = []
    for family, package, weights in _FONTS:
        source = work / f"node_modules/@fontsource-variable/{package}/files/{package}-latin-wght-normal.woff2"
        font = source.read_bytes()
        (folder / f"{package}.woff2").write_bytes(font)
        address = f"{package}.woff2?{hashlib.sha256(font).hexdigest()[:8]}"
        rules.append(
            f'@font-face{{font-family:"{family}";src:url({address}) format("woff2");'
            f"font-weight:{weights};font-display:swap}}\n"
        )
    (folder / "fonts.css").write_text("".join(rules))
    licences = folder / "licences"
    licences.mkdir()
    for name, version in json.loads((work / "package.json").read_text())["dependencies"].items():
        text = (work / "node_modules" / name / "LICENSE").read_text()
        plain = name.removeprefix("@").replace("/", "-")
        (licences / f"{plain}.txt").write_text(f"{name} {version}\n\n{text}")


def _mark(root: Path) -> str:
    """Return a mark of all that the folder is made of."""
    return hashlib.sha256(b"\0".join((root / name).read_bytes() for name in _INPUTS)).hexdigest()


if __name__ == "__main__":
    if said := install():
        print(said, file=sys.stderr)
