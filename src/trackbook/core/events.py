"""What a run's process writes down as it goes: the events of the journal.

An event is small, immutable and complete: applying it twice changes nothing, and applying a run's events in their
order gives the run.  Metric points are not events; they come by the million and travel as columns in `Points`.

On disk and between rooms an event is the JSON object `{"kind": <kind>, ...fields}`.  Fields are only ever added,
with a default, so that a journal stays readable for ever; an unknown kind is kept and skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Event:
    """Base; `run_id` names the run that the event belongs to."""

    kind: ClassVar[str] = ""
    run_id: str


BY_NAME = "name:"
"""What follows it in place of an experiment's id is a name: who applies the event finds the experiment, or makes it."""


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    kind: ClassVar[str] = "run_started"
    experiment_id: str
    """Or `BY_NAME` and the name, where the store could not be asked."""
    run_name: str
    start_time: int
    user_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    kind: ClassVar[str] = "run_ended"
    status: str
    end_time: int


@dataclass(frozen=True, slots=True)
class RunResumed(Event):
    """The run is open (again), without an end time."""

    kind: ClassVar[str] = "run_resumed"
    time: int
    status: str = "RUNNING"
    """Or SCHEDULED: it waits for whoever goes on with it."""


@dataclass(frozen=True, slots=True)
class ParamsLogged(Event):
    """Write-once values; a conflict was refused before this was written, and is ignored when applied."""

    kind: ClassVar[str] = "params_logged"
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TagsSet(Event):
    kind: ClassVar[str] = "tags_set"
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TagDeleted(Event):
    kind: ClassVar[str] = "tag_deleted"
    key: str


@dataclass(frozen=True, slots=True)
class CellRecorded(Event):
    """The cell that is the run.  The version within the line is given by the store when it applies this."""

    kind: ClassVar[str] = "cell_recorded"
    line: str
    source: str
    cell_id: str | None = None
    notebook: str | None = None
    guessed: bool = False
    execution_count: int | None = None


@dataclass(frozen=True, slots=True)
class InputLogged(Event):
    kind: ClassVar[str] = "input_logged"
    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArtifactStaged(Event):
    """A file lies under `staged` (a name inside the journal's folder) and belongs at `path` in the run's artifacts."""

    kind: ClassVar[str] = "artifact_staged"
    path: str
    staged: str
    size: int


@dataclass(frozen=True, slots=True)
class SeriesDefined(Event):
    """Slots that carry `series` are points of this run's metric `key`; written before the first such slot."""

    kind: ClassVar[str] = "series_defined"
    series: int
    key: str


KINDS: Mapping[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        RunStarted,
        RunEnded,
        RunResumed,
        ParamsLogged,
        TagsSet,
        TagDeleted,
        CellRecorded,
        InputLogged,
        ArtifactStaged,
        SeriesDefined,
    )
}
_NAMES = {kind: tuple(one.name for one in fields_of(kind)) for kind in KINDS.values()}


def to_json(event: Event) -> dict[str, Any]:
    """The JSON object of an event, which shares its mappings: `asdict` would copy each, at ten times the price."""
    return {"kind": event.kind, **{name: getattr(event, name) for name in _NAMES[type(event)]}}


def from_json(fields: Mapping[str, Any]) -> Event | None:
    """The event of a JSON object; None for a kind this version does not know.  Unknown fields are dropped."""
    kind = KINDS.get(fields.get("kind", ""))
    if kind is None:
        return None
    known = {one.name: fields[one.name] for one in fields_of(kind) if one.name in fields}
    return kind(**known)


@dataclass(frozen=True, slots=True)
class Points:
    """Metric points of one run and key, as columns of equal length `n`, in the order in which they were logged."""

    run_id: str
    key: str
    steps: NDArray[np.int64]
    """shape (n,)"""
    times: NDArray[np.int64]
    """shape (n,), ms"""
    values: NDArray[np.float64]
    """shape (n,)"""


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of one journal, applied by a `Recording` store in one transaction.

    `cursor` is opaque JSON that says up to where the journal is applied once this batch is; the store keeps it in the
    same transaction and gives it back by `cursor(journal_id)`, so that nothing is applied twice after a crash.
    """

    journal_id: str
    events: Sequence[Event]
    points: Sequence[Points]
    cursor: Mapping[str, Any]
