"""Runs whose lease is over are ended, whatever others have written into their tags."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.core.tags import LEASE
from trackbook.server.leases import end_expired


@pytest.mark.parametrize("text", ["9" * 5000, "9" * 20, "-1", "x"])
def test_a_lease_that_is_no_time_stops_nothing(tmp_path: Path, text: str) -> None:
    store = connect(str(tmp_path / "home"))
    runs = {"ours": "1000", "odd": text}
    started = [RunStarted(run_id, "0", "run", 1, tags={LEASE: lease}) for run_id, lease in runs.items()]
    store.recording.apply(Batch("j", started, [], {"n": 1}))
    end_expired(store, 2000)
    assert [store.runs.get(run_id).info.status for run_id in runs] == ["KILLED", "RUNNING"]
    store.close()
