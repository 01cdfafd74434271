"""The port `Recording`: exactly once, in one transaction, nothing raised for a bad record."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest
from conformance_tools import apply, series, start

from trackbook.core import tags
from trackbook.core.events import (
    ArtifactStaged,
    Batch,
    CellRecorded,
    InputLogged,
    ParamsLogged,
    Points,
    RunEnded,
    RunResumed,
    RunStarted,
    TagDeleted,
    TagsSet,
)
from trackbook.core.ports import Store
from trackbook.errors import NotFound


def test_a_whole_run(store: Store) -> None:
    number = store.experiments.create("churn")
    events = [
        RunStarted("r", number, "first", 1000, "ann", {"a": "1"}),
        ParamsLogged("r", {"C": "1.0", "kernel": "rbf"}),
        TagsSet("r", {"b": "2"}),
        InputLogged("r", "train.csv", "abc", "local", "data/train.csv", tags={"mlflow.data.context": "training"}),
        RunEnded("r", "FINISHED", 2000),
    ]
    apply(store, *events, points=[series("r", "loss", [3.0, 1.0, 2.0])])
    run = store.runs.get("r")
    assert (run.info.run_id, run.info.run_name, run.info.experiment_id, run.info.user_id) == (
        "r",
        "first",
        number,
        "ann",
    )
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("FINISHED", 1000, 2000)
    assert run.info.artifact_uri == store.artifacts.uri("r")
    assert run.data.params == {"C": "1.0", "kernel": "rbf"}
    assert run.data.tags == {"a": "1", "b": "2"}
    assert run.data.metrics == {"loss": 2.0}
    loss = run.data.aggregates["loss"]
    assert (loss.count, loss.last_step, loss.min, loss.min_step, loss.max, loss.max_step) == (3, 2, 1.0, 1, 3.0, 0)
    assert loss.mean == 2.0
    dataset = run.inputs.dataset_inputs[0]
    assert (dataset.dataset.name, dataset.dataset.digest) == ("train.csv", "abc")
    assert dataset.tags == {"mlflow.data.context": "training"}


def test_a_batch_with_a_kept_cursor_changes_nothing(store: Store) -> None:
    batch = Batch("j", [RunStarted("r", "0", "r", 1), TagsSet("r", {"t": "1"})], [series("r", "m", [1, 2])], {"at": 7})
    store.recording.apply(batch)
    apply(store, TagsSet("r", {"t": "2"}), journal="other")
    store.recording.apply(batch)
    run = store.runs.get("r")
    assert run.data.aggregates["m"].count == 2
    assert run.data.tags["t"] == "2"


def test_cursors_are_kept_and_forgotten(store: Store) -> None:
    assert store.recording.cursor("j") is None
    store.recording.apply(Batch("j", [], [], {"segment": 1, "offsets": [2, 3]}))
    store.recording.apply(Batch("k", [], [], {"segment": 9}))
    assert store.recording.cursor("j") == {"segment": 1, "offsets": [2, 3]}
    store.recording.forget("j")
    assert store.recording.cursor("j") is None
    assert store.recording.cursor("k") == {"segment": 9}


def test_a_journal_applied_from_its_beginning_again_changes_nothing_but_points(store: Store) -> None:
    events = [
        RunStarted("r", "0", "r", 1, tags={"t": "1"}),
        ParamsLogged("r", {"p": "1"}),
        CellRecorded("r", "line", "x = 1"),
        InputLogged("r", "d", "1"),
        RunEnded("r", "FINISHED", 5),
    ]
    apply(store, *events)
    before = store.runs.get("r"), store.cells.of_run("r"), store.runs.keys()
    apply(store, *events)
    assert (store.runs.get("r"), store.cells.of_run("r"), store.runs.keys()) == before


def test_the_first_value_of_a_param_stays(store: Store) -> None:
    start(store, "r")
    apply(store, ParamsLogged("r", {"p": "1"}), ParamsLogged("r", {"p": "2", "q": "1"}))
    apply(store, ParamsLogged("r", {"p": "3", "q": "1"}))
    assert store.runs.get("r").data.params == {"p": "1", "q": "1"}


def test_tags_change_and_go(store: Store) -> None:
    start(store, "r", tags={"a": "1", "b": "1", "c": "1"})
    apply(store, TagDeleted("r", "a"), TagsSet("r", {"b": "2"}), TagDeleted("r", "c"), TagsSet("r", {"c": "3"}))
    apply(store, TagDeleted("r", "never there"))
    assert store.runs.get("r").data.tags == {"b": "2", "c": "3"}
    counted = store.runs.keys()
    assert [(key.key, key.runs) for key in counted] == [("b", 1), ("c", 1)]


def test_the_tag_of_the_name_renames(store: Store) -> None:
    start(store, "r", name="old")
    apply(store, TagsSet("r", {"mlflow.runName": "new"}))
    assert store.runs.get("r").info.run_name == "new"


def test_a_resumed_run_is_open(store: Store) -> None:
    start(store, "r")
    apply(store, RunEnded("r", "FAILED", 5))
    for resumed, status in (
        (RunResumed("r", 6), "RUNNING"),
        (RunResumed("r", 7, "SCHEDULED"), "SCHEDULED"),
        (RunResumed("r", 8, "FINISHED"), "SCHEDULED"),  # makes no sense
    ):
        apply(store, resumed)
        info = store.runs.get("r").info
        assert (info.status, info.end_time) == (status, None)


def test_a_missing_experiment_is_default_and_is_told(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    for n, experiment in enumerate(("77", "no number", "")):
        start(store, f"r{n}", experiment)
        assert store.runs.get(f"r{n}").info.experiment_id == "0"
    assert "'no number'" in caplog.text


def test_what_names_an_unknown_run_is_skipped_and_told(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    apply(store, ParamsLogged("nobody", {"p": "1"}), RunStarted("r", "0", "r", 1), points=[series("ghost", "m", [1.0])])
    assert store.runs.get("r").info.run_name == "r"
    assert "'nobody'" in caplog.text
    assert "'ghost'" in caplog.text
    with pytest.raises(NotFound):
        store.runs.get("nobody")


def test_bad_records_do_not_hold_back_the_rest(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    columns = np.arange(2)
    bad_points = Points("r", "m", columns, columns[:1], columns.astype(float))
    apply(
        store,
        RunStarted("r", "0", "r", 1),
        RunStarted("late", "0", "late", 2**80),
        ParamsLogged("r", {"p": 5}),  # type: ignore[dict-item]
        ParamsLogged("r", None),  # type: ignore[arg-type]
        RunEnded("r", "EXPLODED", 5),
        CellRecorded("r", None, "x"),  # type: ignore[arg-type]
        ArtifactStaged("r", "a", "b", 1),
        TagsSet("r", {"ok": "1"}),
        points=[bad_points, series("r", "m", [1.0])],
    )
    run = store.runs.get("r")
    assert (run.data.tags, run.data.params, run.data.metrics) == ({"ok": "1"}, {}, {"m": 1.0})
    assert run.info.status == "RUNNING"
    assert caplog.text.count("skipped") == 6


def test_text_that_databases_refuse_is_made_storable(store: Store) -> None:
    start(store, "r", name="nul \0 and \ud800")
    apply(store, ParamsLogged("r", {"p": "a\0b"}), CellRecorded("r", "line", "s = '\0\udfff'"))
    assert store.runs.get("r").info.run_name == "nul ␀ and ?"
    assert store.runs.get("r").data.params == {"p": "a␀b"}
    cell = store.cells.of_run("r")
    assert cell is not None
    assert cell.source == "s = '␀?'"


def test_abandoned_runs_end_as_killed(store: Store) -> None:
    for run_id in ("running", "finished", "other"):
        start(store, run_id)
    apply(store, RunEnded("finished", "FINISHED", 5))
    assert store.recording.end_abandoned(["running", "finished", "nobody"], 9) == ["running"]
    info = store.runs.get("running").info
    assert (info.status, info.end_time) == ("KILLED", 9)
    told = store.runs.get("running").data.tags
    assert told[tags.ERROR_TYPE] == "ProcessDied"
    assert told[tags.ERROR_MESSAGE].endswith("was killed or crashed; it was last heard at 1970-01-01 00:00:00 UTC")
    assert tags.ERROR_TYPE not in store.runs.get("finished").data.tags
    assert store.runs.get("finished").info.status == "FINISHED"
    assert store.runs.get("other").info.status == "RUNNING"


def test_one_dataset_is_one_input(store: Store) -> None:
    start(store, "r")
    start(store, "s")
    for run_id in ("r", "r", "s"):
        apply(store, InputLogged(run_id, "d", "1"))
    apply(store, InputLogged("r", "d", "2"))
    assert [one.dataset.digest for one in store.runs.get("r").inputs.dataset_inputs] == ["1", "2"]
    assert len(store.runs.get("s").inputs.dataset_inputs) == 1


def test_many_runs_and_keys_in_one_batch(store: Store) -> None:
    events = [RunStarted(f"r{n}", "0", f"r{n}", n) for n in range(600)]
    events += [ParamsLogged(f"r{n}", {f"p{k}": str(k) for k in range(3)}) for n in range(600)]
    points = [series(f"r{n}", f"m{n % 7}", [n]) for n in range(600)] + [
        series("r0", f"wide{k}", [k]) for k in range(1200)
    ]
    apply(store, *events, points=points)
    assert store.runs.get("r599").data.params == {"p0": "0", "p1": "1", "p2": "2"}
    assert len(store.runs.get("r0").data.metrics) == 1201
    counted = store.runs.keys()
    counts = {key.key: key.runs for key in counted}
    assert (counts["p0"], counts["m0"], counts["wide5"]) == (600, 86, 1)


def test_a_metric_of_nan_alone(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", [math.nan, math.nan])])
    one = store.runs.get("r").data.aggregates["m"]
    assert one.count == 2
    assert all(math.isnan(value) for value in (one.last, one.min, one.max, one.mean))


def test_an_experiment_that_an_event_names_is_found_or_made(store: Store) -> None:
    churn = store.experiments.create("churn")
    runs = {"r1": "name:churn", "r2": "name:new", "r3": "name:new", "r4": "name:"}
    apply(store, *(RunStarted(run_id, experiment, run_id, 1) for run_id, experiment in runs.items()))
    new = store.experiments.get_by_name("new")
    assert new is not None
    assert [store.runs.get(run_id).info.experiment_id for run_id in runs] == [churn, *[new.experiment_id] * 2, "0"]
