"""Which names of the notebook a cell reads through the functions that it calls."""

from __future__ import annotations

import ast
import dis
import inspect
import json
import textwrap
from types import CodeType
from typing import Any

import pytest

from trackbook.capture.values import reached
from trackbook.capture.values.reached import names_reached

NAMED = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "STORE_NAME")


def codes(code: CodeType) -> list[CodeType]:
    return [code, *(one for inner in code.co_consts if isinstance(inner, CodeType) for one in codes(inner))]


@pytest.mark.parametrize("module", [ast, dis, inspect, json.decoder, textwrap], ids=lambda module: module.__name__)
def test_the_names_of_a_code_are_those_that_dis_tells(module: Any) -> None:
    for code in codes(compile(inspect.getsource(module), "module", "exec")):
        told = [(one.opcode, one.argval) for one in dis.get_instructions(code) if one.opname in NAMED]
        assert list(reached._named(code)) == told


def test_the_names_of_a_code_with_very_many_are_those_that_dis_tells() -> None:
    source = "def f():\n    global " + ", ".join(f"b{number}" for number in range(300))
    source += "".join(f"\n    b{number} = a{number} + len" for number in range(300))
    for code in codes(compile(source, "many", "exec")):
        told = [(one.opcode, one.argval) for one in dis.get_instructions(code) if one.opname in NAMED]
        assert list(reached._named(code)) == told


def defined(source: str, **given: Any) -> dict[str, Any]:
    namespace = {"__name__": "__main__", **given}
    exec(source, namespace)
    return namespace


def test_a_name_that_the_body_of_a_class_binds_itself_is_none_of_the_notebook() -> None:
    namespace = defined("def f():\n    class A:\n        n = k\n        m = n\n    return A", n=1, k=2)
    assert names_reached(["f"], namespace) == ("__name__", "k")


def test_no_more_code_is_looked_at_for_one_cell_than_is_looked_at_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = defined("def f():\n    return a, g()\ndef g():\n    return b", a=1, b=2)
    assert names_reached(["f"], namespace) == ("a", "g", "b")
    monkeypatch.setattr(reached, "MOST_BYTES", len(namespace["f"].__code__.co_code))
    assert names_reached(["f"], namespace) == ("a", "g")
