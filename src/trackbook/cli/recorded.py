"""What is recorded of one execution of a run, as a plain record: what `show --json` prints, and `show` sets as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.ports import walk_files
from trackbook.tracking.executions import figures_folder, last
from trackbook.widgets import files, written
from trackbook.widgets.origins import left_out
from trackbook.widgets.rerun import card_rerun

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store
    from trackbook.tracking.records import Record

STREAM = "stream"


def recorded(store: Store, record: Record) -> dict[str, Any]:
    """None and empty lists stand for what there is not; paths are those of artifacts of the run `of`."""
    run = record.run
    held = _Held(store, run)
    state, outputs = held.json(tags.STATE_FILE), held.json(tags.OUTPUTS_FILE)
    program = held.path(tags.PROGRAM_FILE)
    rerun = card_rerun(state or None, program, run.data.tags)
    source = held.text(tags.SOURCE_FILE)
    return {
        "of": {"run_id": run.info.run_id, "run_name": run.info.run_name, "own": record.own},
        "execution": record.execution.number,
        "folder": record.execution.folder,
        "source": source,
        "arguments": _json(run.data.tags.get(tags.ARGUMENTS)),
        "notebook": run.data.tags.get(tags.NOTEBOOK),
        "renamed_from": run.data.tags.get(tags.RENAMED_FROM),
        "script": run.data.tags.get(tags.SOURCE_NAME) if run.data.tags.get(tags.SOURCE_TYPE) == "LOCAL" else None,
        "git": _git(run, held),
        "environment": _environment(held),
        "seed": _json(run.data.tags.get(tags.SEED)),
        "trained": run.data.tags.get(tags.TRAINED),
        "state": None if rerun is None or not state else {"verdict": rerun["verdict"], "reasons": rerun["reasons"]},
        "program": None
        if rerun is None or program is None
        else {"label": rerun["label"], "cells": rerun["cells"], "path": program},
        "left_out": left_out(run.data.tags),
        "snapshots": held.rows(tags.NOTEBOOK_ABOUT_FILE, "snapshots"),
        "written": [
            {"path": one.path, "size_bytes": one.size_bytes} for one in written.rows(held.json(tags.FILES_FILE))
        ],
        "modules": [str(one.get("name")) for one in held.rows(tags.MODULES_FILE, "modules")],
        "secrets": held.rows(tags.SECRETS_FILE, "replaced"),
        "printed": _printed(outputs),
        "figures": held.below(figures_folder(record.execution.folder)),
        "warned": [one for one in outputs.get("warnings", ()) if isinstance(one, dict)],
        "error": error_of(run),
        "traceback": held.text(tags.TRACEBACK_FILE),
    }


def error_of(run: Run) -> dict[str, str] | None:
    """What a run, or one execution of it, ended with."""
    kind = run.data.tags.get(tags.ERROR_TYPE)
    return None if kind is None else {"type": kind, "message": run.data.tags.get(tags.ERROR_MESSAGE, "")}


class _Held:
    """The files of one execution; they were written by whoever wrote the store."""

    def __init__(self, store: Store, run: Run) -> None:
        self._store, self._run = store, run
        self._paths = {one.path for one in walk_files(store.artifacts, run.info.run_id)}

    def path(self, file: str) -> str | None:
        found = last(self._run.data.tags, file)
        return found if found in self._paths else None

    def text(self, file: str) -> str | None:
        path = self.path(file)
        data = None if path is None else files.read(self._store, self._run.info.run_id, path)
        return None if data is None else data.decode("utf-8", "replace")

    def json(self, file: str) -> dict[str, Any]:
        """An object; {} for anything else."""
        found = _json(self.text(file))
        return found if isinstance(found, dict) else {}

    def rows(self, file: str, name: str) -> list[dict[str, Any]]:
        listed = self.json(file).get(name)
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def below(self, folder: str) -> list[str]:
        """The files right in a folder."""
        return sorted(path for path in self._paths if path.rpartition("/")[0] == folder)


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _git(run: Run, held: _Held) -> dict[str, Any] | None:
    known: Mapping[str, str] = run.data.tags
    if tags.GIT_COMMIT not in known and tags.GIT_BRANCH not in known:
        return None
    return {
        "commit": known.get(tags.GIT_COMMIT),
        "branch": known.get(tags.GIT_BRANCH),
        "repository": known.get(tags.GIT_REPOSITORY),
        "dirty": {"true": True, "false": False}.get(known.get(tags.GIT_DIRTY, "")),
        "diff": held.path(tags.DIFF_FILE),
    }


def _environment(held: _Held) -> dict[str, Any] | None:
    found = held.json(tags.ENVIRONMENT_FILE)
    if not found:
        return None
    gpus = found.get("gpus")
    return {
        "python": files.python_of(found),
        "platform": files.platform_of(found),
        "cpu": found.get("cpu"),
        "cpu_count": found.get("cpu_count"),
        "memory_bytes": found.get("memory_bytes"),
        "gpus": gpus.get("names", []) if isinstance(gpus, dict) else [],
        "packages": len(files.packages_of(found)),
        "requirements": held.path(tags.REQUIREMENTS_FILE),
        "path": held.path(tags.ENVIRONMENT_FILE),
    }


def _printed(outputs: Mapping[str, Any]) -> str:
    """What was printed, both streams in their order."""
    listed = outputs.get("outputs")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return "".join(str(one.get("text", "")) for one in found if one.get("output_type") == STREAM)
