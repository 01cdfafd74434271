"""Random little notebooks: what is left of them gives the same value as all of it."""

from __future__ import annotations

import signal
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.capture.borders import Stop

NAMES = st.sampled_from("abcdeg")
NUMBERS = st.integers(0, 4)
LISTS = NAMES.map(lambda name: f"{name} = []")
STATEMENTS = st.one_of(
    LISTS,
    st.builds("{} = {}".format, NAMES, NUMBERS),
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} = [{}, {}]".format, NAMES, NAMES, NAMES),
    st.builds("{} = {}[{}]".format, NAMES, NAMES, NUMBERS),
    st.builds("{}.append({})".format, NAMES, NUMBERS),
    st.builds("{}.append({})".format, NAMES, NAMES),
    st.builds("{} += [{}]".format, NAMES, NUMBERS),
    st.builds("{} += {}".format, NAMES, NUMBERS),
    st.builds("{}[0] = {}".format, NAMES, NAMES),
    st.builds("{} = len(str({}))".format, NAMES, NAMES),
    st.builds("for {} in {}:\n    {} = {}".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("if {}:\n    {} = {}".format, NAMES, NAMES, NAMES),
    st.builds("def f({}):\n    {}.append({})\n    return {}".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("def f(x):\n    global {}\n    {} = x\n    return {}".format, NAMES, NAMES, NAMES),
    st.builds("f = lambda x: [x, {}]".format, NAMES),
    st.builds("{} = f({})".format, NAMES, NAMES),
    st.builds("f({})".format, NAMES),
    st.builds("{} = iter({})".format, NAMES, NAMES),
    st.builds("{} = next({}, 0)".format, NAMES, NAMES),
    st.builds("{} = list({})".format, NAMES, NAMES),
    st.builds("{} = (x for x in {})".format, NAMES, NAMES),
    st.builds("{} = [({}, x) for x in {}]".format, NAMES, NAMES, NAMES),
    st.builds("del {}".format, NAMES),
    st.builds("del {}[0]".format, NAMES),
    st.builds("class K:\n    held = {}\n    def put(self, x):\n        self.held.append(x)".format, NAMES),
    st.builds("{} = K()".format, NAMES),
    st.builds("{}.put({})".format, NAMES, NAMES),
    st.builds("{} = {}.held".format, NAMES, NAMES),
    st.builds("{} = {{'k': {}}}".format, NAMES, NAMES),
    st.builds("{}['k'].append({})".format, NAMES, NUMBERS),
    st.builds("{0}, {1} = {1}, {0}".format, NAMES, NAMES),
    st.builds("try:\n    {} = {}[1]\nexcept Exception:\n    {}.append({})".format, NAMES, NAMES, NAMES, NAMES),
)
ALIASING = st.one_of(
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} = [{}]".format, NAMES, NAMES),
    st.builds("{}.append({})".format, NAMES, NAMES),
    st.builds("{}[-1].append({})".format, NAMES, NUMBERS),
    st.builds("{} = {}[-1]".format, NAMES, NAMES),
    st.builds("{}.append({})".format, NAMES, NUMBERS),
)
INNER = st.sampled_from(["x", "y", "z"])
INSIDE = st.one_of(
    st.builds("{} = {}".format, INNER, INNER),
    st.builds("{} = {}".format, INNER, NAMES),
    st.builds("{} = [{}, {}]".format, INNER, INNER, INNER),
    st.builds("{}.append({})".format, INNER, INNER),
    st.builds("{}.append({})".format, NAMES, INNER),
    st.builds("{} += [{}]".format, INNER, NUMBERS),
    st.builds("{} = {}[0]".format, INNER, INNER),
    st.builds("{}[0] = {}".format, INNER, INNER),
    st.builds("{} = p({}, {})".format, INNER, INNER, INNER),
    st.builds("{}, {} = q({}, {})".format, INNER, INNER, INNER, INNER),
    st.builds("global g; g = {}".format, INNER),
    st.builds("for z in {}: {} = z".format, INNER, INNER),
    st.builds("for z in {}:\n    {} = {}; {} = {}".format, INNER, INNER, INNER, INNER, INNER),
    st.builds("if {}: {} = {}".format, INNER, INNER, INNER),
    st.builds("if {}: return {}".format, INNER, INNER),
    st.builds("z = lambda v: v + [{}]".format, INNER),
    st.builds("z = lambda: {}".format, INNER),
    st.builds("{} = z()".format, INNER),
    st.builds("z = [v for v in {}]".format, INNER),
    st.builds("z = (v for v in {})".format, INNER),
    st.builds("def z(v):\n    {}.append(v)\n    return {}".format, INNER, INNER),
    st.builds("z({})".format, INNER),
    st.builds("try:\n    {} = {}[1]\nexcept Exception:\n    {}.append({})".format, INNER, INNER, INNER, INNER),
)
RETURNED = st.one_of(
    st.builds("return {}".format, INNER),
    st.builds("return {}, {}".format, INNER, INNER),
    st.builds("return p({}, {})".format, INNER, INNER),
    st.builds("return len(str({}))".format, INNER),
)
FUNCTIONS = st.builds(
    lambda name, lines: f"def {name}(x, y):\n" + textwrap.indent("\n".join(lines), "    "),
    st.sampled_from("pqf"),
    st.builds(lambda inside, last: [*inside, last], st.lists(INSIDE, max_size=4), RETURNED),
)
CALLS = st.one_of(
    st.builds("{} = {}({}, {})".format, NAMES, st.sampled_from("pqf"), NAMES, NAMES),
    st.builds("{}({}, y={})".format, st.sampled_from("pqf"), NAMES, NAMES),
    st.builds("{}, {} = {}({}, {})".format, NAMES, NAMES, st.sampled_from("pqf"), NAMES, NAMES),
    st.builds("{} = p({}, q({}, {}))".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("{} = [f(x, {}) for x in {}]".format, NAMES, NAMES, NAMES),
    st.builds("f = lambda x, y: p(x, {})".format, NAMES),
    st.builds("{} = {}()".format, NAMES, NAMES),
    st.builds("{}(*{})".format, st.sampled_from("pqf"), NAMES),
    st.builds("for {} in {}: {} = f({}, {})".format, NAMES, NAMES, NAMES, NAMES, NAMES),
    st.builds("if {}: {} = f({}, {})".format, NAMES, NAMES, NAMES, NAMES),
)
CELLS = st.one_of(ALIASING, ALIASING, st.lists(STATEMENTS, min_size=1, max_size=2).map("\n".join))


KEEPER = "class K:\n    held = []\n    def put(self, x):\n        self.held.append(x)"


LONGEST_S = 1.0
"""Processor time of one program, which takes a millisecond unless it appends to what it goes through."""


class Endless(BaseException):
    """No `Exception`, which cells and programs catch."""


@contextmanager
def ended() -> Iterator[None]:
    """Raises `Endless` in a program that does not end by itself."""

    def end(_number: int, _frame: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run(sources: list[str]) -> tuple[list[Stop | None], dict[str, Any]]:
    """As a kernel does: a cell that raises leaves what it did before, and where.  Raises `Endless`."""
    with ended():
        return _run(sources)


def _run(sources: list[str]) -> tuple[list[Stop | None], dict[str, Any]]:
    namespace: dict[str, Any] = {}
    stops: list[Stop | None] = []
    for source in sources:
        try:
            exec(source, namespace)
        except Exception as error:
            stops.append(place_of(error))
        else:
            stops.append(None)
    return stops, namespace


def place_of(error: Exception) -> Stop:
    step = error.__traceback__ and error.__traceback__.tb_next
    if step is None:  # it did not compile
        return Stop(type(error).__name__)
    line, _, column, _ = [*step.tb_frame.f_code.co_positions()][step.tb_lasti // 2]
    return Stop(type(error).__name__, line or step.tb_lineno, column or 0)


def shown(value: Any, depth: int = 4) -> Any:
    """By content; iterators are looked through, objects by their attributes."""
    if depth == 0:
        return "..."
    if isinstance(value, list | tuple):
        return [type(value).__name__, *(shown(one, depth - 1) for one in value[:20])]
    if isinstance(value, dict):
        return {str(key): shown(one, depth - 1) for key, one in value.items()}
    if type(value).__name__ == "K":
        return ["K", shown(value.held, depth - 1)]
    if hasattr(value, "__next__"):
        try:
            return [type(value).__name__, *(shown(one, depth - 1) for _, one in zip(range(20), value, strict=False))]
        except Exception as error:
            return type(error).__name__
    return value if isinstance(value, int | str) else type(value).__name__


@pytest.mark.soak
@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CELLS, min_size=3, max_size=14), st.lists(st.integers(0, 9), max_size=3), st.data())
def test_the_slice_gives_the_value_of_the_whole_history(
    kept: Callable[..., list[int]], cells: list[str], again: list[int], data: st.DataObject
) -> None:
    check(kept, [*cells, *(cells[one % len(cells)] for one in again)], data.draw(NAMES))


@pytest.mark.soak
@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(FUNCTIONS, min_size=1, max_size=4),
    st.lists(st.one_of(CALLS, CALLS, ALIASING, FUNCTIONS), min_size=2, max_size=10),
    NAMES,
)
def test_what_functions_do_to_what_they_are_given_is_in_the_slice(
    kept: Callable[..., list[int]], functions: list[str], cells: list[str], name: str
) -> None:
    check(kept, [*functions, *cells], name)


def test_a_program_without_an_end_is_ended() -> None:
    with pytest.raises(Endless):
        run(["a = [1]", "for b in a: a.append(b)"])


def check(kept: Callable[..., list[int]], cells: list[str], name: str) -> None:
    """The program of a cell that reads this name leaves it as the whole history does."""
    first = ["a = [1]", "b = [2, 3]", "c = [[4]]", "d = [[5], [6]]", "e = 7", "g = []", "f = len", KEEPER]
    sources = [*first, *cells, f"result = {name}"]
    try:
        stops, namespace = run(sources)
    except Endless:
        reject()
    outcomes = ["ok" if one is None else "error" for one in stops]
    expected = shown(namespace.get("result"))  # which takes all that an iterator has
    for chosen in (kept(sources, outcomes), kept(sources, outcomes, stops)):
        _, sliced = run([sources[one] for one in chosen])
        assert ("result" in namespace) == ("result" in sliced), chosen
        assert expected == shown(sliced.get("result")), chosen
