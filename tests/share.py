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


def share(cases: Iterable[Case], every: int) -> list[Case]:
    """Each so-manieth case, the first among them; all of them in the long trials.  Mark the test `soak`."""
    return list(cases)[:: 1 if SOAK else every]
