"""The minimal program of a run of a real kernel, run again in new ones, gives the run's metrics."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import nbclient
import nbformat
import pytest

from trackbook.core.ports import RunQuery
from trackbook.tracking.session import close_session, open_session

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.core.entities import Run
    from trackbook.tracking.session import Session

CELLS = (
    "%load_ext trackbook",
    "import numpy as np",
    "from sklearn.datasets import make_classification\nfrom sklearn.linear_model import LogisticRegression",
    "x, y = make_classification(200, random_state=0)",
    "def score(model):\n    return float(model.score(x, y))",
    "np.random.seed(7)",
    "noise = np.random.normal(size=x.shape)",
    "x += 0.5 * noise",
    "unrelated = 1",
    "%%track --name first\nmodel = LogisticRegression(C=0.1).fit(x, y)\naccuracy = score(model)",
    "x[:, 0] = 0",
    (
        "%%track --name second\nmodel = LogisticRegression(C=10.0).fit(x, y)\naccuracy = score(model)\n"
        "first_weight = float(model.coef_[0, 1])"
    ),
)


def executed(cells: list[str], folder: Path) -> None:
    nodes = [nbformat.v4.new_code_cell(source) for source in cells]
    document = nbformat.v4.new_notebook(cells=nodes)
    nbclient.NotebookClient(document, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()


def newest(session: Session) -> Run:
    return session.reading.runs.search(RunQuery(order_by=("start_time DESC",))).items[0]


@pytest.mark.timeout(240)
def test_both_forms_give_the_metrics_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKBOOK_TRACKING_URI", str(tmp_path / "home"))
    monkeypatch.setenv("TRACKBOOK_SYSTEM_METRICS", "0")  # on a slow machine one of the two runs might have some
    monkeypatch.chdir(tmp_path)
    executed(list(CELLS), tmp_path)
    try:
        session = open_session(tracking_uri=str(tmp_path / "home"))
        run = newest(session)
        assert run.info.run_name == "second"
        assert run.data.tags["trackbook.program.label"] == "traced"
        for name in ("program.ipynb", "program.py"):
            session.reading.artifacts.download(run.info.run_id, f"trackbook/{name}", tmp_path)
        program = nbformat.read(tmp_path / "trackbook" / "program.ipynb", as_version=4)
        nbformat.validate(program)
        sources = [cell.source for cell in program.cells if cell.cell_type == "code"]
        assert "unrelated = 1" not in sources

        executed(sources, tmp_path)
        again = newest(session)
        assert again.info.run_id != run.info.run_id
        assert again.data.metrics == run.data.metrics
    finally:
        close_session()

    script = (tmp_path / "trackbook" / "program.py").read_text()
    show = "\nprint(repr((accuracy, first_weight)))\n"
    done = subprocess.run(
        [sys.executable, "-c", script + show], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=True
    )
    accuracy, weight = run.data.metrics["accuracy"], run.data.metrics["first_weight"]
    assert done.stdout.splitlines()[-1] == repr((accuracy, weight))
