"""Whatever of ours is broken, the cell does not notice.

The steps of the parts are found, not listed, so that a new part is covered by itself; of the other rooms a tracked cell
passes through, the doors are listed.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from tests.share import share

from trackbook.capture import cells, environment, executed, git, models, parsing, syntax, training, values
from trackbook.capture import notebook as notebook_file
from trackbook.capture.data import opens
from trackbook.capture.secrets import library
from trackbook.journal.writer import Journal
from trackbook.jupyter import asking, beginning, hooks, iopub, opening, outcome, ownlines, place, recording, watching
from trackbook.jupyter.frontend import FrontEnd
from trackbook.jupyter.parts import notebook as notebook_part
from trackbook.jupyter.parts.listing import PARTS
from trackbook.jupyter.training import Trainings
from trackbook.tracking.run import ActiveRun
from trackbook.tracking.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Notebook

STEPS = ("begin", "collect", "end", "after", "heard")
OF_PARTS = [(kind, step) for kind in PARTS for step in STEPS if step in vars(kind)]
BREAKABLE = [
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
    (ActiveRun, "warn"),
    (ActiveRun, "log_bytes"),
    (watching.Watching, "__init__"),
    (watching.Watching, "stop"),
    (watching.Watching, "found"),
    (watching.Lookout, "look"),
    (Trainings, "begin"),
    (Trainings, "end"),
    (Trainings, "_open"),
    (training.Watch, "tell"),
    (training.Watch, "stop"),
    (training, "watch"),
    (opens.Watch, "stop"),
    (opens, "watch"),
    (opens, "_note"),
    (opening.Opener, "open"),
    (hooks, "show_own_line"),
    (hooks, "outcome_of"),
    (ownlines, "_compiled_name"),
    (iopub, "listen"),
    (FrontEnd, "greet"),
    (parsing, "parsed"),
    (syntax, "parse"),
    (recording, "redact"),
    (recording, "redact_file"),
    (library, "_detectors"),
    (Journal, "append"),
    (Journal, "stage_bytes"),
    (Worker, "submit"),
]

TRAINS = "from sklearn.tree import DecisionTreeClassifier as Tree\nmodel = Tree(max_depth=1).fit(X, y)\n"
_numbers = itertools.count(1)


def title(owner: Any, name: str) -> str:
    return f"{owner.__name__.removeprefix('trackbook.')}.{name}"


@pytest.fixture
def training_cells(shared: Notebook) -> Iterator[Notebook]:
    """Each cell that trains is a run."""
    shared.ran("X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]")
    shared.hooks.trainings.on = True
    yield shared
    shared.hooks.trainings.on = False


TRIED = share(OF_PARTS + BREAKABLE, 5)


@pytest.mark.soak
@pytest.mark.parametrize(("owner", "name"), TRIED, ids=[title(*one) for one in TRIED])
def test_whatever_of_ours_fails_the_cell_s_result_is_the_same(
    training_cells: Notebook, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    notebook, n = training_cells, next(_numbers)

    def broken(*_: Any, **__: Any) -> Any:
        raise (RuntimeError if n % 2 else MemoryError)("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        for first in ("%%track --quiet --cell a", "# found to train", "%%track --quiet --cell a"):
            ran = notebook.run(f"{first}\nprint('out')\n{TRAINS}C = {n}\nC + 1")
            assert (ran.error, ran.value) == (None, n + 1)
            assert ran.stdout.startswith("out\n")
            assert all("untracked" in line or "store" in line for line in ran.stderr.splitlines()), ran.stderr
            assert "Error in callback" not in ran.stdout
        failed = notebook.run("%%track --quiet --cell a\n1 / 0")
    notebook.hooks.workers.wait(5.0)
    assert isinstance(failed.error, ZeroDivisionError)
    assert notebook.shell.user_ns["_"] == n + 1
