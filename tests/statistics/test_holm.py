"""Holm's correction: worked by hand, and its laws."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.statistics import holm

P_VALUES = st.lists(st.floats(1e-6, 1), min_size=1, max_size=40)


def test_by_hand():
    # sorted .005 .01 .03 .04 → ×4 .02, ×3 .03, ×2 .06, ×1 .04 → .06 (monotone)
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([0.02]) == (0.02,)
    assert holm([]) == ()


@given(P_VALUES)
def test_it_never_lowers_a_p_and_keeps_their_order(p_values: list[float]):
    adjusted = holm(p_values)
    assert all(p <= after <= 1 for p, after in zip(p_values, adjusted, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert [after for _, after in pairs] == sorted(adjusted)


@given(P_VALUES)
def test_it_is_never_stricter_than_bonferroni(p_values: list[float]):
    for p, after in zip(p_values, holm(p_values), strict=True):
        assert after <= min(1, len(p_values) * p) + 1e-15


@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_claims_does_not_matter(p_values: list[float], random: Random):
    order = list(range(len(p_values)))
    random.shuffle(order)
    shuffled = holm([p_values[place] for place in order])
    adjusted = holm(p_values)
    assert shuffled == tuple(adjusted[place] for place in order)


@pytest.mark.parametrize("bad", [0.0, -0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad: float):
    with pytest.raises(ValueError, match="p-value"):
        holm([0.5, bad])
