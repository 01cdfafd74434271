"""What a server's handlers do with a run, asked without a server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from trackbook.connect import connect
from trackbook.core.entities import RunStatus
from trackbook.core.tags import PAUSED
from trackbook.server.backend import Backend, backend
from trackbook.server.handlers import runs
from trackbook.wire import runs as wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def behind(tmp_path: Path) -> Backend:
    return backend(connect(tmp_path / "home"))


@pytest.fixture
def held() -> Iterator[list[int]]:
    """How many connections are held after each that was taken."""
    counts, now = list[int](), 0

    def taken(*_: object) -> None:
        nonlocal now
        now += 1
        counts.append(now)

    def given(*_: object) -> None:
        nonlocal now
        now -= 1

    event.listen(Pool, "checkout", taken)
    event.listen(Pool, "checkin", given)
    yield counts
    event.remove(Pool, "checkout", taken)
    event.remove(Pool, "checkin", given)


def ended(behind: Backend) -> str:
    run_id = runs.create(behind, wire.Create(experiment_id="0", start_time=1)).run.info.run_id
    runs.update(behind, wire.Update(run_id=run_id, status=RunStatus.FINISHED, end_time=5000))
    return run_id


def test_going_on_with_a_run_takes_one_connection_at_a_time(behind: Backend, held: list[int]) -> None:
    run_id = ended(behind)
    held.clear()
    runs.update(behind, wire.Update(run_id=run_id, status=RunStatus.RUNNING))
    assert set(held) == {1}, "as many clients as there are connections would wait for each other"


def test_the_end_of_a_run_that_has_ended_is_put_right_and_one_that_goes_on_has_none(behind: Backend) -> None:
    run_id = ended(behind)
    put_right = runs.update(behind, wire.Update(run_id=run_id, end_time=7000)).run_info
    assert (put_right.status, put_right.end_time) == ("FINISHED", 7000)
    put_right = runs.update(behind, wire.Update(run_id=run_id, status=RunStatus.FAILED)).run_info
    assert (put_right.status, put_right.end_time) == ("FAILED", 7000)
    runs.update(behind, wire.Update(run_id=run_id, status=RunStatus.RUNNING))
    assert runs.update(behind, wire.Update(run_id=run_id, end_time=8000)).run_info.end_time is None


def test_a_run_that_is_scheduled_again_before_it_runs_keeps_its_pause(behind: Backend) -> None:
    run_id = ended(behind)
    for status in (RunStatus.SCHEDULED, RunStatus.RUNNING):
        runs.update(behind, wire.Update(run_id=run_id, status=status))
    pause = int(behind.store.runs.get(run_id).data.tags[PAUSED])
    assert 0 <= time.time() * 1000 - pause - 5000 < 600_000
