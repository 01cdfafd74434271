"""What is kept of a run besides what is logged: texts without secrets, git's state, the environment, the modules.

Each function keeps one kind, for a run of a cell and of a script alike; to be called on a thread of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import trackbook
from trackbook.capture import environment, git
from trackbook.capture.environment.locks import lock_files
from trackbook.capture.modules import local_modules, modules_json
from trackbook.capture.secrets import redact_file
from trackbook.core import tags

if TYPE_CHECKING:
    from trackbook.capture.secrets import Redacted
    from trackbook.tracking.run import ActiveRun

_search = lru_cache(maxsize=8)(redact_file)
"""These texts are the same for many runs, and a long one takes a tenth of a second to search."""
MOST_NAMED = 5


def keep_text(run: ActiveRun, path: str, text: str, search: Callable[[str, str], Redacted] = redact_file) -> None:
    """Keep a text as a file of the run, its secrets replaced.

    A text that cannot be searched in time is held back, and the run says so.  `search` may remember what it found.
    """
    found = search(path, text)
    run.replaced(path, found.findings)
    if found.complete:
        run.log_text(found.text, path)
    else:
        run.warn(f"{path} was not kept: it is too long to be searched for secrets in time")


def keep_repository(run: ActiveRun, folder: Path, state: git.GitState | None, diff: git.Diff | None) -> None:
    """Keep the state of the repository that `folder` lies in, and what was not committed in it."""
    if state is None:
        if refused := git.refusal(folder):
            run.warn(refused)
        return
    known = {tags.GIT_COMMIT: state.commit, tags.GIT_BRANCH: state.branch, tags.GIT_REPOSITORY: state.remote}
    given = {key: text for key, text in known.items() if text is not None}
    if state.dirty is not None:
        given[tags.GIT_DIRTY] = str(state.dirty).lower()
    run.set_tags(given)
    if state.dirty is None:
        run.warn("git did not say in time what was not committed")
    elif diff is None:
        run.warn("the uncommitted changes could not be had from git")
    elif diff.data:
        keep_text(run, tags.DIFF_FILE, diff.data.decode("utf-8", "replace"))
        if diff.cut:
            run.warn(f"the uncommitted changes are cut after {git.MOST_DIFF_BYTES} bytes")


def keep_environment(run: ActiveRun, folder: Path) -> None:
    """Keep Python, the machine, the installed packages, and the lock files of the project that `folder` lies in."""
    found = environment.environment()
    keep_text(run, tags.ENVIRONMENT_FILE, environment.environment_json(found), _search)
    keep_text(run, tags.REQUIREMENTS_FILE, environment.requirements_text(found), _search)
    if found.broken:
        run.warn(f"the metadata of installed packages is broken: {', '.join(found.broken[:10])}")
    for name, data in lock_files(folder, run.session.settings.home.parent).items():
        keep_text(run, f"{tags.LOCKS_FOLDER}/{name}", data.decode("utf-8", "replace"), _search)


def keep_modules(run: ActiveRun, folders: Sequence[Path]) -> None:
    """Keep which modules below these folders are imported, with their digests."""
    found = local_modules(sys.modules, folders, [Path(trackbook.__file__).parent])
    if found:
        keep_text(run, tags.MODULES_FILE, modules_json(found))
    edited = [one.name for one in found if one.edited_since_import]
    if edited:
        names = ", ".join(edited[:MOST_NAMED])
        run.warn(f"edited after they were imported, so that older code may have run: {names}")


def keep_secrets(run: ActiveRun) -> None:
    """Keep the list of what was replaced in the run until now; nothing where nothing was."""
    rows = [
        {"place": place, "kind": one.kind, "line": one.line} for place, found in run.secrets.items() for one in found
    ]
    if rows:
        run.log_text(json.dumps({"schema": 1, "replaced": rows}, ensure_ascii=False), tags.SECRETS_FILE)
