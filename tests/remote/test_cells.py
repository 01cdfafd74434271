"""`%%track` in a real kernel whose runs are kept on a server, of either kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.jupyter.kernels import kernel_in
from tests.remote.servers import Server

from trackbook.connect import connect
from trackbook.core.ports import walk_files


@pytest.mark.timeout(240)
def test_a_tracked_cell_is_on_the_server_with_its_record(server: Server, tmp_path: Path) -> None:
    first = (
        f"import trackbook as tb\ntb.set_tracking_uri({server.url!r})\ntb.set_experiment('churn')\n%load_ext trackbook"
    )
    with kernel_in(tmp_path, first) as kernel:
        kernel.run("rate = 0.5", cell_id="c-0")
        ran = kernel.run("%%track\nC = 5.0\nval_accuracy = 1 - rate / C", cell_id="c-1")
        assert not ran.of("error")
        assert "Finished" in ran.of("update_display_data")[0]["data"]["text/plain"]
        again = kernel.run("%%track\nC = 50.0\nval_accuracy = 1 - rate / C", cell_id="c-1")
        assert not again.of("error")
        program = kernel.artifact("trackbook/program.py")
        assert "rate = 0.5" in program
        table = kernel.run("import trackbook as tb\ntb.runs()").of("execute_result")[0]["data"]["text/html"]
        assert "0.99" in table
        said = kernel.run(
            "import json; print(json.dumps([r.info.run_id for r in tb.search_runs(output_format='list')]))"
        )
    newest, oldest = json.loads(said.text)
    store = connect(server.url)
    run = store.runs.get(newest)
    assert (run.info.status, run.data.params["C"], run.data.metrics["val_accuracy"]) == ("FINISHED", "50.0", 0.99)
    assert store.experiments.get(run.info.experiment_id).name == "churn"
    files = {info.path for info in walk_files(store.artifacts, newest)}
    wanted = "source.py program.py environment.json requirements.txt history.json notebook.ipynb".split()
    assert {f"trackbook/{name}" for name in wanted} <= files
    cells = store.cells.of_runs([newest, oldest])
    assert [cells[newest].version, cells[oldest].version] == [2, 1]
    assert cells[newest].source.endswith("val_accuracy = 1 - rate / C")
    store.close()
