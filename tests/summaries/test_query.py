"""What a summary says, against the same said of all numbers at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.summaries import SummaryQuery, empty
from generator.summaries.bins import BINS, bin_of, edges, middles
from generator.summaries.exact_sums import digits, total
from tests.summaries.made import LAYER, TOP, UNITS, image, responses, summary

floats = st.floats(-(2.0**31), 2.0**31, width=32, exclude_min=True, exclude_max=True)


@given(st.lists(floats, min_size=1, max_size=50), st.randoms())
def test_sums_are_exact_in_any_order(values: list[float], random: object) -> None:
    column = np.array(values)[:, None]
    expected = math.fsum(values)
    assert total(digits(column))[0] == pytest.approx(expected, rel=1e-12, abs=50 * 2.0**-64)
    random.shuffle(values)  # type: ignore[attr-defined]
    assert (digits(np.array(values)[:, None]) == digits(column)).all()


@given(st.floats(-(2.0**20), 2.0**20, width=32))
def test_a_bin_tells_its_values_within_a_64th(value: float) -> None:
    at = int(bin_of(np.array([value], np.float32))[0])
    lower, upper = (ends[at] for ends in edges())
    assert lower <= value <= upper
    assert abs(middles()[at] - value) <= max(abs(value) / 64, 2.0**-20)


def test_bins_are_ordered_and_take_whatever_is_larger() -> None:
    lower, upper = edges()
    assert len(lower) == BINS
    assert (lower[1:] == upper[:-1]).all() and (lower < upper).all()
    huge = np.array([-1e30, 1e30, 0.0, -0.0, 1e-40], np.float32)
    assert bin_of(huge).tolist() == [0, BINS - 1, BINS // 2, BINS // 2, BINS // 2]


NUMBERS = list(range(200))


@pytest.mark.parametrize("unit", range(UNITS))
def test_against_all_numbers_at_once(unit: int) -> None:
    reading, values = SummaryQuery.of(summary(NUMBERS)), responses(NUMBERS)[:, unit].astype(float)
    assert reading.mean(unit) == pytest.approx(values.mean(), rel=1e-9)
    assert reading.deviation(unit) == pytest.approx(values.std(ddof=1), rel=1e-9)
    order = sorted(NUMBERS, key=lambda n: (-values[n], image(n).sha256))
    found = reading.strongest(unit)
    assert [each.image for each in found] == [image(n) for n in order[:TOP]]
    assert [each.value for each in found] == [values[n] for n in order[:TOP]]
    for share in (0, 0.1, 0.5, 0.9, 1):
        exact = float(np.quantile(values, share, method="lower"))
        assert reading.quantile(unit, share) == pytest.approx(exact, rel=1 / 64, abs=2**-20)
    asked = [values.min(), float(np.median(values)), values.max()]
    told = reading.shares_below(unit, asked)
    exact_shares = [(values < value).mean() for value in asked]
    if unit != 1:  # its many equal zeros have no share of their own
        assert told == pytest.approx(exact_shares, abs=0.03)


def test_images_through_the_range() -> None:
    reading = SummaryQuery.of(summary(NUMBERS))
    shown = reading.through(0, (0.8, 0.6, 0.4, 0.2, 0.0))
    values = responses(NUMBERS)[:, 0]
    assert len({each.image for each in shown}) == 5
    for each, share in zip(shown, (0.8, 0.6, 0.4, 0.2, 0.0), strict=True):
        assert each.share == pytest.approx(share, abs=0.03)
        assert each.share == pytest.approx((values < each.value).mean(), abs=0.03)
        assert each.value == values[each.image.position]
    assert not {each.image for each in shown} & {each.image for each in reading.strongest(0)}


def test_the_same_image_twice_is_shown_once_and_counted_twice() -> None:
    made = summary([7, 7, 8, 7, 9, 8])
    reading = SummaryQuery.of(made)
    assert made.count == 6
    assert sorted(each.image.name for each in reading.strongest(0)) == ["7.jpg", "8.jpg", "9.jpg"]
    assert reading.histogram(0)[1].sum() == 6


def test_few_images_and_none() -> None:
    reading = SummaryQuery.of(summary([3]))
    assert [each.image.name for each in reading.strongest(0)] == ["3.jpg"]
    assert reading.through(0, (0.5,)) == ()
    assert reading.deviation(0) == 0
    none = SummaryQuery.of(empty(LAYER, UNITS, TOP))
    assert none.strongest(0) == () and none.through(0, (0.5,)) == ()
    assert math.isnan(none.mean(0)) and math.isnan(none.quantile(0, 0.5))
