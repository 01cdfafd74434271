"""Tags that say which cell of which notebook made a run, for MLflow users who keep a server of their own.

They are written by MLflow with the run that it creates, so they tell what is known as the cell begins.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from trackbook.capture.git import GitState, git_state
from trackbook.capture.notebook import find_notebook
from trackbook.core import tags as names

SOURCE_DIGEST = "trackbook.cell.sha256"
"""Of the cell's source as it was typed."""
EXECUTION_COUNT = "trackbook.cell.execution_count"


def tags() -> dict[str, str]:
    """What is known of the executed cell; never raises."""
    try:
        return _tags(sys.modules["IPython"].get_ipython())
    except Exception:  # noqa: BLE001 - the user's run is made without them
        return {}


def _tags(shell: Any) -> dict[str, str]:
    source = shell.history_manager.input_hist_raw[-1]
    notebook = find_notebook(os.environ, shell.user_ns, Path.cwd())
    path = None if notebook is None else notebook.path
    git = _git(Path.cwd() if path is None or not path.parent.is_dir() else path.parent)
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    found = {
        names.CELL_ID: str(parent.get("metadata", {}).get("cellId") or ""),
        SOURCE_DIGEST: hashlib.sha256(source.encode("utf-8", "replace")).hexdigest(),
        EXECUTION_COUNT: str(shell.execution_count),
        names.NOTEBOOK: str(path or ""),
        names.GIT_COMMIT: (git and git.commit) or "",
        names.GIT_BRANCH: (git and git.branch) or "",
    }
    if path is not None:
        found |= {names.SOURCE_NAME: path.name, names.SOURCE_TYPE: "NOTEBOOK"}
    return {key: value for key, value in found.items() if value}


@cache
def _git(folder: Path) -> GitState | None:
    """Asked once a folder: a kernel seldom outlives a commit, and git takes many milliseconds."""
    return git_state(folder)
