"""The notebook as it was when the cell began and when it had ended.

JupyterLab's page is asked for the open document, saved or not, as soon as the cell begins and again when it has ended;
nothing waits for its answers, which are attached to the run whenever they come.  Where no page answers, the file as it
was saved last is brought up to what was executed since; where there is no file, the executed cells are the snapshot.

`notebook.ipynb` is the newest snapshot, `notebook-start.ipynb` the first where it is another, and `notebook.json` says
of each where it comes from ("live", "file", "file+history", "history"), when it was taken, and what was mended in it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import executed, notebook
from trackbook.capture.snapshot import snapshot
from trackbook.core import tags
from trackbook.core.clock import now_ms
from trackbook.jupyter.guard import log
from trackbook.jupyter.outcome import error_message
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.sofar import executed_so_far
from trackbook.tracking.facts import keep_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.capture.snapshot import Snapshot
    from trackbook.jupyter.frontend import Document, FrontEnd
    from trackbook.jupyter.recording import CellRun

START, END = "start", "end"
LIVE, FILE, MERGED, HISTORY = "live", "file", "file+history", "history"
ANSWER_S = 20.0
"""How long after the cell's end an answer of the page is waited for."""


@dataclass(frozen=True, slots=True)
class _Kept:
    snapshot: Snapshot
    about: dict[str, Any]


class NotebookPart(Capture):
    name: ClassVar[str] = "the notebook"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session = ""
        self._asked = ""
        self._before: History = ()
        self._kept: dict[str, _Kept] = {}
        self._written: dict[str, str] = {}

    # -- the steps ------------------------------------------------------------------------------------------------

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        front_end = _front_end()
        if front_end is None:
            return
        front_end.greet()
        if front_end.is_there:
            self._session = front_end.session()
            self._asked = self._ask(cell_run, front_end, START)

    def collect(self, cell_run: CellRun) -> None:
        self._before = executed_so_far(cell_run)
        front_end = _front_end()
        # Where the page cannot be counted on, a kernel that dies in the cell has left at least this.
        if not self._asked or front_end is None or front_end.missed or not front_end.reaches_busy_kernel:
            self._fall_back(cell_run, START, self._before)

    def after(self, cell_run: CellRun, history: History) -> None:
        front_end = _front_end()
        if front_end is None or not front_end.is_there:
            self._fall_back(cell_run, END, history)
            return
        asked = self._ask(cell_run, front_end, END, history)
        for number in (self._asked, asked):
            front_end.limit(number, ANSWER_S)

    # -- the page -------------------------------------------------------------------------------------------------

    def _ask(self, cell_run: CellRun, front_end: FrontEnd, when: str, history: History = ()) -> str:
        asked_ms = now_ms()

        def answered(document: Document | None) -> None:
            if document is None:
                attach = partial(self._unanswered, cell_run, when, history)
            else:
                attach = partial(self._attach, cell_run, when, document, asked_ms, now_ms())
            cell_run.workers.later.submit(partial(self._late, cell_run, attach))

        return front_end.request_snapshot(answered, session=self._session, outputs=_outputs(cell_run))

    def _late(self, cell_run: CellRun, step: Callable[[], None]) -> None:
        """What comes after the steps of all parts: it says by itself what the run lacks."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the worker's border
            log.warning("%s could not be recorded", self.name, exc_info=True)
            cell_run.run.warn(f"{self.name} could not be recorded: {type(error).__name__}: {error_message(error)}")
        cell_run.tell_card()

    def _attach(self, cell_run: CellRun, when: str, document: Document, asked_ms: int, heard_ms: int) -> None:
        # The page's clock may be another machine's: it was between the question and the answer in any case.
        taken_ms = max(asked_ms, min(document.taken_ms or asked_ms, heard_ms))
        if when == START or cell_run.live is None:
            cell_run.heard(document.content)
        about = {"origin": LIVE, "taken_ms": taken_ms, "path": document.path, "unsaved": document.dirty}
        self._keep(cell_run, when, document.content, about)
        keep_secrets(cell_run.run)

    def _unanswered(self, cell_run: CellRun, when: str, history: History) -> None:
        with self._lock:
            seen = self._kept.get(START)
        if when == END and seen is not None and seen.about["origin"] == LIVE:
            return  # nearer to what it was than the file is
        self._fall_back(cell_run, when, history or self._before)
        keep_secrets(cell_run.run)

    # -- no page --------------------------------------------------------------------------------------------------

    def _fall_back(self, cell_run: CellRun, when: str, history: History) -> None:
        """The file, brought up to what was executed, else what was executed."""
        path = cell_run.cell.place.path
        about: dict[str, Any] = {"origin": FILE, "taken_ms": now_ms(), "path": _file_name(cell_run)}
        saved = None if path is None else notebook.saved_notebook(path)
        if saved is not None:
            merged = executed.with_executed(saved.content, history, saved.saved_ms)
            about["saved_ms"] = saved.saved_ms
            if merged.replaced or merged.added:
                about |= {"origin": MERGED, "replaced": merged.replaced, "added": merged.added}
            self._keep(cell_run, when, merged.content, about)
            return
        if path is not None:
            about["missing"] = f"{path.name} {'cannot be read as a notebook' if path.exists() else 'was not there'}"
            if when == END:
                cell_run.run.warn(f"{about['missing']}: its snapshot is of the executed cells")
        if history:
            self._keep(cell_run, when, executed.from_executed(history), {**about, "origin": HISTORY})

    # -- keeping --------------------------------------------------------------------------------------------------

    def _keep(self, cell_run: CellRun, when: str, content: dict[str, Any], about: dict[str, Any]) -> None:
        """Keep a snapshot, unless the page's own is there already."""
        wants_outputs = _outputs(cell_run)
        made = snapshot(content, outputs=wants_outputs)
        about = {"when": when, **about, "outputs": wants_outputs}
        about |= {name: value for name, value in (("mended", made.mended), ("cut", made.cut)) if value}
        with self._lock:
            kept = self._kept.get(when)
            if kept is not None and kept.about["origin"] == LIVE and about["origin"] != LIVE:
                return
            self._kept[when] = _Kept(made, about)
            self._write(cell_run)

    def _write(self, cell_run: CellRun) -> None:
        """What is kept until now, each file once; under the lock."""
        newest = self._kept.get(END) or self._kept[START]
        files = {tags.NOTEBOOK_FILE: newest.snapshot}
        rows = []
        for when in (START, END):
            one = self._kept.get(when)
            if one is None:
                continue
            name = tags.NOTEBOOK_FILE
            if one.snapshot.text != newest.snapshot.text:
                name = tags.NOTEBOOK_START_FILE
                files[name] = one.snapshot
            rows.append({"file": name.rpartition("/")[2], **one.about})
        for name, made in files.items():
            if self._written.get(name) != made.text:
                self._written[name] = made.text
                cell_run.keep_text(name, made.text, lambda *_, made=made: made.redacted())
        cell_run.run.log_text(
            json.dumps({"schema": 2, "snapshots": rows}, ensure_ascii=False), tags.NOTEBOOK_ABOUT_FILE
        )


def _file_name(cell_run: CellRun) -> str | None:
    """Of the file that is executed, which is not the one that the run is named after where papermill writes it."""
    path = cell_run.cell.place.path
    return None if path is None else notebook.relative_name(path, cell_run.run.session.settings.home.parent)


def _outputs(cell_run: CellRun) -> bool:
    return cell_run.run.session.settings.notebook_outputs


def _front_end() -> FrontEnd | None:
    from trackbook.jupyter.extension import loaded

    extension = loaded()
    return None if extension is None else extension.frontend
