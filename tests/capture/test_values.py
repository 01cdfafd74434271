"""Params and metrics found in a cell, with hostile values about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from trackbook.capture import values
from trackbook.capture.syntax import cell_names
from trackbook.capture.values import Findings
from trackbook.core.names import param_text


def run(source: str, **namespace: Any) -> Findings:
    """What is found in a cell that really runs over this namespace."""
    names = cell_names(source)
    earlier = values.before(names, namespace)
    complete = True
    try:
        exec(source, namespace)
    except Exception:
        complete = False
    return values.find(names, earlier, namespace, complete=complete)


def params(found: Findings) -> dict[str, Any]:
    return {one.key: one.value for one in found.params}


def metrics(found: Findings) -> dict[str, float]:
    return {one.key: one.value for one in found.metrics}


class Asked(type):
    """Of a class that raises when it is compared or hashed."""

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError("do not ask me")

    __hash__ = __repr__ = __eq__  # type: ignore[assignment]


class Hostile(metaclass=Asked):
    """Raises at whatever it is asked."""

    def _raise(self, *_: Any) -> Any:
        raise RuntimeError("do not ask me")

    __repr__ = __str__ = __eq__ = __len__ = __float__ = __bool__ = __hash__ = __iter__ = _raise

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("do not ask me")


def test_a_long_text_that_the_cell_assigns_is_a_param_and_one_too_long_is_said_to_be_cut() -> None:
    prompt, novel = "p" * 3000, "n" * 7000
    found = run(f"prompt = {prompt!r}\nnovel = {novel!r}\noptions = {{'text': {prompt!r}}}\nmany = [{prompt!r}]")
    assert params(found) == {"prompt": prompt, "novel": novel, "options.text": prompt, "many": repr([prompt])}
    assert found.left_out == ("novel has 7000 characters: the first 5999 were kept",)
    assert param_text("novel", novel) == "n" * 5999 + "…"


def test_a_text_that_the_cell_reads_is_a_param_unless_it_is_data() -> None:
    found = run("x = len(prompt) + len(corpus)", prompt="p" * 3000, corpus="c" * 7000)
    assert params(found) == {"prompt": "p" * 3000}


def test_literals_are_params_scalars_read_are_params_and_results_are_metrics() -> None:
    found = run("C = 10\nkernel = 'rbf'\naccuracy = C * scale / n", scale=np.float64(0.5), n=8, X=np.zeros((3, 2)))
    assert params(found) == {"C": 10, "kernel": "rbf", "scale": 0.5, "n": 8}
    assert metrics(found) == {"accuracy": 0.625}
    assert {one.key: one.origin for one in (*found.params, *found.metrics)} == {
        "C": "assigned in line 1",
        "kernel": "assigned in line 2",
        "scale": "read from the notebook",
        "n": "read from the notebook",
        "accuracy": "computed in line 3",
    }


def test_small_flat_collections_are_taken_apart() -> None:
    found = run(
        "cfg = {'lr': 0.1, 'layers': [1], 'deep': {'a': 1}}\nhidden = (64, 32)\nbig = [0] * 3\nmany = "
        + repr(list(range(50)))
    )
    assert params(found) == {"cfg.lr": 0.1, "cfg.layers": "[1]", "cfg.deep.a": 1, "hidden": "(64, 32)"}
    assert found.passed_over == ("many has 50 elements, it was taken for data and left out",)


def test_a_dict_s_keys_have_their_last_values_and_those_added_by_other_code_are_no_params() -> None:
    found = run("opt = {'lr': 0.1}\nopt['lr'] = 0.2\nopt['extra'] = 1.0\nf(opt)", f=lambda opt: opt.update(more=2))
    assert params(found) == {"opt.lr": 0.2, "opt.extra": 1.0}
    assert params(run("losses = []\nlosses.append(0.3)")) == {}


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3.0), (np.float32(0.5), 0.5), (np.int64(4), 4.0), (np.array(2.5), 2.5), (Decimal("0.25"), 0.25), (1.5, 1.5)],
)
def test_one_real_number_is_a_metric(value: Any, number: float) -> None:
    assert metrics(run("m = value_of()", value_of=lambda: value)) == {"m": number}


@pytest.mark.parametrize(
    "value",
    [True, np.bool_(True), "0.5", None, 1j, np.array([1.0]), np.datetime64("2026-01-01"), np.timedelta64(1), [1]],
)
def test_anything_else_is_not(value: Any) -> None:
    assert metrics(run("m = value_of()", value_of=lambda: value)) == {}


def test_a_number_too_large_for_a_float_is_left_alone() -> None:
    assert metrics(run("m = 10 ** n", n=400)) == {}


def test_hostile_objects_are_never_asked() -> None:
    found = run("a = hostile\nb = make()\nc = 1", hostile=Hostile(), make=Hostile)
    assert params(found) == {"c": 1}
    assert metrics(found) == {}


def test_a_subclass_of_a_plain_type_is_not_trusted() -> None:
    class Loud(float):
        def __float__(self) -> float:
            raise RuntimeError

    assert metrics(run("m = make()", make=lambda: Loud(1))) == {}


def test_private_names_long_texts_and_the_shell_s_own_names_stay_out() -> None:
    found = run("_tmp = f()\n_x = 1\n_y + len(text)", f=lambda: 1.0, _y=3, text="x" * 6001)
    assert found.params == found.metrics == found.left_out == ()
    assert found.passed_over == (
        "text is a text of 6001 characters and was left out",
        "private names are left out: _x, _tmp",
    )


def test_secrets_are_left_out_and_reported() -> None:
    found = run(
        "api_key = 'abcdef123456'\npassword = 'hunter2'\nuse_cls_token = True\npad_token = '[PAD]'\n"
        "tokenizer = 'bert-base-uncased'\nuri = 'https://me:pw@host/x'\ncfg = {'secret': 'sssh', 'key': 'a'}"
    )
    assert set(params(found)) == {"use_cls_token", "pad_token", "tokenizer", "cfg.key"}
    assert len(found.left_out) == 4
    assert not any("hunter2" in sentence for sentence in found.left_out)


def test_there_is_a_limit_and_it_is_reported() -> None:
    found = run("\n".join(f"p{n} = {n}" for n in range(150)))
    assert len(found.params) == values.LIMIT
    assert "50 more params" in found.left_out[0]


def test_a_failed_cell_keeps_only_metrics_that_it_bound_itself() -> None:
    found = run("a = 1\nfresh = f()\n1 / 0\nold = f()", f=lambda: 0.5, old=0.75)
    assert metrics(found) == {"fresh": 0.5}
    assert params(found) == {"a": 1}


def test_odd_keys_of_a_dict_are_reported_not_stored() -> None:
    found = run("cfg = {'../up': 1, 'fine key': 2, 'é': 3, '<b>': 4}")
    assert set(params(found)) == {"cfg.fine key", "cfg.é", "cfg.../up"} or set(params(found)) == {
        "cfg.fine key",
        "cfg.é",
    }
    assert any("<b>" in sentence for sentence in found.left_out)
