"""Paired tests of seeds: exact, against scipy where it is there, and honest where seeds are few."""

import numpy as np
import pytest

from trackbook.charts.paired import T_975, compare, spread


def pairs(*values):
    return {str(index): [value] for index, value in enumerate(values)}


def test_p_is_the_share_of_sign_patterns():
    found = compare(pairs(0, 0, 0, 0, 0, 0), pairs(1, 2, 3, 4, 5, 6))
    assert found.p == pytest.approx(2 / 64)
    assert found.least_p == 2 / 64
    assert found.verdict.startswith("differs (p = 0.031 over 6 seeds)")


def test_p_is_that_of_scipys_permutation_test():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=8), rng.normal(0.4, 1, size=8)
    other = stats.permutation_test(
        (b - a,), lambda d, axis: d.mean(axis=axis), permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert compare(pairs(*a), pairs(*b)).p == pytest.approx(other.pvalue)
    assert pytest.approx([stats.t.ppf(0.975, freedom) for freedom in range(1, 16)], abs=1e-3) == T_975


@pytest.mark.parametrize(
    ("n", "said"), [(0, "nothing is paired"), (1, "1 seed is too few"), (3, "below 0.25"), (5, "0.0625")]
)
def test_few_seeds_are_said_to_be_few(n, said):
    first, second = pairs(*np.zeros(n)), pairs(*np.arange(1, n + 1))
    assert said in compare(first, second).verdict


def test_no_difference_is_no_proof_of_none():
    assert compare(pairs(*np.zeros(8)), pairs(1, -1, 1, -1, 1, -1, 1, -1)).verdict.endswith("prove that there is none")
    assert compare(pairs(*np.zeros(8)), pairs(*np.zeros(8))).verdict == "equal for each seed"


def test_only_seeds_of_both_are_paired_and_what_is_not_finite_is_left_out():
    found = compare({"1": [1.0, 3.0], "2": [float("nan")], "3": [1.0]}, {"1": [4.0], "2": [1.0], "4": [9.0]})
    assert (found.n, found.mean) == (1, 2.0)


def test_the_effect_is_corrected_for_small_samples():
    found = compare(pairs(0, 0, 0), pairs(1, 2, 3))
    assert found.effect == pytest.approx(2 / 1 * (1 - 3 / 7))
    assert compare(pairs(0, 0), pairs(1, 1)).effect is None


def test_many_pairs_are_sampled():
    found = compare(pairs(*np.zeros(30)), pairs(*np.ones(30)))
    assert not found.exact
    assert found.p < 0.001


def test_a_mean_has_an_interval_from_two_values_on():
    assert spread([1.0]).low is None
    found = spread([1.0, 2.0, 3.0, float("inf")])
    assert (found.n, found.mean, found.deviation) == (3, 2.0, 1.0)
    assert found.high == pytest.approx(2 + 4.303 / np.sqrt(3))
    assert spread([]).n == 0
