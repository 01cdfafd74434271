"""Whatever of ours is broken, the cell does not notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from trackbook.capture import cells, environment, executed, git, models, syntax, values
from trackbook.capture import notebook as notebook_file
from trackbook.jupyter import asking, beginning, hooks, opening, outcome, place, recording
from trackbook.jupyter.parts import notebook as notebook_part
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from conftest import Notebook

BREAKABLE = [
    (hooks, "outcome_of"),
    (cells.History, "add"),
    (place.Finder, "place"),
    (beginning, "line_of"),
    (beginning.Beginnings, "of"),
    (asking.Asking, "ask"),
    (opening, "python_body"),
    (recording.CellRun, "begun"),
    (recording.CellRun, "_show_card"),
    (recording.CellRun, "_record_cell"),
    (recording.CellRun, "_collect"),
    (recording.CellRun, "close"),
    (syntax, "cell_names"),
    (values, "before"),
    (values, "find"),
    (models, "find_models"),
    (cells, "history_json"),
    (environment, "environment"),
    (git, "git_state"),
    (notebook_file, "read_notebook"),
    (notebook_part, "snapshot"),
    (executed, "from_executed"),
    (outcome, "error_message"),
    (ActiveRun, "log_text"),
    (ActiveRun, "log_param"),
    (ActiveRun, "set_tags"),
    (ActiveRun, "record"),
    (ActiveRun, "end"),
]


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(("owner", "name"), BREAKABLE, ids=[f"{o.__name__}.{n}" for o, n in BREAKABLE])
def test_whatever_of_ours_fails_the_cell_s_result_is_the_same(
    shared: Notebook, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        for count in range(4):
            ran = shared.run(f"%%track --cell a\nC = {count}\nprint('out')\nC + 1")
            assert (ran.error, ran.value) == (None, count + 1)
            assert ran.stdout.startswith("out\n")
            assert "Traceback" not in ran.stderr
            assert "Error in callback" not in ran.stdout + ran.stderr
        failed = shared.run("%%track --cell a\n1 / 0")
    assert isinstance(failed.error, ZeroDivisionError)
    assert shared.shell.user_ns["_"] == 4
