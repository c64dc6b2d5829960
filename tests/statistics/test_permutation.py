"""Permutation p-values: exact where few splits exist, never 0, uniform under the null."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import mannwhitneyu, permutation_test

from generator.statistics import auc, permutation_p
from generator.statistics.auc import Array

SAMPLES = st.integers(1, 6).flatmap(
    lambda n: arrays(np.float64, n, elements=st.integers(0, 5).map(float))
)


def rng():
    return np.random.default_rng(1)


def test_exact_p_agrees_with_scipy_with_and_without_ties():
    draws = np.random.default_rng(2)
    for _ in range(5):
        x, y = draws.normal(1, 1, 5), draws.normal(0, 1, 8)
        expected = mannwhitneyu(x, y, alternative="greater", method="exact").pvalue
        assert permutation_p(x, y, rng()) == pytest.approx(expected, abs=1e-9)
        x, y = x.round(), y.round()
        expected = permutation_test(
            (x, y),
            lambda a, b: float(auc(a, b)),
            alternative="greater",
            n_resamples=np.inf,
        ).pvalue
        assert permutation_p(x, y, rng()) == pytest.approx(expected, abs=1e-9)


def test_many_positives_and_few_others_are_enumerated_too():
    assert permutation_p(np.arange(1.0, 101), np.zeros(1), rng()) == pytest.approx(1 / 101)
    assert permutation_p(np.arange(100.0), np.full(2, 200.0), rng()) == 1


def test_random_shuffles_come_close_to_the_exact_p():
    draws = np.random.default_rng(3)
    x, y = draws.normal(0.5, 1, 20), draws.normal(0, 1, 60)
    exact = mannwhitneyu(x, y, alternative="greater", method="exact").pvalue
    found = permutation_p(x, y, rng())
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9_999) + 1e-4)


def test_random_shuffles_never_give_zero():
    assert permutation_p(np.full(30, 9.0), np.zeros(60), rng()) == 1 / 10_000
    assert permutation_p(np.full(30, 9.0), np.zeros(60), rng(), shuffles=99) == 1 / 100


def test_all_ties_say_nothing():
    assert permutation_p(np.ones(30), np.ones(60), rng()) == 1
    assert permutation_p(np.ones(3), np.ones(6), rng()) == 1


@given(SAMPLES, SAMPLES)
def test_it_lies_above_zero_and_up_to_one(x: Array, y: Array):
    assert 0 < permutation_p(x, y, rng()) <= 1


def test_under_the_null_it_is_not_small_too_often():
    draws = np.random.default_rng(5)
    small = [
        permutation_p(draws.normal(size=12), draws.normal(size=40), draws, shuffles=199) <= 0.05
        for _ in range(600)
    ]
    assert np.mean(small) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)
