"""The params and metrics that the cell's names hold; `cell_run.origins` says where each was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import cells, certain, values
from trackbook.core import tags
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.errors import TrackbookError
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.capture.values import Found
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun


class ValuesPart(Capture):
    name: ClassVar[str] = "the params and metrics"

    def __init__(self) -> None:
        self._earlier: Mapping[str, Any] = {}

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        self._earlier = values.before(cell_run.names, namespace)
        if cell_run.options.params:  # a killed run has these at least
            _log_each(cell_run, certain.early_params(cell_run.cell.python, namespace), cell_run.run.log_param)

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        run, options = cell_run.run, cell_run.options
        complete = outcome.error is None and outcome.word == cells.OK
        found = values.find(cell_run.names, self._earlier, namespace, complete=complete)
        # What the cell logged itself stands.
        if options.params:
            _log_each(cell_run, (one for one in found.params if one.key not in run.params), run.log_param)
        if options.metrics:
            _log_each(cell_run, (one for one in found.metrics if one.key not in run.series), run.log_metric)
        if cell_run.origins:
            run.set_tag(tags.ORIGINS, _fitting_json(cell_run.origins))
        for sentence in found.left_out:
            run.warn(sentence)


def _log_each(cell_run: CellRun, found: Iterable[Found], log_one: Callable[[str, Any], object]) -> None:
    for one in list(found):
        try:
            log_one(one.key, one.value)
        except TrackbookError as error:
            cell_run.run.warn(str(error))
        else:
            cell_run.origins[one.key] = one.origin


def _fitting_json(origins: Mapping[str, str]) -> str:
    """The origins as JSON, without those at the end that would make it longer than a tag may be."""
    kept = dict(origins)
    text = json.dumps(kept)
    while len(text) > MAX_TAG_VALUE:
        for _ in range(1 + len(kept) // 10):
            kept.popitem()
        text = json.dumps(kept)
    return text
