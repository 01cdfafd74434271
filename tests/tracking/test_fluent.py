"""The fluent functions do what MLflow's do, and a process reads its own writes."""

from __future__ import annotations

import decimal
import json
import math
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import trackbook as tb
from trackbook.core.durations import duration_ms
from trackbook.errors import InvalidName, InvalidState, NotFound, NotRecorded, ParamConflict, UnstorableValue
from trackbook.tracking import starting
from trackbook.widgets.heads import run_head
from trackbook.widgets.texts import duration_text

if TYPE_CHECKING:
    from trackbook.tracking.session import Session

pytestmark = pytest.mark.usefixtures("session")


def test_a_run_is_read_back_as_it_was_logged() -> None:
    tb.set_experiment("iris")
    with tb.start_run(run_name="first", tags={"team": "blue"}) as run:
        tb.log_param("C", 1.0)
        tb.log_params({"kernel": "rbf", "nested/depth": 3})
        for step in range(5):
            tb.log_metric("loss", 1.0 / (step + 1), step=step)
        tb.log_metrics({"accuracy": 0.9, "f1": np.float32(0.5)}, step=4)
    stored = tb.get_run(run.run_id)
    assert stored.info.status == "FINISHED"
    assert stored.info.run_name == "first"
    assert stored.info.end_time is not None
    assert stored.data.params == {"C": "1.0", "kernel": "rbf", "nested/depth": "3"}
    assert stored.data.metrics == {"loss": 0.2, "accuracy": 0.9, "f1": 0.5}
    assert stored.data.aggregates["loss"].count == 5
    assert stored.data.aggregates["loss"].max == 1.0
    assert stored.data.tags["team"] == "blue"
    assert tb.active_run() is None


def test_a_run_knows_itself_at_once() -> None:
    with tb.start_run(run_name="fresh") as run:
        info = run.info
    assert (info.run_name, info.status) == ("fresh", "RUNNING")
    assert run.run_id in info.artifact_uri


def test_an_exception_fails_the_run_and_an_interrupt_kills_it() -> None:
    with pytest.raises(ZeroDivisionError), tb.start_run() as failed:
        raise ZeroDivisionError("by hand")
    with pytest.raises(KeyboardInterrupt), tb.start_run() as killed:
        raise KeyboardInterrupt
    assert tb.get_run(failed.run_id).info.status == "FAILED"
    assert tb.get_run(failed.run_id).data.tags["trackbook.error.type"] == "ZeroDivisionError"
    assert tb.get_run(killed.run_id).info.status == "KILLED"


def test_a_second_run_is_refused_unless_nested() -> None:
    with tb.start_run() as parent:
        with pytest.raises(InvalidState, match="already active"):
            tb.start_run()
        with tb.start_run(nested=True) as child:
            tb.log_metric("x", 1)
        assert tb.active_run() is parent
    assert tb.get_run(child.run_id).data.tags["mlflow.parentRunId"] == parent.run_id


def test_runs_left_open_inside_end_with_the_outer_one() -> None:
    with tb.start_run():
        inner = tb.start_run(nested=True)
    assert tb.get_run(inner.run_id).info.status == "FINISHED"


def test_a_cells_run_adopts_runs_started_inside() -> None:
    outer = tb.start_run()
    outer.bound_to_cell = True
    children = []
    for _ in range(2):
        with tb.start_run() as child:
            children.append(child.run_id)
    outer.end()
    assert {tb.get_run(child).data.tags["mlflow.parentRunId"] for child in children} == {outer.run_id}


def test_a_param_cannot_change() -> None:
    with tb.start_run():
        tb.log_param("C", 1)
        tb.log_param("C", 1)
        with pytest.raises(ParamConflict, match="'C'"):
            tb.log_param("C", 2)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (True, 1.0),
        (np.float32(0.5), 0.5),
        (np.array([2.5]), 2.5),
        (np.array(3), 3.0),
        (decimal.Decimal("0.25"), 0.25),
        (math.inf, math.inf),
        (10**400, math.inf),
    ],
)
def test_numbers_of_any_kind_are_metrics(value: object, stored: float) -> None:
    with tb.start_run() as run:
        tb.log_metric("x", value)
    assert tb.get_run(run.run_id).data.metrics["x"] == stored


@pytest.mark.parametrize("value", ["0.9", None, 1j, [1.0], np.array([1.0, 2.0]), b"1"])
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    with tb.start_run(), pytest.raises(UnstorableValue, match="'score'"):
        tb.log_metric("score", value)


@pytest.mark.parametrize("key", ["", "a" * 251, "../x", "a//b", "a\0b", "a\nb", "a\\b", "/a", 3])
def test_a_bad_key_is_refused_with_its_rule(key: str) -> None:
    with tb.start_run():
        with pytest.raises(InvalidName):
            tb.log_metric(key, 1.0)
        with pytest.raises(InvalidName):
            tb.log_param(key, 1.0)


def test_in_a_tracked_cell_a_bad_value_costs_a_warning_and_nothing_else() -> None:
    outer = tb.start_run()
    outer.bound_to_cell = True
    with tb.start_run() as inner:
        with pytest.warns(NotRecorded, match="'score'"):
            tb.log_metric("score", "high")
        with pytest.warns(NotRecorded, match="'b'"):
            tb.log_metrics({"a": 1.0, "b": None, "c": 3.0})
        tb.log_param("C", 1)
        with pytest.warns(NotRecorded, match="'C'"):
            tb.log_params({"C": 2, "kernel": "rbf"})
        with pytest.warns(NotRecorded, match="tag"):
            tb.set_tags({"": 1, "team": "blue"})
    outer.end()
    stored = tb.get_run(inner.run_id)
    assert stored.data.metrics == {"a": 1.0, "c": 3.0}
    assert stored.data.params == {"C": "1", "kernel": "rbf"}
    assert stored.data.tags["team"] == "blue"
    assert len(json.loads(stored.data.tags["trackbook.warnings"])) == 4


def test_nan_survives() -> None:
    with tb.start_run() as run:
        tb.log_metric("x", math.nan)
        tb.log_param("p", math.nan)
    stored = tb.get_run(run.run_id)
    assert math.isnan(stored.data.metrics["x"])
    assert stored.data.params["p"] == "nan"


def test_a_log_call_without_a_run_starts_one() -> None:
    tb.log_metric("x", 1.0)
    run = tb.active_run()
    assert run is not None
    tb.end_run()
    assert tb.get_run(run.run_id).data.metrics == {"x": 1.0}


def test_a_run_is_resumed_and_goes_on() -> None:
    with tb.start_run() as run:
        tb.log_metric("x", 1.0, step=1)
        tb.log_param("C", 1)
    with tb.start_run(run_id=run.run_id):
        assert tb.get_run(run.run_id).info.status == "RUNNING"
        tb.log_metric("x", 2.0, step=2)
        with pytest.raises(ParamConflict):
            tb.log_param("C", 2)
    stored = tb.get_run(run.run_id)
    assert stored.info.status == "FINISHED"
    assert stored.data.aggregates["x"].count == 2
    with pytest.raises(NotFound, match="0" * 32):
        tb.start_run(run_id="0" * 32)


def test_the_time_between_an_end_and_the_resumption_is_no_part_of_the_duration(monkeypatch) -> None:
    run = tb.start_run()
    run.end(end_time=run.start_time + 300)
    for later in (60_300, 120_700):
        monkeypatch.setattr(starting, "now_ms", lambda: run.start_time + later)  # noqa: B023 - called in this round
        tb.start_run(run_id=run.run_id).end(end_time=run.start_time + later + 400)
    stored = tb.get_run(run.run_id)
    assert stored.info.end_time == run.start_time + 121_100, "as MLflow has it"
    assert duration_ms(stored.info, stored.data.tags) == 300 + 400 + 400
    assert duration_text(run_head(stored.info, "", stored.data.tags)) == "1.1 s"


def test_a_thread_logs_into_the_run_that_started_it() -> None:
    with tb.start_run() as run:
        thread = threading.Thread(target=lambda: tb.log_metric("from_thread", 1.0))
        thread.start()
        thread.join()
    assert tb.get_run(run.run_id).data.metrics == {"from_thread": 1.0}


def test_runs_opened_in_threads_do_not_meet() -> None:
    ids: dict[int, str] = {}

    def work(number: int) -> None:
        with tb.start_run() as run:
            ids[number] = run.run_id
            for step in range(50):
                tb.log_metric("n", number, step=step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, run_id in ids.items():
        aggregate = tb.get_run(run_id).data.aggregates["n"]
        assert (aggregate.count, aggregate.min, aggregate.max) == (50, number, number)


def test_artifacts_come_back_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKBOOK_SCRIPTS", "0")  # what is logged, and not the record of the test
    folder = tmp_path / "plots" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"\0\1\2")
    with tb.start_run() as run:
        tb.log_text("grüße", "notes/hello.txt")
        tb.log_dict({"a": [1, 2]}, "config.json")
        tb.log_artifact(folder / "a.bin")
        tb.log_artifacts(tmp_path / "plots", "figures")
    client = tb.TrackbookClient()
    assert [file.path for file in client.list_artifacts(run.run_id)] == ["a.bin", "config.json", "figures", "notes"]
    local = client.download_artifacts(run.run_id, "figures/deep/a.bin")
    assert Path(local).read_bytes() == b"\0\1\2"
    assert json.loads(Path(client.download_artifacts(run.run_id, "config.json")).read_text()) == {"a": [1, 2]}


def test_search_gives_mlflows_frame() -> None:
    tb.set_experiment("search")
    for value in (0.1, 0.9):
        with tb.start_run(run_name=f"v{value}"):
            tb.log_param("kernel", "rbf")
            tb.log_metric("accuracy", value)
    frame = tb.search_runs(filter_string="metrics.accuracy > 0.5 and params.kernel = 'rbf'")
    assert list(frame["metrics.accuracy"]) == [0.9]
    assert list(frame.columns[:6]) == [
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
    ]
    assert str(frame["start_time"].dtype).endswith("UTC]")
    best = tb.search_runs(order_by=["metrics.accuracy ASC"], output_format="list")
    assert [run.info.run_name for run in best] == ["v0.1", "v0.9"]
    assert len(tb.search_runs(experiment_names=["search"], max_results=1)) == 1
    assert list(tb.search_runs(filter_string="metrics.accuracy > 2")["run_id"]) == []


def test_a_process_that_ends_by_an_exception_did_not_finish(session: Session, tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "train.py"
    script.write_text(
        "import trackbook as tb\ntb.start_run(run_name='broken')\ntb.log_metric('x', 1)\nraise ValueError\n"
    )
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    (run,) = tb.search_runs(filter_string="attributes.run_name = 'broken'", output_format="list")
    assert run.info.status == "FAILED"
    assert run.data.metrics == {"x": 1.0}
