"""Intervals: agreement with scipy, published figures, the edges, and coverage."""

import warnings
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtri

from generator.statistics import (
    auc,
    auc_interval,
    compare,
    difference_interval,
    draw,
    intervals,
    newcombe,
    resampled_aucs,
)
from generator.statistics.auc import Array
from tests.findings.real import real

Draw = Callable[[np.random.Generator, float, int, int], tuple[Array, Array]]
SAMPLES = st.integers(1, 15).flatmap(
    lambda n: arrays(np.float64, n, elements=st.integers(-5, 5).map(float))
)


def interval_of(x: Array, y: Array):
    return auc_interval(compare(x, y))


def test_newcombe_solves_its_equation():
    low, high = newcombe(0.8, 20, 100)
    star, z = 59, ndtri(0.975)
    for theta in (low, high):
        inner = 1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        spread = theta * (1 - theta) * inner / (20 * 100)
        assert abs(theta - 0.8) == pytest.approx(z * np.sqrt(spread), abs=1e-9)


def test_newcombe_is_symmetric_and_narrows_with_size():
    low, high = newcombe(0.3, 9, 50)
    assert (1 - high, 1 - low) == pytest.approx(newcombe(0.7, 9, 50))
    widths = [np.ptp(newcombe(0.9, n, 100)) for n in (5, 10, 20, 40, 80)]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(("n1", "at_most"), [(1, 0.5), (3, 0.8), (10, 0.9), (60, 0.98)])
def test_complete_separation_is_not_certainty(n1: int, at_most: float):
    low, high = interval_of(np.arange(n1) + 200.0, np.arange(100.0))
    assert high == 1
    assert 0.3 < low < at_most
    mirrored = interval_of(np.arange(n1) - 200.0, np.arange(100.0))
    assert mirrored == pytest.approx((0, 1 - low))


def test_constant_responses_leave_it_open():
    low, high = interval_of(np.zeros(20), np.zeros(100))
    assert low < 0.4
    assert high > 0.6
    assert low + high == pytest.approx(1)


def test_one_photograph_leaves_nearly_everything_open():
    low, high = interval_of(np.array([1.0]), np.random.default_rng(0).normal(size=100))
    assert high - low > 0.4


@given(SAMPLES, SAMPLES)
def test_it_holds_the_estimate_and_stays_within_bounds(x: Array, y: Array):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = interval_of(x, y)
    assert 0 <= low <= auc(x, y) <= high <= 1
    assert high - low > 0.01


@given(SAMPLES, SAMPLES, st.randoms(use_true_random=False))
def test_a_difference_holds_its_estimate(x: Array, y: Array, random: Random):
    x2, y2 = np.array(random.sample(list(x), len(x))), np.array(random.sample(list(y), len(y)))
    resamples = draw(np.random.default_rng(0), len(x), len(y), count=60)
    both = resampled_aucs(np.stack([x, x2], axis=1), np.stack([y, y2], axis=1), resamples)
    own, rival = compare(x, y), compare(x2, y2)
    low, high = difference_interval(own, rival, both[0] - both[1])
    assert -1 <= low <= own.auc - rival.auc <= high <= 1
    assert low < high


def test_two_filters_that_separate_completely_are_not_certainly_equal():
    x, y = np.arange(10.0) + 100, np.arange(50.0)
    own = compare(x, y)
    low, high = difference_interval(own, own, np.zeros(100))
    assert low < 0 < high


@given(SAMPLES, SAMPLES)
def test_negated_responses_mirror_the_interval(x: Array, y: Array):
    low, high = interval_of(x, y)
    assert interval_of(-x, -y) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_more_photographs_narrow_the_interval():
    rng = np.random.default_rng(4)
    x, y = rng.normal(1.5, 1, 15), rng.normal(0, 1, 60)
    widths = [np.ptp(interval_of(np.tile(x, n), np.tile(y, n))) for n in (1, 2, 4, 8)]
    assert widths == sorted(widths, reverse=True)


def test_it_agrees_with_delongs_standard_error_where_there_are_many():
    rng = np.random.default_rng(5)
    found = compare(rng.normal(0.5, 1, 4000), rng.normal(0, 1, 4000))
    error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in found.influences))
    low, high = auc_interval(found)
    assert found.auc - low == pytest.approx(1.96 * error, rel=0.01)
    assert high - found.auc == pytest.approx(1.96 * error, rel=0.01)


def normal(rng: np.random.Generator, true: float, n1: int, n0: int) -> tuple[Array, Array]:
    return rng.normal(np.sqrt(2) * ndtri(true), 1, n1), rng.normal(0, 1, n0)


def mixed(rng: np.random.Generator, true: float, n1: int, n0: int) -> tuple[Array, Array]:
    """Some positives excite the filter no more than others do, the rest more than all of them."""
    plain = rng.random(n1) < 2 * (1 - true)
    return np.where(plain, rng.normal(0, 1, n1), rng.normal(8, 1, n1)), rng.normal(0, 1, n0)


def left_skewed(rng: np.random.Generator, true: float, n1: int, n0: int) -> tuple[Array, Array]:
    odds = true / (1 - true)  # P(X > Y) of two exponential variables is the share of their means
    return -rng.exponential(1, n1), -rng.exponential(odds, n0)


def of_birds(rng: np.random.Generator, true: float, n1: int, n0: int) -> tuple[Array, Array]:
    """VGG-16's filter for birds; other photographs raised until the AUC is the true one."""
    library = real()
    own = library.values[:, library.column(501)].astype(np.float64)
    x, y = own[library.tagged("bird")], own[~library.tagged("bird")]
    raised = np.quantile(np.subtract.outer(x, y), 1 - true)
    return rng.choice(x, n1), rng.choice(y, n0) + raised


@pytest.mark.parametrize("draw_from", [normal, mixed, left_skewed, of_birds])
@pytest.mark.parametrize(
    ("true", "n1", "n0"), [(0.75, 20, 100), (0.9, 10, 100), (0.9, 20, 100), (0.95, 15, 60)]
)
def test_coverage_of_the_auc(draw_from: Draw, true: float, n1: int, n0: int):
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1_000):
        low, high = interval_of(*draw_from(rng, true, n1, n0))
        held += low <= true <= high
    # 93 to 97 %, with two standard errors of a thousand draws; where a fifth of twenty positives
    # are of another kind, less (docs/decisions/evidence-intervals.md).
    least = 0.895 if (draw_from, true, n1) == (mixed, 0.9, 20) else 0.915
    assert least <= held / 1_000 <= 0.982


def test_coverage_of_a_difference():
    rng, hits = np.random.default_rng(12), 0
    for number in range(300):
        shared_x, shared_y = rng.normal(1.4, 0.7, (20, 1)), rng.normal(0, 0.7, (100, 1))
        x = shared_x + rng.normal(0, 0.7, (20, 2))
        y = shared_y + rng.normal(0, 0.7, (100, 2))
        both = resampled_aucs(x, y, draw(np.random.default_rng(number), 20, 100, count=300))
        own, rival = compare(x[:, 0], y[:, 0]), compare(x[:, 1], y[:, 1])
        low, high = difference_interval(own, rival, both[0] - both[1])
        hits += low <= 0 <= high
    assert 0.92 <= hits / 300 <= 0.98


def test_the_written_quantile_is_scipy_s() -> None:
    assert float(ndtri(1 - intervals._TAIL)) == intervals._Z
