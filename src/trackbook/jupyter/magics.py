"""The magics.  Each parses its line and calls what the Python API offers."""

from __future__ import annotations

import difflib
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class

from trackbook.errors import TrackbookError
from trackbook.jupyter import options
from trackbook.jupyter.place import label, settings_of
from trackbook.jupyter.status import status_text
from trackbook.jupyter.transform import MAGIC

if TYPE_CHECKING:
    from trackbook.jupyter.hooks import CellHooks
    from trackbook.reports.page import Code

SWITCHES = ("on", "off", "status")
CODE_OPTIONS: dict[str, Code] = {"--fold-code": "fold", "--no-code": "hide"}


@magics_class
class TrackbookMagics(Magics):
    """`%%track`, `%track`, `%runs`, `%compare`, `%report`."""

    def __init__(self, shell: Any, hooks: CellHooks) -> None:
        super().__init__(shell)
        self.hooks = hooks

    @line_magic
    def trackbook_begin(self, line: str) -> None:
        """Opens the run of the running cell; the `%%track` line becomes a call of this."""
        self.hooks.begin(line)

    @line_cell_magic
    def track(self, line: str, cell: str | None = None) -> None:
        if cell is not None:  # reached only by a direct call: a notebook's cell is translated before it runs
            self.hooks.shell.run_cell(f"{MAGIC} {line}\n{cell}")
            return
        word = line.strip()
        if word == "status":
            print(self._status())
        elif word in ("on", "off"):
            self.hooks.recording = word == "on"
            if self.hooks.recording:
                self.hooks.guard.reset()
            print(f"trackbook: %%track records {'again' if word == 'on' else 'nothing until %track on'}")
        else:
            near = difflib.get_close_matches(word, SWITCHES, 1)
            advice = f"did you mean %track {near[0]}?" if near else "write %track on, %track off or %track status"
            raise UsageError(f"%track: there is no {word!r}, {advice}" if word else f"%track: {advice}")

    def _status(self) -> str:
        hooks = self.hooks
        place = hooks.finder.place()
        settings = settings_of(place)
        executed = len(hooks.history.executions)
        return status_text(settings, place, hooks.guard, recording=hooks.recording, executed=executed)

    @line_magic
    def runs(self, line: str) -> Any:
        """%runs [FILTER]

        The table of runs, those that a filter of the search language finds:
        %runs metrics.accuracy > 0.9 and params.kernel = 'rbf'
        """
        from trackbook.widgets.views import runs

        return _said(lambda: runs(line.strip()))

    @line_magic
    def compare(self, line: str) -> Any:
        """%compare [RUN ...]

        Runs side by side: those named by id, else those selected in the last run table, else the two newest of this
        notebook.
        """
        from trackbook.widgets.table import last_table
        from trackbook.widgets.views import compare

        chosen = _words("%compare", line)
        if chosen:
            return _said(lambda: compare(chosen))
        table = last_table()
        if table is not None and table.selected:
            return _said(compare)
        newest = self._two_newest()
        if len(newest) < 2:
            raise UsageError("%compare: select two or more runs in a table (%runs), or name them: %compare RUN RUN")
        print("trackbook: no run is selected in a table, so these are the two newest of this notebook")
        return _said(lambda: compare(newest))

    def _two_newest(self) -> list[str]:
        """Of this kernel, else of this notebook in the store; the older one first."""
        if len(self.hooks.run_ids) >= 2:
            return self.hooks.run_ids[-2:]
        from trackbook.tracking.session import current_session

        place = self.hooks.finder.place()
        session = current_session(place.folder)
        newest: dict[str, None] = {}
        for cell in session.reading.cells.lines(label(place, session.settings), limit=2):
            for version in session.store.cells.versions(cell.line, limit=2):
                newest.setdefault(version.run_id)
        runs = sorted((session.store.runs.get(run_id) for run_id in newest), key=lambda run: run.info.start_time)
        return [run.info.run_id for run in runs[-2:]]

    @line_magic
    def report(self, line: str) -> Any:
        """%report [PATH] [--fold-code | --no-code]

        This notebook, as it stands, as one HTML file that opens offline.
        """
        from trackbook.reports.notebook import report

        code: Code = "show"
        path: str | None = None
        for word in _words("%report", line):
            if word in CODE_OPTIONS:
                code = CODE_OPTIONS[word]
            elif word.startswith("-"):
                near = difflib.get_close_matches(word, CODE_OPTIONS, 1, 0.5)
                advice = f"did you mean {near[0]}?" if near else f"the options are {', '.join(CODE_OPTIONS)}"
                raise UsageError(f"%report: there is no option {word!r}, {advice}")
            elif path is None:
                path = word
            else:
                raise UsageError(f"%report: {word!r} is one word too many after {path!r}: quote paths with spaces")
        return _said(lambda: report(None, path, code=code))


TrackbookMagics.track.__doc__ = f"""{options.usage()}

Makes a run of this cell: what it is, what it found and how it ended.

%track on|off|status

Switches %%track on or off, or says where runs are kept and what is captured.
"""


def _words(magic: str, line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{magic}: {str(error).lower()} in {line!r}: close the quote") from None


def _said(call: Any) -> Any:
    """The call's value; a mistake in what the user asked for is a message, not a traceback."""
    try:
        return call()
    except TrackbookError as error:
        raise UsageError(str(error)) from None
