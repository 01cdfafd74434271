"""Whether two groups of runs differ, told by runs of the same seeds: small numbers, so said with care.

The test is the exact sign-flip (permutation) test of the paired differences: under the hypothesis that a pair's two
values could as well be exchanged, each sign of its difference is as likely as the other, and p is the share of all sign
patterns whose mean is at least as far from 0 (Fisher, "The Design of Experiments", 1935, section 21; Ernst 2004,
doi:10.1214/088342304000000396).  It asks for no normal distribution and needs no table, and it shows plainly what a few
seeds can say: with n of them p is never below 2 / 2**n.

The effect size is Cohen's d of the differences with Hedges' correction for small samples (Hedges 1981,
doi:10.3102/10769986006002107).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.05
MOST_EXACT = 16
"""Pairs whose 2**n sign patterns are all looked at; beyond that `SAMPLES` random ones."""
SAMPLES = 50_000
NEARLY = 1e-12
"""Means this close, relative to the greatest, count as equal: they differ by rounding alone."""
T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Quantiles of Student's t for 1, 2, ... degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One group's values: `low` and `high` bound the mean's 95 % confidence interval, None below two values."""

    n: int
    mean: float
    deviation: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Paired:
    """Differences of pairs, the second group's value minus the first's."""

    n: int
    mean: float
    p: float | None
    """None where there is no pair, or only one."""
    least_p: float | None
    """What p could not be below with so few pairs."""
    effect: float | None
    """Hedges' g of the differences; None where they do not vary or are fewer than two."""
    exact: bool = True

    @property
    def verdict(self) -> str:
        """What may be concluded, in a sentence."""
        if self.n == 0:
            return "no seed in common: nothing is paired"
        seeds = "1 seed is" if self.n == 1 else f"{self.n} seeds are"
        if self.p is None or self.least_p is None:
            return f"{seeds} too few to tell"
        if self.least_p >= LEVEL:
            return f"{seeds} too few to tell: even if all agreed, p could not be below {self.least_p:.3g}"
        if self.mean == 0 and self.effect is None:
            return "equal for each seed"
        if self.p < LEVEL:
            return f"differs (p = {self.p:.2g} over {self.n} seeds)"
        return f"no difference is shown (p = {self.p:.2g} over {self.n} seeds), which does not prove that there is none"


def spread(values: Sequence[float]) -> Spread:
    """Mean, standard deviation (n - 1) and confidence interval of finite values."""
    finite = np.array([value for value in values if np.isfinite(value)], dtype=float)
    n = len(finite)
    if n == 0:
        return Spread(0, float("nan"), None, None, None)
    mean = float(finite.mean())
    if n == 1:
        return Spread(1, mean, None, None, None)
    deviation = float(finite.std(ddof=1))
    half = _t(n - 1) * deviation / float(np.sqrt(n))
    return Spread(n, mean, deviation, mean - half, mean + half)


def compare(first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]]) -> Paired:
    """Compare values by seed; several of one seed are averaged, what is not finite is left out."""
    pairs = [(_mean(first[seed]), _mean(second[seed])) for seed in first if seed in second]
    differences = np.array([b - a for a, b in pairs if np.isfinite(a) and np.isfinite(b)], dtype=float)
    n = len(differences)
    if n == 0:
        return Paired(0, float("nan"), None, None, None)
    mean = float(differences.mean())
    if n == 1:
        return Paired(1, mean, None, None, None)
    return Paired(n, mean, _p(differences), 2 / 2**n, _effect(differences), n <= MOST_EXACT)


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def _p(differences: np.ndarray) -> float:
    """Two-sided."""
    scale = float(np.abs(differences).max())
    if scale == 0:
        return 1.0
    shares = differences / scale
    seen = abs(float(shares.sum())) - NEARLY * len(shares)
    n = len(shares)
    if n <= MOST_EXACT:
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return float((np.abs((2 * patterns - 1) @ shares) >= seen).mean())
    signs = np.random.default_rng(0).choice((-1.0, 1.0), (SAMPLES, n))
    return float((np.count_nonzero(np.abs(signs @ shares) >= seen) + 1) / (SAMPLES + 1))


def _effect(differences: np.ndarray) -> float | None:
    n = len(differences)
    deviation = float(differences.std(ddof=1))
    if not deviation > NEARLY * float(np.abs(differences).max()):
        return None
    return float(differences.mean()) / deviation * (1 - 3 / (4 * (n - 1) - 1))


def _t(freedom: int) -> float:
    return T_975[freedom - 1] if freedom <= len(T_975) else 1.96 + 2.4 / freedom
