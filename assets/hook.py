"""A wheel's build in; the fonts and the editor put where the wheel takes them from, where npm is there."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Installs the assets before a wheel is built; an editable installation leaves that to make."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Install them."""
        root = Path(self.root)
        step = runpy.run_path(str(root / "assets" / "install.py"))
        if version == "standard" and (said := step["install"](root)):
            self.app.display_info(said)
