"""The share of positives at each height of the responses: by hand, laws, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.statistics import Balanced, NotFiniteError, draw, top_interval
from generator.statistics.auc import Array
from generator.statistics.response_bins import _top_shares

FEW_VALUES = st.integers(-4, 4).map(float)
SAMPLES = st.integers(1, 25).flatmap(lambda n: arrays(np.float64, n, elements=FEW_VALUES))


def test_by_hand():
    mix = Balanced(np.array([4.0, 3.0]), np.array([1.0, 2.0, 3.5, 0.0]))
    assert mix.shares(4) == pytest.approx([0, 0.5, 0.5, 1])
    assert mix.edges(4).tolist() == [0, 1, 3, 3.5, 4]
    assert mix.bins_of(4).tolist() == [3, 2, 0, 1, 2, 0]


@given(SAMPLES, SAMPLES, st.integers(1, 12))
def test_shares_average_to_one_half_and_contributions_to_one(x: Array, y: Array, bins: int):
    mix = Balanced(x, y)
    assert mix.shares(bins).mean() == pytest.approx(0.5)
    assert np.all((mix.shares(bins) > -1e-9) & (mix.shares(bins) < 1 + 1e-9))
    parts = mix.contributions(bins)
    if np.isfinite(parts).all():
        assert parts.sum() == pytest.approx(1)
        assert np.all(np.diff(parts) > -1e-9)
    edges = mix.edges(bins)
    assert np.all(np.diff(edges) >= 0)
    assert (edges[0], edges[-1]) == (min(x.min(), y.min()), max(x.max(), y.max()))


@given(SAMPLES, SAMPLES)
def test_more_of_the_same_controls_change_nothing(x: Array, y: Array):
    once, thrice = Balanced(x, y), Balanced(x, np.tile(y, 3))
    assert once.shares() == pytest.approx(thrice.shares())


@given(SAMPLES, SAMPLES)
def test_swapping_the_sides_mirrors_it(x: Array, y: Array):
    assert Balanced(x, y).shares() + Balanced(y, x).shares() == pytest.approx(np.ones(10))


@given(SAMPLES, SAMPLES, st.integers(2, 10))
def test_a_resample_has_the_share_of_its_own_sample(x: Array, y: Array, bins: int):
    resamples = draw(np.random.default_rng(0), len(x), len(y), count=5)
    found = _top_shares(Balanced(x, y), resamples, bins)
    for row in range(5):
        own = np.repeat(x, resamples.positives[row]), np.repeat(y, resamples.others[row])
        assert found[row] == pytest.approx(Balanced(*own).shares(bins)[-1], abs=1e-9)


def test_equal_responses_share_their_bins():
    mix = Balanced(np.zeros(10), np.zeros(90))
    assert mix.shares() == pytest.approx(np.full(10, 0.5))
    assert np.isnan(mix.contributions()).all()


def test_a_filter_whose_top_belongs_to_others_is_seen():
    rng = np.random.default_rng(0)
    positives, others = rng.normal(2.5, 1, 40), rng.normal(0, 1, 300)
    clean = Balanced(positives, others)
    spoiled = Balanced(positives, others + 9 * (np.arange(300) < 45))
    assert clean.shares()[-1] > 0.95
    assert spoiled.shares()[-1] < 0.5


def test_complete_separation_is_no_certainty():
    mix = Balanced(np.arange(12.0) + 50, np.arange(100.0) / 100)
    low, high = top_interval(mix, draw(np.random.default_rng(0), 12, 100))
    assert (mix.shares()[-1], high) == (1, 1)
    assert 0.7 < low < 0.97


def test_what_is_no_number_is_refused():
    with pytest.raises(NotFiniteError):
        Balanced(np.array([1.0, np.nan]), np.ones(3))
    with pytest.raises(NotFiniteError):
        Balanced(np.ones(3), np.empty(0))
