"""The data that the training calls of a cell were given: schema, shape and digest of each.

They are described while the call waits, so there are limits: the data of the first call are hashed in full (up to 32 MB
each); of later calls those that were described are only looked at in a few places, to see whether they were changed
meanwhile, and once `LATER_S` have gone into new ones they are sampled.  Beyond `MOST_DATA` data nothing is described.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trackbook.capture.training.calls import Passed
from trackbook.core.entities import Dataset

MOST_DATA = 20
LATER_S = 0.005
MOST_PROBES = 10
"""Looks at one object; after that it is taken for unchanged."""

_perf_counter = time.perf_counter


@dataclass(frozen=True, slots=True)
class Given:
    """Data that a training call was given."""

    dataset: Dataset
    context: str
    """"training", "validation" or "test"."""


class PassedData:
    """Describes what training calls of one cell are given, within limits."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._known: dict[int, _Known] = {}
        self._spent_s = 0.0
        self._described = 0
        self.left_out = 0

    def describe(self, passed: tuple[Passed, ...], *, first: bool) -> tuple[Given, ...]:
        found = []
        for one in passed:
            begun = _perf_counter()
            try:
                dataset = self._dataset(one, first)
            except Exception:  # noqa: BLE001 - an object of a library that is broken
                dataset = None
            if not first:
                self._spent_s += _perf_counter() - begun
            if dataset is not None:
                found.append(Given(dataset, one.context))
        return tuple(found)

    def forget(self) -> None:
        self._known.clear()
        self._namespace = {}

    def _dataset(self, passed: Passed, first: bool) -> Dataset | None:
        from trackbook.capture.training.content import PROBE, SAMPLE, WHOLE
        from trackbook.capture.training.frames import describe

        value = passed.value
        known = self._known.get(id(value))
        if known is not None and known.reference() is value:
            known.probes += 1
            if known.probes > MOST_PROBES:
                return known.dataset
            probe = describe(value, "", PROBE)
            if probe is not None and probe.digest == known.probe:
                return known.dataset
        if self._described >= MOST_DATA:
            self.left_out += 1
            return None
        limits = WHOLE if first or self._spent_s < LATER_S else SAMPLE
        dataset = describe(value, self._name(passed), limits)
        if dataset is None:
            return None
        self._described += 1
        try:
            reference = weakref.ref(value)
        except TypeError:  # a list, which is described anew each time
            return dataset
        probe = describe(value, "", PROBE)
        self._known[id(value)] = _Known(reference, dataset, "" if probe is None else probe.digest)
        return dataset

    def _name(self, passed: Passed) -> str:
        """The name of the variable that holds it, else of the parameter that it was passed for."""
        value = passed.value
        for name, one in list(self._namespace.items()):
            if one is value and name[:1] != "_":
                return name
        return passed.parameter


@dataclass(slots=True)
class _Known:
    reference: Callable[[], Any]
    dataset: Dataset
    probe: str
    probes: int = 0
