"""Python environments beside the tests' own: one with all of its libraries but trackbook."""

from __future__ import annotations

import json
import sys
import sysconfig
import venv
from pathlib import Path

OF_WIDGETS = ("@jupyter-widgets", "anywidget")


def without_trackbook(folder: Path) -> Path:
    """The interpreter of a new environment, in which `import trackbook` fails, and JupyterLab has no part of it."""
    venv.create(folder, symlinks=True, with_pip=False)
    here = Path(sysconfig.get_path("purelib"))
    there = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for one in here.iterdir():
        if "trackbook" not in one.name and one.suffix != ".pth" and not (there / one.name).exists():
            (there / one.name).symlink_to(one)
    mine, theirs = (Path(place) / "share" / "jupyter" for place in (sys.prefix, folder))
    (theirs / "labextensions").mkdir(parents=True)
    (theirs / "lab").symlink_to(mine / "lab")
    for name in OF_WIDGETS:
        (theirs / "labextensions" / name).symlink_to(mine / "labextensions" / name)
    return folder / "bin" / "python"


def add_kernel(data: Path, name: str, python: Path | str) -> None:
    """Offer kernels of this interpreter to the server whose JUPYTER_DATA_DIR this is."""
    place = data / "kernels" / name
    place.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))
