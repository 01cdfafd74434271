"""Runs to search among, the same for trackbook and for its peers; needs NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

METRICS = 5
PARAMS = 10
START_MS = 1_700_000_000_000


def runs(n: int) -> Iterator[tuple[int, dict[str, str], dict[str, float]]]:
    """(number, params, metrics) of `n` runs: nine params of 100 values each, one of two; metrics between 0 and 1."""
    random = np.random.default_rng(0)
    for first in range(0, n, 1000):
        params = random.integers(0, 100, (1000, PARAMS - 1)).tolist()
        metrics = random.random((1000, METRICS)).tolist()
        for at in range(min(1000, n - first)):
            number = first + at
            values = {f"p{k}": str(value) for k, value in enumerate(params[at])}
            yield number, values | {"half": str(number % 2)}, {f"m{k}": one for k, one in enumerate(metrics[at])}
