"""What a tracked cell displayed and printed is kept, in a shell and in a kernel."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.core.ports import RunQuery
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from conftest import Notebook

CELL = """%%track
import sys
print("hello hunter", file=sys.stdout)
print("careful", file=sys.stderr)
print("password = 'hunter22!'")
40 + 2
"""


def test_streams_displays_and_results_are_kept(notebook: Notebook) -> None:
    notebook.ran(CELL)
    run = notebook.last
    kept = json.loads(notebook.artifact(run, "trackbook/outputs.json"))["outputs"]
    texts = {one["name"]: one["text"] for one in kept if one["output_type"] == "stream"}
    assert "careful" in texts["stderr"]
    assert any("[secret: password]" in one.get("text", "") for one in kept)
    assert [one["data"]["text/plain"] for one in kept if one["output_type"] == "execute_result"] == ["42"]


def test_a_cell_that_replaces_stdout_is_recorded(notebook: Notebook) -> None:
    notebook.ran("import sys\nkept = sys.stdout")
    notebook.ran("%%track --quiet\nimport io\nsys.stdout = io.StringIO()\nprint('away')\nsys.stdout = kept\nx = 1")
    assert notebook.last.info.status == "FINISHED"


def test_a_run_tells_until_all_that_comes_after_its_cell_is_kept(notebook: Notebook) -> None:
    """A kernel that is shut down before leaves it so, and the card says that something is missing."""
    go_on = threading.Event()
    notebook.hooks.workers.later.submit(go_on.wait)
    notebook.ran("%%track --quiet\nprint(1)")
    session = current_session()
    session.flush(5.0)
    (run,) = session.store.runs.search(RunQuery()).items
    assert int(run.data.tags[tags.COLLECTING]) > run.info.end_time
    go_on.set()
    assert tags.COLLECTING not in notebook.last.data.tags
