"""The params and metrics that the cell's names hold; `cell_run.origins` says where each was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import cells, certain, values
from trackbook.capture.values.setters import learn, setters
from trackbook.core import tags
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.errors import TrackbookError
from trackbook.jupyter.parts.part import Capture, History
from trackbook.tracking.words import words_of

if TYPE_CHECKING:
    from trackbook.capture.values import Found
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun


class ValuesPart(Capture):
    name: ClassVar[str] = "the params and metrics"

    def __init__(self) -> None:
        self._earlier = values.Earlier()
        self._words: values.Words = {}

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        self._words = words_of(cell_run.run.session.settings.home, cell_run.cell.line.key)
        if cell_run.run.resumed is not None:
            from trackbook.widgets.origins import origins

            cell_run.origins.update(origins(cell_run.run.tags))
        self._earlier = values.before(cell_run.names, namespace, self._words)
        if cell_run.options.params:  # a killed run has these at least
            certain_ones = certain.early_params(cell_run.cell.python, namespace, _lines_above(cell_run))
            unsaid = [one for one in certain_ones if values.word_for(self._words, one.key) is None]
            _log_each(cell_run, unsaid, cell_run.run.log_param)

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        run, options = cell_run.run, cell_run.options
        found = values.find(
            cell_run.names,
            self._earlier,
            namespace,
            complete=outcome.error is None and outcome.word == cells.OK,
            words=self._words,
            lines_above=_lines_above(cell_run),
            cells=setters(self._read(cell_run), _others(history, cell_run)),
        )
        # What the cell logged itself stands; another value than an earlier execution had is said.
        former = {} if run.resumed is None else run.resumed.data.params
        if options.params:
            wanted = (one for one in found.params if one.key not in run.params or one.key in former)
            _log_each(cell_run, wanted, run.log_param)
        if options.metrics:
            _log_each(cell_run, (one for one in found.metrics if one.key not in run.series), run.log_metric)
        keep_origins(cell_run)
        if found.left_out or found.passed_over:
            run.set_tag(tags.LEFT_OUT, _fitting_list([*found.left_out, *found.passed_over]))
        for sentence in found.left_out:
            run.warn(sentence)

    def after(self, cell_run: CellRun, history: History) -> None:
        learn(history)

    def _read(self, cell_run: CellRun) -> list[str]:
        """The names whose cells are worth a look: those that give params."""
        held = (self._earlier.scalars, self._earlier.settings)
        return [name for name in cell_run.names.read if any(name in one for one in held)]


def keep_origins(cell_run: CellRun) -> None:
    """Say with the run where its params and metrics were found until now."""
    if cell_run.origins:
        cell_run.run.set_tag(tags.ORIGINS, _fitting_json(cell_run.origins))


def _lines_above(cell_run: CellRun) -> int:
    """The lines of the cell above its Python: `%%track`, and blank ones that IPython drops."""
    cell = cell_run.cell
    return max(0, cell.source.rstrip().count("\n") - cell.python.rstrip().count("\n"))


def _others(history: History, cell_run: CellRun) -> History:
    """What was executed before this cell."""
    is_last = bool(history) and history[-1].source == cell_run.cell.source
    return history[:-1] if is_last else history


def _log_each(cell_run: CellRun, found: Iterable[Found], log_one: Callable[[str, Any], object]) -> None:
    for one in list(found):
        try:
            log_one(one.key, one.value)
        except TrackbookError as error:
            cell_run.run.warn(str(error))
        else:
            cell_run.origins[one.key] = one.origin


def _fitting_json(origins: Mapping[str, str]) -> str:
    """The origins as JSON; where that is longer than a tag may be by their first words, then without the last ones."""
    text = json.dumps(dict(origins))
    if len(text) <= MAX_TAG_VALUE:
        return text
    kept = {key: origin.partition(" ")[0] for key, origin in origins.items()}
    text = json.dumps(kept)
    while len(text) > MAX_TAG_VALUE:
        for _ in range(1 + len(kept) // 10):
            kept.popitem()
        text = json.dumps(kept)
    return text


def _fitting_list(sentences: list[str]) -> str:
    """As JSON, without those at the end that would make it longer than a tag may be."""
    kept = list(dict.fromkeys(sentences))
    while len(text := json.dumps(kept)) > MAX_TAG_VALUE:
        kept = kept[: len(kept) * 9 // 10]
    return text
