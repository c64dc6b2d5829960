"""The interval of a mean: coverage, laws, edges."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.statistics import NotFiniteError, mean_interval
from generator.statistics.auc import Array

SAMPLES = arrays(np.float64, st.integers(2, 20), elements=st.floats(-100, 100, width=32))


@given(SAMPLES)
def test_it_holds_the_mean(values: Array):
    low, high = mean_interval(values, np.random.default_rng(0), count=200)
    assert low <= values.mean() + 1e-9
    assert high >= values.mean() - 1e-9


def test_equal_values_are_a_point_and_one_value_says_nothing():
    assert mean_interval(np.full(9, 2.5), np.random.default_rng(0)) == (2.5, 2.5)
    assert mean_interval(np.array([1.0]), np.random.default_rng(0)) == (-np.inf, np.inf)
    for bad in (np.empty(0), np.array([1.0, np.nan])):
        with pytest.raises(NotFiniteError):
            mean_interval(bad, np.random.default_rng(0))


@pytest.mark.parametrize("n", [10, 20, 40])
@pytest.mark.parametrize(
    ("draw_from", "mean"),
    [
        (lambda rng, n: rng.normal(1, 1, n), 1.0),
        (lambda rng, n: np.maximum(rng.normal(0, 1, n), 0), 1 / np.sqrt(2 * np.pi)),
        (lambda rng, n: rng.exponential(1, n), 1.0),
    ],
)
def test_coverage(draw_from: Callable[[np.random.Generator, int], Array], mean: float, n: int):
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        low, high = mean_interval(draw_from(rng, n), rng, count=400)
        held += low <= mean <= high
    assert 0.90 <= held / 400 <= 0.99
