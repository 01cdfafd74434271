"""What a training loop of 1 ms steps feels of ten metrics a step.

    python tests/benchmarks/bench_loop.py [--steps 10000]

Stretches of 250 steps with and without tracking take turns; a step is a fixed amount of real arithmetic that takes
about a millisecond.  The whole is compared, so the recorder's thread is in it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from functools import partial

import numpy as np
from measure import CLOCK, Row, median_s, show

import trackbook as tb

KEYS = [f"metric {k}" for k in range(10)]
STRETCH = 250


def step_of(size: int) -> float:
    total = 0.0
    for value in range(size):
        total += value * 0.5
    return total


def a_millisecond() -> int:
    size = 1000
    return int(size * 0.001 / median_s(partial(step_of, size), 201))


def bench_loop(steps: int) -> Iterator[Row]:
    size = a_millisecond()
    plain, tracked = [], []
    with tb.start_run():
        for key in KEYS:
            tb.log_metric(key, 0.0, step=0)
        for first in range(0, steps, STRETCH):
            start = CLOCK()
            for _ in range(STRETCH):
                step_of(size)
            plain.append(CLOCK() - start)
            start = CLOCK()
            for step in range(first + 1, first + STRETCH + 1):
                loss = step_of(size)
                for key in KEYS:
                    tb.log_metric(key, loss, step=step)
            tracked.append(CLOCK() - start)
    whole = sum(tracked) / sum(plain) - 1
    middle = float(np.median(np.array(tracked) / np.array(plain))) - 1
    each = sum(plain) / steps * 1e3
    yield (
        f"10 metrics x {steps:,} steps in a loop of 1 ms steps",
        f"+{whole * 100:.1f} % of time",
        f"a step {each:.2f} ms; median of stretches +{middle * 100:.1f} %",
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--steps", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tb.set_tracking_uri(name)
        show(bench_loop(chosen.steps))


if __name__ == "__main__":
    main()
