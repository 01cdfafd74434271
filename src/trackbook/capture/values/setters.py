"""Which executed cell set a name last, for the look-up on the card: `read from the notebook, set in cell [4]`.

What a cell sets is read from its text once and remembered, so that a run asks for new cells only.  A notebook of which
nothing is known yet is read until the time is up; the names that are left have a cell in the next run.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from trackbook.capture.cells import CellExecution
from trackbook.capture.program.magics import plain_cell
from trackbook.capture.syntax import cell_names

LIMIT_S = 0.003
LONGEST_SOURCE = 50_000

_perf_counter = time.perf_counter


def setters(names: Iterable[str], executions: Sequence[CellExecution], limit_s: float = LIMIT_S) -> Mapping[str, int]:
    """Name -> the number that Jupyter showed for the execution which bound it, or gave a field of it a value, last."""
    end = _perf_counter() + limit_s
    wanted = set(names)
    found: dict[str, int] = {}
    for one in reversed(executions):
        if not wanted or _perf_counter() > end:
            break
        mentioned = {name for name in wanted if name in one.source}
        if mentioned and len(one.source) <= LONGEST_SOURCE:
            hits = mentioned & _sets(one.source)
            wanted -= hits
            if one.execution_count is not None:
                found.update(dict.fromkeys(hits, one.execution_count))
    return found


@lru_cache(maxsize=2048)
def _sets(source: str) -> frozenset[str]:
    names = cell_names(plain_cell(source).python)
    return frozenset({*names.bound, *names.others, *(store.name for store in names.stored)})
