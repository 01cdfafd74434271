"""What the store costs: applying points, reading histories and curves.  Run as a script.

    python tests/benchmarks/bench_store.py [--repeat 5]

Each figure is the median of several; a floor measured in the same process stands beside those it bounds, since the
machine's noise moves both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zstandard
from measure import CLOCK, Row, median_s, ms, show

from trackbook.connect import connect
from trackbook.core.events import Batch, Points, RunStarted
from trackbook.core.ports import Store

MILLION = 1_000_000


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


def bench_postgresql(folder: Path, repeat: int) -> Iterator[Row]:
    """The same points into a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver  # type: ignore[import-untyped]

        server = pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        store = connect(server.get_uri(), journal=folder / "postgresql-journal")
        started(store, "r")
        speeds = []
        for trial in range(repeat):
            pieces = [series("r", f"loss {trial}", 200_000, at) for at in range(0, MILLION, 200_000)]
            start = CLOCK()
            for n, piece in enumerate(pieces):
                store.recording.apply(Batch(f"{trial}", [], [piece], {"at": n}))
            speeds.append(MILLION / (CLOCK() - start))
        yield "- to PostgreSQL, batches of 200,000", f"{statistics.median(speeds) / 1e6:.2f} M points/s", ""
        history = median_s(lambda: store.metrics.history("r", "loss 0"), repeat)
        yield "- history of 1,000,000 from PostgreSQL", ms(history), ""
        store.close()
    finally:
        server.cleanup()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--repeat", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show(bench_points(folder, chosen.repeat))
        show(bench_postgresql(folder, chosen.repeat))
        show(bench_history(folder, chosen.repeat))


if __name__ == "__main__":
    main()
