"""Short ways to fill and ask a store, through its ports."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from trackbook.core.events import Batch, Event, Points, RunStarted
from trackbook.core.ports import RunQuery, Store

Filled = Callable[..., None]
"""The fixture `run`."""
_numbers = itertools.count()


def apply(store: Store, *events: Event, points: Sequence[Points] = (), journal: str = "j") -> None:
    """Apply a batch of its own."""
    store.recording.apply(Batch(journal, list(events), list(points), {"n": next(_numbers)}))


def start(store: Store, run_id: str, experiment_id: str = "0", at: int = 1000, **fields: Any) -> None:
    apply(store, RunStarted(run_id, experiment_id, fields.pop("name", run_id), at, **fields))


def series(run_id: str, key: str, values: Sequence[float], steps: Sequence[int] | None = None, at: int = 0) -> Points:
    n = len(values)
    steps = range(n) if steps is None else steps
    return Points(run_id, key, np.array(steps, np.int64), at + np.arange(n), np.array(values, np.float64))


def ids(store: Store, filter: str = "", order_by: Sequence[str] = (), **query: Any) -> list[str]:
    """Run ids that a search gives, in its order."""
    page = store.runs.search(RunQuery(filter=filter, order_by=tuple(order_by), **query))
    return [run.info.run_id for run in page.items]
