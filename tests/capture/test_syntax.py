"""Which names a cell assigns, computes and reads."""

from __future__ import annotations

import pytest

from trackbook.capture.cellnames import NOTHING
from trackbook.capture.syntax import cell_names


def assigned(source: str) -> list[str]:
    return [name for name, _ in cell_names(source).assigned]


@pytest.mark.parametrize(
    "source",
    ["C = 1.0", "C = -1", "C = 2 ** 10", "C = True", "C = None", "C: float = 0.5", "C = float('inf')", "C = D = 'rbf'"],
)
def test_a_literal_assignment_is_a_param(source: str) -> None:
    names = cell_names(source)
    assert assigned(source)[0] == "C"
    assert names.computed == ()


def test_a_name_bound_by_a_literal_and_by_an_expression_is_computed() -> None:
    names = cell_names("best = 0.0\nfor v in values:\n    best = max(best, v)")
    assert names.assigned == ()
    assert names.computed == ("best",)


def test_tuple_unpacking_is_taken_apart() -> None:
    names = cell_names("a, b = 1, f()\n(c, d), e = g(), 2")
    assert assigned("a, b = 1, f()\n(c, d), e = g(), 2") == ["a", "e"]
    assert names.computed == ("b", "c", "d")


def test_augmented_assignment_and_walrus_compute() -> None:
    names = cell_names("total += 3\nif (n := len(rows)) > 1: pass\n[last := f(x) for x in rows]")
    assert names.computed == ("total", "n", "last")
    assert "x" not in names.read


def test_loop_variables_imports_definitions_and_targets_of_with_and_except_are_left_alone() -> None:
    names = cell_names(
        "import numpy as np\nfrom os import path\nfor i in range(3): pass\n"
        "def f(): pass\nclass K: pass\nwith g() as h: pass\n"
        "try: pass\nexcept E as e: pass\nmatch v:\n    case [m, *r]: pass\n"
    )
    assert names.computed == ()
    assert names.assigned == ()


def test_a_while_loop_s_counter_is_no_result() -> None:
    assert cell_names("i = 0\nwhile i < 3:\n    i += 1\n    correct += 1").computed == ("correct",)


def test_a_name_loaded_before_it_is_assigned_is_read() -> None:
    names = cell_names("y = x + 1\nx = 2")
    assert "x" in names.read
    assert "d" not in cell_names("d = 1\nprint(d)").read


def test_functions_and_comprehensions_read_the_notebook_but_not_their_own_names() -> None:
    names = cell_names(
        "def train(lr, *, seed=SEED):\n    local = lr * SCALE\n    return [local + q + OFFSET for q in range(N)]\n"
        "f = lambda v: v + BIAS\nz = {k: w for k, w in pairs}\n"
    )
    assert {"SEED", "SCALE", "OFFSET", "N", "BIAS", "pairs"} <= set(names.read)
    assert not {"lr", "local", "q", "v", "k", "w", "seed"} & set(names.read)


def test_a_name_the_cell_assigns_later_is_not_read_by_a_function_in_it() -> None:
    assert "C" not in cell_names("def fit(): return C\nC = 1\nfit()").read


def test_a_global_declared_in_a_function_is_not_a_param() -> None:
    assert assigned("C = 1\ndef f():\n    global C\n    C = 2\nf()") == []


def test_names_on_which_fit_is_called_are_known() -> None:
    assert cell_names("model.fit(X, y)\nclf.partial_fit(X)").fitted == ("model", "clf")


@pytest.mark.parametrize("source", ["def (", "%matplotlib inline", "x = '\ud800", "a\0b", "(" * 500 + ")" * 500])
def test_what_does_not_parse_gives_nothing(source: str) -> None:
    assert cell_names(source) == NOTHING


def test_top_level_await_parses() -> None:
    assert cell_names("value = await fetch(url)").computed == ("value",)
