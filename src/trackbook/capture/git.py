"""The state of the repository that a notebook lies in, asked anew for each run.

git itself is asked, with a time limit, without taking its locks and without ever prompting.  Nothing is kept: a commit
made between two cells is seen by the second.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from trackbook.settings import without_credentials

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class GitState:
    """Parts that do not apply are None: no commit yet, a detached head, no remote."""

    root: str
    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None
    """True where a tracked file, or the notebook, is not as in the commit; None where git could not say."""
    remote: str | None = None
    """URL of `origin`, else of the first remote, without credentials."""


def git_state(folder: Path, notebook: Path | None = None) -> GitState | None:
    """The repository that this folder lies in; None where there is none, or no git.

    A `notebook` that is not in the commit makes the tree dirty: from the commit alone the run cannot be made again.
    """
    root = run_git(folder, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    commit = branch = None
    dirty = None
    status = run_git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is not None:
        lines = status.splitlines()
        head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:])
        commit = _known(head.get("branch.oid"), "(initial)")
        branch = _known(head.get("branch.head"), "(detached)")
        dirty = any(line and not line.startswith("#") for line in lines) or _is_left_out(folder, notebook)
    return GitState(root.strip(), commit, branch, dirty, _remote(folder))


def _is_left_out(folder: Path, notebook: Path | None) -> bool:
    """True for a notebook on disk that git does not track, ignored ones too."""
    if notebook is None or not notebook.is_file():
        return False
    return not run_git(folder, "ls-files", "--", str(notebook))


def _known(text: str | None, none: str) -> str | None:
    return None if text is None or text == none else text


def _remote(folder: Path) -> str | None:
    listed = run_git(folder, "config", "--get-regexp", r"^remote\..*\.url$")
    urls = dict(line.split(" ", 1) for line in (listed or "").splitlines() if " " in line)
    if not urls:
        return None
    return without_credentials(urls.get("remote.origin.url") or next(iter(urls.values())))


def run_git(folder: Path, *arguments: str) -> str | None:
    """Output of a git command; None where it failed, took too long, or there is no git."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
