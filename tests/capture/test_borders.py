"""Names that changed hands between two moments."""

from __future__ import annotations

import itertools
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from trackbook.capture import borders
from trackbook.capture.borders import Tracer
from trackbook.jupyter.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture
def switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching")
def test_a_thread_that_binds_names_meanwhile_disturbs_nobody() -> None:
    namespace: dict[str, Any] = {f"held{number}": object() for number in range(300)}
    over = threading.Event()

    def bind() -> None:
        for number in itertools.count():
            if over.is_set():
                return
            namespace[f"bound{number % 50}"] = number
            namespace.pop(f"bound{(number + 25) % 50}", None)

    thread = threading.Thread(target=bind)
    thread.start()
    try:
        for _ in range(3000):
            begun = Tracer(namespace)
            begun.until(Tracer(namespace))
            assert begun.unchanged(namespace).keys() >= {"held0", "held299"}
    finally:
        over.set()
        thread.join()


def test_a_key_that_is_no_name_is_passed_over() -> None:
    namespace: dict[Any, Any] = {"x": 1}
    begun = Tracer(namespace)
    namespace |= {1: 2, "y": 3}
    assert begun.until(Tracer(namespace)).bound == {"y"}


@pytest.mark.parametrize("way", ["_copied", "_hashed"])
def test_added_rebound_and_deleted_names_are_told_in_either_way(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(borders, "_addresses", getattr(borders, way))
    kept, other = object(), object()
    namespace: dict[str, Any] = {"kept": kept, "rebound": other, "_private": 1}
    begun = Tracer(namespace)
    assert begun.until(Tracer(namespace)) == borders.Trace()
    namespace |= {"rebound": kept, "added": other, "_private": other}
    then = Tracer(namespace)
    assert begun.until(then) == borders.Trace(bound=frozenset({"rebound", "added"}))
    del namespace["rebound"]
    assert then.until(Tracer(namespace)) == borders.Trace(deleted=frozenset({"rebound"}))
    assert begun.unchanged(namespace) == {"kept": kept}
    assert Tracer({}).until(begun).bound == {"kept", "rebound"}


@pytest.mark.parametrize("rebound", [(0,), (63, 64), (127,), (128, 199), range(200)])
def test_of_many_names_those_are_told_that_were_rebound_wherever_they_stand(rebound: Sequence[int]) -> None:
    namespace: dict[str, Any] = {f"name{number}": object() for number in range(200)}
    begun = Tracer(namespace)
    namespace |= {f"name{number}": object() for number in rebound} | {"added": object()}
    assert begun.until(Tracer(namespace)).bound == {"added", *(f"name{number}" for number in rebound)}


def test_a_namespace_that_copies_itself_in_its_own_way_is_not_asked_to() -> None:
    class Odd(dict[str, Any]):
        def copy(self) -> dict[str, Any]:
            raise AssertionError

    assert Tracer(Odd(x=1)).by_name().keys() == {"x"}


def test_here_addresses_are_copied() -> None:
    assert borders._addresses is borders._copied


def test_names_that_stand_for_numbers_and_texts_are_told_by_their_types() -> None:
    class Odd(int):
        pass

    class Hostile:
        @property
        def __class__(self) -> type:
            raise RuntimeError

    namespace = {"one": 1, "text": "a", "none": None, "score": np.float64(0.5), "many": [1], "array": np.zeros(1)}
    namespace |= {"odd": Odd(1), "hostile": Hostile(), "old": 1}
    found = borders.with_scalars(borders.Trace(frozenset(namespace) - {"old"}), namespace)
    assert found.scalars == {"one", "text", "none", "score"}


def test_a_module_that_must_not_be_imported_and_a_class_without_a_hash_disturb_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Unhashable(type):
        __hash__ = None  # type: ignore[assignment]

        def __eq__(cls, other: object) -> bool:
            raise AssertionError

    class Odd(metaclass=Unhashable):
        pass

    namespace = {"odd": Odd(), "one": 1}
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert borders.with_scalars(borders.Trace(frozenset(namespace)), namespace).scalars == {"one"}
    watching = Watching(namespace, 0, source="f(odd, one)")
    watching.stop({})
    assert watching.found({}) == {"one": 1}
