"""Names that are bound in a loop, a branch or `try`: where they surely are, what they stood for before is out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.capture.program.conftest import history_of

from trackbook.capture.borders import Trace
from trackbook.capture.program import Seen, Slicer

LEFT = {
    "the target of a loop": "for i in range(n):\n    seen = [i]\n    size = len(seen)\nmetric = @",
    "a loop that surely runs": "for i in range(3):\n    x = [i]\nmetric = x",
    "both branches": "if n:\n    x = [1]\nelse:\n    x = [@]\nmetric = x",
    "within try": "try:\n    x = [@]\n    y = x\nexcept ValueError:\n    pass\nmetric = n",
    "unpacked from themselves": "for a, b in [(1, 2)]:\n    a, b = str(a), str(b)\nmetric = @",
}
KEPT = {
    "a loop that may not run": "for i in range(n):\n    x = [i]\nmetric = x",
    "one branch": "if n:\n    x = [@]\nmetric = x",
    "a loop that is left": "for i in range(3):\n    if n:\n        break\n    x = [@]\nmetric = x",
    "try that may fail": "try:\n    x = [open(n)]\nexcept OSError:\n    pass\nmetric = x",
    "before it is bound": "for i in range(3):\n    y = x\n    x = [@]\nmetric = y",
}


def notebook(cell: str) -> list[str]:
    first = "n = 2\nx = [0]"
    return [first, *(cell.replace("@", str(number)) for number in (1, 2, 3))]


@pytest.mark.parametrize("name", LEFT)
def test_one_execution_is_left(kept: Callable[..., list[int]], name: str) -> None:
    assert {1, 2}.isdisjoint(kept(notebook(LEFT[name])))


@pytest.mark.parametrize("name", KEPT)
def test_where_it_is_not_certain_the_executions_before_stay(kept: Callable[..., list[int]], name: str) -> None:
    assert kept(notebook(KEPT[name]))[-3:] == [1, 2, 3]


def test_what_was_seen_to_be_bound_is_certain() -> None:
    slicer = Slicer()
    for one in history_of(notebook(KEPT["a loop that may not run"])):
        slicer.add(one, Seen(Trace(frozenset({"x", "i", "metric"}) if one.index else frozenset())))
    assert [one.index for one in slicer.slice().executions] == [0, 3]


@pytest.mark.parametrize(
    "cell",
    [
        "x = None\nfor i in range(2):\n    if x is not None:\n        x.append(1)\n    x = a",
        "for i in range(2):\n    x = a\n    if i:\n        break\n    x = [2]\nx.append(3)",
        "x = a\nif b:\n    x = b\nx.append(1)",
        "try:\n    x = a\n    x = int(b)\nexcept TypeError:\n    pass\nx.append(3)",
    ],
)
def test_what_a_name_may_have_stood_for_midway_is_followed(kept: Callable[..., list[int]], cell: str) -> None:
    assert kept(["a = [1]", "b = [2]", cell, "metric = len(a)"])[-2:] == [2, 3]
