"""Results are metrics, alone and in what holds several of them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.metrics import accuracy_score, classification_report

if TYPE_CHECKING:
    from conftest import Run

TRUE, FOUND = [0, 1, 2, 2, 1, 0], [0, 1, 2, 1, 1, 0]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (torch.tensor(0.5), 0.5),
        (torch.tensor(3), 3.0),
        (torch.tensor(0.25, requires_grad=True) * 2, 0.5),
        (torch.tensor(1.5, dtype=torch.bfloat16), 1.5),
        (torch.nn.Parameter(torch.tensor(2.0)), 2.0),
        (float("inf"), math.inf),
    ],
)
def test_a_tensor_without_dimensions_is_a_number(run: Run, value: Any, number: float) -> None:
    assert run("loss = made()", made=lambda: value).metrics == {"loss": number}


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([0.5]),
        torch.tensor(True),
        torch.tensor(1j),
        torch.tensor(1.0, device="meta"),
        torch.tensor(1.0).to_sparse(),
        pd.DataFrame({"a": [1, 2]}),
        pl.Series([1, 2]),
        pd.Series([1.0, 2.0]),
        Counter("abc"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_anything_larger_is_none(run: Run, value: Any) -> None:
    metrics = run("loss = made()", made=lambda: value).metrics
    assert metrics == ({"loss.a": 1, "loss.b": 1, "loss.c": 1} if type(value) is Counter else {})


def test_nan_is_a_value(run: Run) -> None:
    assert math.isnan(run("loss = f()", f=lambda: torch.tensor(math.nan)).metrics["loss"])


ROW = {"model": "svm", "acc": 0.5, "n": 3, "ok": True, 5: 1.5}


@pytest.mark.parametrize("frame", [pd.DataFrame([ROW]), pl.DataFrame([{str(key): one for key, one in ROW.items()}])])
def test_a_frame_of_one_row_is_named_numbers(run: Run, frame: Any) -> None:
    seen = run("results = made()", made=lambda: frame)
    assert seen.metrics == {"results.acc": 0.5, "results.n": 3.0, "results.5": 1.5}
    assert seen.origins["results.acc"] == "computed in line 1"


@pytest.mark.parametrize(
    ("series", "metrics"),
    [
        (pd.Series([0.5]), {"s": 0.5}),
        (pl.Series("x", [0.5]), {"s": 0.5}),
        (pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 5.0]}).mean(), {"s.a": 1.5, "s.b": 4.0}),
        (pd.Series(["a", "a", "b"]).value_counts(), {}),
        (pd.Series(dtype=float), {}),
    ],
)
def test_a_column_of_one_and_a_labelled_row(run: Run, series: Any, metrics: dict[str, float]) -> None:
    assert run("s = made()", made=lambda: series).metrics == metrics


def test_a_wide_row_is_data(run: Run) -> None:
    for columns in (30, 3000):
        seen = run("row = made()", made=lambda n=columns: pd.DataFrame([range(n)]))
        assert seen.metrics == {}
        assert "it was taken for data" in seen.passed_over[0]


def test_a_dict_of_results_and_settings_is_told_by_its_expressions(run: Run) -> None:
    source = (
        "C = 10\nacc = accuracy_score(y, p)\n"
        "scores = {'model': 'svm', 'C': C, 'acc': acc, 'n': n,\n 'f': f(y), 'deep': {'g': f(p)}}"
    )
    seen = run(source, accuracy_score=accuracy_score, y=TRUE, p=FOUND, n=6, f=lambda one: torch.tensor(len(one)))
    assert seen.params == {"C": 10, "n": 6, "scores.model": "svm", "scores.C": 10, "scores.n": 6}
    assert seen.metrics == {"acc": 5 / 6, "scores.acc": 5 / 6, "scores.f": 6.0, "scores.deep.g": 6.0}
    assert seen.origins["scores.f"] == "computed in line 4"


def test_a_name_of_settings_makes_params_of_what_is_computed(run: Run) -> None:
    seen = run(
        "params = {'lr': 0.1 * scale, 'n': f()}\ntrain_cfg = load()", scale=2, f=lambda: 3, load=lambda: {"a": 1.5}
    )
    assert seen.params == {"scale": 2, "params.lr": 0.2, "params.n": 3, "train_cfg.a": 1.5}
    assert seen.metrics == {}


def test_a_dict_that_a_call_of_dict_gives_is_what_it_is_given(run: Run) -> None:
    source = "a = dict(lr=0.1, loss=f())\nb = dict(zip('xy', (1, 2)))\nc = dict(base, n=2)\nd = {k: f() for k in 'z'}"
    seen = run(source, f=lambda: 0.5, base={"m": 1})
    assert seen.params == {"a.lr": 0.1, "base.m": 1, "c.m": 1, "c.n": 2}
    assert seen.metrics == {"a.loss": 0.5, "b.x": 1.0, "b.y": 2.0, "d.z": 0.5}


def test_what_is_called_settings_where_it_comes_from_is_settings(run: Run) -> None:
    search = type("Search", (), {"best_params_": {"C": 1.5, "kernel": "rbf"}, "best_": {"C": 1.5}})()
    seen = run("best = search.best_params_\nother = search.best_\np = model_config()", search=search, model_config=dict)
    assert seen.params == {"best.C": 1.5, "best.kernel": "rbf"}
    assert seen.metrics == {"other.C": 1.5}


def test_items_that_are_computed_one_by_one(run: Run) -> None:
    source = "scores = {}\nscores['acc'] = f(1)\nfor name in ('a', 'b'):\n    scores[name] = f(2)\nold['new'] = f(3)"
    seen = run(source, f=float, old={"acc": 9.0})
    assert seen.metrics == {"scores.acc": 1.0, "scores.a": 2.0, "scores.b": 2.0, "old.new": 3.0}
    assert seen.params == {"old.acc": 9.0}
    again = run(source, f=float, old=seen.namespace["old"])
    assert again.metrics == seen.metrics
    assert again.params == seen.params


def test_a_table_of_scores_that_many_cells_fill_gives_what_this_one_filled(run: Run) -> None:
    source = "results[name] = f()"
    seen = run(source, f=lambda: 0.5, results={"svm": 0.25}, name="rf")
    assert seen.metrics == {"results.rf": 0.5}


def test_a_classification_report_keeps_its_sums(run: Run) -> None:
    seen = run(
        "report = classification_report(y, p, output_dict=True)",
        y=TRUE,
        p=FOUND,
        classification_report=classification_report,
    )
    assert seen.metrics["report.accuracy"] == pytest.approx(5 / 6)
    assert "report.macro avg.f1-score" in seen.metrics
    assert "report.2.recall" in seen.metrics
    many = list(range(80))
    seen = run(
        "report = classification_report(y, y, output_dict=True)", y=many, classification_report=classification_report
    )
    assert len(seen.metrics) == 100
    assert {"report.accuracy", "report.weighted avg.f1-score", "report.0.recall"} < set(seen.metrics)
    assert "report holds 329 numbers: the first 100 were kept, totals before groups" in seen.passed_over


class Scores(NamedTuple):
    acc: float
    name: str


@dataclass
class Evaluation:
    loss: Any
    n: int


@dataclass
class TrainConfig:
    lr: float


def test_records_that_a_call_gives_are_results_and_those_that_are_built_by_their_arguments(run: Run) -> None:
    seen = run(
        "s = score()\ne = evaluate()", score=lambda: Scores(0.5, "x"), evaluate=lambda: Evaluation(torch.tensor(1.0), 3)
    )
    assert seen.metrics == {"s.acc": 0.5, "e.loss": 1.0, "e.n": 3.0}
    seen = run(
        "e = Evaluation(loss=f(), n=3)\nc = TrainConfig(lr=f())",
        Evaluation=Evaluation,
        TrainConfig=TrainConfig,
        f=float,
    )
    assert (seen.metrics, seen.params) == ({"e.loss": 0.0}, {"e.n": 3, "c.lr": 0.0})


def test_data_and_models_are_no_results(run: Run) -> None:
    state = torch.nn.BatchNorm1d(2).state_dict()
    seen = run(
        "state = made()\nwords = {str(i): i for i in range(500)}\ngrid = np.zeros(3)\npair = f(), g()",
        made=lambda: state, np=np, f=lambda: 1, g=lambda: 2,
    )  # fmt: skip
    assert seen.metrics == {}


def test_a_cell_that_failed_keeps_what_is_new(run: Run) -> None:
    seen = run(
        "scores['a'] = f()\nfresh = {'x': f()}\n1 / 0\nold = {'x': f()}", scores={"b": 1.0}, old={"x": 1.0}, f=float
    )
    assert seen.metrics == {"scores.a": 0.0, "fresh.x": 0.0}


def test_jax_scalars(run: Run) -> None:
    jnp = pytest.importorskip("jax.numpy")
    seen = run("a = f(1.5)\nb = f([1.5])\nc = f(True)", f=jnp.asarray)
    assert seen.metrics == {"a": 1.5}


def test_a_class_of_settings_among_results_gives_no_numbers(run: Run) -> None:
    seen = run(
        "class CFG:\n    lr = 0.1\n    epochs = 3\nresults = made(CFG)", made=lambda cfg: {"acc": 0.5, "cfg": cfg}
    )
    assert seen.metrics == {"results.acc": 0.5}
