"""The state of the repository that a notebook lies in, and what was not committed in it; asked anew for each run.

git itself is asked, with a time limit, without taking its locks and without ever prompting.  Nothing is kept: a commit
made between two cells is seen by the second.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from trackbook.settings import without_credentials

TIMEOUT_S = 5.0
MOST_BYTES = 50_000_000
MOST_DIFF_BYTES = 1_000_000
PLAIN = ("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "-c", "core.quotePath=true")
"""Whatever a user has set for the eye."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""git's name for a tree without files: what a repository without a commit is compared with."""


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


@dataclass(frozen=True, slots=True)
class Diff:
    """What `git apply` would make of the commit; at most `MOST_DIFF_BYTES`."""

    data: bytes
    cut: bool
    """Some of it was left out, and it does not apply any more."""


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


def uncommitted(state: GitState) -> Diff | None:
    """The changes of tracked files, and the Python files that git neither tracks nor ignores; None where git fails.

    Notebooks are left out: they are kept as a document of their own, and their outputs would fill the diff.
    """
    root = Path(state.root)
    options = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--submodule=short")
    data = _bounded(
        root, MOST_DIFF_BYTES, *PLAIN, "diff", *options, state.commit or EMPTY_TREE, "--", ".", ":(exclude,top)*.ipynb"
    )
    if data is None:
        return None
    listed = run_git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py") or ""
    for name in filter(None, listed.split("\0")):
        if len(data) > MOST_DIFF_BYTES:
            break
        data += _as_new(root, name)
    if len(data) <= MOST_DIFF_BYTES:
        return Diff(data, False)
    return Diff(data[: max(data.rfind(b"\n", 0, MOST_DIFF_BYTES), 0)], True)  # half a secret is known for none


def refusal(folder: Path) -> str | None:
    """Why nothing was heard of the repository that this folder lies in; None where it lies in none.

    For a folder whose `git_state` is None.
    """
    if not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return None
    try:
        _git(_environ())
    except FileNotFoundError:
        return "the git state could not be had: git is not installed, or not on PATH"
    return "the git state could not be had: git refused, or did not answer in time"


def marks(root: Path) -> tuple[int, ...]:
    """Times (ns) that change with every commit, checkout and `git add`; empty where they cannot be told."""
    try:
        return tuple((root / ".git" / name).stat().st_mtime_ns for name in ("HEAD", "index", "logs/HEAD"))
    except OSError:
        return ()


def _as_new(root: Path, name: str) -> bytes:
    """A file that is not tracked, as git would show it were it added; nothing for an odd or unreadable one."""
    path = root / name
    if "\n" in name or '"' in name or not name.isascii() or path.is_symlink() or not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_DIFF_BYTES + 1)
    except OSError:
        return b""
    if b"\0" in content:
        return b""
    head = f"diff --git a/{name} b/{name}\nnew file mode 100644\n"
    if not content:
        return head.encode()
    lines = content.removesuffix(b"\n").split(b"\n")
    head += f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n"
    end = b"" if content.endswith(b"\n") else b"\\ No newline at end of file\n"
    return head.encode() + b"".join(b"+" + line + b"\n" for line in lines) + end


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
    """Output of a git command; None where it failed, took too long, said too much, or there is no git."""
    data = _bounded(folder, MOST_BYTES, *arguments)
    return None if data is None or len(data) > MOST_BYTES else data.decode("utf-8", "replace")


def _bounded(folder: Path, most_bytes: int, *arguments: str) -> bytes | None:
    """As `run_git`, of output that may be too large: a byte above that is read at the most.

    Its time is kept by a thread: `subprocess` would wait by `time.sleep`, which a cell may have replaced.
    """
    try:
        environ = _environ()
        process = subprocess.Popen(
            [_git(environ), "-C", str(folder), *arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    limit = threading.Timer(TIMEOUT_S, process.kill)
    limit.daemon = True
    limit.start()
    with process:
        data = process.stdout.read(most_bytes + 1) if process.stdout is not None else b""
        whole = len(data) <= most_bytes
        if not whole:
            process.kill()
    limit.cancel()
    return data if not whole or process.returncode == 0 else None


def _git(environ: dict[str, str]) -> str:
    """Its path: `subprocess` looks for a bare name under changed filters of warnings, which are the whole process's."""
    found = shutil.which("git", path=environ.get("PATH", os.defpath))
    if found is None:
        raise FileNotFoundError("git")
    return found


def _environ() -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
