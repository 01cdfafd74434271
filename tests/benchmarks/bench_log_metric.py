"""What one log call costs the training loop, beside its floors in the same process, and how fast it is drained.

    python tests/benchmarks/bench_log_metric.py [--calls 100000] [--repeat 9]

Rounds of all candidates take turns, since the machine's noise moves them together; figures are medians of rounds, and
the ratio to `queue.SimpleQueue.put` of a tuple is the one to compare between machines.
"""

from __future__ import annotations

import argparse
import logging
import mmap
import os
import queue
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from measure import Row, peer, show

import trackbook as tb
from trackbook.connect import connect
from trackbook.core import events
from trackbook.journal.format import HEADER_SIZE, SLOT
from trackbook.journal.reader import Reader
from trackbook.journal.recovery import recover
from trackbook.journal.source import StoredJournal
from trackbook.journal.writer import Journal

CLOCK = time.perf_counter_ns
TIME_MS = 1_700_000_000_000


def empty_loop(calls: int) -> None:
    for _ in range(calls):
        pass


def queue_put(calls: int) -> None:
    put = queue.SimpleQueue().put  # type: ignore[var-annotated]
    for step in range(calls):
        put(("loss", 0.5, step))


def bare_pack(folder: Path) -> Callable[[int], None]:
    """The floor of any slot in a file: pack into a mapping at a place that is known."""
    path = folder / "floor"

    def run(calls: int) -> None:
        size = HEADER_SIZE + calls * SLOT.size
        with path.open("w+b") as file:
            os.posix_fallocate(file.fileno(), 0, size)
            buffer = mmap.mmap(file.fileno(), size)
        pack_into = SLOT.pack_into
        start = CLOCK()
        for step in range(calls):
            pack_into(buffer, HEADER_SIZE + (step << 5), 0.5, step, TIME_MS, 1, 7)
        run.ns = CLOCK() - start  # type: ignore[attr-defined]
        buffer.close()

    return run


def journal_point(journal: Journal) -> Callable[[int], None]:
    series, point = journal.define("r", "loss"), journal.point

    def run(calls: int) -> None:
        for step in range(calls):
            point(series, 0.5, step, TIME_MS)

    return run


def fluent(calls: int) -> None:
    log_metric = tb.log_metric
    for step in range(calls):
        log_metric("loss", 0.5, step=step)


def ns_per_call(work: Callable[[int], None], calls: int) -> float:
    start = CLOCK()
    work(calls)
    return getattr(work, "ns", CLOCK() - start) / calls


def bench_calls(folder: Path, calls: int, repeat: int) -> Iterator[Row]:
    journal = Journal(folder / "journal", destination="nowhere:")
    tb.set_tracking_uri(folder / "home")
    with tb.start_run():
        works = {
            "empty loop": empty_loop,
            "queue.SimpleQueue.put of a tuple": queue_put,
            "bare pack_into a mapped slot": bare_pack(folder),
            "journal.point": journal_point(journal),
            "tb.log_metric, recorder running": fluent,
        }
        rounds: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(repeat):
            for name, work in works.items():
                rounds[name].append(ns_per_call(work, calls))
        yield from ratios(rounds)
        yield from single_calls(calls)
    journal.close(delete=True)


def ratios(rounds: dict[str, list[float]]) -> Iterator[Row]:
    put = rounds["queue.SimpleQueue.put of a tuple"]
    for name, times in rounds.items():
        ratio = statistics.median(one / floor for one, floor in zip(times, put, strict=True))
        yield name, f"{statistics.median(times) / 1e3:.3f} µs", f"{ratio:.1f} times put, best {min(times) / 1e3:.3f} µs"


def single_calls(calls: int) -> Iterator[Row]:
    """Each call on its own, against an empty pair of clock readings."""

    def percentiles(log: Callable[[int], object]) -> tuple[float, float, float]:
        took = np.empty(calls, np.int64)
        for step in range(calls):
            start = CLOCK()
            log(step)
            took[step] = CLOCK() - start
        return tuple(float(np.percentile(took, one)) / 1e3 for one in (50, 99, 99.9))  # type: ignore[return-value]

    floor = percentiles(lambda step: None)
    p50, p99, p999 = percentiles(lambda step: tb.log_metric("loss", 0.5, step=step))
    yield (
        "tb.log_metric, p50 / p99 / p99.9",
        f"{p50:.2f} / {p99:.2f} / {p999:.1f} µs",
        (f"clock alone {floor[0]:.2f} / {floor[1]:.2f} / {floor[2]:.1f} µs"),
    )


def bench_peers() -> Iterator[Row]:
    """Beside `tb.log_metric` above."""
    theirs = peer("calls", 50)
    figure = "MLflow is not installed" if theirs is None else f"{theirs['log_metric'] * 1e6:,.0f} µs"
    yield "mlflow.log_metric on SQLite", figure, "make bench installs it" if theirs is None else "waits for the disk"


def bench_drain(folder: Path, points: int, repeat: int) -> Iterator[Row]:
    """A dead journal of four series read to arrays, and recovered into SQLite."""
    reading, storing = [], []
    for trial in range(repeat):
        home = folder / f"drain-{trial}"
        journal = Journal(home / "journal", destination=str(home))
        journal.append(events.RunStarted("r", "0", "n", TIME_MS))
        series = [journal.define("r", f"m{number}") for number in range(4)]
        for step in range(points // 4):
            for one in series:
                journal.point(one, step * 0.001, step, TIME_MS + step)
        name = journal.id
        journal.close()
        start = CLOCK()
        reader = Reader(StoredJournal(home / "journal" / name, name))
        while (batch := reader.read()) is not None:
            reader.commit(batch)
        reading.append(points / (CLOCK() - start) * 1e3)
        store = connect(home)
        store.experiments.search()  # the schema is made outside the measure
        start = CLOCK()
        (one_journal,) = recover(home / "journal", store)
        storing.append(points / (CLOCK() - start) * 1e3)
        if one_journal.points != points:
            raise AssertionError(one_journal)
        store.close()
    yield "journal to arrays", f"{statistics.median(reading):.2f} M points/s", f"{points:,} points, 4 series"
    yield "journal to SQLite", f"{statistics.median(storing):.2f} M points/s", f"{points:,} points, 4 series"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--repeat", type=int, default=9)
    chosen = options.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        show(bench_calls(Path(name), chosen.calls, chosen.repeat))
        show(bench_peers())
        show(bench_drain(Path(name), 1_000_000, min(chosen.repeat, 3)))


if __name__ == "__main__":
    main()
