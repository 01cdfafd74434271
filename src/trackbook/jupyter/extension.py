"""Loading and unloading: what `%load_ext trackbook` puts into IPython, and takes out again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from trackbook.capture import matching, parsing, training
from trackbook.capture.data import leaves, opens
from trackbook.core import acting, forks
from trackbook.jupyter.background import Workers
from trackbook.jupyter.completing import Completion
from trackbook.jupyter.frontend import FrontEnd
from trackbook.jupyter.guard import log
from trackbook.jupyter.hooks import CellHooks
from trackbook.jupyter.magics import TrackbookMagics
from trackbook.jupyter.place import Place, label, settings_of
from trackbook.jupyter.status import loaded_line, store_problem
from trackbook.jupyter.transform import BEGIN, track_transform
from trackbook.jupyter.warmup import Warmup
from trackbook.plugin.entry import offer, withdraw
from trackbook.reports import live
from trackbook.tracking import active
from trackbook.widgets import newest

JOIN_TIMEOUT_S = 5.0
LINE_MAGICS = ("track", "runs", "compare", "registry", "report", BEGIN)
CELL_MAGICS = ("track",)
HEADLESS = (matching.FOUND_BY, "PAPERMILL_OUTPUT_PATH", "PAPERMILL_INPUT_PATH", "PYTEST_CURRENT_TEST")
"""Whoever names the notebook so is a runner without a page."""


class Extension:
    """What is registered with one shell."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.workers = Workers()
        self.hooks = CellHooks(shell, self.workers)
        self.completion = Completion(shell, self.hooks)
        self.frontend = FrontEnd(shell)
        self.warmup = Warmup(self.hooks.refused)

    def register(self) -> None:
        shell, hooks = self.shell, self.hooks
        hooks.remember_earlier()
        shell.input_transformers_cleanup.append(track_transform)
        for event, hook in self._events():
            shell.events.register(event, hook)
        shell.register_magics(TrackbookMagics(shell, hooks))
        self.completion.register()
        live.set_provider(self.document, self.notebook)
        newest.set_finder(self.newest_runs)
        acting.set_place(self.where)

    def _events(self) -> list[tuple[str, Callable[[Any], None]]]:
        return [
            ("pre_run_cell", self.hooks.pre_run_cell),
            ("post_run_cell", self.hooks.post_run_cell),
            ("post_run_cell", self.warmup.after_cell),
        ]

    def announce(self) -> None:
        """The line at loading, and the imports in the background."""
        self.tell_recording()
        place = self.hooks.finder.place()
        settings = settings_of(place)
        print(loaded_line(settings, place.folder))
        problem = store_problem(settings)
        if problem:
            print(f"trackbook: cells will run untracked: {problem}")
        self.warmup.begin(place.folder)

    def tell_recording(self) -> None:
        """To the front end."""
        hooks = self.hooks
        self.frontend.tell_recording(
            "tracked" if not hooks.recording else "trainings" if hooks.trainings.on else "cells"
        )

    def let_go(self) -> None:
        """Hear of no cell any more."""
        for event, hook in self._events():
            with suppress(ValueError):
                self.shell.events.unregister(event, hook)

    def unregister(self) -> None:
        shell, hooks = self.shell, self.hooks
        hooks.close()
        if track_transform in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(track_transform)
        self.let_go()
        for kind, names in (("line", LINE_MAGICS), ("cell", CELL_MAGICS)):
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
        self.completion.unregister()
        self.warmup.end(JOIN_TIMEOUT_S)
        live.set_provider(None)
        newest.set_finder(None)
        acting.set_place(None)
        self.frontend.close()
        leaves.restore()
        opens.forget_folder()
        training.restore()
        self.workers.close()
        hooks.asking.close()
        parsing.forget()
        if not active.open_runs():
            self._end_session()

    def _end_session(self) -> None:
        """Close the session and its threads, where tracking was used at all."""
        sampling = sys.modules.get("trackbook.tracking.system_metrics")
        tracking = sys.modules.get("trackbook.tracking.session")
        if sampling is not None:
            sampling.stop()
        if tracking is not None:
            tracking.close_session()

    def document(self) -> dict[str, Any] | None:
        """The open notebook, for reports; None where the front end does not answer, or none is there to be asked."""
        if not self.frontend.is_there and self._place().found_by in HEADLESS:
            return None
        found = self.frontend.document()
        return None if found is None else {"path": found.path, "content": found.content}

    def notebook(self) -> Path | None:
        """The notebook's file, also where only its cells tell which it is; None for one that is not on disk."""
        path = self._place().path
        return path if path is not None and path.is_file() else None

    def where(self) -> str:
        """`cell [7] of lesson.ipynb`, for the registry's audit trail; the notebook alone while no cell runs."""
        try:
            place = self._place()
        except Exception:  # noqa: BLE001 - what a notebook is called is a detail of a change that must be kept
            log.debug("the notebook's name is not known", exc_info=True)
            return ""
        path = place.origin or place.path
        name = "" if path is None else path.name
        if not self.hooks.in_cell:
            return name
        return f"cell [{self.shell.execution_count}]{f' of {name}' if name else ''}"

    def newest_runs(self) -> list[str]:
        """Two of this kernel, else of this notebook in the store; the older one first."""
        if len(self.hooks.run_ids) >= 2:
            return self.hooks.run_ids[-2:]
        from trackbook.tracking.session import current_session

        place = self.hooks.finder.place()
        session = current_session(place.folder)
        versions: dict[str, None] = {}
        for cell in session.reading.cells.lines(label(place, session.settings), limit=2):
            for version in session.store.cells.versions(cell.line, limit=2):
                versions.setdefault(version.run_id)
        runs = sorted((session.store.runs.get(run_id) for run_id in versions), key=lambda run: run.info.start_time)
        return [run.info.run_id for run in runs[-2:]]

    def _place(self) -> Place:
        return self.hooks.finder.place([one.source for one in self.hooks.history.executions])


_loaded: Extension | None = None


def load(ipython: Any) -> None:
    """`%load_ext trackbook`.  Loading twice does no harm."""
    global _loaded
    if _loaded is not None:
        if _loaded.shell is ipython:
            return
        unload(_loaded.shell)
    extension = Extension(ipython)
    extension.register()
    _loaded = extension
    offer()
    try:
        with opens.ours():
            extension.announce()
    except Exception as error:  # noqa: BLE001 - the magics are there; what is wrong is said when a run opens
        log.warning("loading was not complete", exc_info=True)
        print(f"trackbook: {type(error).__name__}: {error}")


def unload(ipython: Any) -> None:
    """`%unload_ext trackbook`: takes out all that `load` put in, and leaves no thread."""
    global _loaded
    if _loaded is None or _loaded.shell is not ipython:
        return
    extension, _loaded = _loaded, None
    withdraw()
    extension.unregister()


def loaded() -> Extension | None:
    """What is loaded in this process."""
    return _loaded


@forks.in_child
def _after_fork_in_child() -> None:
    """A forked child is not the kernel: the cell that forked it, and its run, are the parent's to end."""
    if _loaded is not None:
        _loaded.let_go()
