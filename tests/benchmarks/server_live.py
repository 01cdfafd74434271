"""Live runs: each sends a batch of points once a second, as a training does, and at the end all are counted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import numpy as np
from measure import CLOCK, Row, ms
from server_load import Asking
from server_pair import Server

KEYS, POINTS = 5, 100
"""Metrics of a run, and points of a batch, all keys together."""
SAMPLE_S = 2.0


def live(server: Server, kind: str, runs: int, seconds: float) -> Iterator[Row]:
    seen = _Seen()
    starts = [Asking(server.port) for _ in range(runs)]
    run_ids = [one.new_run() for one in starts]
    began, cpu, own = CLOCK() + 1.0, server.cpu_s(), time.process_time()
    threads = [
        threading.Thread(target=_train, args=(asking, run_id, began + n / runs, int(seconds), seen))
        for n, (asking, run_id) in enumerate(zip(starts, run_ids, strict=True))
    ]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        memory.append(server.memory_bytes())
        time.sleep(SAMPLE_S)
    for thread in threads:
        thread.join()
    wall_s, cpu_s, own_s = CLOCK() - began, server.cpu_s() - cpu, time.process_time() - own
    title = f"{kind}, {runs} live runs, {POINTS} points a second each, {seconds:.0f} s"
    yield title, f"p99 {ms(_quantile(seen.took, 0.99))}", f"p50 {ms(_quantile(seen.took, 0.5))}"
    yield "- requests, their greatest delay", f"{len(seen.took):,}, {ms(max(seen.late))}", f"{seen.failed} failed"
    each = cpu_s / max(len(seen.took), 1)
    yield (
        "- processor time of a request",
        ms(each),
        f"{cpu_s / wall_s:.0%} of a core, these clients {own_s / wall_s:.0%}",
    )
    yield from _grown(memory)
    found, wanted = _count(starts[0], run_ids), seen.points
    yield "- points that were answered for, points found", f"{wanted:,}, {found:,}", f"{wanted - found} lost"
    for one in starts:
        one.close()


def _grown(memory: list[tuple[int, int]]) -> Iterator[Row]:
    """By thirds of the time.  In the first each connection to SQLite fills its cache of pages, 32 MB at most."""
    for what, sizes in zip(("memory of its own", "pages of mapped files"), np.array(memory).T / 2**20, strict=True):
        thirds = [float(np.median(some)) for some in np.array_split(sizes, 3) if len(some)]
        told = ", ".join(f"{one:,.0f}" for one in thirds)
        yield f"- {what}, by thirds", f"{told} MiB", f"{thirds[-1] - thirds[-min(2, len(thirds))]:+.0f} MiB in the last"


class _Seen:
    def __init__(self) -> None:
        self.took: list[float] = []
        self.late: list[float] = []
        self.points = 0
        self.failed = 0
        self.lock = threading.Lock()


def _train(asking: Asking, run_id: str, began: float, batches: int, seen: _Seen) -> None:
    took, late, points, failed = [], [], 0, 0
    each = POINTS // KEYS
    for batch in range(batches):
        steps = range(batch * each, (batch + 1) * each)
        metrics = [
            {"key": f"metric {key}", "value": step * 0.37, "timestamp": 1_700_000_000_000 + step, "step": step}
            for key in range(KEYS)
            for step in steps
        ]
        due = began + batch
        time.sleep(max(0.0, due - CLOCK()))
        start = CLOCK()
        try:
            asking.say("/runs/log-batch", run_id=run_id, metrics=metrics)
        except (OSError, AssertionError):
            failed += 1
            continue
        points += POINTS
        took.append(CLOCK() - start)
        late.append(start - due)
    with seen.lock:
        seen.took += took
        seen.late += late
        seen.points += points
        seen.failed += failed


def _count(asking: Asking, run_ids: list[str]) -> int:
    """Of all points, each with its own step."""
    found = 0
    for run_id in run_ids:
        for key in range(KEYS):
            asked = f"run_id={run_id}&metric_key=metric%20{key}&max_results=25000"
            listed = json.loads(asking.ask("GET", f"/metrics/get-history?{asked}")).get("metrics", [])
            found += len({one["step"] for one in listed})
    return found


def _quantile(values: list[float], part: float) -> float:
    return float(np.quantile(values, part)) if values else float("nan")
