"""What the cell trained: the arguments of its models as params, and the data that they were given as inputs of the run.

Trainings are noted while the cell runs, on its thread, see `capture.training`.  What the user logged or the cell
assigned stands: an argument of the same name with another value has the model's name before its own.

A run that the cell opens for each training of a loop gets the arguments of its own models; the cell's run lists all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import training, values
from trackbook.capture.training.params import arguments_of, models_of
from trackbook.core import tags
from trackbook.errors import TrackbookError
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.values import keep_origins
from trackbook.tracking.active import active_run
from trackbook.tracking.findings import origins_text
from trackbook.tracking.words import words_of

if TYPE_CHECKING:
    from trackbook.capture.training import Fit
    from trackbook.capture.training.params import Argument
    from trackbook.capture.values import Found
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun
    from trackbook.tracking.run import ActiveRun

PASSED = "passed to fit"
LOGGED = "logged by the trainer"
MOST_NAMES = 20


class TrainingPart(Capture):
    name: ClassVar[str] = "what the cell trained"

    def __init__(self) -> None:
        self._watch: training.Watch | None = None
        self.fits: tuple[Fit, ...] = ()
        self._within: list[tuple[Fit, ActiveRun]] = []
        """What was trained while another run than the cell's was the active one."""

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        options = cell_run.options
        self._watch = training.watch(
            partial(self._began, cell_run.run) if options.params else None,
            namespace=cell_run.shell.user_ns,
            data=options.data,
            arguments=bool(options.params),
            on_metrics=partial(_log, cell_run) if options.metrics else None,
        )

    def _began(self, own: ActiveRun, fit: Fit) -> None:
        run = active_run()
        if run is not None and run is not own and not run.bound_to_cell:
            self._within.append((fit, run))

    def collect(self, cell_run: CellRun) -> None:
        import trackbook.capture.training.frames  # noqa: F401 - so that the first fit need not wait for it

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        if self._watch is None:
            return
        self.fits = self._watch.stop()
        if not self.fits:
            return
        run = cell_run.run
        for fit in self.fits if cell_run.options.metrics else ():
            last = training.last_metrics(fit.reference())
            if last is not None:
                _log(cell_run, *last)
        words = words_of(run.session.settings.home, cell_run.cell.line.key)
        _keep_arguments(run, self.fits, words, cell_run.origins)
        keep_origins(cell_run)
        for inner in dict.fromkeys(one for _, one in self._within):
            self._keep_inner(inner, words)

    def _keep_inner(self, run: ActiveRun, words: Mapping[str, str]) -> None:
        from trackbook.widgets.origins import origins

        found = origins(run.tags)
        fits = tuple(fit for fit, one in self._within if one is run)
        _keep_arguments(run, fits, words, found, among=self.fits)
        if found:
            run.set_tag(tags.ORIGINS, origins_text(found))

    def after(self, cell_run: CellRun, history: History) -> None:
        if self._watch is None:
            return
        run = cell_run.run
        given = {(one.dataset.name, one.dataset.digest, one.context): one for fit in self.fits for one in fit.data}
        for one in given.values():
            run.log_input(one.dataset, one.context, {tags.INPUT_SEEN: PASSED})
        if self._watch.left_out:
            run.warn(f"{self._watch.left_out} more training calls were made than are looked at for params and data")
        if self._watch.data_left_out:
            run.warn(f"{self._watch.data_left_out} more frames and arrays were passed to fits than are recorded")


def _log(cell_run: CellRun, metrics: Mapping[str, float], step: int) -> None:
    """What a trainer logs goes into the run that is active: a loop may have one for each training."""
    run = active_run() or cell_run.run
    words = words_of(run.session.settings.home, cell_run.cell.line.key)
    for key, value in metrics.items():
        if values.word_for(words, key) == values.IGNORE:
            continue
        try:
            run.log_metric(key, value, step)
        except TrackbookError as error:
            run.warn(str(error))
        else:
            cell_run.origins.setdefault(key, LOGGED)


def _keep_arguments(
    run: ActiveRun,
    fits: tuple[Fit, ...],
    words: Mapping[str, str],
    found_in: dict[str, str],
    among: tuple[Fit, ...] = (),
) -> None:
    """Log them, which reaches a run that has ended too; `found_in` takes where each was found."""
    run.set_tag(tags.TRAINED, ", ".join(models_of(fits)[:MOST_NAMES]))
    left_out: list[str] = []
    for found in _params(arguments_of(fits, among), len(models_of(fits)) > 1, run, words):
        if values.is_allowed(found, left_out):
            try:
                run.log_param(found.key, found.value)
            except TrackbookError as error:
                left_out.append(str(error))
            else:
                found_in[found.key] = found.origin
    for sentence in left_out:
        run.warn(sentence)


def _params(arguments: Iterable[Argument], several: bool, run: ActiveRun, words: Mapping[str, str]) -> Iterator[Found]:
    """Under keys that are free, the model's name before them where there are several; those to ignore are left out."""
    logged = run.params
    for one in arguments:
        long = f"{one.model}.{one.name}"
        key = long if several else one.name
        if key in logged:
            if logged[key] == str(one.value):
                continue
            key = long
        if key not in logged and values.word_for(words, key) != values.IGNORE:
            yield values.Found(key, one.value, f"argument of {one.model}")
