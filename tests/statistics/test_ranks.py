"""Ranks count ties against the channel, and their interval holds them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from generator.statistics import auc, draw, rank_interval, rank_of, resampled_aucs
from generator.statistics.auc import Array

VALUES = st.integers(1, 30).flatmap(
    lambda n: arrays(np.float64, n, elements=st.integers(0, 6).map(float))
)


@given(VALUES)
def test_agrees_with_scipys_max_rank(values: Array):
    expected = rankdata(-values, method="max")
    assert [rank_of(values, k) for k in range(len(values))] == expected.tolist()


def test_a_layer_of_equals_has_no_first():
    values = np.full(8, 0.5)
    assert rank_of(values, 3) == 8
    assert rank_interval(np.full((8, 50), 0.5), 3, value=8) == (1, 8)


@given(st.integers(0, 2**16), st.integers(1, 12), st.integers(1, 8))
def test_the_interval_holds_the_rank(seed: int, n1: int, channels: int):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 5, (n1, channels)) * 1.0, rng.integers(0, 4, (15, channels)) * 1.0
    resampled = resampled_aucs(x, y, draw(rng, n1, 15, count=40))
    for channel in range(channels):
        value = rank_of(auc(x, y), channel)
        low, high = rank_interval(resampled, channel, value=value)
        assert 1 <= low <= value <= high <= channels


def test_a_clear_leader_is_certainly_first():
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 1, (20, 100)), rng.normal(0, 1, (80, 100))
    x[:, 42] += 5
    aucs = auc(x, y)
    resampled = resampled_aucs(x, y, draw(rng, 20, 80, count=300))
    assert rank_of(aucs, 42) == 1
    assert rank_interval(resampled, 42, value=1) == (1, 1)
