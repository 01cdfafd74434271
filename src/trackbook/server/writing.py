"""What clients log, on its way into the store: checked against the run as it stands, then applied as one batch.

The store's port takes batches from journals, which were checked before they were written; over the wire the check is
here, in the transaction that writes (`core.changing`).  So of two requests that change a param one is refused, also
where two workers of this server, or two servers, were asked.  A batch is applied whole or not at all.

What is logged into several runs at the same time goes into one transaction (`gathering`): each request is checked by
itself, and a bad one keeps none of the others out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from trackbook.core.changing import Changing, Point, RunChange, RunsChange
from trackbook.core.events import Event, ParamsLogged, Points, TagsSet
from trackbook.errors import InvalidValue, NotFound, ParamConflict, TrackbookError
from trackbook.server.gathering import Gathering
from trackbook.server.logged import Logged, check_id, mark, marks, taken


class Writer:
    def __init__(self, store: Changing) -> None:
        self._store = store
        self._gathering = Gathering(self._write, weight=lambda logged: logged.weight)

    def begin(self, event: Event) -> None:
        """A run that begins."""
        self._store.apply([event])

    @contextmanager
    def changing(self, run_id: str) -> Iterator[RunChange]:
        """A run that may be written to; nobody else writes to it meanwhile.

        Raises `NotFound`; `InvalidValue` for a deleted run, as the genuine server.
        """
        check_id(run_id)
        with self._store.run(run_id) as run:
            _check_active(run_id, run.is_active)
            yield run

    def log(self, logged: Logged) -> None:
        """All of it, or nothing where one param changes.  Raises `ParamConflict` and what `changing` raises."""
        error = self._write([logged])[0]
        if error is not None:
            raise error

    async def gather(self, logged: Logged) -> None:
        """As `log`, together with what others log meanwhile."""
        await self._gathering.do(logged.run_id, logged)

    def _write(self, some: Sequence[Logged]) -> Sequence[Exception | None]:
        """What requests log, each into another run, in one transaction; why one was refused, in its place."""
        events: list[Event] = []
        points: list[Points] = []
        refused: list[Exception | None] = []
        with self._store.runs([one.run_id for one in some]) as runs:
            active = [one for one in some if runs.is_active.get(one.run_id)]
            last = runs.last({one.run_id: [points.key for points in one.series] for one in active})
            for one in some:
                try:
                    fresh_events, fresh_points = _fresh(runs, one, last)
                except TrackbookError as error:
                    refused.append(error)
                else:
                    refused.append(None)
                    events += fresh_events
                    points += fresh_points
            if events or points:
                runs.apply(events, points)
        return refused


def _check_active(run_id: str, is_active: bool) -> None:
    if not is_active:
        raise InvalidValue(f"The run {run_id} must be in the 'active' state. Current state is deleted.")


def _fresh(runs: RunsChange, logged: Logged, last: Mapping[tuple[str, str], Point]) -> tuple[list[Event], list[Points]]:
    """What the run has not yet.  Raises `NotFound`, `InvalidValue`, `ParamConflict`."""
    run_id, events = logged.run_id, list[Event]()
    if run_id not in runs.is_active:
        raise NotFound("run", run_id)
    _check_active(run_id, runs.is_active[run_id])
    if params := _fresh_params(runs, run_id, logged.params):
        events.append(ParamsLogged(run_id, params))
    if logged.tags:
        events.append(TagsSet(run_id, logged.tags))
    points = [_unseen(runs, one, last.get((run_id, one.key))) for one in logged.series]
    runs.log_of_models(logged.of_models)
    return events, [one for one in points if len(one.steps)]


def _fresh_params(runs: RunsChange, run_id: str, params: Mapping[str, str]) -> dict[str, str]:
    """Those that the run has not yet.  Raises `ParamConflict` for one that it has otherwise."""
    known = runs.params(run_id, params)
    for key, old in known.items():
        if old != params[key]:
            raise ParamConflict(run_id, key, old, params[key])
    return {key: value for key, value in params.items() if key not in known}


def _unseen(runs: RunsChange, points: Points, last: Point | None) -> Points:
    """Points that the run has not yet: a client that got no answer sends a batch again."""
    if last is None or int(points.steps.min()) > last[0] or min(marks(points)) > mark(*last):
        return points
    there = set(marks(runs.history(points.run_id, points.key)))
    return taken(points, [place for place, one in enumerate(marks(points)) if one not in there])
