"""What cells are seen to do, tracked or not, tells what a later run depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core import tags

if TYPE_CHECKING:
    from conftest import Notebook


def program(notebook: Notebook) -> str:
    return notebook.artifact(notebook.last, tags.PROGRAM_FILE)


def inputs(notebook: Notebook) -> dict[str, Any]:
    assert notebook.hooks.workers.wait(20)
    return {one.dataset.name: one for one in notebook.last.inputs.dataset_inputs}


def test_a_program_of_watched_cells_is_traced(notebook: Notebook) -> None:
    notebook.ran("a = 1")
    notebook.ran("%%track\nb = a + 1.0")
    assert notebook.last.data.tags[tags.PROGRAM_LABEL] == "traced"


def test_a_name_bound_behind_the_text_is_seen(notebook: Notebook) -> None:
    notebook.ran("unrelated = 1")
    notebook.ran("import builtins\nreach = getattr(builtins, 'glo' + 'bals')\nreach()['rate'] = 0.5")
    notebook.ran("%%track\nscore = rate * 2")
    assert "'rate'" in program(notebook)
    assert "unrelated" not in program(notebook)


def test_a_file_written_by_one_cell_and_read_by_another_joins_them(notebook: Notebook) -> None:
    Path("files.py").write_text(
        "def put(text):\n    with open('kept.txt', 'w') as file:\n        file.write(text)\n\n"
        "def get():\n    with open('kept.txt') as file:\n        return float(file.read())\n"
    )
    notebook.ran("import sys; sys.path.insert(0, '.')\nimport files")
    notebook.ran("files.put('0.25')")
    notebook.ran("unrelated = 1")
    notebook.ran("%%track\nscore = files.get()")
    assert "files.put('0.25')" in program(notebook)
    assert "unrelated" not in program(notebook)
    assert notebook.last.data.metrics["score"] == 0.25


def test_what_the_cells_before_it_read_are_inputs_too(notebook: Notebook) -> None:
    for name in ("train.csv", "other.csv"):
        Path(name).write_text("a,b\n1,2\n")
    notebook.ran("import pandas as pd\ntrain = pd.read_csv('train.csv')\ntrain.to_csv('clean.csv')")
    notebook.ran("clean = pd.read_csv('clean.csv')")
    notebook.ran("other = pd.read_csv('other.csv')")
    notebook.ran("%%track\nrows = float(len(clean))")
    found = inputs(notebook)
    assert set(found) == {"train.csv"}  # clean.csv is a result of the first cell
    assert found["train.csv"].tags["trackbook.seen"] == "opened by an earlier cell"
    assert json.loads(found["train.csv"].dataset.profile)["cell"] == 2
    (read,) = json.loads(notebook.artifact(notebook.last, tags.FILES_FILE))["read"]
    assert (read["path"], read["cell"]) == ("train.csv", 2)


def test_without_data_no_cell_s_files_are_recorded(notebook: Notebook) -> None:
    Path("train.csv").write_text("a,b\n1,2\n")
    notebook.ran("from pathlib import Path\ntext = Path('train.csv').read_text()")
    notebook.ran("%%track --no-data\nlength = float(len(text))")
    assert inputs(notebook) == {}


def test_switched_off_nothing_is_watched(notebook: Notebook) -> None:
    notebook.ran("%track off")
    notebook.ran("a = 1")
    assert notebook.hooks.history.executions[-1].border is None


def test_what_a_cell_did_not_come_to_is_not_in_the_program(notebook: Notebook) -> None:
    """Where a cell was left is seen, whatever stands above and within its lines."""
    notebook.ran("rows = [3.0, 1.0]")
    notebook.run("unused = 1\nfirst = 5; rows[0] = undefined\nrows.clear()")
    notebook.run("\n\n%pwd\ndef fail():\n    raise KeyError(1)\nfail()\nrows.clear()")
    notebook.run("%%track --quiet\n\nsize = len(rows)\nrows[5]\nrows.clear()")
    notebook.run("rows.append(2.0)\nrows[5]\nrows.clear()")
    notebook.ran("%%track --quiet\nscore = sum(rows)")
    found = program(notebook)
    assert [line for line in found.splitlines() if line.startswith("# In")] == [
        "# In[2]",
        "# In[6]  (raised IndexError)",
        "# In[7]",
    ]
    made: dict[str, float] = {}
    exec(found, made)
    assert made["score"] == notebook.last.data.metrics["score"] == 6.0
    state = json.loads(notebook.artifact(notebook.last, tags.STATE_FILE))
    assert state["verdict"] == "unknown"  # there is no notebook file here
