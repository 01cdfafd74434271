"""What of a long list of cases `make test` tries; `make soak` tries them all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case")

SOAK = bool(os.environ.get("TRACKBOOK_SOAK"))
long = pytest.mark.skipif(not SOAK, reason="a minute of imports: make soak")
"""Of a test that the long trials alone have time for.  Mark it `soak`, too."""


def examples(count: int) -> int:
    """How many examples of a kind `make test` tries, where the long trials try so many.  Mark the test `soak`."""
    return count if SOAK else max(10, count // 4)


def share(cases: Iterable[Case], every: int) -> list[Case]:
    """Each so-manieth case, the first among them; all of them in the long trials.  Mark the test `soak`."""
    return list(cases)[:: 1 if SOAK else every]
