"""Which executed cell set a name last, for the look-up on the card: `read from the notebook, set in cell [4]`.

What a cell sets is read from its text once and remembered: `learn`, on a thread of ours, does that for the next run.
Of cells that are not known yet as many are read as the time allows; a name may stay without its cell.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from trackbook.capture.cellnames import NOTHING
from trackbook.capture.cells import CellExecution
from trackbook.capture.program.magics import plain_cell
from trackbook.capture.syntax import cell_names

LIMIT_S = 0.002
LONGEST_SOURCE = 50_000
MOST_KNOWN = 5000

_perf_counter = time.perf_counter
_known: dict[str, frozenset[str]] = {}
"""Hash of a source -> the names that it sets."""


def setters(names: Iterable[str], executions: Sequence[CellExecution], limit_s: float = LIMIT_S) -> Mapping[str, int]:
    """Name -> the number that Jupyter showed for the execution which bound it, or gave a field of it a value, last."""
    end = _perf_counter() + limit_s
    wanted = set(names)
    found: dict[str, int] = {}
    for one in reversed(executions):
        if not wanted:
            break
        sets = _known.get(one.source_hash)
        if sets is None:
            if _perf_counter() > end:
                break
            sets = _sets(one)
        hits = wanted & sets
        wanted -= hits
        if one.execution_count is not None:
            found.update(dict.fromkeys(hits, one.execution_count))
    return found


def learn(executions: Sequence[CellExecution]) -> None:
    """Read what is not known yet."""
    for one in executions:
        if one.source_hash not in _known:
            _sets(one)


def _sets(execution: CellExecution) -> frozenset[str]:
    source = execution.source
    names = cell_names(source) if len(source) <= LONGEST_SOURCE else NOTHING
    if names == NOTHING and len(source) <= LONGEST_SOURCE:  # perhaps for its magics
        names = cell_names(plain_cell(source).python)
    found = frozenset({*names.bound, *names.others, *(store.name for store in names.stored)})
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[execution.source_hash] = found
    return found
