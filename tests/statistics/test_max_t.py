"""The ranking of all channels: against a naive count, scikit-learn, and its rate of error."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control
from sklearn.metrics import roc_auc_score

from generator.statistics.auc import NotFiniteError
from generator.statistics.auc import auc as plain_auc
from generator.statistics.max_t import Ranking, rank_channels


def naive(
    positives: np.ndarray, others: np.ndarray, rng: np.random.Generator, shuffles: int
) -> Ranking:
    """The same in the words of its definition: shuffle by shuffle, one AUC at a time."""
    n1, pooled = len(positives), np.concatenate([positives, others])
    observed = plain_auc(positives, others)
    alone, any_ = np.ones(len(observed)), np.ones(len(observed))
    size = min(n1, len(others))
    for keys in rng.random((shuffles, len(pooled))):  # the same splits, drawn the same way
        drawn = np.isin(np.arange(len(pooled)), np.argsort(keys)[:size])
        chosen = drawn if size == n1 else ~drawn
        found = plain_auc(pooled[chosen], pooled[~chosen])
        alone += found >= observed - 1e-12
        any_ += found.max() >= observed - 1e-12
    p = alone / (1 + shuffles)
    return Ranking(observed, p, any_ / (1 + shuffles), np.array(false_discovery_control(p)))


@pytest.mark.parametrize(("n1", "n0"), [(12, 30), (30, 12), (1, 9), (5, 5)])
def test_it_is_the_naive_count(n1: int, n0: int) -> None:
    rng = np.random.default_rng(n1)
    positives, others = rng.integers(0, 9, (n1, 6)) * 1.0, rng.integers(0, 9, (n0, 6)) * 1.0
    positives[:, 0] += 3
    positives[:, 5] = others[:, 5].max()
    mine = rank_channels(positives, others, np.random.default_rng(0), shuffles=999)
    theirs = naive(positives, others, np.random.default_rng(0), 999)
    labels = np.repeat([1, 0], [n1, n0])
    for channel in range(6):
        pooled = np.concatenate([positives, others])[:, channel]
        assert mine.auc[channel] == pytest.approx(roc_auc_score(labels, pooled), abs=1e-12)
    assert mine.p == pytest.approx(theirs.p, abs=1e-12)
    assert mine.p_max == pytest.approx(theirs.p_max, abs=1e-12)
    assert mine.q == pytest.approx(theirs.q, abs=1e-12)


def test_the_chance_of_any_false_channel_under_the_null() -> None:
    """5 % of draws, no more: and not much less, though the channels depend on each other."""
    rng, draws = np.random.default_rng(7), 300
    false = alone = 0
    for _ in range(draws):
        shared = rng.normal(size=(40, 1))
        pooled = rng.normal(size=(40, 30)) + shared
        found = rank_channels(pooled[:10], pooled[10:], rng, shuffles=199)
        false += bool(found.p_max.min() <= 0.05)
        alone += bool(found.p.min() <= 0.05)
    low, high = binom.ppf([0.0005, 0.9995], draws, 0.05)
    assert low <= false <= high
    assert alone > 3 * false  # what not correcting would have called found


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5), st.integers(0, 999))
def test_laws(n1: int, n0: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    positives, others = rng.integers(0, 4, (n1, channels)), rng.integers(0, 4, (n0, channels))
    found = rank_channels(positives * 1.0, others * 1.0, rng, shuffles=99)
    assert np.all((found.p >= 0.01) & (found.p <= found.p_max) & (found.p_max <= 1))
    assert np.all((found.p <= found.q) & (found.q <= 1))
    by_auc = np.argsort(-found.auc)
    assert np.all(np.diff(found.p_max[by_auc]) >= 0)
    one = rank_channels(positives[:, :1] * 1.0, others[:, :1] * 1.0, rng, shuffles=99)
    assert one.p == pytest.approx(one.p_max)


def test_a_constant_channel_is_never_found() -> None:
    rng = np.random.default_rng(0)
    positives, others = rng.normal(size=(10, 3)), rng.normal(size=(20, 3))
    positives[:, 1] = others[:, 1] = 0
    found = rank_channels(positives, others, rng, shuffles=199)
    assert (found.auc[1], found.p[1], found.p_max[1]) == (0.5, 1, 1)


def test_large_samples_are_counted_exactly() -> None:
    """Sums beyond 2²⁴ would lose their last digit in float32."""
    rng = np.random.default_rng(0)
    pooled = rng.normal(size=(12_000, 2))
    found = rank_channels(pooled[:6_000], pooled[6_000:], rng, shuffles=3)
    assert found.auc == pytest.approx(plain_auc(pooled[:6_000], pooled[6_000:]), abs=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(NotFiniteError):
        rank_channels(np.array([[1.0, value]]), np.ones((3, 2)), np.random.default_rng(0))


def test_nothing_to_rank_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(NotFiniteError):
        rank_channels(np.ones((0, 2)), np.ones((3, 2)), rng)
    with pytest.raises(ValueError, match="nothing to rank"):
        rank_channels(np.ones((2, 0)), np.ones((3, 0)), rng)
    with pytest.raises(ValueError, match="nothing to rank"):
        rank_channels(np.ones((2, 1)), np.ones((3, 1)), rng, shuffles=0)


def test_a_whole_layer_takes_seconds() -> None:
    rng = np.random.default_rng(0)
    pooled = rng.exponential(size=(462, 512))
    began = time.process_time()
    rank_channels(pooled[:60], pooled[60:], rng)
    assert time.process_time() - began < 10  # seconds of processor on a shared machine: 5 on two
