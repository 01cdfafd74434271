"""The log of a served database is brought into the file beside its writers."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from trackbook.connect import connect
from trackbook.core.events import Batch, Points, RunStarted
from trackbook.core.ports import Store
from trackbook.store import tending

MEBIBYTE = 2**20


def write(store: Store, batches: int) -> None:
    """Each puts some 300 KB into the log."""
    steps, noise = np.arange(40_000), np.random.default_rng(0)
    for number in range(batches):
        points = Points("r", f"metric {number}", steps, steps, noise.random(len(steps)))
        store.recording.apply(Batch("fill", [RunStarted("r", "0", "r", 1)], [points], {"at": number}))


def log_bytes(home: Path) -> int:
    return (home / "trackbook.db-wal").stat().st_size


def test_who_commits_leaves_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tending, "EVERY_S", 60.0)
    store = connect(tmp_path)
    store.runs.keys()
    with store.tended():
        write(store, 8)
        assert log_bytes(tmp_path) > 2 * MEBIBYTE
    write(store, 8)
    assert log_bytes(tmp_path) < 2 * MEBIBYTE


def test_it_stays_small_while_others_write_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tending, "EVERY_S", 0.01)
    monkeypatch.setattr(tending, "TENDED_LOG_BYTES", MEBIBYTE // 4)
    store = connect(tmp_path)
    store.runs.keys()
    before = {*threading.enumerate()}  # with those of servers that other tests have begun
    with store.tended():
        write(store, 24)
        assert log_bytes(tmp_path) < 5 * MEBIBYTE
    assert not [one for one in {*threading.enumerate()} - before if one.name == "trackbook-checkpoints"]
    assert store.metrics.history("r", "metric 23").steps[-1] == 39_999
