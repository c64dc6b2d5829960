"""Hits, precision, average precision, correlation: agreement with other libraries, laws, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, norm, pearsonr
from sklearn.metrics import average_precision_score, f1_score, precision_score

from generator.statistics import (
    NotFiniteError,
    alarms,
    average_precision,
    correlation,
    f1,
    hits,
    precision,
    wilson,
)
from generator.statistics.auc import Array

FEW_VALUES = st.integers(-4, 4).map(float)
SAMPLES = st.integers(1, 25).flatmap(lambda n: arrays(np.float64, n, elements=FEW_VALUES))


def labelled(x: Array, y: Array) -> tuple[Array, Array]:
    return np.repeat([1, 0], [len(x), len(y)]), np.concatenate([x, y])


@given(SAMPLES, SAMPLES, st.floats(0.01, 0.9))
def test_average_precision_is_that_of_sklearn(x: Array, y: Array, prevalence: float):
    labels, values = labelled(x, y)
    weights = np.where(labels == 1, prevalence / len(x), (1 - prevalence) / len(y))
    expected = average_precision_score(labels, values, sample_weight=weights)
    assert average_precision(x, y, prevalence=prevalence) == pytest.approx(expected, abs=1e-9)


@given(SAMPLES, SAMPLES)
def test_correlation_is_that_of_scipy(x: Array, y: Array):
    labels, values = labelled(x, y)
    if np.ptp(values) == 0:
        assert np.isnan(correlation(x, y))
    else:
        assert correlation(x, y) == pytest.approx(pearsonr(labels, values).statistic, abs=1e-9)


def test_precision_and_f1_are_those_of_sklearn_at_the_samples_own_prevalence():
    rng = np.random.default_rng(0)
    x, y = rng.normal(1.5, 1, 60), rng.normal(0, 1, 240)
    found = hits(x, y, quantile=0.9)
    labels, values = labelled(x, y)
    flagged = values > found.threshold
    own = precision(found.rate, found.false_alarms, prevalence=0.2)
    assert own == pytest.approx(precision_score(labels, flagged), abs=1e-9)
    assert f1(own, found.rate) == pytest.approx(f1_score(labels, flagged), abs=1e-9)


@given(st.integers(0, 40), st.integers(1, 40))
def test_wilson_is_that_of_scipy(hit: int, trials: int):
    hit = min(hit, trials)
    expected = binomtest(hit, trials).proportion_ci(method="wilson")
    assert wilson(hit, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_hardly_any_control_is_a_hit():
    rng = np.random.default_rng(1)
    found = hits(rng.normal(3, 1, 30), rng.normal(0, 1, 400), quantile=0.99)
    assert found.false_alarms == 0.01
    assert 0.5 < found.interval.low < found.rate < found.interval.high


@pytest.mark.parametrize(("n0", "quantile"), [(30, 0.9), (100, 0.99), (400, 0.99)])
def test_the_interval_of_false_alarms_covers_what_the_threshold_lets_through(
    n0: int, quantile: float
):
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(1_000):
        controls = rng.normal(0, 1, n0)
        threshold = float(np.quantile(controls, quantile))
        low, high = alarms(controls, threshold)
        held += low <= norm.sf(threshold) <= high
    assert held >= 0.935 * 1_000


def test_ties_leave_the_share_of_false_alarms_open():
    low, high = alarms(np.zeros(50), 0.0)
    assert low < high < 0.1
    assert alarms(np.arange(10.0), -1.0).high == 1
    assert alarms(np.arange(10.0), 20.0).low == 0


@pytest.mark.parametrize("shift", [-50, 50])
def test_no_interval_is_a_point(shift: int):
    rng = np.random.default_rng(3)
    found = hits(rng.normal(shift, 1, 12), rng.normal(0, 1, 50), quantile=0.99)
    assert found.rate == (shift > 0)
    assert found.interval.high - found.interval.low > 0.2


def test_a_constant_filter_detects_nothing():
    found = hits(np.zeros(12), np.zeros(50), quantile=0.99)
    assert (found.rate, found.false_alarms, found.interval.low) == (0, 0, 0)
    assert np.isnan(precision(0, 0, prevalence=0.1))
    assert f1(float("nan"), 0) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad: float):
    good, spoiled = np.ones(3), np.array([1, bad])
    for measure in (
        lambda: hits(good, spoiled, quantile=0.9),
        lambda: average_precision(spoiled, good, prevalence=0.1),
        lambda: correlation(good, spoiled),
        lambda: correlation(good, np.empty(0)),
    ):
        with pytest.raises(NotFiniteError):
            measure()


@pytest.mark.parametrize(("n1", "n0"), [(10, 100), (20, 100), (40, 400)])
def test_the_interval_covers_the_true_share_above_its_threshold(n1: int, n0: int):
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(1_000):
        found = hits(rng.normal(2, 1, n1), rng.normal(0, 1, n0), quantile=0.99)
        low, high = found.interval
        held += low <= norm.sf(found.threshold - 2) <= high
    assert 0.93 <= held / 1_000 <= 0.97
