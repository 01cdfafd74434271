"""What a tracked cell displayed and printed is kept, in a shell and in a kernel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
