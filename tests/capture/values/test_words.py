"""The user's words go before guesses, whatever the value is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from trackbook.capture.values import word_for

if TYPE_CHECKING:
    from conftest import Run


def test_a_word_on_an_object_holds_for_all_below_it() -> None:
    words = {"cfg": "ignore", "cfg.lr": "param"}
    assert [word_for(words, key) for key in ("cfg", "cfg.a.b", "cfg.lr", "cfg.lr.x", "cf")] == [
        "ignore",
        "ignore",
        "param",
        "param",
        None,
    ]


@pytest.mark.parametrize(
    ("word", "value", "params", "metrics"),
    [
        ("param", "t" * 7000, {"x": "t" * 7000}, {}),
        ("param", [1, 2], {"x": "[1, 2]"}, {}),
        ("param", {str(one): one for one in range(60)}, {f"x.{one}": one for one in range(60)}, {}),
        ("metric", {"a": 1, "b": "no"}, {}, {"x.a": 1.0}),
        ("metric", np.float32(0.5), {}, {"x": 0.5}),
        ("metric", "text", {}, {}),
        ("metric", True, {}, {}),
        ("ignore", 3, {}, {}),
    ],
)
def test_a_word_on_what_the_cell_reads(run: Run, word: str, value: Any, params: Any, metrics: Any) -> None:
    seen = run("use(x)", {"x": word}, x=value, use=id)
    assert (seen.params, seen.metrics) == (params, metrics)
    if not params and not metrics:
        assert len(seen.passed_over) == 1


def test_a_name_that_the_cell_leaves_alone_can_be_asked_for(run: Run) -> None:
    seen = run("y = f()", {"_seed": "param", "gone": "metric", "cfg.lr": "param", "arr": "param"}, f=int, _seed=3,
               cfg={"lr": 0.1, "n": 2}, arr=np.zeros(3))  # fmt: skip
    assert seen.params == {"_seed": 3, "cfg.lr": 0.1}
    assert seen.passed_over == (
        "gone was to be a metric, and there is no such name",
        "arr was to be a param, and nothing that could be one was found in it",
    )


def test_a_secret_stays_one(run: Run) -> None:
    seen = run("use(api_key)", {"api_key": "param"}, api_key="abcdef123456abcdef", use=len)
    assert seen.params == {}
    assert "looks like a secret" in seen.findings.left_out[0]


def test_numbers_of_nature_are_no_params_unless_one_says_so(run: Run) -> None:
    source = "area = pi * radius**2"
    assert run(source, pi=math.pi, radius=2.0).params == {"radius": 2.0}
    assert run(source, pi=3.1, radius=2.0).params == {"pi": 3.1, "radius": 2.0}
    assert run(source, {"pi": "param"}, pi=math.pi, radius=2.0).params == {"pi": math.pi, "radius": 2.0}
