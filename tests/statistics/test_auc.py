"""AUC: agreement with other libraries, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score

from generator.statistics import NotFiniteError, auc, compare, resampled_aucs
from generator.statistics.auc import Array
from generator.statistics.bootstrap import draw

FEW_VALUES = st.integers(-4, 4).map(float)  # many ties
SAMPLES = st.integers(1, 25).flatmap(lambda n: arrays(np.float64, n, elements=FEW_VALUES))


def test_agrees_with_scipy_and_sklearn_on_every_channel():
    rng = np.random.default_rng(0)
    positives = rng.normal(0.7, 1, (23, 40)).round(1)
    others = rng.normal(0, 1, (101, 40)).round(1)
    found = auc(positives, others)
    assert found.shape == (40,)
    labels = np.repeat([1, 0], [23, 101])
    for channel in range(40):
        x, y = positives[:, channel], others[:, channel]
        assert found[channel] == pytest.approx(mannwhitneyu(x, y).statistic / (23 * 101), abs=1e-9)
        expected = roc_auc_score(labels, np.concatenate([x, y]))
        assert found[channel] == pytest.approx(expected, abs=1e-9)


def test_by_hand():
    assert auc(np.array([3.0, 1.0]), np.array([0.0, 1.0, 2.0])) == pytest.approx(4.5 / 6)


@given(SAMPLES, SAMPLES)
def test_swapping_the_samples_mirrors_it(x: Array, y: Array):
    assert auc(x, y) + auc(y, x) == pytest.approx(1, abs=1e-12)


@given(SAMPLES, SAMPLES)
def test_only_the_order_counts(x: Array, y: Array):
    assert auc(x, y) == auc(np.exp(x) - 7, np.exp(y) - 7) == auc(x**3, y**3)


@given(SAMPLES, SAMPLES)
def test_pairwise_comparison_agrees_with_ranks(x: Array, y: Array):
    found = compare(x, y)
    assert found.auc == pytest.approx(auc(x, y), abs=1e-12)
    assert found.positives.mean() == pytest.approx(found.auc)
    assert found.others.mean() == pytest.approx(found.auc)


def test_influences_are_the_jackknifes():
    rng = np.random.default_rng(4)
    x, y = rng.normal(1, 1, 9), rng.normal(0, 1, 14)
    left_out = np.array([auc(np.delete(x, i), y) for i in range(9)])
    found = compare(x, y).influences
    assert found[0] == pytest.approx((9 - 1) * (left_out.mean() - left_out), abs=1e-12)
    left_out = np.array([auc(x, np.delete(y, i)) for i in range(14)])
    assert found[1] == pytest.approx((14 - 1) * (left_out.mean() - left_out), abs=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_what_is_not_finite_is_refused(bad: float, place: int):
    samples = [np.arange(5.0), np.arange(7.0)]
    samples[place][2] = bad
    rng = np.random.default_rng(0)
    columns = [sample[:, None] for sample in samples]
    with pytest.raises(NotFiniteError):
        auc(*samples)
    with pytest.raises(NotFiniteError):
        compare(*samples)
    with pytest.raises(NotFiniteError):
        resampled_aucs(*columns, draw(rng, 5, 7, count=10))


def test_an_empty_sample_is_refused():
    with pytest.raises(NotFiniteError, match="empty"):
        auc(np.array([]), np.arange(3.0))
    with pytest.raises(NotFiniteError, match="empty"):
        auc(np.arange(3.0), np.array([]))
