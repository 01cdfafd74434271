"""`trackbook lab`: JupyterLab on a notebook."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from trackbook.errors import MissingDependency, NotFound

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options that are not ours go to `jupyter lab` as they are."""


def lab(
    context: typer.Context,
    notebook: Annotated[
        Path | None, typer.Argument(help="The notebook, or the folder, to open; the current folder if left out.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="The port, or the next free one.")] = 8888,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser or print the address.")
    ] = True,
) -> None:
    """Open JupyterLab on a notebook; further options go to `jupyter lab`."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise MissingDependency("jupyterlab", "trackbook lab", "'trackbook[lab]'")
    if notebook is not None and not notebook.exists():
        raise NotFound("notebook", str(notebook))
    arguments = jupyter_arguments(notebook, Path.cwd(), port, browser)
    if allow_root(context.args):
        typer.echo("running as root: JupyterLab is started with --allow-root", err=True)
        arguments.append("--allow-root")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *arguments, *context.args])  # noqa: S606 - no shell


def allow_root(given: list[str]) -> bool:
    """Whether the option has to be added: JupyterLab refuses root without it, and in containers many are root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and not any(one.startswith("--allow-root") for one in given)


def jupyter_arguments(notebook: Path | None, root: Path, port: int, browser: bool) -> list[str]:
    """Options of `jupyter lab`: serve the folder `root`, or the notebook's own where it lies elsewhere, and open it."""
    page = ""
    if notebook is not None:
        path = notebook.resolve()
        root = root.resolve()
        if not path.is_relative_to(root):
            root = path if path.is_dir() else path.parent
        page = "" if path == root else f"/tree/{quote(path.relative_to(root).as_posix())}"
    chosen = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url=/lab{page}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return chosen if browser else [*chosen, "--no-browser"]
