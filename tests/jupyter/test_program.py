"""A tracked cell's run has its minimal program and the verdict on hidden state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackbook.core import tags

if TYPE_CHECKING:
    from conftest import Notebook


def test_a_run_gets_its_program_and_a_verdict(notebook: Notebook) -> None:
    notebook.ran("base = 20")
    notebook.ran("unrelated = 'a note'")
    notebook.ran("%%track --quiet\nscore = base * 2.0")
    assert notebook.hooks.workers.wait(20)
    script = notebook.artifact(notebook.last, tags.PROGRAM_FILE)
    assert "base = 20" in script
    assert "unrelated" not in script
    made: dict[str, float] = {}
    exec(script.replace("# left out", "#"), made)
    assert made["score"] == 40.0
    state = json.loads(notebook.artifact(notebook.last, tags.STATE_FILE))
    assert state["verdict"] == "unknown"  # there is no notebook file here
    assert notebook.last.data.tags[tags.PROGRAM_LABEL] == "traced"
