"""SIGKILL at a random instant while four threads log: what a call returned from is there, once.

`TRACKBOOK_SOAK_TRIALS` sets the number of trials.
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

from trackbook.journal.recovery import recover

TRIALS = int(os.environ.get("TRACKBOOK_SOAK_TRIALS", "10"))
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
