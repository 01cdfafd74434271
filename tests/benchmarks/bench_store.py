"""What the store costs: applying points, reading histories and curves, searching runs.  Run as a script.

    python tests/benchmarks/bench_store.py [--runs 10000] [--repeat 5]

Each figure is the median of several; a floor measured in the same process stands beside those it bounds, since the
machine's noise moves both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import zstandard

from trackbook.connect import connect
from trackbook.core.events import Batch, ParamsLogged, Points, RunEnded, RunStarted
from trackbook.core.ports import RunQuery, Store

Row = tuple[str, str, str]
MILLION = 1_000_000
CLOCK = time.perf_counter


def median_s(work: Callable[[], object], repeat: int) -> float:
    """Seconds of a call, the median of `repeat`."""
    times = []
    for _ in range(repeat):
        start = CLOCK()
        work()
        times.append(CLOCK() - start)
    return statistics.median(times)


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"


def series(run_id: str, key: str, n: int, first: int = 0) -> Points:
    """A noisy loss every 10 to 30 ms."""
    random = np.random.default_rng(first)
    times = 1_700_000_000_000 + first * 20 + np.cumsum(random.integers(10, 30, n))
    return Points(
        run_id, key, np.arange(first, first + n), times, np.exp(-np.arange(n) / n) + random.normal(0, 0.01, n)
    )


def started(store: Store, run_id: str) -> None:
    store.recording.apply(Batch(run_id, [RunStarted(run_id, "0", run_id, 1_700_000_000_000)], [], {"at": -1}))


def bench_points(folder: Path, repeat: int) -> Iterator[Row]:
    for size in (1_000, 20_000, 200_000):
        speeds = []
        for trial in range(repeat):
            store = connect(folder / f"points-{size}-{trial}")
            started(store, "r")
            pieces = [series("r", "loss", size, at) for at in range(0, min(MILLION, 200 * size), size)]
            start = CLOCK()
            for n, piece in enumerate(pieces):
                store.recording.apply(Batch("r", [], [piece], {"at": n}))
            speeds.append(len(pieces) * size / (CLOCK() - start))
            store.close()
        yield f"apply, one series, batches of {size:,}", f"{statistics.median(speeds) / 1e6:.2f} M points/s", ""
    store = connect(folder / "keys")
    started(store, "r")
    for keys in (100, 10_000):
        names = [f"k{n}" for n in range(keys)]
        at = iter(range(10**9))

        def drain(names: list[str] = names, at: Iterator[int] = at) -> None:
            n = next(at)
            points = [series("r", name, 1, n) for name in names]
            store.recording.apply(Batch(f"r{len(names)}", [], points, {"at": n}))

        made = median_s(lambda names=names: [series("r", name, 1, 0) for name in names], repeat)  # type: ignore[misc]
        drain()
        yield f"apply, one point of each of {keys:,} keys", ms(median_s(drain, repeat) - made), ""


def bench_history(folder: Path, repeat: int) -> Iterator[Row]:
    store = connect(folder / "history")
    started(store, "r")
    values = series("r", "loss", MILLION)
    for n, at in enumerate(range(0, MILLION, 50_000)):
        part = slice(at, at + 50_000)
        points = Points("r", "loss", values.steps[part], values.times[part], values.values[part])
        store.recording.apply(Batch("r", [], [points], {"at": n}))
    store.close()
    size = sum(file.stat().st_size for file in (folder / "history").iterdir() if file.is_file())
    store = connect(folder / "history")
    store.runs.get("r")
    raw = zstandard.ZstdCompressor(level=1).compress(values.values.tobytes() + values.times.tobytes())
    floor = median_s(lambda: zstandard.ZstdDecompressor().decompress(raw), repeat)
    yield (
        "1,000,000 points on disk",
        f"{size / MILLION:.1f} bytes/point",
        f"24.0 raw, zstd alone {len(raw) / MILLION:.1f}",
    )
    yield "their history", ms(median_s(lambda: store.metrics.history("r", "loss"), repeat)), f"zstd alone {ms(floor)}"
    curve = median_s(lambda: store.metrics.curves(["r"], ["loss"], buckets=2000), repeat)
    yield "their curve of 2,000 buckets", ms(curve), ""
    zoomed = median_s(lambda: store.metrics.curves(["r"], ["loss"], buckets=2000, start=5e5, end=5.2e5), repeat)
    yield "zoomed to 20,000 steps", ms(zoomed), ""


def filled(folder: Path, runs: int) -> Store:
    """Runs with 10 params and 5 metrics each."""
    store = connect(folder / "search")
    random = np.random.default_rng(0)
    for first in range(0, runs, 1000):
        events, points = [], []
        for n in range(first, min(first + 1000, runs)):
            run_id = f"run{n:07}"
            events += [
                RunStarted(run_id, "0", f"name {n}", 1_700_000_000_000 + n, tags={"team": f"t{n % 7}"}),
                ParamsLogged(run_id, {f"p{k}": str(random.integers(0, 100)) for k in range(9)} | {"half": str(n % 2)}),
                RunEnded(run_id, "FINISHED", 1_700_000_100_000 + n),
            ]
            points += [
                Points(run_id, f"m{k}", np.arange(1), np.full(1, 1_700_000_000_000), random.random(1)) for k in range(5)
            ]
        store.recording.apply(Batch("fill", events, points, {"at": first}))
    return store


SEARCHES: dict[str, RunQuery] = {
    "newest 100": RunQuery(),
    "1 %, ordered by a metric": RunQuery(filter="metrics.m0 > 0.5 AND params.p3 = '42'", order_by=["metrics.m1 DESC"]),
    "25 %, ordered by a metric": RunQuery(
        filter="metrics.m0 > 0.5 AND params.half = '1'", order_by=["metrics.m1 DESC"]
    ),
    "50 %, ordered by the same metric": RunQuery(filter="metrics.m1 > 0.5", order_by=["metrics.m1 DESC"]),
    "OR, ordered by a param": RunQuery(filter="metrics.m0 > 0.9 OR params.p1 = '7'", order_by=["params.p2"]),
    "metric against metric": RunQuery(filter="metrics.m0 < metrics.m1 * 0.1"),
}


def bench_search(folder: Path, runs: int, repeat: int) -> Iterator[Row]:
    start = CLOCK()
    store = filled(folder, runs)
    yield f"apply {runs:,} runs", f"{(CLOCK() - start) / runs * 1e6:.0f} µs a run", ""
    for name, query in SEARCHES.items():
        total = store.runs.search(query).total
        yield f"search: {name}", ms(median_s(lambda query=query: store.runs.search(query), repeat)), f"{total:,} match"  # type: ignore[misc]
    yield "get one run", ms(median_s(lambda: store.runs.get("run0000005"), repeat)), ""
    yield "keys", ms(median_s(store.runs.keys, repeat)), ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--repeat", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'work':<44}{'median':>22}   beside it")
        for bench in (
            bench_points(folder, chosen.repeat),
            bench_history(folder, chosen.repeat),
            bench_search(folder, chosen.runs, chosen.repeat),
        ):
            for work, figure, beside in bench:
                print(f"{work:<44}{figure:>22}   {beside}", flush=True)


if __name__ == "__main__":
    main()
