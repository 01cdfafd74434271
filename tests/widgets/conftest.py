"""A session over a home of its own, and runs in it that have everything a view can show."""

import json
from functools import partial

import pytest

from trackbook.core import tags
from trackbook.core.entities import Dataset
from trackbook.core.events import CellRecorded
from trackbook.tracking import active
from trackbook.tracking.session import close_session, open_session
from trackbook.tracking.starting import begin

HOSTILE = "<script>alert('x')</script>\"&\n‮" + "😀" * 3
MLMODEL = "flavors:\n  sklearn: {serialization_format: skops}\nmetadata: {trackbook.class: sklearn.svm._classes.SVC}\n"
ENVIRONMENT = {
    "schema": 1,
    "python": "3.11.7",
    "platform": "Linux-6",
    "packages": [{"name": "numpy", "version": "2.0", "source": ""}, {"name": "pandas", "version": "3.0"}],
}


REASON = {"kind": "edited", "cell_id": "a", "execution": 0, "execution_count": 3, "line": "df = load()"}
FILES = {
    tags.FILES_FILE: {"schema": 1, "written": [{"path": "out.csv", "size_bytes": 3, "mtime_ns": 5}]},
    tags.STATE_FILE: {"schema": 1, "verdict": "differs", "reasons": [REASON], "label": "traced", "executions": [0, 1]},
    tags.SECRETS_FILE: {"schema": 1, "replaced": [{"place": "param lr", "kind": "token", "line": 1}]},
    tags.NOTEBOOK_ABOUT_FILE: {
        "schema": 2,
        "snapshots": [
            {"file": "notebook.ipynb", "when": "end", "origin": "live", "taken_ms": 1_700_000_000_000, "unsaved": True}
        ],
    },
    tags.PROGRAM_FILE: "x = 1",
}
"""What is recorded after the cell."""


def keep_files(run, files):
    for path, content in files.items():
        run.log_text(content if isinstance(content, str) else json.dumps(content), path)


@pytest.fixture
def session(tmp_path, monkeypatch):
    for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "TRACKBOOK_EXPERIMENT", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".trackbook").mkdir()
    monkeypatch.chdir(tmp_path)
    close_session()
    yield open_session(tmp_path)
    for run in active.open_runs():
        run.end("KILLED")
    close_session()


def make_run(session, name="run", version=1, *, line="line-1", metrics=None, end="FINISHED", **params):
    """A run of a cell, with params and metrics given; ended unless `end` is None."""
    run = begin(session, run_name=name)
    source = f"model = SVC(C={version})\nmodel.fit(X, y)\nscore = {version}\n"
    run.record(CellRecorded(run.run_id, line, source, cell_id="c1", notebook="a.ipynb"))
    run.set_tag(tags.CELL_LINE, line)
    run.log_params(params)
    for key, values in (metrics or {}).items():
        for step, value in enumerate(values):
            run.log_metric(key, value, step=step)
    if end is not None:
        run.end(end)
    return run


@pytest.fixture
def new_run(session):
    """Make runs: `new_run(name, version, metrics={...}, **params)`."""
    return partial(make_run, session)


@pytest.fixture
def full_run(session):
    """The id of a second version of a cell, failed, with all that is captured."""
    first = make_run(session, "first", 1, C="1", kernel="rbf", metrics={"accuracy": [0.5]})
    before = [{"name": "numpy", "version": "1.0"}, {"name": "scipy", "version": "1.1"}]
    first.log_text(json.dumps({**ENVIRONMENT, "packages": before}), tags.ENVIRONMENT_FILE)
    run = make_run(session, HOSTILE, 2, C="2", kernel="rbf", metrics={"accuracy": [0.7], "loss": [1.0, 2.0]}, end=None)
    run.set_tags(
        {
            "team": HOSTILE,
            tags.NOTE: "a note",
            tags.ORIGINS: json.dumps({"C": "assigned", "accuracy": "computed"}),
            tags.WARNINGS: json.dumps(["param x was too odd"]),
            tags.LEFT_OUT: json.dumps(["X holds a ndarray, it was taken for data and left out"]),
            tags.ERROR_TYPE: "ValueError",
            tags.ERROR_MESSAGE: HOSTILE,
            tags.GIT_COMMIT: "abc123",
            tags.GIT_BRANCH: "main",
            tags.GIT_DIRTY: "true",
            tags.PAUSED: "1",
        }
    )
    run.log_text(MLMODEL, "model/MLmodel")
    run.log_text("x" * 10, "plots/a.txt")
    run.log_text(json.dumps(ENVIRONMENT), tags.ENVIRONMENT_FILE)
    run.log_text("Traceback: <b>boom</b>", tags.TRACEBACK_FILE)
    run.log_text(json.dumps({"schema": 1, "executions": [{}, {}], "sources": {}}), tags.HISTORY_FILE)
    run.log_metric("system/cpu", 50.0)
    about = {"size_bytes": 12, "digest": "sample", "cell": 3}
    run.log_input(
        Dataset(HOSTILE, "s:0123456789", "local", profile=json.dumps(about)), tags={tags.INPUT_SEEN: "opened by"}
    )
    keep_files(run, FILES)
    run.end("FAILED")
    session.flush()
    return run.run_id
