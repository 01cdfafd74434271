"""After `%track on` a cell that trains or logs is a run; every other cell is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trackbook.core import tags
from trackbook.tracking import active

if TYPE_CHECKING:
    from conftest import Notebook

DATA = "from sklearn.datasets import load_iris\nx, y = load_iris(return_X_y=True)"
TORCH = "import torch\nw = torch.nn.Linear(2, 1)\ndata = torch.ones(4, 2)\noptimizer = torch.optim.SGD(w.parameters())"


@pytest.fixture
def on(notebook: Notebook) -> Notebook:
    notebook.ran("%track on")
    return notebook


def test_a_cell_that_fits_is_a_run_with_what_it_says_about_itself(on: Notebook) -> None:
    on.ran(DATA)
    on.ran("rate = 0.5")
    on.ran(
        "used = rate\ndel rate\ndepth = 3\nfrom sklearn.svm import SVC\nmodel = SVC(C=used).fit(x, y)\n"
        "accuracy = model.score(x, y)",
        cell_id="fit",
    )
    (run,) = on.runs
    assert run.info.status == "FINISHED"
    assert run.data.params["depth"] == "3"
    assert (run.data.params["depth"], run.data.params["rate"]) == ("3", "0.5")  # as the cell found them
    assert run.data.metrics["accuracy"] > 0.9
    assert on.cell(run).source.startswith("used = rate")
    assert on.cell(run).cell_id == "fit"
    assert run.data.tags[tags.PROGRAM_LABEL] == "traced"
    assert "sklearn/iris.csv" in {one.dataset.name for one in run.inputs.dataset_inputs}


def test_a_cell_that_imports_loads_or_scales_is_no_run(on: Notebook) -> None:
    on.ran(DATA)
    on.ran("from sklearn.preprocessing import StandardScaler\nz = StandardScaler().fit_transform(x)")
    on.ran("from sklearn.svm import SVC\nmodel = SVC()\nmodel")
    on.ran("import torch\nimport pandas as pd\npd.DataFrame(x).describe()")
    on.ran("import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nplt.close(figure)")
    assert on.runs == []
    assert active.opener is None


def test_the_cell_that_switches_it_on_counts_from_there_on(notebook: Notebook) -> None:
    notebook.ran(f"{DATA}\nrate = 0.5")
    ran = notebook.run(
        "%track on\nused = rate\ndel rate\nfrom sklearn.svm import SVC\nmodel = SVC(C=used).fit(x, y)\n"
        "accuracy = model.score(x, y)"
    )
    assert ran.error is None
    assert "from now on" in ran.stdout
    (run,) = notebook.runs
    assert (run.info.status, run.data.params["rate"], run.data.params["C"]) == ("FINISHED", "0.5", "0.5")
    assert run.data.metrics["accuracy"] > 0.9
    notebook.ran("%track off\nmodel.fit(x, y)")
    notebook.ran("%track on\nmodel.fit(x, y)")
    assert len(notebook.runs) == 2


def test_the_cell_that_loads_the_extension_says_that_it_does_not_count(bare: Notebook) -> None:
    ran = bare.run(f"%load_ext trackbook\n%track on\n{DATA}\nfrom sklearn.svm import SVC\nSVC().fit(x, y);")
    assert ran.error is None
    assert "from the next one on" in ran.stdout
    bare.ran("SVC().fit(x, y);")
    assert len(bare.runs) == 1


def test_a_library_imported_by_the_cell_itself_is_seen(on: Notebook) -> None:
    on.ran(f"{DATA}\nfrom sklearn.linear_model import LogisticRegression\nLogisticRegression(max_iter=500).fit(x, y);")
    assert len(on.runs) == 1


def test_a_loop_of_fits_is_one_run(on: Notebook) -> None:
    on.ran(DATA)
    on.ran("from sklearn.svm import SVC\nfor c in (1, 2): SVC(C=c).fit(x, y)")
    assert len(on.runs) == 1


def test_a_step_of_an_optimizer_makes_a_run(on: Notebook) -> None:
    on.ran(TORCH)
    assert on.runs == []
    on.ran("loss = w(data).sum()\nloss.backward()\noptimizer.step()")
    assert len(on.runs) == 1


RIDGE = "from sklearn.linear_model import Ridge\nm = Ridge(alpha=2.0).fit([[0.0], [1.0]], [0.0, 1.0])"
IMPORTED = "import numpy as np, lightgbm, xgboost\nones = np.ones((20, 1))\n"
WAYS = {
    "await": f"import asyncio\nasync def f():\n    await asyncio.sleep(0)\nawait f()\n{RIDGE}",
    "semicolon": f"{RIDGE};",
    "expression": f"{RIDGE}\nm",
    "time": f"%%time\n{RIDGE}",
    "other magics": f"%env TB_ON=1\nfiles = !echo a\n!echo b\n{RIDGE}",
    "nested functions": f"def f():\n    def g():\n        {RIDGE.replace(chr(10), '; ')}\n    g()\nf()",
    "a script": "%run ridge.py",
    "a cell that it runs": f"get_ipython().run_cell({RIDGE!r});",
    "lightgbm": f"{IMPORTED}lightgbm.train({{'alpha': 2.0, 'verbose': -1}}, lightgbm.Dataset(ones, [0, 1] * 10), 1);",
    "xgboost": f"{IMPORTED}xgboost.train({{'alpha': 2.0}}, xgboost.DMatrix(ones, [0, 1] * 10), 1);",
}


@pytest.mark.parametrize("source", WAYS.values(), ids=WAYS.keys())
def test_however_a_cell_trains_it_is_one_run_of_its_own(on: Notebook, source: str) -> None:
    for library in ("lightgbm", "xgboost"):
        if library in source:
            pytest.importorskip(library)
    Path("ridge.py").write_text(RIDGE)
    on.ran(source)
    (run,) = on.runs
    assert (run.info.status, run.data.params["alpha"]) == ("FINISHED", "2.0")
    assert on.cell(run).source == source
    assert active.open_runs() == []


def test_the_first_log_call_makes_a_run_and_the_others_go_there(on: Notebook) -> None:
    on.ran("import trackbook as tb")
    on.ran("for step in range(3):\n    tb.log_metric('loss', 1 / (1 + step), step=step)\ntb.log_param('a', 1)")
    (run,) = on.runs
    assert run.data.aggregates["loss"].count == 3
    assert run.data.params["a"] == "1"
    assert on.cell(run).line
    assert active.open_runs() == []


def test_runs_started_inside_are_its_children(on: Notebook) -> None:
    on.ran("import trackbook as tb")
    on.ran("for c in (1, 2):\n    with tb.start_run():\n        tb.log_metric('c', c)")
    parents = [run.data.tags.get(tags.PARENT_RUN_ID) for run in on.runs]
    (outer,) = [run.info.run_id for run, parent in zip(on.runs, parents, strict=True) if parent is None]
    assert sorted(map(str, parents)) == sorted(["None", outer, outer])
    assert {run.info.status for run in on.runs} == {"FINISHED"}


def test_a_failing_fit_is_a_failed_run_with_the_user_s_traceback(bare: Notebook) -> None:
    cell = "from sklearn.svm import SVC\nSVC(C=-1).fit([[1.0], [2.0]], [0, 1])"
    plain = bare.run(cell)
    bare.ran("%load_ext trackbook")
    bare.ran("%track on")
    tracked = bare.run(cell)
    assert bare.last.info.status == "FAILED"
    assert tracked.stdout.replace("In[4]", "In[1]").count("\n") >= plain.stdout.count("\n") > 3
    assert "trackbook" not in tracked.stdout


def test_with_a_track_line_there_is_no_second_run(on: Notebook) -> None:
    on.ran(DATA)
    on.ran("%%track\nfrom sklearn.svm import SVC\nSVC().fit(x, y);")
    assert len(on.runs) == 1
    on.ran("get_ipython().run_cell('%%track\\nfrom sklearn.svm import SVC\\nSVC().fit(x, y);');")
    assert len(on.runs) == 2


def test_threads_that_train_belong_to_the_cell_s_run(on: Notebook) -> None:
    on.ran("import trackbook as tb\nfrom concurrent.futures import ThreadPoolExecutor")
    on.ran("with ThreadPoolExecutor(4) as pool: list(pool.map(lambda n: tb.log_metric(f'm{n}', n), range(8)))")
    (run,) = on.runs
    assert len(run.data.metrics) == 8
    assert active.open_runs() == []


def test_switched_off_no_cell_is_a_run(on: Notebook) -> None:
    on.ran("%track off")
    on.ran(f"{DATA}\nfrom sklearn.svm import SVC\nSVC().fit(x, y);")
    assert not (Path(on.home) / "trackbook.db").exists() or on.runs == []


def test_status_says_which_cells_are_runs(notebook: Notebook) -> None:
    assert "on for %%track cells\n" in notebook.run("%track status").stdout
    notebook.ran("%track on")
    assert "on for %%track cells and all that train\n" in notebook.run("%track status").stdout
    notebook.ran("%track off")
    assert "recording is off, but for cells with %%track\n" in notebook.run("%track status").stdout
