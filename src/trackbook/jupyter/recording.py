"""One tracked cell: its run, from the line that opens it to the card that shows what became of it.

The cell's thread does only what cannot wait: open the run, note the scalars that the cell will read, and at the end log
what was found.  Source, notebook, environment and git go through the worker; the end waits for them `FACTS_WAIT_S` at
the most, so that the final card can show them.  Every part is guarded on its own, and the run is ended in any case.
"""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.capture import cells, certain, environment, git, models, notebook, syntax, values
from trackbook.core import tags
from trackbook.core.events import CellRecorded
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.errors import MissingDependency, TrackbookError
from trackbook.jupyter.guard import log
from trackbook.jupyter.outcome import Outcome, error_message, traceback_text
from trackbook.tracking.run import ActiveRun, begin

if TYPE_CHECKING:
    from trackbook.capture.values import Found
    from trackbook.jupyter.background import Worker
    from trackbook.jupyter.guard import Guard
    from trackbook.jupyter.options import TrackOptions
    from trackbook.jupyter.place import Place
    from trackbook.tracking.session import Session

FACTS_WAIT_S = 1.0
FLUSH_TIMEOUT_S = 2.0
"""How long the end of a cell waits for a store that another program holds."""
SOURCE_TYPE = "NOTEBOOK"
OWN_MODEL_CALL = "log_model"
"""A cell that keeps its models itself needs no help."""


@dataclass(frozen=True, slots=True)
class TrackedCell:
    """What is known of a cell when its run opens."""

    source: str
    """As it was run, with its `%%` lines."""
    python: str
    """Its body in plain Python, "" where it is none."""
    line: cells.CellLine
    cell_id: str | None
    execution_count: int | None
    notebook: str | None
    place: Place


@dataclass(slots=True)
class CellRun:
    """The open run of a cell, and what is needed to close it."""

    run: ActiveRun
    cell: TrackedCell
    options: TrackOptions
    guard: Guard
    worker: Worker
    names: syntax.CellNames = syntax.NOTHING
    earlier: Mapping[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    card: Any = None
    _facts: threading.Event | None = None

    # -- the beginning --------------------------------------------------------------------------------------------

    def begun(self, namespace: Mapping[str, Any]) -> None:
        """All that belongs to the beginning, once the run is open."""
        with self.guard("record the cell"):
            self._record_cell()
        with self.guard("note the cell's names"):
            self.names = syntax.cell_names(self.cell.python)
            self.earlier = values.before(self.names, namespace)
        if self.options.params:
            with self.guard("log the cell's literals"):  # a killed run has these at least
                self._log_each(certain.early_params(self.cell.python, namespace), self.run.log_param)
        self._facts = self.worker.submit(self._collect)
        if not self.options.quiet:
            with self.guard("show the card"):
                self._show_card()

    def _record_cell(self) -> None:
        cell = self.cell
        self.run.record(
            CellRecorded(
                self.run.run_id,
                cell.line.key,
                cell.source,
                cell.cell_id,
                cell.notebook,
                cell.line.guessed,
                cell.execution_count,
            )
        )

    def _show_card(self) -> None:
        try:
            from trackbook.widgets.card import show_card
        except ImportError as error:
            log.warning("no run card: %s", error)
            return
        self.card = show_card(self.run, origins=self.origins)

    def _collect(self) -> None:
        """On the worker's thread."""
        folder = self.cell.place.folder
        for what, part in (
            ("the source", self._source),
            ("the environment", self._environment),
            ("the git state", lambda: self._git(git.git_state(folder, self.cell.place.path))),
            ("the notebook's file", self._notebook),
        ):
            try:
                part()
            except Exception as error:  # noqa: BLE001 - the worker's border; the run says what it lacks
                log.warning("%s could not be recorded", what, exc_info=True)
                self.run.warn(f"{what} could not be recorded: {type(error).__name__}: {error_message(error)}")

    def _source(self) -> None:
        self.run.log_text(self.cell.source, tags.SOURCE_FILE)

    def _environment(self) -> None:
        found = environment.environment()
        self.run.log_text(environment.environment_json(found), tags.ENVIRONMENT_FILE)
        self.run.log_text(environment.requirements_text(found), tags.REQUIREMENTS_FILE)

    def _git(self, state: git.GitState | None) -> None:
        if state is None:
            return
        known = {tags.GIT_COMMIT: state.commit, tags.GIT_BRANCH: state.branch, tags.GIT_REPOSITORY: state.remote}
        given = {key: text for key, text in known.items() if text is not None}
        if state.dirty is not None:
            given[tags.GIT_DIRTY] = str(state.dirty).lower()
        self.run.set_tags(given)

    def _notebook(self) -> None:
        data = None if self.cell.place.path is None else notebook.read_notebook(self.cell.place.path)
        if data is not None:
            self.run.log_bytes(data, tags.NOTEBOOK_FILE)

    # -- the end --------------------------------------------------------------------------------------------------

    def close(
        self,
        outcome: Outcome,
        namespace: Mapping[str, Any],
        history: tuple[cells.CellExecution, ...],
        shell: Any,
        end_ms: int,
    ) -> None:
        """Log what was found, end the run with the cell's status, and complete the card."""
        try:
            with self.guard("find params and metrics"):
                self._log_values(namespace, complete=outcome.error is None and outcome.word == cells.OK)
            if outcome.error is None and self.options.models and not _keeps_models(self.cell.python):
                with self.guard("keep the models"):
                    self._log_models(namespace)
            with self.guard("record how the cell ended"):
                self._log_outcome(outcome, shell)
            with self.guard("record the history"):
                self.run.log_text(cells.history_json(history), tags.HISTORY_FILE)
            if self._facts is not None:
                self._facts.wait(FACTS_WAIT_S)
        finally:
            with self.guard("end the run"):
                self.run.end(outcome.status, end_ms)
        with self.guard("complete the card"):
            if self.card is not None:
                self.card.finish(timeout_s=FLUSH_TIMEOUT_S)

    def _log_values(self, namespace: Mapping[str, Any], *, complete: bool) -> None:
        found = values.find(self.names, self.earlier, namespace, complete=complete)
        if self.options.params:
            # What the cell logged itself stands.
            self._log_each([one for one in found.params if one.key not in self.run.params], self.run.log_param)
        if self.options.metrics:
            self._log_each([one for one in found.metrics if one.key not in self.run.series], self.run.log_metric)
        if self.origins:
            self.run.set_tag(tags.ORIGINS, _fitting_json(self.origins))
        for sentence in found.left_out:
            self.run.warn(sentence)

    def _log_each(self, found: list[Found], log_one: Any) -> None:
        for one in found:
            try:
                log_one(one.key, one.value)
            except TrackbookError as error:
                self.run.warn(str(error))
            else:
                self.origins[one.key] = one.origin

    def _log_models(self, namespace: Mapping[str, Any]) -> None:
        found = models.find_models(self.names, namespace)
        if not found:
            return
        from trackbook.models.sklearn import log_model

        for one in found:
            name = f"{one.name}_model" if one.name == tags.FOLDER else one.name
            try:
                log_model(one.model, name, run=self.run)
            except MissingDependency as error:
                self.run.warn(f"the fitted model {one.name} was not kept: {error}")
                return
            except Exception as error:  # noqa: BLE001 - a user's own estimator; the run says what it lacks
                self.run.warn(f"the fitted model {one.name} was not kept: {error_message(error)}")

    def _log_outcome(self, outcome: Outcome, shell: Any) -> None:
        error = outcome.error
        if error is None:
            return
        message = error_message(error)
        self.run.set_tags({tags.ERROR_TYPE: type(error).__name__, tags.ERROR_MESSAGE: message})
        self.run.log_text(traceback_text(error, shell), tags.TRACEBACK_FILE)


def _keeps_models(python: str) -> bool:
    """True where the code calls `log_model` itself; its name in a comment or a string is no call."""
    tree = syntax.parse(python) if OWN_MODEL_CALL in python else None
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    return any(getattr(one, "attr", getattr(one, "id", "")) == OWN_MODEL_CALL for one in called)


def open_run(
    session: Session, cell: TrackedCell, options: TrackOptions, *, parent: ActiveRun | None, start_ms: int
) -> ActiveRun:
    """Open the run of a cell.  Raises `StoreUnavailable` and other leaves of `trackbook.errors`."""
    experiment = session.choose_experiment(options.experiment) if options.experiment else session.default_experiment()
    given = {
        tags.SOURCE_NAME: cell.notebook,
        tags.SOURCE_TYPE: SOURCE_TYPE,
        tags.CELL_LINE: cell.line.key,
        tags.CELL_GUESSED: "true" if cell.line.guessed else None,
        tags.CELL_ID: cell.cell_id,
        tags.NOTEBOOK: cell.notebook,
        tags.NOTE: options.note,
    }
    run = begin(
        session,
        run_name=options.name,
        experiment_id=experiment.experiment_id,
        parent=parent,
        run_tags={**{key: text for key, text in given.items() if text is not None}, **options.tags},
        start_time=start_ms,
    )
    run.bound_to_cell = True
    return run


def _fitting_json(origins: Mapping[str, str]) -> str:
    """The origins as JSON, without those at the end that would make it longer than a tag may be."""
    kept = dict(origins)
    text = json.dumps(kept)
    while len(text) > MAX_TAG_VALUE:
        for _ in range(1 + len(kept) // 10):
            kept.popitem()
        text = json.dumps(kept)
    return text
