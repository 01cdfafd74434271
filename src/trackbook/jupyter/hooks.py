"""The hooks: each executed cell is noted in the history, and a tracked one is bound to its run.

`pre_run_cell` puts a frame on a stack, the begin magic opens the frame's run from within the cell, `post_run_cell`
takes the frame off and closes the run; a frame whose end was never heard is closed as interrupted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from trackbook.capture.cells import History
from trackbook.capture.data import opens
from trackbook.capture.sources import body
from trackbook.core import interrupts
from trackbook.core.clock import now_ms
from trackbook.errors import TrackbookError
from trackbook.jupyter.asking import Asking
from trackbook.jupyter.firstline import check_expanded, has_nothing_to_run, is_tracked
from trackbook.jupyter.frames import Frame, Frames, frame_of, request_of
from trackbook.jupyter.guard import Guard
from trackbook.jupyter.options import NO_OPTIONS, TrackOptions, parse
from trackbook.jupyter.outcome import FINISHED, INTERRUPTED, Outcome, outcome_of, stop_of
from trackbook.jupyter.ownlines import show_own_line
from trackbook.jupyter.place import Finder
from trackbook.jupyter.training import Trainings
from trackbook.jupyter.watching import Lookout, Watching, integers
from trackbook.tracking import active

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.borders import Border, Tracer
    from trackbook.jupyter.background import Workers
    from trackbook.jupyter.opening import Opener
    from trackbook.jupyter.recording import CellRun

_perf_counter = time.perf_counter
MOST_REMEMBERED = 100
"""Runs of this kernel whose ids are remembered for `%compare`."""


class CellHooks:
    """Registered for `pre_run_cell` and `post_run_cell`; `begin` is called by the begin magic."""

    def __init__(self, shell: Any, workers: Workers, guard: Guard | None = None) -> None:
        self.shell = shell
        self.workers = workers
        self.guard = guard or Guard()
        self.recording = True
        """Of cells that have no `%%track` line; switched by `%track on|off`."""
        self.defaults = NO_OPTIONS
        """Of all tracked cells, set by `%track set`."""
        self.asking = Asking()
        self.history = History()
        self.finder = Finder(shell, Path.cwd())
        self._lookout = Lookout(self.finder, workers)
        self.trainings = Trainings(shell, self._trained)
        """Switched by `%track on|off`, too."""
        self.run_ids: list[str] = []
        """Of this kernel's tracked cells, newest last."""
        self.refusal = ""
        """Why the last cell that was to be tracked was not, or the next will not be; "" where it was."""
        self._before: Tracer | None = None
        """The namespace at the end of the last cell."""
        self._loading: Watching | None = None
        """The cell that loads the extension, watched from there on."""
        self._opener: Opener | None = None
        self._frames = Frames()

    @property
    def in_cell(self) -> bool:
        """Whether a cell runs, in whatever thread."""
        return any(True for _ in self._frames)

    # -- the two hooks --------------------------------------------------------------------------------------------

    def pre_run_cell(self, info: Any) -> None:
        """A cell begins."""
        if self.guard.off:
            return
        interrupts.run_held(self._begun, info)

    def post_run_cell(self, result: Any) -> None:
        """A cell ended, in whatever way."""
        if self.guard.off and not any(self._frames):
            return
        interrupts.run_held(self._heard, result, given_on=False)

    def _begun(self, info: Any) -> None:
        with self.guard("note the beginning of a cell"):
            if self._loading is not None:  # no cell loaded the extension
                self._border(self._loading)
                self._loading = None
            frames = self._frames.stack()
            request = request_of(self.shell)
            while frames and frames[-1].request != request:  # its end was never heard
                self._ended(frames.pop(), INTERRUPTED, None)
            frame = Frame(info, now_ms(), _perf_counter(), request)
            frames.append(frame)
            if self.recording or is_tracked(info.raw_cell):
                before = self._before if len(frames) == 1 else None
                source = info.raw_cell if self.trainings.on else ""
                frame.watching = Watching(self.shell.user_ns, frame.start_ms, before=before, source=source)
            if len(frames) == 1:
                self.trainings.begin(frame)

    def _heard(self, result: Any) -> None:
        with self.guard("note the end of a cell"):
            frames = self._frames.stack()
            frame = frame_of(result, frames)
            if frame is None:
                self._unheard(result)
                return
            while frames[-1] is not frame:
                self._ended(frames.pop(), INTERRUPTED, None)
            self._ended(frames.pop(), outcome_of(result, self.shell), result)

    def _unheard(self, result: Any) -> None:
        """The end of a cell whose beginning came before the hooks (the one that loads them), or of an empty one."""
        info: Any = getattr(result, "info", None)
        source = "" if info is None else info.raw_cell
        if not source or source.isspace():
            return
        border, self._loading = self._border(self._loading), None
        if info.store_history:
            self.history.add(
                source,
                cell_id=info.cell_id,
                execution_count=result.execution_count,
                outcome=outcome_of(result).word,
                border=border,
            )

    def _ended(self, frame: Frame, outcome: Outcome, result: Any) -> None:
        end_ms, duration_ms = now_ms(), (_perf_counter() - frame.started) * 1000
        border = self._stopped(frame)
        if border is not None and outcome.error is not None:
            with self.guard("see where a cell ended"):
                border.stop = stop_of(outcome.error, self.shell)
        if self.recording:
            with self.guard("look for what a cell wrote down"):
                self._lookout.read(frame.info.raw_cell)
        try:
            if frame.info.store_history:
                self.history.add(
                    frame.info.raw_cell,
                    cell_id=frame.info.cell_id,
                    execution_count=getattr(result, "execution_count", None),
                    start_ms=frame.start_ms,
                    duration_ms=round(duration_ms, 3),
                    outcome=outcome.word,
                    border=border,
                )
        finally:
            self._close_run(frame, border, outcome, end_ms)
            if not self._frames.stack():
                self._end_strays()

    def _stopped(self, frame: Frame) -> Border | None:
        """The cell is not watched any more; what was seen of it."""
        with self.guard("stop looking for trainings"):
            self.trainings.end(frame)
        border, frame.watching = self._border(frame.watching), None
        if border is not None and frame.cell_run is not None:
            border.seed = frame.cell_run.options.seed
        if border is not None:
            with self.guard("look for a seed"):
                border.integers = integers(frame.info.raw_cell, self.shell.user_ns)
        return border

    def _close_run(self, frame: Frame, border: Border | None, outcome: Outcome, end_ms: int) -> None:
        if frame.cell_run is not None:
            frame.cell_run.border = border
            frame.cell_run.close(outcome, self.shell.user_ns, tuple(self.history.executions), end_ms)

    def _border(self, watching: Watching | None) -> Border | None:
        """What was seen of a cell; which of its files are data is looked at soon."""
        border = None
        with self.guard("see what a cell did"):
            self._before = None  # what an unwatched cell leaves is told by the next one that is
            if watching is not None:
                border = watching.stop(self.shell.user_ns)
                self._before = watching.after if not self._frames.stack() else None
                self._lookout.look(border)
        return border

    def _end_strays(self) -> None:
        """End a run whose opening was interrupted before its frame knew of it."""
        known = {frame.cell_run.run.run_id for frame in self._frames if frame.cell_run}
        for run in active.open_runs():
            if run.bound_to_cell and run.run_id not in known:
                run.end(INTERRUPTED.status)

    # -- the beginning of a run -----------------------------------------------------------------------------------

    def begin(self, line: str) -> None:
        """Open the run of the cell that is being executed.  Raises `UsageError` for a wrong option."""
        frames = self._frames.stack()
        if frames:
            with self.guard("show the cell's own first line"):
                show_own_line(self.shell, frames[-1].info.raw_cell)
            check_expanded(frames[-1].info.raw_cell, line, self.shell.user_ns)
        options = parse(line, self.defaults)
        if frames and has_nothing_to_run(frames[-1].info.raw_cell):
            if not body(frames[-1].info.raw_cell).strip():  # below a comment, too, but that was meant
                print("trackbook: there is nothing to run below %%track, so this is no run")
            return
        if self.guard.off:
            self._untracked(f"recording is off after {len(self.guard.failures)} errors, see %track status")
            return
        if not frames:
            self._untracked("IPython runs it silently, as it does a script's cells: tb.start_run() records there")
        elif frames[-1].cell_run is None:
            self._begin(frames, options, self.shell.user_ns)

    def look_for_trainings(self) -> bool:
        """From here on, in the cell that is being executed; False where that is the one that loads the extension."""
        frames = self._frames.stack()
        with self.guard("look for trainings"):
            if frames and frames[0].training is None:
                frame, namespace = frames[0], self.shell.user_ns
                if frame.watching is None:
                    frame.watching = Watching(namespace, frame.start_ms)
                frame.watching.note_scalars(namespace, frame.info.raw_cell)
                self.trainings.begin(frame)
        return bool(frames)

    def _trained(self, frame: Frame, shared: bool) -> None:
        """The cell trains, and was not tracked so far."""
        stack = self._frames.stack_with(frame)
        if self.guard.off or not self.recording or frame.watching is None or any(one.cell_run for one in stack):
            return
        with self.guard("make a run of a cell that trains"):
            self._begin([frame], self.defaults, frame.watching.found(self.shell.user_ns), shared or None)

    def _begin(
        self, frames: list[Frame], options: TrackOptions, namespace: Mapping[str, Any], shared: bool | None = None
    ) -> None:
        try:
            with interrupts.held(), opens.ours():
                self._open(frames, options, namespace, shared)
        except UsageError:
            raise
        except TrackbookError as error:
            self._untracked(str(error))
        except Exception as error:  # noqa: BLE001 - the border: no error of ours reaches a cell
            self.guard.failed("open the run", error)
            self._untracked(f"{type(error).__name__}: {error}")

    def _open(
        self, frames: list[Frame], options: TrackOptions, namespace: Mapping[str, Any], shared: bool | None
    ) -> None:
        if self._opener is None:
            from trackbook.jupyter.opening import Opener

            self._opener = Opener(self.shell, self.workers, self.guard, self.finder, self.history, self.asking)

        def opened(cell_run: CellRun) -> None:
            frames[-1].cell_run = cell_run
            self.refusal = ""
            self.run_ids = [*self.run_ids[-MOST_REMEMBERED:], cell_run.run.run_id]

        self._opener.open(frames, options, opened, namespace=namespace, shared=shared)

    def refused(self, reason: str) -> None:
        """Remember for `%track status` why the store cannot be opened."""
        self.refusal = reason

    def _untracked(self, reason: str) -> None:
        self.refusal = reason.partition("\n")[0]
        print(f"trackbook: this cell runs untracked: {self.refusal}", file=sys.stderr)

    # -- where we are ---------------------------------------------------------------------------------------------

    def remember_earlier(self) -> None:
        """Take into the history what ran before the extension was loaded, and watch the cell that loads it."""
        executed = list(self.shell.user_ns.get("In", ()))
        raw = getattr(getattr(self.shell, "history_manager", None), "input_hist_raw", executed)
        for count, source in enumerate(raw[: self.shell.execution_count - 1]):
            if count and type(source) is str and source and not source.isspace():
                self.history.add(source, execution_count=count)
        before = self.shell.user_ns if self.history.executions else self.shell.user_ns_hidden
        self._loading = Watching(before, now_ms())

    def close(self) -> None:
        """End the runs of cells that are still executed (an unload from within one of them)."""
        self._border(self._loading)
        for frame in self._frames.take():
            border = self._stopped(frame)
            with self.guard("end the run"):
                self._close_run(frame, border, FINISHED, now_ms())
