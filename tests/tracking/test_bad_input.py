"""What scripts hand over by mistake: each gets the right conversion or the right error, and nothing else is lost."""

from __future__ import annotations

import decimal
import fractions
import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.core import clock
from trackbook.core.entities import Metric, Run
from trackbook.errors import InvalidName, InvalidValue, NotFound, ParamConflict, UnsafePath, UnstorableValue
from trackbook.tracking import run as run_module
from trackbook.tracking.session import current_session

pytestmark = pytest.mark.usefixtures("session")

ODD_KEYS = [
    "",
    " " * 0,
    "a" * 251,
    "../x",
    "a/../b",
    "a//b",
    "/a",
    "a/",
    ".",
    "a\\b",
    "a\0b",
    "a\nb",
    "a\tb",
    'a"b',
    "a'b",
]
PLAIN_KEYS = ["a" * 250, "a/b", "a b", "val:loss-1.5", "größe", "損失", "a.b", "-", "_"]


class Hostile:
    """Every question about it fails."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __float__ = __int__ = __str__  # type: ignore[assignment]


def logged(**calls: Any) -> Run:
    with tb.start_run() as run:
        for name, arguments in calls.items():
            getattr(tb, name)(*arguments)
    assert current_session().flush(60)
    return tb.get_run(run.run_id)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_are_refused_and_the_run_goes_on(key: str) -> None:
    with tb.start_run() as run:
        for call in (tb.log_metric, tb.log_param, tb.set_tag):
            with pytest.raises(InvalidName):
                call(key, 1.0)
            with pytest.raises(InvalidName):
                {tb.log_metric: tb.log_metrics, tb.log_param: tb.log_params, tb.set_tag: tb.set_tags}[call]({key: 1.0})
        tb.log_metric("after", 1.0)
    stored = tb.get_run(run.run_id)
    assert (stored.info.status, stored.data.metrics) == ("FINISHED", {"after": 1.0})


@pytest.mark.parametrize("key", PLAIN_KEYS)
def test_unusual_keys_that_are_plain_are_kept(key: str) -> None:
    stored = logged(log_metric=(key, 1.0), log_param=(key, 2), set_tag=(key, 3))
    assert (stored.data.metrics[key], stored.data.params[key], stored.data.tags[key]) == (1.0, "2", "3")
    quoted = key.replace("`", "")
    assert len(tb.search_runs(filter_string=f"metrics.`{quoted}` = 1", output_format="list")) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "nan"),
        (None, "None"),
        (-0.0, "-0.0"),
        (np.float32("nan"), "nan"),
        ("", ""),
        ("x" * 5000, "x" * 5000),
        ("x" * 6000, "x" * 6000),
        ("x" * 7000, "x" * 5999 + "…"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\0b", "a\N{SYMBOL FOR NULL}b"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("'; DROP TABLE runs; --", "'; DROP TABLE runs; --"),
        ("\x1b[31mred<script>", "\x1b[31mred<script>"),
        ([1, 2], "[1, 2]"),
        (1j, "1j"),
    ],
)
def test_params_of_any_value_are_text(value: object, text: str) -> None:
    assert logged(log_param=("p", value)).data.params["p"] == text


def test_a_tag_of_any_length_is_text() -> None:
    stored = logged(set_tag=("t", "x" * 9000))
    assert stored.data.tags["t"] == "x" * 7999 + "…"


def test_a_param_set_twice_keeps_the_first_value() -> None:
    with tb.start_run() as run:
        tb.log_param("C", 1)
        tb.log_param("C", "1")
        with pytest.raises(ParamConflict, match=r"'C'.*'1'.*'2'"):
            tb.log_param("C", 2)
        with pytest.raises(ParamConflict):
            tb.log_params({"fresh": 1, "C": 2})
    assert tb.get_run(run.run_id).data.params == {"C": "1"}
    with tb.start_run(run_id=run.run_id), pytest.raises(ParamConflict):
        tb.log_param("C", 3)
    with pytest.raises(ParamConflict):
        tb.TrackbookClient().log_param(run.run_id, "C", 3)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (np.float16(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.bool_(True), 1.0),
        (np.array([[2.5]]), 2.5),
        (pd.Series([1.5]), 1.5),
        (decimal.Decimal("0.1"), 0.1),
        (decimal.Decimal("Infinity"), math.inf),
        (fractions.Fraction(1, 4), 0.25),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (sys.float_info.min, sys.float_info.min),
        (5e-324, 5e-324),
        (-math.inf, -math.inf),
    ],
)
def test_numbers_of_any_kind_become_floats(value: object, stored: float) -> None:
    assert logged(log_metric=("x", value)).data.metrics["x"] == stored


def test_a_one_element_tensor_becomes_a_float() -> None:
    import torch

    values = [torch.tensor(0.5), torch.tensor([0.25], requires_grad=True), torch.tensor([[3]]), torch.tensor(True)]
    with tb.start_run() as run:
        for step, value in enumerate(values):
            tb.log_metric("x", value, step=torch.tensor(step))
        for wrong in (torch.tensor([1.0, 2.0]), torch.tensor(1j), torch.empty(0)):
            with pytest.raises(UnstorableValue, match="'x'"):
                tb.log_metric("x", wrong)
    history = tb.TrackbookClient().get_metric_history(run.run_id, "x")
    assert [point.value for point in history] == [0.5, 0.25, 3.0, 1.0]


@pytest.mark.parametrize(
    "value",
    ["0.9", "", b"1", None, 1j, np.complex128(1), [1.0], {"a": 1}, np.array([1.0, 2.0]), np.array([]),
     pd.Series([1, 2]), np.array(["1"]), object(), Hostile(), float, pd.NaT],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    with tb.start_run() as run:
        with pytest.raises(UnstorableValue, match="'score'"):
            tb.log_metric("score", value)
        with pytest.raises(UnstorableValue, match="'score'"):
            tb.log_metrics({"fine": 1.0, "score": value})
        tb.log_metric("after", 1.0)
    assert tb.get_run(run.run_id).data.metrics == {"after": 1.0}


@pytest.mark.parametrize("call", [tb.log_param, tb.set_tag])
def test_what_cannot_be_text_is_refused_by_name(call: Any) -> None:
    with tb.start_run(), pytest.raises(UnstorableValue, match="'k'"):
        call("k", Hostile())


@pytest.mark.parametrize("step", ["x", math.nan, math.inf, 2**63, -(2**63) - 1, [1], Hostile()])
def test_what_is_no_step_is_refused(step: Any) -> None:
    with tb.start_run(), pytest.raises(UnstorableValue, match="step"):
        tb.log_metric("x", 1.0, step=step)


@pytest.mark.parametrize("time", ["now", math.nan, -1, 2**63, [1], Hostile()])
def test_what_is_no_time_is_refused(time: Any) -> None:
    with tb.start_run():
        with pytest.raises(UnstorableValue, match="time"):
            tb.log_metric("x", 1.0, timestamp=time)
        with pytest.raises(UnstorableValue, match="time"):
            tb.log_metrics({"x": 1.0}, timestamp=time)


def test_steps_may_be_numpys_and_go_back() -> None:
    with tb.start_run() as run:
        for step in (np.int64(5), 3.0, -2, 2**63 - 1, -(2**63)):
            tb.log_metric("x", float(step), step=step)
    assert {point.step for point in tb.TrackbookClient().get_metric_history(run.run_id, "x")} == {
        5, 3, -2, 2**63 - 1, -(2**63),
    }  # fmt: skip


def test_an_end_before_the_start_is_refused_and_the_run_stays_open() -> None:
    client = tb.TrackbookClient()
    run_id = client.create_run("0", start_time=10_000).info.run_id
    with pytest.raises(InvalidValue, match="before its start at 10000"):
        client.set_terminated(run_id, end_time=9_999)
    with pytest.raises(UnstorableValue):
        client.set_terminated(run_id, end_time="later")  # type: ignore[arg-type]
    assert client.get_run(run_id).info.status == "RUNNING"
    client.set_terminated(run_id, end_time=10_000)
    assert client.get_run(run_id).info.end_time == 10_000


def test_a_clock_that_jumps_back_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([2_000_000, 1_000_000, 500])
    with tb.start_run() as run:
        for step in range(3):
            tb.log_metric("x", step, step=step, timestamp=next(times))
        inner = tb.start_run(nested=True)
        monkeypatch.setattr(run_module, "now_ms", lambda: 1_000)
    stored, nested = tb.get_run(run.run_id), tb.get_run(inner.run_id)
    for one in (stored, nested):
        assert one.info.status == "FINISHED"
        assert one.info.end_time is not None
        assert one.info.end_time >= one.info.start_time
    assert stored.data.metrics["x"] == 2.0
    history = tb.TrackbookClient().get_metric_history(run.run_id, "x")
    assert [(point.timestamp, point.step) for point in history] == [(500, 2), (1_000_000, 1), (2_000_000, 0)]
    assert clock.now_ms() > 1_000


def test_a_run_id_that_is_not_there() -> None:
    for call in (
        lambda: tb.start_run(run_id="nobody"),
        lambda: tb.get_run("nobody"),
        lambda: tb.log_metric("x", 1.0, run_id="nobody"),
        lambda: tb.log_text("x", "f", run_id="nobody"),
        lambda: tb.delete_run("nobody"),
        lambda: tb.TrackbookClient().log_batch("nobody", [Metric("x", 1.0, 1)]),
        lambda: tb.TrackbookClient().list_artifacts("nobody"),
    ):
        with pytest.raises(NotFound, match="nobody"):
            call()
    assert tb.active_run() is None


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\\b", "C:/x", "a\0b"])
def test_files_stay_inside_the_run(path: str) -> None:
    with tb.start_run() as run:
        for call in (tb.log_text, tb.log_dict):
            with pytest.raises(UnsafePath):
                call("x", path)
        with pytest.raises(UnsafePath):
            tb.TrackbookClient().list_artifacts(run.run_id, path)


def test_words_that_are_none_of_mlflows() -> None:
    with pytest.raises(InvalidValue, match="KILLED"), tb.start_run():
        tb.end_run("DONE")
    with pytest.raises(InvalidValue, match="DELETED_ONLY"):
        tb.search_runs(run_view_type="SOME")
    with pytest.raises(InvalidName):
        tb.create_experiment("a\nb")
    with pytest.raises(InvalidName):
        tb.start_run(tags={"a//b": "x"})
    assert tb.active_run() is None
