"""The ports: what the rest of trackbook asks of a place where runs are kept.

Each port is small and speaks entities.  SQL on this machine, PostgreSQL and an HTTP client implement the same ports
and pass the same conformance suite (`tests/conformance`).  The contract is told here, once; implementations add only
what differs.  All errors are leaves of `trackbook.errors`.  Every method may be called from any thread.

Nothing here returns "everything": listings are pages, values of tables come from aggregates, and curves are
down-sampled by the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from trackbook.core.approvals import Request
from trackbook.core.entities import (
    AuditEntry,
    CellVersion,
    Experiment,
    FileInfo,
    ModelVersion,
    Page,
    RegisteredModel,
    Run,
    ViewType,
)
from trackbook.core.events import Batch, Points
from trackbook.core.trash import DiskReport, Emptied, Orphan, TrashedRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all) as a file or folder moves, perhaps from another thread; raising ends it."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs, in which order, which part of them.

    `filter` is text of the search language (`trackbook.core.filters`), `order_by` are MLflow's clauses
    (`"metrics.loss ASC"`), without any: newest first.  `experiment_ids` None means all experiments.
    `offset` is for views that jump; `page_token` for walks that must not skip or repeat while runs arrive.

    `columns` are the params, metrics and tags that the runs carry, in the search language's spelling (`metrics.loss`,
    ``params.`batch size` ``); None: all.  An aggregate (`metrics.loss.min`) brings its metric.  `count` False spares
    the exact number of all that match, which costs more than a page where most runs match.
    """

    experiment_ids: Sequence[str] | None = None
    filter: str = ""
    order_by: Sequence[str] = ()
    view: ViewType = ViewType.ACTIVE_ONLY
    limit: int = 100
    offset: int = 0
    page_token: str | None = None
    columns: Sequence[str] | None = None
    count: bool = True


@dataclass(frozen=True, slots=True)
class RunColumns:
    """Runs column by column, for frames; every column has one entry a run, in the order of the query.

    `params` and `tags` are columns of objects (None: the run has no value), `metrics` are latest values (NaN: none).
    """

    run_ids: Sequence[str]
    experiment_ids: Sequence[str]
    statuses: Sequence[str]
    artifact_uris: Sequence[str]
    start_times: Sequence[int]
    end_times: Sequence[int | None]
    params: Mapping[str, NDArray[np.object_]]
    metrics: Mapping[str, NDArray[np.float64]]
    tags: Mapping[str, NDArray[np.object_]]


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """One value a run, of those runs that have one, in no order; two arrays of shape (n_runs,)."""

    runs: NDArray[np.int64]
    """Numbers that name runs in every answer of the same store, so that columns can be joined."""
    values: NDArray[np.float64] | NDArray[np.object_]
    """Numbers of a metric or a number attribute (NaN among them), texts of all others."""


@dataclass(frozen=True, slots=True)
class KeyCount:
    """A param, metric or tag key and the number of runs that have it."""

    kind: str
    """"params", "metrics" or "tags"."""
    key: str
    runs: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric's history, down-sampled so that spikes survive; columns of equal length, in order of x."""

    run_id: str
    key: str
    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    """ms"""
    values: NDArray[np.float64]
    count: int
    """Points in the range before down-sampling."""


class Experiments(Protocol):
    def create(self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None) -> str:
        """Make an experiment and return its id.  Raises `AlreadyExists` where an active one has the name."""

    def get(self, experiment_id: str) -> Experiment:
        """Raises `NotFound`.  Finds deleted ones too."""

    def get_by_name(self, name: str) -> Experiment | None:
        """The active experiment of that name, else the deleted one, else None."""

    def search(
        self,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        limit: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Newest first where no order is asked for."""

    def rename(self, experiment_id: str, name: str) -> None:
        """Raises `AlreadyExists` where an active one has the name, `InvalidState` for a deleted experiment."""

    def delete(self, experiment_id: str) -> None:
        """Soft; its runs are deleted with it, and its name can be used again.  `InvalidState` for Default."""

    def restore(self, experiment_id: str) -> None:
        """With the runs that were deleted with it.  Raises `AlreadyExists` where its name was taken meanwhile."""

    def set_tag(self, experiment_id: str, key: str, value: str) -> None:
        """The tag `mlflow.note.content` is the experiment's description."""

    def delete_tag(self, experiment_id: str, key: str) -> None:
        """Raises `NotFound` for a tag that is not there."""


class Runs(Protocol):
    def get(self, run_id: str) -> Run:
        """With its params, tags, latest metrics, aggregates and inputs.  Raises `NotFound`; finds deleted ones too."""

    def search(self, query: RunQuery) -> Page[Run]:
        """With inputs; `total` is exact, None where the query spares it.  Raises `FilterSyntaxError`."""

    def columns(self, query: RunQuery) -> RunColumns:
        """What `search` finds, as columns; `limit` may be any number here, and nothing is counted."""

    def values(self, query: RunQuery, column: str) -> ColumnValues:
        """One column of all that the query's filter finds, whatever its order, offset and limit.

        `column` is a field of the search language: `metrics.loss.min`, `params.C`, `attributes.duration` (ms).
        Raises `FilterSyntaxError`, `InvalidValue` for a dataset's field.
        """

    def keys(self, experiment_ids: Sequence[str] | None = None) -> Sequence[KeyCount]:
        """Every param, metric and tag key of these experiments, for column choosers and completion."""

    def delete(self, run_id: str) -> None:
        """Soft; its children stay, as in MLflow."""

    def restore(self, run_id: str) -> None: ...

    def move(self, run_ids: Sequence[str], experiment_id: str) -> None:
        """Move runs to another experiment, all or none; children do not go along.

        Their artifacts stay where they are, so that their addresses keep their meaning.  Raises `NotFound`;
        `InvalidState` for a deleted experiment.
        """


class Metrics(Protocol):
    def history(self, run_id: str, key: str) -> Points:
        """All points in order of (timestamp, step, value); empty for an unknown key."""

    def curves(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        x: str = "step",
        buckets: int = 500,
        start: float | None = None,
        end: float | None = None,
    ) -> Sequence[Curve]:
        """Curves for drawing: at most about `2 * buckets` points each, keeping each bucket's least and greatest value.

        `x` is "step", "time" (ms since the epoch) or "relative" (ms since the run's start); `start` and `end` bound it.
        A run that lacks a key gives no curve.
        """


class Cells(Protocol):
    def of_run(self, run_id: str) -> CellVersion | None: ...

    def of_runs(self, run_ids: Sequence[str]) -> Mapping[str, CellVersion]:
        """By run id; a run that no cell made is left out."""

    def versions(self, line: str, limit: int = 100) -> Sequence[CellVersion]:
        """Newest first; deleted runs are left out."""

    def lines(self, notebook: str | None, limit: int = 200) -> Sequence[CellVersion]:
        """The newest version of each cell line of this notebook, newest first."""


class Recording(Protocol):
    """Where a journal is drained to."""

    def apply(self, batch: Batch) -> None:
        """Apply events and points in one transaction and keep `batch.cursor` with them.

        A batch whose cursor is already kept changes nothing.  What cannot be applied (a point of a run that was never
        started, say) is skipped and logged, never raised: one bad record must not hold back the rest.
        Staged artifacts are not its business; see `Artifacts.adopt`.
        """

    def cursor(self, journal_id: str) -> Mapping[str, Any] | None:
        """The last cursor kept for this journal; None where nothing of it was applied."""

    def forget(self, journal_id: str) -> None:
        """The journal is gone from disk: its cursor is not needed any more."""

    def end_abandoned(self, run_ids: Sequence[str], end_time: int) -> Sequence[str]:
        """End those of these runs that are still RUNNING as KILLED; the ids that were.

        Their error (`tags.ERROR_TYPE`, `tags.ERROR_MESSAGE`) says that their process died, and that it was last heard
        at `end_time`.
        """


class Trash(Protocol):
    """Deleted runs, until they are deleted for good.  Deleting a run leaves its children, as MLflow does."""

    def contents(self, older_than_ms: int | None = None) -> Sequence[TrashedRun]:
        """All deleted runs, or those deleted at least so many ms ago; longest deleted first."""

    def empty(self, run_ids: Sequence[str], *, force: bool = False) -> Emptied:
        """Delete these runs for good: every row of them, their files, what only they referred to.

        Kept, and said why: a run that is not in the trash, and unless `force` one that a registered model version
        points to or that is RUNNING.  Experiments of theirs that are deleted and hold no run any more go with them.
        Raises `NotFound` before anything is deleted.  Where it was interrupted call it again.
        """

    def empty_experiments(self, older_than_ms: int | None = None) -> Sequence[str]:
        """Delete for good the deleted experiments that hold no run; their names."""


class Disk(Protocol):
    """The place where a store lies, for those who can reach it: not part of `Store`, since a remote has none."""

    def report(self, largest: int = 10) -> DiskReport: ...

    def orphans(self) -> Sequence[Orphan]:
        """Artifact folders of no run, a day old; none where another store may have the same folder."""

    def clear(self, orphans: Sequence[Orphan]) -> int:
        """Delete them and sweep: the bytes given back.  Raises `InvalidValue` for one that is none (any more)."""

    def sweep(self) -> int:
        """Delete what crashes left, files nobody finished and content of no run: the bytes given back."""

    def compact(self) -> int:
        """Rewrite the database without gaps: the bytes given back.  Others cannot write meanwhile."""


class Registry(Protocol):
    """Registered models and their versions.  All calls raise `NotFound` for a model or version that is not there.

    What changes something leaves an entry in the audit trail in the same transaction, with who did it and why
    (`core.acting`), and raises `ChangedMeanwhile` where the actor says what it has seen and that is no longer the
    newest.  A call that changes nothing leaves none.

    Aliases, stages, the name and the existence of a protected model and its versions change for its approvers alone:
    others leave a request, and `ApprovalNeeded` is raised (`core.approvals`).
    """

    def create_model(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> RegisteredModel:
        """Raises `AlreadyExists`, `InvalidName`."""

    def get_model(self, name: str) -> RegisteredModel: ...

    def search_models(
        self, filter: str = "", limit: int = 100, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[RegisteredModel]: ...

    def update_model(self, name: str, description: str) -> RegisteredModel: ...

    def rename_model(self, name: str, new_name: str) -> RegisteredModel:
        """Versions, tags and aliases go with it.  Raises `AlreadyExists`, `InvalidName`."""

    def delete_model(self, name: str) -> None:
        """With all its versions, for good; the files stay with their runs."""

    def set_model_tag(self, name: str, key: str, value: str) -> None: ...

    def delete_model_tag(self, name: str, key: str) -> None:
        """A tag that is not there is no error, as in MLflow."""

    def create_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        version: int | None = None,
        *,
        run_link: str = "",
        model_id: str | None = None,
        user_id: str = "",
        location: str | None = None,
    ) -> ModelVersion:
        """The next version; numbers count from 1 and are never used again.

        `version` claims a number above all used so far, for an import that keeps its source's numbers with their gaps;
        raises `AlreadyExists` for one that is not.  `location` says where the files lie, where that is not `source`.
        """

    def get_version(self, name: str, version: str) -> ModelVersion: ...

    def search_versions(
        self, filter: str = "", limit: int = 1000, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[ModelVersion]: ...

    def latest_version(self, name: str) -> ModelVersion:
        """The one with the greatest number, in whatever stage."""

    def latest_versions(self, name: str, stages: Sequence[str] | None = None) -> Sequence[ModelVersion]:
        """The newest version in each of these stages (all by default) that has one; raises `InvalidValue`."""

    def update_version(self, name: str, version: str, description: str) -> ModelVersion: ...

    def delete_version(self, name: str, version: str) -> None:
        """For good, with its aliases; its number is not used again."""

    def transition(self, name: str, version: str, stage: str, archive_existing: bool = False) -> ModelVersion:
        """Move to a stage of `core.names.STAGES`, given in any case; raises `InvalidValue` for another.

        `archive_existing`, for Staging and Production only, moves the versions that are in it to Archived.
        """

    def copy_version(self, name: str, version: str, to_name: str) -> ModelVersion:
        """The next version of `to_name`, with this one's description, tags, run and files; its source names this."""

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None: ...

    def delete_version_tag(self, name: str, version: str, key: str) -> None:
        """A tag that is not there is no error, as in MLflow."""

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """An alias names one version: it moves here from wherever it was.  Raises `InvalidName`."""

    def delete_alias(self, name: str, alias: str) -> None:
        """An alias that is not there is no error, as in MLflow."""

    def get_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Raises `NotFound` for an alias that is not set (MLflow's wire says INVALID_PARAMETER_VALUE there)."""

    def protect_model(self, name: str, approvers: Sequence[str]) -> RegisteredModel:
        """Protect it, or with no approvers end that, which refuses what waits.  Raises `InvalidValue`."""

    def requests(
        self, name: str | None = None, limit: int = 100, page_token: str | None = None, *, waiting: bool = True
    ) -> Page[Request]:
        """Those that wait, or all, newest first; `total` is not counted."""

    def approve_request(self, request_id: int) -> Request:
        """Do what was asked, as an approver.  Raises `NotAllowed` for others, `InvalidState` for one that was decided,
        and what the change raises: then it still waits."""

    def refuse_request(self, request_id: int) -> Request:
        """As an approver, or as who asked.  Raises as `approve_request`."""

    def audit(self, name: str | None = None, limit: int = 100, page_token: str | None = None) -> Page[AuditEntry]:
        """Changes of one model, or of all, newest first, also of what is deleted; `total` is not counted.

        A model's trail goes on through its renamings.  Empty for a name that never was.
        """


class Artifacts(Protocol):
    """Files of runs, at paths relative to the run's artifact root, with `/`.  Unsafe paths raise `UnsafePath`."""

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        """One level, sorted by path; empty for a missing folder or a file."""

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """Raises `NotFound`."""

    def digest(self, run_id: str, path: str) -> str:
        """The sha256 of a file, hex.  Raises `NotFound`."""

    def adopt(self, run_id: str, path: str, file: Path, *, progress: Progress | None = None) -> None:
        """Take a local file in, atomically; the file of that path is replaced, `file` is gone afterwards.

        A `file` that is no longer there, while `path` is, means that it was taken in before: nothing to do.
        After an interruption call it again: where the place allows it, a large upload goes on where it stopped.
        Raises `UnsafePath` also for a path that its place cannot have (too long, another file in the way).
        """

    def adopt_many(self, run_id: str, files: Iterable[tuple[str, Path]]) -> None:
        """As `adopt` of each (path, file), faster.  Where one fails, others may have been taken in: call it again."""

    def download(self, run_id: str, path: str, into: Path, *, progress: Progress | None = None) -> Path:
        """Copy a file or a folder below `into`; the local path of it.

        Each file is checked against its recorded size and digest, and is there whole or not at all.  After an
        interruption call it again: a large file goes on where it stopped.  Raises `StoreUnreadable` for a file that
        is not what was recorded.
        """

    def delete(self, run_id: str, path: str = "") -> int:
        """Delete a file or a folder, all of the run's by default, for good: the bytes given back.

        Nothing where there is nothing.  Content that other runs share gives its bytes back with the last of them.
        """

    def uri(self, run_id: str, path: str = "") -> str: ...


class Store(Protocol):
    """A place where runs are kept."""

    @property
    def uri(self) -> str: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def recording(self) -> Recording: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def artifacts(self) -> Artifacts: ...
    @property
    def trash(self) -> Trash: ...

    def close(self) -> None: ...


def walk(runs: Runs, query: RunQuery) -> Iterator[Run]:
    """Every run of a query, page by page, uncounted."""
    rest = replace(query, offset=0, count=False)
    while True:
        page = runs.search(rest)
        yield from page.items
        if page.next_page_token is None:
            return
        rest = replace(rest, page_token=page.next_page_token)


def walk_files(artifacts: Artifacts, run_id: str, folder: str = "") -> Iterator[FileInfo]:
    """Every file below a folder of a run's artifacts, depth first."""
    for entry in artifacts.list(run_id, folder):
        if entry.is_dir:
            yield from walk_files(artifacts, run_id, entry.path)
        else:
            yield entry
