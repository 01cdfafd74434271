"""A run keeps the notebook as it was in the page when its cell began and when it had ended, saved or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
from labdriver import PANEL
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

if TYPE_CHECKING:
    from labdriver import LabNotebook, Opener

TRACKED = "%%track --quiet\nimport time\ntime.sleep(2)"
SOURCES = {"load": "%load_ext trackbook", "before": "x = 'as saved'", "during": "y = 'as saved'", "tracked": TRACKED}
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
OTHERS, OUTPUT_BYTES = 45, 110_000
CELLS = len(SOURCES) + 1 + OTHERS
"""A notebook of 50 cells and 5 MB."""
KEPT = """
import json, time, trackbook as tb
from trackbook.jupyter.extension import loaded
while loaded().frontend._waiting: time.sleep(0.05)
loaded().hooks.workers.wait(20); tb.flush_async_logging()
run = tb.search_runs(output_format="list")[0]
read = lambda name: tb.artifacts.load_text(f"runs:/{run.info.run_id}/trackbook/{name}")
about = json.loads(read("notebook.json"))["snapshots"]
path = run.data.tags["trackbook.notebook.path"]
print(json.dumps({"path": path, "about": about, "texts": {one["when"]: read(one["file"]) for one in about}}))
"""


def large_notebook(opener: Opener) -> LabNotebook:
    folder = opener.lab.folder / "snapshot"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    output = new_output("display_data", {"text/plain": "", "application/x-bulk": "x" * OUTPUT_BYTES})
    bulk = [new_code_cell(f"n = {number}", id=f"n{number}", outputs=[output]) for number in range(OTHERS)]
    ours = [new_code_cell(source, id=name) for name, source in SOURCES.items()]
    made = new_notebook(cells=[*ours, new_markdown_cell("# Title", id="title"), *bulk], metadata=METADATA)
    nbformat.write(made, folder / "lesson.ipynb")
    return opener.open(folder / "lesson.ipynb")


def told(opener: Opener) -> list[bytes]:
    """The answers of the page, one for each question."""
    return [sent for sent in opener.sent if b'"kind":"document"' in sent]


def wait_until_told(notebook: LabNotebook, opener: Opener, count: int) -> None:
    for _ in range(200):
        if len(told(opener)) >= count:
            return
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"{len(told(opener))} answers")


def in_page(notebook: LabNotebook) -> dict[str, str]:
    return {cell_id: notebook.source(cell_id) for cell_id in (*SOURCES, "title", "n0", "n44")}


def kept(notebook: LabNotebook) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notebook.ask_kernel(KEPT))
    return found


def as_kept(text: str) -> dict[str, str]:
    read = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(read)
    assert nbformat.writes(read) + "\n" == text
    assert len(read.cells) == CELLS
    sources = {cell.id: cell.source for cell in read.cells}
    return {cell_id: sources[cell_id] for cell_id in (*SOURCES, "title", "n0", "n44")}


def test_snapshots_are_what_was_in_the_page_and_cost_what_changed(opener: Opener) -> None:
    notebook = large_notebook(opener)
    notebook.run("load")
    notebook.set_source("before", "x = 'never saved'")
    began = in_page(notebook)
    notebook.run("tracked", wait=False)
    wait_until_told(notebook, opener, 1)
    notebook.set_source("during", "y = 'edited while it ran'")
    ended = in_page(notebook)
    wait_until_told(notebook, opener, 2)
    found = kept(notebook)
    assert as_kept(found["texts"]["start"]) == began
    assert as_kept(found["texts"]["end"]) == ended
    assert found["path"] == "lesson.ipynb", "from the server's session name"
    start, end = found["about"]
    assert start["path"] == end["path"] == "snapshot/lesson.ipynb"
    assert (start["origin"], start["unsaved"], end["origin"], end["unsaved"]) == ("live", True, "live", True)
    assert 1500 < end["taken_ms"] - start["taken_ms"] < 20_000
    whole, change = map(len, told(opener))
    assert whole < 100_000, "no outputs"
    assert change < 2000

    notebook.set_source("n0", "n = 'changed before the second run'")
    notebook.run("tracked")
    wait_until_told(notebook, opener, 4)
    second, last = told(opener)[2:]
    assert len(second) < 5000, "the order of all cells, since one was appended"
    assert b"changed before the second run" in second
    assert b"n44\\" not in second.partition(b'cells\\":')[2]
    assert len(last) < 2000
    notebook.run("tracked")
    wait_until_told(notebook, opener, 6)
    assert all(len(sent) < 2000 for sent in told(opener)[4:])

    restored = notebook.path.with_name("restored.ipynb")
    restored.write_text(found["texts"]["end"], "utf-8")
    notebook.page.evaluate(
        "async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}) }",
        "snapshot/restored.ipynb",
    )
    notebook.page.wait_for_function(f"() => {{ {PANEL} return notebook?.widgets.length === {CELLS} }}")
    assert in_page(notebook) == ended
    assert notebook.page.locator(".jp-Dialog").count() == 0
