"""Whatever a config holds: nothing raises, no user's code runs, the limits hold."""

from __future__ import annotations

import string
from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.capture.values import flatten


class Trap:
    def _trapped(self, *_: Any) -> Any:
        raise AssertionError("asked")

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __iter__ = __getattr__ = __float__ = _trapped


NAMES = st.text(string.ascii_letters + "_.é ", max_size=8).filter(lambda name: not name.startswith("__"))
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10))
ODD = st.one_of(st.binary(max_size=3), st.complex_numbers(), st.builds(Trap), st.text(min_size=7000, max_size=7001))
LEAVES = PLAIN | ODD | st.just(np.zeros(2)) | st.just(np.float32(1)) | st.just(print)


def _holders(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(NAMES, inner, max_size=8)
    return st.one_of(
        fields,
        st.dictionaries(st.one_of(NAMES, st.integers(), st.none(), st.floats()), inner, max_size=60),
        st.lists(inner, max_size=25),
        st.tuples(inner, inner),
        fields.map(lambda held: SimpleNamespace(**held)),
        fields.map(lambda held: Namespace(**held)),
    )


@pytest.mark.soak
@settings(max_examples=examples(80), deadline=None)
@given(st.recursive(LEAVES, _holders, max_leaves=60), st.booleans())
def test_any_config(value: Any, data_too: bool) -> None:
    if flatten.configs.kind_of(value) is None:
        value = {"value": value}
    leaves = flatten.settings_in("cfg", value, data_too=data_too)
    assert len(leaves.found) <= flatten.MOST_LEAVES
    assert all(len(leaf.path) <= flatten.DEEPEST + 1 for leaf in leaves.found)
    assert all(type(leaf.value) in (int, float, bool, str, type(None)) for leaf in leaves.found)
    assert not any(part.startswith("_") for leaf in leaves.found for part in leaf.path)
    assert len(leaves.left_out) <= flatten.MOST_SENTENCES
    numbers = flatten.numbers_in("cfg", value)
    assert len(numbers.found) <= flatten.MOST_LEAVES
    assert all(type(leaf.value) is float for leaf in numbers.found)
