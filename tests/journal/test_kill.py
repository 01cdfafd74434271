"""SIGKILL at a random instant while four threads log: what a call returned from is there, once.

`TRACKBOOK_SOAK_TRIALS` sets the number of trials; `make soak` runs 200.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.share import SOAK

from trackbook.connect import connect
from trackbook.journal.recovery import recover
from trackbook.journal.writer import Journal
from trackbook.tracking.recorder import Recorder

TRIALS = int(os.environ.get("TRACKBOOK_SOAK_TRIALS", "200" if SOAK else "10"))
CHILD = Path(__file__).with_name("soak_child.py")


def killed_child(root: Path, acknowledged: Path, destination: str, after_s: float) -> list[int]:
    """Start the child, kill it, and return how many calls of each thread had returned."""
    acknowledged.write_bytes(bytes(32))
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(root), str(acknowledged), destination], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"go\n"
        time.sleep(after_s)
        child.kill()
    return list(struct.unpack("4q", acknowledged.read_bytes()))


@pytest.mark.soak
@pytest.mark.parametrize("trial", range(TRIALS))
def test_every_acknowledged_point_survives_sigkill_once(trial, root, store, tmp_path):
    acknowledged = killed_child(root, tmp_path / "ack", "memory:", random.uniform(0.0, 0.3))
    (one,) = recover(root, store)
    assert list(one.killed) == ["r"]
    for worker, count in enumerate(acknowledged):
        rows = store.recording.points["r", f"m{worker}"]
        assert [step for step, _, _ in rows] == list(range(len(rows)))
        assert all(value == step * 0.5 for step, value, _ in rows)
        assert count <= len(rows) <= count + 1
        tags = [int(event.tags[f"t{worker}"]) for event in store.recording.events[1:] if f"t{worker}" in event.tags]
        assert tags == list(range(0, len(tags) * 1000, 1000))
        assert len(tags) >= (count + 999) // 1000
    assert list(root.iterdir()) == []


@pytest.mark.soak
@pytest.mark.parametrize("trial", range(max(2, TRIALS // 5)))
def test_every_acknowledged_point_is_in_the_next_openers_store(trial, tmp_path):
    """The same through SQLite: the next process's recorder finds the dead journal and ends its run as KILLED."""
    home = tmp_path / ".trackbook"
    acknowledged = killed_child(home / "journal", tmp_path / "ack", str(home), random.uniform(0.0, 0.3))
    store = connect(home)
    recorder = Recorder(Journal(home / "journal", destination=store.uri), lambda: store)
    assert recorder.flush(60.0)
    assert store.runs.get("r").info.status == "KILLED"
    for worker, count in enumerate(acknowledged):
        history = store.metrics.history("r", f"m{worker}") if count else None
        steps = [] if history is None else sorted(history.steps.tolist())
        assert steps == list(range(len(steps)))
        assert count <= len(steps)
    recorder.close()
    store.close()
    assert list((home / "journal").iterdir()) == []
