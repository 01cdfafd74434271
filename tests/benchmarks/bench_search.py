"""Finding runs among many: pages, filters, orders, frames, wide tables; MLflow on the same data beside it.

python tests/benchmarks/bench_search.py [--runs 100000] [--many 1000000] [--repeat 9]
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import sample
from measure import CLOCK, Row, beside, in_turns, median_s, ms, peer, show

import trackbook as tb
from trackbook.connect import connect
from trackbook.core.events import Batch, ParamsLogged, Points, RunEnded, RunStarted
from trackbook.core.ports import RunQuery, Store

NARROW = RunQuery(filter="metrics.m0 > 0 AND params.p3 = '42'", order_by=["metrics.m1 DESC"])
WIDE = RunQuery(filter="metrics.m0 > 0 AND params.half = '1'", order_by=["metrics.m1 DESC"])
OTHERS = {
    "newest 100": RunQuery(),
    "OR, ordered by a param": RunQuery(filter="metrics.m0 > 0.9 OR params.p1 = '7'", order_by=["params.p2"]),
    "metric against metric": RunQuery(filter="metrics.m0 < metrics.m1 * 0.1"),
}
TIMES = np.full(1, sample.START_MS)
STEPS = np.zeros(1, np.int64)


def filled(folder: Path, runs: int) -> Store:
    store = connect(folder)
    source = sample.runs(runs)
    batch = 0
    while some := list(islice(source, 1000)):
        events: list[RunStarted | ParamsLogged | RunEnded] = []
        points = []
        for number, params, metrics in some:
            run_id, start = f"run{number:07}", sample.START_MS + number
            events += [
                RunStarted(run_id, "0", f"name {number}", start),
                ParamsLogged(run_id, params),
                RunEnded(run_id, "FINISHED", start + 100_000),
            ]
            points += [Points(run_id, key, STEPS, TIMES, np.array([value])) for key, value in metrics.items()]
        store.recording.apply(Batch("fill", events, points, {"at": batch}))
        batch += 1
    return store


def bench_many(folder: Path, runs: int, repeat: int, peer_repeat: int) -> Iterator[Row]:
    start = CLOCK()
    store = filled(folder / f"{runs}", runs)
    yield f"{runs:,} runs x 10 params x 5 metrics: taken in", f"{(CLOCK() - start) / runs * 1e6:.0f} µs a run", ""
    counting = median_s(partial(store.runs.search, NARROW), 1)
    narrow, wide = (median_s(partial(store.runs.search, query), repeat) for query in (NARROW, WIDE))
    theirs = peer("search", runs, 1) if peer_repeat else None
    for name, ours, query, key in (("1 %", narrow, NARROW, "narrow"), ("50 %", wide, WIDE, "wide")):
        total = store.runs.search(query).total
        other = f"; {beside(ours, theirs and theirs[key])}" if peer_repeat else ""
        yield f"- filter keeps {name}, ordered by a metric, 100 rows", ms(ours), f"{total:,} match{other}"
    yield "- the same for the first time, all matches counted", ms(counting), "the count is remembered"
    for name, query in OTHERS.items():
        total = store.runs.search(query).total
        yield f"- {name}", ms(median_s(partial(store.runs.search, query), repeat)), f"{total:,} match"
    store.close()


def bench_frame(folder: Path, repeat: int) -> Iterator[Row]:
    store = filled(folder / "frame", 10_000)
    store.close()
    tb.set_tracking_uri(folder / "frame")

    def frame() -> int:
        found = tb.search_runs(["0"], max_results=10_000)
        return int(found.shape[1])

    def floor() -> None:
        """What the database's driver takes for the same values as rows."""
        with contextlib.closing(sqlite3.connect(folder / "frame" / "trackbook.db")) as driver:
            driver.execute("SELECT run_id, name, status, start_ms, end_ms FROM runs").fetchall()
            driver.execute("SELECT run, key, value FROM params").fetchall()
            driver.execute("SELECT run, key, last FROM metrics").fetchall()

    columns = frame()
    took = in_turns({"frame": frame, "floor": floor}, repeat)
    other = f"sqlite3 reading the rows alone {ms(took['floor'])}; {beside(took['frame'], peer('frame', 10_000))}"
    yield f"10,000 runs as a pandas frame of {columns} columns", ms(took["frame"]), other


def bench_wide(folder: Path, repeat: int) -> Iterator[Row]:
    store = connect(folder / "wide")
    random = np.random.default_rng(0)
    for number in range(1500):
        run_id = f"run{number:07}"
        points = [Points(run_id, f"m{k}", STEPS, TIMES, random.random(1)) for k in range(1500)]
        started = RunStarted(run_id, "0", run_id, sample.START_MS + number)
        store.recording.apply(Batch("fill", [started], points, {"at": number}))
    shown = [f"metrics.m{k}" for k in range(20)]
    page = partial(store.runs.search, RunQuery(columns=shown, count=False))
    column = partial(store.runs.search, RunQuery(columns=["metrics.m777"], count=False))
    count = partial(store.runs.search, RunQuery(columns=[], limit=1))
    yield "1,500 runs x 1,500 metrics: 100 rows, 20 columns", ms(median_s(page, repeat)), ""
    yield "- one column more", ms(median_s(column, repeat)), ""
    yield "- count", ms(median_s(count, repeat)), ""
    yield "- names of all columns", ms(median_s(store.runs.keys, repeat)), ""
    store.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--runs", type=int, default=100_000)
    options.add_argument("--many", type=int, default=1_000_000, help="0 leaves the slow filling of many runs out")
    options.add_argument("--repeat", type=int, default=9)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show(bench_wide(folder, chosen.repeat))
        show(bench_frame(folder, chosen.repeat))
        show(bench_many(folder, chosen.runs, chosen.repeat, 1))
        if chosen.many:
            show(bench_many(folder, chosen.many, 3, 0))


if __name__ == "__main__":
    main()
