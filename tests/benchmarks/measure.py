"""What the benchmarks share: medians, turns, units, the printed table, and the peers' own environment."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = tuple[str, str, str]
"""Work, its median, what stands beside it."""

CLOCK = time.perf_counter
HERE = Path(__file__).parent
PEERS = Path(os.environ.get("TRACKBOOK_PEERS", HERE.parents[1] / ".venv" / "peers")) / "bin" / "python"
"""The Python that has MLflow: a peer's requirements are kept apart from ours."""


def median_s(work: Callable[[], object], repeat: int) -> float:
    """Seconds of a call, the median of `repeat`."""
    times = []
    for _ in range(repeat):
        start = CLOCK()
        work()
        times.append(CLOCK() - start)
    return statistics.median(times)


def in_turns(works: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Median seconds of each; they take turns, since the machine's noise moves all of them together."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeat):
        for name, work in works.items():
            times[name].append(median_s(work, 1))
    return {name: statistics.median(some) for name, some in times.items()}


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def times(ours: float, theirs: float) -> str:
    """`MLflow 19 s (1,200 times)`, without the name."""
    ratio = theirs / ours
    return f"{ms(theirs)} ({ratio:,.0f} times)" if ratio >= 10 else f"{ms(theirs)} ({ratio:.1f} times)"


def peer(work: str, *arguments: object) -> Any:
    """What `peers.py` measures of MLflow in its own environment; None where that is not installed."""
    if not PEERS.exists():
        return None
    done = subprocess.run(
        [str(PEERS), str(HERE / "peers.py"), work, *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return json.loads(done.stdout.splitlines()[-1])


def beside(ours: float, theirs: float | None, name: str = "MLflow") -> str:
    return f"{name} is not installed: make bench installs it" if theirs is None else f"{name} {times(ours, theirs)}"


def show(rows: Iterable[Row]) -> None:
    """Print rows as they come, in columns that two spaces part."""
    for work, figure, other in rows:
        print(f"{work:<52}  {figure:>24}  {other}", flush=True)
