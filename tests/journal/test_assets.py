"""Journals that earlier versions wrote are read for ever; these files are never written again."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

from trackbook.journal.recovery import recover

ASSETS = Path(__file__).parents[1] / "assets"


def test_version_1_is_recovered(root, store):
    owner = json.loads((ASSETS / "journal-v1" / "owner.json").read_text())
    shutil.copytree(ASSETS / "journal-v1", root / owner["journal_id"])
    (one,) = recover(root, store)
    assert (list(one.runs), one.points, list(one.killed)) == (["r"], 6, ["r"])
    steps, values, times = zip(*store.recording.points["r", "loss"], strict=True)
    assert steps == (0, 1, 2, 3, 4, 5)
    assert times == tuple(range(1_700_000_000_000, 1_700_000_000_006))
    assert [value for value in values if not math.isnan(value)] == [0.0, 0.25, 0.5, 1.0, 1.25]
    assert [event.kind for event in store.recording.events] == ["run_started", "params_logged", "artifact_staged"]
    assert store.artifacts.files == {("r", "a/b.txt"): b"hello\n"}
    assert list(root.iterdir()) == []
