"""Logged models on both databases: the contract of `core.logged_models`."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from tests.postgresql import new_database

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.core.logged_models import ModelMetric, ModelOrder, ModelQuery, NewModel
from trackbook.errors import AlreadyExists, InvalidName, InvalidValue, NotFound


@pytest.fixture(scope="module")
def database(postgresql: Any) -> str:
    return new_database(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    home = tmp_path / "home"
    uri = str(home) if request.param == "sqlite" else request.getfixturevalue("database")
    opened: Any = connect(uri, journal=home / "journal")
    yield opened
    opened.close()


@pytest.fixture
def experiment(store: Any) -> str:
    return str(store.experiments.create(f"models {os.urandom(4).hex()}"))


def made(store: Any, experiment: str, name: str = "svc", **fields: Any) -> str:
    return str(store.logged_models.create(NewModel(experiment, name, **fields)).model_id)


def found(store: Any, experiment: str, filter: str = "", **more: Any) -> list[str]:
    return [one.name for one in store.logged_models.search(ModelQuery([experiment], filter, **more))]


def test_a_model_is_pending_until_it_is_finished_and_gone_once_deleted(store: Any, experiment: str) -> None:
    model = made(store, experiment, model_type="sklearn", params={"C": "5"}, tags={"team": "blue"})
    pending = store.logged_models.get(model)
    assert (pending.status, pending.params, pending.tags) == ("PENDING", {"C": "5"}, {"team": "blue"})
    assert pending.artifact_location.endswith(f"/{experiment}/models/{model}/artifacts")
    assert store.logged_models.finalize(model, "READY").status == "READY"
    store.logged_models.delete(model)
    store.logged_models.delete(model)
    with pytest.raises(NotFound):
        store.logged_models.get(model)
    assert store.logged_models.get(model, deleted=True).is_deleted
    assert found(store, experiment) == []


def test_names_and_states_are_checked(store: Any, experiment: str) -> None:
    with pytest.raises(InvalidName):
        made(store, experiment, "a/b")
    with pytest.raises(NotFound):
        made(store, "99999999")
    with pytest.raises(InvalidValue):
        store.logged_models.finalize(made(store, experiment), "DONE")
    store.experiments.delete(experiment)
    with pytest.raises(InvalidValue, match="active"):
        made(store, experiment)


def test_params_are_written_once_and_tags_replaced(store: Any, experiment: str) -> None:
    model = made(store, experiment, params={"C": "5"})
    with pytest.raises(AlreadyExists):
        store.logged_models.log_params(model, {"new": "1", "C": "6"})
    assert store.logged_models.get(model).params == {"C": "5"}
    store.logged_models.set_tags(model, {"a": "1", "b": "2"})
    store.logged_models.set_tags(model, {"a": "3"})
    store.logged_models.delete_tag(model, "b")
    assert store.logged_models.get(model).tags == {"a": "3"}
    with pytest.raises(NotFound):
        store.logged_models.delete_tag(model, "b")


def test_metrics_are_found_by_any_point_and_ordered_by_the_latest(store: Any, experiment: str) -> None:
    models = {name: made(store, experiment, name) for name in ("low", "high", "none")}
    points = [("low", 0.9, 1, "train"), ("low", 0.1, 2, "test"), ("high", 0.5, 1, "test"), ("high", math.nan, 0, "nan")]
    metrics = [ModelMetric(models[name], "acc", value, time, 0, "r", on, "d") for name, value, time, on in points]
    store.logged_models.log_metrics(metrics)
    store.logged_models.log_metrics(metrics)
    assert len(store.logged_models.get(models["low"]).metrics) == 2
    by_accuracy = [ModelOrder("metrics.acc", ascending=False)]
    assert found(store, experiment, order_by=by_accuracy) == ["high", "low", "none"]
    on_train = [ModelOrder("metrics.acc", False, "train"), ModelOrder("name")]
    assert found(store, experiment, order_by=on_train) == ["low", "high", "none"]
    assert found(store, experiment, "metrics.acc > 0.8") == ["low"]
    assert found(store, experiment, "metrics.acc > 0.8", datasets=[("test", "")]) == []
    assert found(store, experiment, datasets=[("train", "d")]) == ["low"]
    assert found(store, experiment, datasets=[("train", "other")]) == []


def test_many_metrics_are_written_at_once_and_the_first_of_a_point_stays(store: Any, experiment: str) -> None:
    """A statement for each would keep the transaction that live runs wait for."""
    models = [made(store, experiment), made(store, experiment)]
    points = [ModelMetric(models[step % 2], "acc", step, 7, step // 2, "r", "", "") for step in range(1000)]
    store.logged_models.log_metrics(points[:2])
    asked: list[str] = []

    def count(*about: Any) -> None:
        asked.append(about[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        store.logged_models.log_metrics([*points, replace(points[5], value=99.0), replace(points[0], value=99.0)])
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert len(asked) < 10
    for place, model in enumerate(models):
        kept = store.logged_models.get(model).metrics
        assert [(one.step, one.value) for one in kept] == [(step, 2 * step + place) for step in range(500)]


def test_searches_know_attributes_params_and_tags(store: Any, experiment: str) -> None:
    first = made(store, experiment, "first", params={"C": "5"}, source_run_id="r1")
    made(store, experiment, "second", tags={"team": "blue"})
    for wanted, names in {
        "name = 'first'": ["first"],
        "name IN ('first', 'second') AND source_run_id = 'r1'": ["first"],
        "params.C LIKE '5%'": ["first"],
        "tags.team ILIKE 'BLUE' AND status = 'PENDING'": ["second"],
        "creation_timestamp < 1": [],
        f"model_id = '{first}'": ["first"],
    }.items():
        assert found(store, experiment, wanted) == names
    page = store.logged_models.search(ModelQuery([experiment], order_by=[ModelOrder("name")], limit=1))
    rest = ModelQuery([experiment], order_by=[ModelOrder("name")], limit=1, page_token=page.token)
    assert ([page[0].name], found(store, experiment)) == (["first"], ["second", "first"])
    assert [one.name for one in store.logged_models.search(rest)] == ["second"]
    assert store.logged_models.search(rest).token is None
    with pytest.raises(InvalidValue):
        found(store, experiment, "metrics.a > metrics.b")
    with pytest.raises(InvalidValue):
        found(store, experiment, order_by=[ModelOrder("params.C")])


def test_a_run_tells_what_it_made_and_read(store: Any, experiment: str) -> None:
    run_id = os.urandom(8).hex()
    store.recording.apply(Batch(run_id, [RunStarted(run_id, experiment, "run", 1)], [], {"n": 1}))
    model = made(store, experiment)
    for _ in range(2):
        store.logged_models.link(run_id, inputs=[model], outputs=[(model, 3), (model, 4)])
    run = store.runs.get(run_id)
    assert [one.model_id for one in run.inputs.model_inputs] == [model]
    assert [(one.model_id, one.step) for one in run.outputs.model_outputs] == [(model, 3), (model, 4)]
    with pytest.raises(NotFound):
        store.logged_models.link("nowhere", inputs=[model])


def test_files_of_a_model_lie_beside_those_of_runs_and_are_no_orphans(
    store: Any, experiment: str, tmp_path: Path
) -> None:
    model = made(store, experiment)
    for name in ("MLmodel", "data/model.skops"):
        (tmp_path / "file").write_text(name)
        store.model_files.adopt(model, name, tmp_path / "file")
    assert [one.path for one in store.model_files.list(model)] == ["MLmodel", "data"]
    local = store.model_files.download(model, "", tmp_path / "copy")
    assert (local / "data" / "model.skops").read_text() == "data/model.skops"
    assert store.model_files.digest(model, "MLmodel") != store.model_files.digest(model, "data/model.skops")
    assert store.disk.orphans() == []
    assert store.model_files.delete(model) > 0
    with pytest.raises(NotFound):
        store.model_files.list("m-" + "0" * 32)


def test_a_deleted_experiment_stays_while_it_holds_a_model(store: Any, experiment: str) -> None:
    made(store, experiment)
    store.experiments.delete(experiment)
    assert store.trash.empty_experiments() == []
