"""The project's own lock files: what uv, Poetry, pixi, PDM, pipenv or conda wrote down, as it is.

conda-lock writes one file for all platforms, or one for each.

Looked for from the notebook's folder upward to the repository's root, of each name the nearest.
"""

from __future__ import annotations

from pathlib import Path

from trackbook.capture.files import regular_bytes

CONDA_PLATFORMS = ("linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64")
NAMES = (
    "uv.lock",
    "poetry.lock",
    "pixi.lock",
    "pdm.lock",
    "Pipfile.lock",
    "conda-lock.yml",
    "environment.yml",
    "environment.yaml",
    *(f"conda-{one}.lock" for one in CONDA_PLATFORMS),
)
LARGEST_BYTES = 5_000_000


def lock_files(folder: Path, root: Path) -> dict[str, bytes]:
    """Name -> content of the regular files among `NAMES`, of at most `LARGEST_BYTES`; `root` is the last folder."""
    found: dict[str, bytes] = {}
    for place in (folder, *folder.parents):
        for name in NAMES:
            if name not in found and (data := regular_bytes(place / name, LARGEST_BYTES)) is not None:
                found[name] = data
        if place == root or (place / ".git").exists() or not place.is_relative_to(root):
            break
    return found
