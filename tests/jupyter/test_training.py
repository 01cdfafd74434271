"""What a tracked cell trains: its models' arguments are params, the data they were given are inputs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.share import long, share

if TYPE_CHECKING:
    from conftest import Notebook

pytest.importorskip("sklearn")

DATA = "import numpy as np\nX = np.arange(60.0).reshape(30, 2)\ny = (X[:, 0] > 30).astype(int)\n"


def settle(notebook: Notebook) -> None:
    done = threading.Event()
    notebook.hooks.workers.later.submit(done.set)
    assert done.wait(20)


def inputs(notebook: Notebook) -> dict[str, Any]:
    settle(notebook)
    found = notebook.last.inputs.dataset_inputs
    return {one.dataset.name: one for one in found if one.tags["trackbook.seen"] == "passed to fit"}


def params(notebook: Notebook) -> dict[str, str]:
    return dict(notebook.last.data.params)


def origins(notebook: Notebook) -> dict[str, str]:
    found: dict[str, str] = json.loads(notebook.last.data.tags["trackbook.origins"])
    return found


def test_what_is_passed_to_a_fit_is_an_input_under_its_variable_s_name(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran("%%track\nfrom sklearn.svm import SVC\nmodel = SVC().fit(X, y)\nX[:] = 0")
    found = inputs(notebook)
    assert set(found) == {"X", "y"}
    assert found["X"].tags["mlflow.data.context"] == "training"
    assert json.loads(found["X"].dataset.schema) == {"mlflow_tensorspec": {"dtype": "float64", "shape": [30, 2]}}
    assert found["X"].dataset.source_type == "code"
    changed = found["X"].dataset.digest
    notebook.ran(DATA)
    notebook.ran("%%track\nmodel = SVC().fit(X, y)")
    assert inputs(notebook)["X"].dataset.digest == changed  # taken before the cell changed it
    assert notebook.last.data.tags["trackbook.trained"] == "SVC"


IMPORTING = {
    "sklearn": ("from sklearn.linear_model import Ridge\nmodel = Ridge().fit(X, y)", "Ridge X y"),
    "lightgbm": ("import lightgbm\nb = lightgbm.train({'verbose': -1}, lightgbm.Dataset(X, y), 1)", "train X y"),
    "xgboost": ("import xgboost as xgb\nb = xgb.train({}, xgb.DMatrix(X, y), 1)", "train dtrain"),
    "torch": ("import torch\nopt = torch.optim.SGD(torch.nn.Linear(2, 1).parameters())\nopt.step()", "SGD"),
}
PROGRAM = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "trackbook")
shell.run_cell(sys.argv[1])
import trackbook
from trackbook.jupyter import extension
for library, cell in json.loads(sys.argv[2]).items():
    assert library not in sys.modules, library
    shell.run_cell("%%track --quiet --no-models\\n" + cell).raise_error()
    assert extension.loaded().hooks.workers.wait(30)
    run = trackbook.search_runs(order_by=["start_time DESC"], output_format="list")[0]
    names = [one.dataset.name for one in run.inputs.dataset_inputs]
    print("seen:", run.data.tags.get("trackbook.trained"), *sorted(names), flush=True)
"""


@pytest.mark.soak
@long
def test_a_fit_in_the_cell_that_imports_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, in which nothing was imported before."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    there = {library: both for library, both in IMPORTING.items() if find_spec(library) is not None}
    cells = json.dumps({library: cell for library, (cell, _) in there.items()})
    command = [sys.executable, "-c", PROGRAM, DATA, cells]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    seen = [line.removeprefix("seen: ") for line in done.stdout.splitlines() if line.startswith("seen: ")]
    assert seen == [expected for _, expected in there.values()], done


def test_arguments_that_are_not_the_default_are_params(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran("%%track\nfrom sklearn.svm import SVC\nmodel = SVC(C=2.5, kernel='linear', gamma='scale').fit(X, y)")
    assert params(notebook) == {"C": "2.5", "kernel": "linear"}
    assert origins(notebook)["C"] == "argument of SVC"


def test_several_models_have_their_names_before_their_arguments(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran(
        "%%track\nfrom sklearn.svm import SVC\nfrom sklearn.linear_model import LogisticRegression\n"
        "for c in (1, 2, 3):\n    SVC(C=c).fit(X, y)\nother = LogisticRegression(C=4).fit(X, y)"
    )
    found = params(notebook)
    assert (found["SVC.C"], found["LogisticRegression.C"]) == ("[1, 2, 3]", "4")


@pytest.mark.parametrize("first", ["%%track --quiet\n", ""], ids=["asked for", "by itself"])
def test_each_run_of_a_loop_has_the_arguments_of_its_own_model(notebook: Notebook, first: str) -> None:
    notebook.ran(DATA + "import trackbook as tb\nfrom sklearn.svm import SVC")
    notebook.ran("%track on")
    notebook.ran(
        f"{first}for c in (0.5, 1.0, 2.0):\n    with tb.start_run():\n        SVC(C=c, degree=2).fit(X, y)\n"
        "with tb.start_run():\n    tb.log_param('C', 'mine')\n    SVC(C=3.0).fit(X, y)\nwith tb.start_run():\n    pass"
    )
    outer, *inner = notebook.runs
    assert outer.data.params == {"C": "[0.5, 1.0, 2.0, 3.0]", "degree": "[2, 3]"}
    kept = [
        {"C": "0.5", "degree": "2"},
        {"C": "1.0", "degree": "2"},  # which is SVC's own, and not the others'
        {"C": "2.0", "degree": "2"},
        {"C": "mine", "SVC.C": "3.0", "degree": "3"},
        {},
    ]
    key = str
    assert sorted((run.data.params for run in inner), key=key) == sorted(kept, key=key)
    told = [run for run in inner if run.data.params.get("C") == "2.0"]
    assert json.loads(told[0].data.tags["trackbook.origins"])["C"] == "argument of SVC"
    assert told[0].data.tags["trackbook.trained"] == "SVC"


def test_parts_of_a_pipeline_and_a_search(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran(
        "%%track\nfrom sklearn.svm import SVC\nfrom sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler\nfrom sklearn.model_selection import GridSearchCV\n"
        "pipe = make_pipeline(StandardScaler(with_mean=False), SVC())\n"
        "search = GridSearchCV(pipe, {'svc__C': [1, 2]}, cv=3).fit(X, y)"
    )
    assert params(notebook) == {
        "estimator": "Pipeline",
        "estimator__steps": "StandardScaler, SVC",
        "estimator__standardscaler__with_mean": "False",
        "param_grid": "{'svc__C': [1, 2]}",
        "cv": "3",
    }


def test_what_the_cell_says_itself_stands(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran("%%track\nfrom sklearn.svm import SVC\nC = 10\nmodel = SVC(C=C * 2, degree=4).fit(X, y)")
    assert params(notebook) == {"C": "10", "SVC.C": "20", "degree": "4"}
    notebook.ran("%%track\nC = 10\nmodel = SVC(C=C).fit(X, y)")
    assert params(notebook) == {"C": "10"}


def test_secrets_are_left_out(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran(
        "from sklearn.linear_model import LinearRegression\n"
        "class Remote(LinearRegression):\n    def __init__(self, api_key=None, depth=1):\n"
        "        self.api_key, self.depth = api_key, depth\n        super().__init__()"
    )
    notebook.ran("%%track\nmodel = Remote(api_key='kq83-JJx0-' + 'pw7Zt2', depth=3).fit(X, y)")
    assert params(notebook) == {"depth": "3"}


def test_the_options_hold(notebook: Notebook) -> None:
    notebook.ran(DATA)
    notebook.ran("%%track --no-data --no-params\nfrom sklearn.svm import SVC\nmodel = SVC(C=2).fit(X, y)")
    assert params(notebook) == {}
    assert inputs(notebook) == {}


def test_validation_data_have_their_context(notebook: Notebook) -> None:
    pytest.importorskip("xgboost")
    notebook.ran(DATA + "X_valid, y_valid = X[:5].copy(), y[:5].copy()")
    notebook.ran(
        "%%track --no-models\nimport xgboost\n"
        "model = xgboost.XGBRegressor(n_estimators=2, max_depth=3)\n"
        "model = model.fit(X, y, eval_set=[(X, y), (X_valid, y_valid)], verbose=False)"
    )
    found = {name: one.tags["mlflow.data.context"] for name, one in inputs(notebook).items()}
    assert found == {"X": "training", "y": "training", "X_valid": "validation", "y_valid": "validation"}
    assert params(notebook) == {"n_estimators": "2", "max_depth": "3"}


def test_a_model_that_a_function_fits_is_kept(notebook: Notebook) -> None:
    pytest.importorskip("skops")
    notebook.ran(DATA)
    notebook.ran("from sklearn.svm import SVC\nmodel = SVC()\ndef train():\n    model.fit(X, y)")
    notebook.ran("%%track\ntrain()")
    from trackbook.tracking.session import current_session

    settle(notebook)
    kept = [one.path for one in current_session().reading.artifacts.list(notebook.last.info.run_id)]
    assert "model" in kept


CELLS = {
    "bad input": "from sklearn.svm import SVC\nSVC().fit(X, y[:3])",
    "bad argument": "from sklearn.svm import SVC\nSVC(C=-1).fit(X, y)",
    "user's own": (
        "from sklearn.base import BaseEstimator\nfrom sklearn.utils import check_array\n"
        "class Mine(BaseEstimator):\n    def fit(self, X, y):\n        check_array(X)\n        raise ValueError('no')\n"
        "    def predict(self, X):\n        return X\nMine().fit(X, y)"
    ),
    "lightgbm": "import lightgbm\nlightgbm.train({'objective': 'no', 'verbose': -1}, lightgbm.Dataset(X, y), 1)",
    "xgboost": "import xgboost\nxgboost.train({}, xgboost.DMatrix(X, y), 1, obj=lambda p, d: 1 / 0)",
    "torch": "import torch\nopt = torch.optim.SGD(torch.nn.Linear(2, 1).parameters())\nopt.step(lambda: 1 / 0)",
    "random": (
        "from sklearn.ensemble import RandomForestClassifier\nimport random\nnp.random.seed(1)\nrandom.seed(1)\n"
        "forest = RandomForestClassifier(5).fit(X, y)\n"
        "print(forest.predict_proba(X).tolist(), np.random.random(), random.random())"
    ),
}


@pytest.mark.soak
@pytest.mark.parametrize("source", share(CELLS.values(), 3), ids=share(CELLS, 3))
def test_a_tracked_training_looks_like_an_untracked_one(notebook: Notebook, source: str) -> None:
    for library in ("lightgbm", "xgboost", "torch"):
        if library in source:
            pytest.importorskip(library)
    for mode in ("Plain", "Context"):
        notebook.shell.run_line_magic("xmode", mode)
        shown = []
        for first in ("# first", "%%track --quiet"):
            notebook.shell.reset(new_session=True)
            notebook.ran(DATA)
            ran = notebook.run(f"{first}\n{source}")
            text = re.sub("# first|# %%track --quiet|%%track --quiet", "<its first line>", ran.stdout)
            shown.append((text, ran.stderr, repr(ran.error)))
        assert shown[0] == shown[1]
    assert "trackbook.trained" in notebook.last.data.tags or source == CELLS["bad argument"]


def test_unloading_gives_the_libraries_their_own_functions_back(notebook: Notebook) -> None:
    import sklearn.base

    original = sklearn.base.get_config
    notebook.ran("%%track\nx = 1")
    assert sklearn.base.get_config is not original
    notebook.shell.extension_manager.unload_extension("trackbook")
    assert sklearn.base.get_config is original


def test_a_cell_that_fits_very_often_is_told_of(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackbook.capture.training.watching.MOST_FITS", 2)
    fits = "from sklearn.linear_model import Ridge\nfor n in range(5):\n    Ridge().fit(X, y)"
    notebook.ran(f"%%track --quiet\n{DATA}{fits}")
    settle(notebook)
    assert "3 more training calls were made than are looked at" in notebook.last.data.tags["trackbook.warnings"]
