"""A cell that really runs over a namespace, and what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from trackbook.capture import values
from trackbook.capture.syntax import cell_names


@dataclass
class Seen:
    """What was found."""

    findings: values.Findings
    namespace: dict[str, Any]

    @property
    def params(self) -> dict[str, Any]:
        return {one.key: one.value for one in self.findings.params}

    @property
    def metrics(self) -> dict[str, float]:
        return {one.key: one.value for one in self.findings.metrics}

    @property
    def origins(self) -> dict[str, str]:
        return {one.key: one.origin for one in (*self.findings.params, *self.findings.metrics)}

    @property
    def passed_over(self) -> tuple[str, ...]:
        return self.findings.passed_over


Run = Callable[..., Seen]


def seen_in(source: str, words: Mapping[str, str] | None = None, **namespace: Any) -> Seen:
    names = cell_names(source)
    earlier = values.before(names, namespace, words or {})
    complete = True
    try:
        exec(source, namespace)
    except Exception:
        complete = False
    return Seen(values.find(names, earlier, namespace, complete=complete, words=words or {}), namespace)


@pytest.fixture
def run() -> Run:
    """`run(source, words, **namespace)`: the cell is executed, then looked at."""
    return seen_in
