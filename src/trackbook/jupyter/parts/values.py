"""The params and metrics that the cell's names hold; `cell_run.origins` says where each was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import cells, certain, values
from trackbook.capture.inner import Inner, inner_names
from trackbook.capture.values.setters import learn, setters
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History
from trackbook.tracking.findings import log_each, origins_text, sentences_text
from trackbook.tracking.words import words_of

if TYPE_CHECKING:
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun


class ValuesPart(Capture):
    name: ClassVar[str] = "the params and metrics"

    def __init__(self) -> None:
        self._earlier = values.Earlier()
        self._words: values.Words = {}
        self._inner: list[tuple[Inner, values.Earlier]] = []
        self._left_out: list[str] = []

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        self._words = words_of(cell_run.run.session.settings.home, cell_run.cell.line.key)
        if cell_run.run.resumed is not None:
            from trackbook.widgets.origins import origins

            cell_run.origins.update(origins(cell_run.run.tags))
        self._earlier = values.before(cell_run.names, namespace, self._words)
        inner = inner_names(cell_run.cell.python)
        self._inner = [(one, values.before(one.names, namespace, self._words)) for one in inner]
        if cell_run.options.params:  # a killed run has these at least
            certain_ones = certain.early_params(cell_run.cell.python, namespace, _lines_above(cell_run))
            unsaid = [one for one in certain_ones if values.word_for(self._words, one.key) is None]
            log_each(cell_run.run, unsaid, cell_run.run.log_param, cell_run.origins)

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        complete = outcome.error is None and outcome.word == cells.OK
        found = values.find(
            cell_run.names,
            self._earlier,
            namespace,
            complete=complete,
            words=self._words,
            lines_above=_lines_above(cell_run),
            cells=setters(self._read(cell_run), _others(history, cell_run)),
        )
        self._log(cell_run, found)
        for inner, earlier in self._inner:
            within = values.find(inner.names, earlier, namespace, complete=complete, words=self._words)
            self._log(cell_run, within.told_of(inner.where))
        keep_origins(cell_run)

    def _log(self, cell_run: CellRun, found: values.Findings) -> None:
        run, options = cell_run.run, cell_run.options
        # What the cell logged itself stands; another value than an earlier execution had is said.
        former = {} if run.resumed is None else run.resumed.data.params
        if options.params:
            wanted = (one for one in found.params if one.key not in run.params or one.key in former)
            log_each(run, wanted, run.log_param, cell_run.origins)
        if options.metrics:
            unlogged = (one for one in found.metrics if one.key not in run.series)
            log_each(run, unlogged, run.log_metric, cell_run.origins)
        self._left_out += [*found.left_out, *found.passed_over]
        if self._left_out:
            run.set_tag(tags.LEFT_OUT, sentences_text(self._left_out))
        for sentence in found.left_out:
            run.warn(sentence)

    def after(self, cell_run: CellRun, history: History) -> None:
        learn(history)

    def _read(self, cell_run: CellRun) -> list[str]:
        """The names whose cells are worth a look: those that give params."""
        held = (self._earlier.scalars, self._earlier.settings)
        read = (*cell_run.names.read, *self._earlier.reached)
        return [name for name in read if any(name in one for one in held)]


def keep_origins(cell_run: CellRun) -> None:
    """Say with the run where its params and metrics were found until now."""
    if cell_run.origins:
        cell_run.run.set_tag(tags.ORIGINS, origins_text(cell_run.origins))


def _lines_above(cell_run: CellRun) -> int:
    """The lines of the cell above its Python: `%%track`, and blank ones that IPython drops."""
    cell = cell_run.cell
    return max(0, cell.source.rstrip().count("\n") - cell.python.rstrip().count("\n"))


def _others(history: History, cell_run: CellRun) -> History:
    """What was executed before this cell."""
    is_last = bool(history) and history[-1].source == cell_run.cell.source
    return history[:-1] if is_last else history
