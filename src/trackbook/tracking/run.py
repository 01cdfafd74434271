"""A run as its own process sees it: what is logged goes to the journal, and nothing here waits for the store.

`log_metric` is on the training loop's path, so it does the least: look the series up, check the type, write one slot.
Values are kept in the memory of this process only as far as a rule needs them (a param is written once).
"""

from __future__ import annotations

import json
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from trackbook.capture.secrets import redact, sentence
from trackbook.core import events, patience, tags
from trackbook.core.clock import now_ms
from trackbook.core.entities import LifecycleStage, RunData, RunInfo, RunInputs, RunStatus
from trackbook.core.names import (
    check_artifact_path,
    check_key,
    check_status,
    items,
    metric_number,
    param_text,
    tag_text,
    time_number,
)
from trackbook.errors import InvalidValue, NotFound, NotRecorded, ParamConflict, StoreAway, text_of
from trackbook.tracking import active, encode
from trackbook.tracking.executions import moved
from trackbook.tracking.naming import cleaned, key_of, keyed
from trackbook.tracking.notes import notes_of
from trackbook.tracking.points import MetricWriter, metric_writer

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from trackbook.capture.secrets import Finding
    from trackbook.core.entities import Run
    from trackbook.core.events import Batch, Event
    from trackbook.tracking.session import Session


NUMBERS = (bool, int, float, type(None))
PIECE_BYTES = 1 << 20
NOT_SEARCHED = frozenset({tags.WARNINGS, tags.ORIGINS, tags.LEFT_OUT, tags.COLLECTING})
"""Tags that we write, of texts without secrets under keys that may sound like some."""


class Witness(Protocol):
    """Who is told what becomes of a run; neither call raises."""

    def failed(self, error: BaseException) -> None: ...

    def ended(self) -> None: ...


class ActiveRun:
    """An open run.  As a context manager it ends itself: FINISHED, FAILED on an exception, KILLED on an interrupt."""

    def __init__(
        self,
        session: Session,
        *,
        run_id: str,
        run_name: str,
        experiment_id: str,
        start_time: int,
        parent: ActiveRun | None = None,
        params: Mapping[str, str] | None = None,
        initial_tags: Mapping[str, str] | None = None,
    ) -> None:
        self.session = session
        self.run_id = run_id
        self.run_name = run_name
        self.experiment_id = experiment_id
        self.start_time = start_time
        self.end_time: int | None = None
        self.status = RunStatus.RUNNING
        self.parent = parent
        self.bound_to_cell = False
        """A tracked cell's run: runs started inside it are its children without being asked."""
        self.has_card = False
        """What it warns of is seen there."""
        self.witness: Witness | None = None
        self.resumed: Run | None = None
        """As it stood in the store where this goes on with it."""
        self.record_folder = tags.FOLDER
        """Where files of the record are put, see `executions`."""
        self.params: dict[str, str] = dict(params or {})
        self.tags: dict[str, str] = dict(initial_tags or {})
        self._notes = notes_of(run_id, self.tags.get(tags.WARNINGS, ""))
        self.secrets: dict[str, tuple[Finding, ...]] = {}
        """What was replaced, by the place where it stood: "param lr", "trackbook/source.py"."""
        self._rows: dict[str, str] = {}
        """The text of each table logged through this object."""
        self.series: dict[str, int] = {}
        self._place = ""
        """The address of its artifacts, once it is known."""
        self._append = session.journal.append
        self.log_metric = metric_writer(self.series.get, self.define, session.journal.point)

    # -- what it is -----------------------------------------------------------------------------------------------

    @property
    def info(self) -> RunInfo:
        """As this process knows it now."""
        return RunInfo(
            run_id=self.run_id,
            run_name=self.run_name,
            experiment_id=self.experiment_id,
            status=self.status,
            start_time=self.start_time,
            end_time=self.end_time,
            user_id=self.tags.get(tags.USER, ""),
            artifact_uri=self._artifact_uri(),
            lifecycle_stage=LifecycleStage.ACTIVE,
        )

    def _artifact_uri(self) -> str:
        """Asked once; "" while the store is away, for which no run is to fail."""
        if not self._place:
            with suppress(StoreAway), patience.impatient():
                self._place = self._asked_place()
        return self._place

    def _asked_place(self) -> str:
        try:
            return self.session.store.artifacts.uri(self.run_id)
        except NotFound:  # not in the store yet
            return self.session.reading.artifacts.uri(self.run_id)

    @property
    def data(self) -> RunData:
        """Params, latest metrics and tags, read from the store."""
        return self.session.reading.runs.get(self.run_id).data

    @property
    def inputs(self) -> RunInputs:
        """The datasets it read, from the store."""
        return self.session.reading.runs.get(self.run_id).inputs

    def to_dictionary(self) -> dict[str, Any]:
        """As the store has it now; see `Run.to_dictionary`."""
        return self.session.reading.runs.get(self.run_id).to_dictionary()

    def __repr__(self) -> str:
        return f"<ActiveRun {self.run_name!r} {self.run_id} {self.status}>"

    # -- logging --------------------------------------------------------------------------------------------------

    log_metric: MetricWriter
    """`log_metric(key, value, step=None, timestamp=None)`: see `metric_writer`."""

    def define(self, key: str) -> int:
        """The series of a metric key, defined in the journal at first use."""
        series = self.session.journal.define(self.run_id, check_key("metric", key_of(self, "metric", key)))
        self.series[key] = series
        return series

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None, timestamp: int | None = None) -> None:
        """Log several metrics at one step and time; one that cannot be stored is refused before any is logged."""
        numbers = {key: metric_number(key, value) for key, value in items("log_metrics", metrics)}
        stamp = now_ms() if timestamp is None else time_number("metrics", timestamp)
        for key, number in numbers.items():
            self.log_metric(key, number, step, stamp)

    def log_param(self, key: str, value: Any) -> Any:
        """Log a value under a key, once.  Raises `ParamConflict` for another value."""
        self.log_params({key: value})
        return value

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log several; all are checked before any is written."""
        texts = {
            check_key("param", key): self._clean("param", key, param_text(key, value), value)
            for key, value in keyed(self, "param", items("log_params", params))
        }
        for key, text in texts.items():
            old = self.params.get(key)
            if old is not None and old != text:
                raise ParamConflict(self.run_id, key, old, text)
        fresh = {key: text for key, text in texts.items() if key not in self.params}
        if fresh:
            self._append(events.ParamsLogged(self.run_id, fresh))
            self.params.update(fresh)

    def set_tag(self, key: str, value: Any) -> None:
        self.set_tags({key: value})

    def set_tags(self, values: Mapping[str, Any]) -> None:
        """Set or replace tags; the tag `mlflow.runName` renames the run."""
        texts = {
            check_key("tag", key): self._clean("tag", key, tag_text(key, value), value)
            for key, value in keyed(self, "tag", items("set_tags", values))
        }
        if texts:
            self._append(events.TagsSet(self.run_id, texts))
            self.tags.update(texts)
            self.run_name = texts.get(tags.RUN_NAME, self.run_name)

    def delete_tag(self, key: str) -> None:
        """Raises `NotFound` for a tag that this process knows not to be there."""
        if key not in self.tags and key not in self.data.tags:
            raise NotFound("tag", key)
        self._append(events.TagDeleted(self.run_id, key))
        self.tags.pop(key, None)

    def record(self, event: Event) -> None:
        """Append an event of this run that has no function of its own (the cell, an input)."""
        self._append(event)

    @property
    def in_cell(self) -> bool:
        """Whether a tracked cell opened this run, or a run around it."""
        return self.bound_to_cell or (self.parent is not None and self.parent.in_cell)

    def refuse(self, error: InvalidValue) -> None:
        """What cannot be kept: inside a tracked cell a warning, so that the training goes on; elsewhere raised.

        The card shows the warning, or Python does where there is none: not both.

        To be called by a fluent function itself, so that the warning names its caller's line.
        """
        if not self.in_cell:
            raise error
        self.warn(str(error))
        if not self.has_card:
            warnings.warn(str(error), NotRecorded, stacklevel=3)

    def warn(self, sentence: str) -> None:
        """Keep with the run what could not be recorded."""
        text = self._notes.add(redact(sentence).text)
        if text is not None:
            self.set_tag(tags.WARNINGS, text)

    def replaced(self, place: str, findings: Sequence[Finding]) -> None:
        """Keep with the run which kinds of secrets were replaced in what it keeps."""
        if findings and self.secrets.get(place) != tuple(findings):
            self.secrets[place] = tuple(findings)
            self.warn(sentence(place, findings))

    def _clean(self, kind: str, key: str, text: str, value: Any) -> str:
        """A param's or tag's text without secrets; a number holds none."""
        if isinstance(value, NUMBERS) or key in NOT_SEARCHED:
            return text
        found = cleaned(key, text, value if isinstance(value, str) else text)
        self.replaced(f"{kind} {key}", found.findings)
        return found.text

    # -- artifacts ------------------------------------------------------------------------------------------------

    def log_artifact(self, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Keep a copy of a file, or of a folder with all that is in it, below `artifact_path`."""
        path = Path(local_path)
        if path.is_dir():
            self.log_artifacts(path, _joined(artifact_path, path.name))
            return
        if not path.is_file():
            raise NotFound("file", str(local_path), "give the path of a file or folder that is there")
        target = check_artifact_path(_joined(artifact_path, path.name))
        staged, size = self.session.journal.stage_file(path)
        self._append(events.ArtifactStaged(self.run_id, target, staged, size))

    def log_artifacts(self, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Keep every file below a folder, with its relative path."""
        root = Path(local_dir)
        if not root.is_dir():
            raise NotFound("folder", str(local_dir), "give the path of a folder that is there")
        for path in sorted(root.rglob("*")):
            if path.is_file():
                self.log_artifact(path, _joined(artifact_path, path.relative_to(root).parent.as_posix()))

    def log_bytes(self, data: bytes, artifact_file: str) -> None:
        """Keep these bytes as a file of the run's artifacts; a file of the record with the execution's others."""
        target = moved(check_artifact_path(artifact_file), self.record_folder)
        staged, size = self.session.journal.stage_bytes(data)
        self._append(events.ArtifactStaged(self.run_id, target, staged, size))

    def log_stream(self, stream: Any, artifact_file: str) -> None:
        """Keep what an object with `read(size)` gives as bytes, a piece at a time."""
        target = check_artifact_path(artifact_file)
        with tempfile.NamedTemporaryFile(prefix="trackbook-") as file:
            while piece := stream.read(PIECE_BYTES):
                file.write(piece)
            file.flush()
            staged, size = self.session.journal.stage_file(Path(file.name))
        self._append(events.ArtifactStaged(self.run_id, target, staged, size))

    def log_text(self, text: str, artifact_file: str) -> None:
        """Keep a text as a UTF-8 file."""
        self.log_bytes(text.encode("utf-8", "replace"), artifact_file)

    def log_dict(self, dictionary: Any, artifact_file: str) -> None:
        """Keep a JSON-like object: as YAML where the file name ends so, else as JSON; other values go by their text."""
        self.log_text(encode.dictionary_text(dictionary, artifact_file), artifact_file)

    def log_figure(self, figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
        """Keep a matplotlib, Plotly or Altair figure in the format that the file's name asks for."""
        self.log_bytes(encode.figure_bytes(figure, artifact_file, save_kwargs or {}), artifact_file)

    def log_image(
        self,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Keep an image under a file name, or under a key and step so that it can be looked at across steps."""
        if (artifact_file is None) == (key is None):
            raise InvalidValue("give log_image either artifact_file or key")
        name = artifact_file
        if key is not None:
            name = encode.stepped_image_name(check_key("image", key), step, timestamp) + ".png"
        self.log_bytes(encode.image_bytes(image, str(name)), str(name))

    def log_table(self, data: Any, artifact_file: str) -> None:
        """Keep a table (a frame or a dict of columns) as JSON; a later call under the same name adds rows.

        The rows of this process are remembered, so that adding waits for no store; those of an earlier one are read.
        """
        known = encode.tables(self.tags.get(encode.TABLES_TAG, ""))
        earlier = self._rows.get(artifact_file)
        if earlier is None and artifact_file in known:
            with self.session.reading.artifacts.open(self.run_id, artifact_file) as file:
                earlier = file.read().decode()
        text = encode.table_text(data, earlier, artifact_file)
        self.log_text(text, artifact_file)
        self._rows[artifact_file] = text
        if artifact_file not in known:
            entries = [{"path": path, "type": "table"} for path in (*known, artifact_file)]
            self.set_tag(encode.TABLES_TAG, json.dumps(entries))

    def log_input(
        self,
        dataset: Any,
        context: str | None = None,
        tags: Mapping[str, str] | None = None,
        *,
        name: str | None = None,
        version: str | None = None,
    ) -> None:
        """Record a dataset that the run reads: a `Dataset`, a frame, an array, or an object with MLflow's `to_dict`."""
        from trackbook.tracking.datasets import dataset_event

        self._append(dataset_event(self.run_id, dataset, context, tags or {}, name, version, self.replaced))

    # -- its life -------------------------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[Batch], None]) -> Callable[[], None]:
        """Call back on the recorder's thread with each drained part of this run; returns what takes it back."""
        return self.session.recorder.subscribe(self.run_id, callback)

    def flush(self, timeout_s: float = 10.0) -> bool:
        return self.session.flush(timeout_s)

    def end(self, status: str = RunStatus.FINISHED, end_time: int | None = None) -> None:
        """End the run, and what was left open inside it; a second call changes nothing.

        A clock that went back meanwhile gives a duration of 0.  Raises `InvalidValue` for an `end_time` (ms) before
        the start, and leaves the run open then.
        """
        if self.status.ended:
            return
        status = check_status(status)
        ended = self._end_time(end_time)
        for inner in active.opened_inside(self):
            inner.end(status, max(ended, inner.start_time))
        self.status, self.end_time = status, ended
        self._append(events.RunEnded(self.run_id, self.status, self.end_time))
        active.remove(self)
        if self.witness is not None:
            self.witness.ended()

    def failed(self, error: BaseException) -> None:
        """Keep the error that the run is about to end with."""
        message = text_of(error)  # whole, since it is searched for secrets before it is cut
        self.set_tags({tags.ERROR_TYPE: type(error).__name__, tags.ERROR_MESSAGE: message})
        if self.witness is not None:
            self.witness.failed(error)

    def _end_time(self, given: int | None) -> int:
        if given is None:
            return max(now_ms(), self.start_time)
        ended = time_number("end", given)
        if ended < self.start_time:
            raise InvalidValue(
                f"run {self.run_id} cannot end at {ended}, before its start at {self.start_time}: "
                "give the end as ms since the epoch"
            )
        return ended

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.end(RunStatus.FINISHED)
        elif issubclass(kind, KeyboardInterrupt):
            self.end(RunStatus.KILLED)
        elif issubclass(kind, SystemExit) and getattr(error, "code", 1) in (0, None):
            self.end(RunStatus.FINISHED)
        else:
            if error is not None:
                self.failed(error)
            self.end(RunStatus.FAILED)


def _joined(folder: str | None, name: str) -> str:
    return name if folder in (None, "", ".") else f"{folder}/{name}" if name not in ("", ".") else str(folder)
