"""A batch's events folded into what has to be written: one value per param and tag, one end per run.

A journal may be damaged or come from a later version, so that any field may hold anything: an event that makes no
sense is logged and left out, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from trackbook.core.entities import RunStatus
from trackbook.core.events import (
    CellRecorded,
    Event,
    InputLogged,
    ParamsLogged,
    RunEnded,
    RunResumed,
    RunStarted,
    TagDeleted,
    TagsSet,
)
from trackbook.core.names import INT64_MAX, INT64_MIN
from trackbook.core.tags import RUN_NAME

logger = logging.getLogger(__name__)
E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class Changes:
    """What the events of one run come to, the last word of each."""

    status: str | None = None
    end_ms: int | None = None
    name: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    """None deletes."""
    cells: list[CellRecorded] = field(default_factory=list)
    inputs: list[InputLogged] = field(default_factory=list)


@dataclass(slots=True)
class Folded:
    """A batch's events; `started` in their order, `changes` by run id."""

    started: dict[str, RunStarted] = field(default_factory=dict)
    changes: dict[str, Changes] = field(default_factory=dict)


def fold(events: Sequence[Event]) -> Folded:
    folded = Folded()
    for event in events:
        folder = _FOLDERS.get(type(event))
        if folder is None:
            continue  # staged artifacts and series definitions are the journal's own
        try:
            folder(folded, event)
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            logger.warning("event %s of run %r is skipped: %s", type(event).__name__, event.run_id, error)
    return folded


def plain(value: Any) -> str:
    """Text that every database takes: no NUL, no lone surrogate."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    text = value.replace("\0", "\N{SYMBOL FOR NULL}") if "\0" in value else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def whole(value: Any) -> int:
    """A 64-bit integer."""
    number = int(value)
    if not INT64_MIN <= number <= INT64_MAX:
        raise ValueError(f"{number} is beyond 64 bits")
    return number


def pairs(values: Mapping[str, str]) -> dict[str, str]:
    return {plain(key): plain(value) for key, value in values.items()}


def _changes(folded: Folded, event: Event) -> Changes:
    return folded.changes.setdefault(plain(event.run_id), Changes())


def _started(folded: Folded, event: RunStarted) -> None:
    run_id = plain(event.run_id)
    whole(event.start_time)
    started = RunStarted(
        run_id=run_id,
        experiment_id=plain(event.experiment_id),
        run_name=plain(event.run_name),
        start_time=whole(event.start_time),
        user_id=plain(event.user_id or ""),
        tags=pairs(event.tags),
    )
    folded.started.setdefault(run_id, started)


def _ended(folded: Folded, event: RunEnded) -> None:
    status, end_ms = RunStatus(event.status), whole(event.end_time)
    changes = _changes(folded, event)
    changes.status, changes.end_ms = status, end_ms


def _resumed(folded: Folded, event: RunResumed) -> None:
    status = RunStatus(event.status)
    if status.ended:
        raise ValueError(f"{status} is no status of an open run")
    changes = _changes(folded, event)
    changes.status, changes.end_ms = status, None


def _params(folded: Folded, event: ParamsLogged) -> None:
    changes = _changes(folded, event)
    changes.params = pairs(event.params) | changes.params


def _tags(folded: Folded, event: TagsSet) -> None:
    tags = pairs(event.tags)
    changes = _changes(folded, event)
    changes.tags |= tags
    changes.name = tags.get(RUN_NAME, changes.name)


def _tag_deleted(folded: Folded, event: TagDeleted) -> None:
    _changes(folded, event).tags[plain(event.key)] = None


def _cell(folded: Folded, event: CellRecorded) -> None:
    cell = CellRecorded(
        run_id=plain(event.run_id),
        line=plain(event.line),
        source=plain(event.source),
        cell_id=None if event.cell_id is None else plain(event.cell_id),
        notebook=None if event.notebook is None else plain(event.notebook),
        guessed=bool(event.guessed),
        execution_count=None if event.execution_count is None else whole(event.execution_count),
    )
    _changes(folded, event).cells.append(cell)


def _input(folded: Folded, event: InputLogged) -> None:
    logged = InputLogged(
        run_id=plain(event.run_id),
        name=plain(event.name),
        digest=plain(event.digest),
        source_type=plain(event.source_type or ""),
        source=plain(event.source or ""),
        schema=plain(event.schema or ""),
        profile=plain(event.profile or ""),
        tags=pairs(event.tags),
    )
    _changes(folded, event).inputs.append(logged)


_FOLDERS: Mapping[type[Event], Callable[[Folded, Any], None]] = {
    RunStarted: _started,
    RunEnded: _ended,
    RunResumed: _resumed,
    ParamsLogged: _params,
    TagsSet: _tags,
    TagDeleted: _tag_deleted,
    CellRecorded: _cell,
    InputLogged: _input,
}
