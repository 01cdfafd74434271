"""What a cell's text makes certain is known before it runs, and nothing else."""

from __future__ import annotations

import pytest

from trackbook.capture.certain import early_params


def certain(source: str) -> dict[str, object]:
    return {one.key: one.value for one in early_params(source, {})}


def test_constants_that_the_top_level_gives_once_are_certain() -> None:
    source = "C = 5.0\nkernel: str = 'rbf'\na = b = -1\nnone = None\nmodel = SVC(C=C).fit(X, y)\nprint(kernel)"
    assert certain(source) == {"C": 5.0, "kernel": "rbf", "a": -1, "b": -1, "none": None}


@pytest.mark.parametrize(
    "source",
    [
        "C = 1\nC = 2",
        "C = 1\nC += 1",
        "C = 1\nif fast:\n    C = 2",
        "if fast:\n    C = 1",
        "for C in (1, 2):\n    pass\nC = 1",
        "C = 1\nfor _ in range(3):\n    C = C * 2",
        "C = 1\ndel C",
        "C = 1\ndef C(): pass",
        "C = 1\ndef f():\n    global C\n    C = 2",
        "C = 1\nimport C",
        "C = 1\ntry:\n    f()\nexcept ValueError as C:\n    pass",
        "C = 1\nprint(C := 2)",
        "C = 1\nwith f() as C:\n    pass",
        "C, D = 1, 2",
        "C = [1, 2]",
        "C = {'a': 1}",
        "C = 2 ** 10",
        "C = b'x'",
        "x.C = 1",
    ],
)
def test_what_may_become_another_value_waits_for_the_end(source: str) -> None:
    assert certain(source) == {}


def log_it() -> None:
    tb.log_param("C", 2)  # type: ignore[name-defined]  # noqa: F821


def calls_it() -> None:
    log_it()


def plain() -> None:
    return None


def test_a_cell_that_may_log_params_itself_gets_none_early() -> None:
    assert [(one.key, one.value) for one in early_params("C = 1\nplain()", {"plain": plain})] == [("C", 1)]
    assert early_params("C = 1\ntb.log_params({'C': 2})", {}) == []
    assert early_params("C = 1\nlog_it()", {"log_it": log_it}) == []
    assert early_params("C = 1\ncalls_it()", {"calls_it": calls_it}) == []


def test_secrets_private_names_and_broken_cells_stay_out() -> None:
    assert early_params("_x = 1\napi_key = 'sk-abcdefghijklmnopqrstuvwxyz123456'", {}) == []
    assert early_params("C = (", {}) == []
