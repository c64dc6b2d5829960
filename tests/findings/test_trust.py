"""Can a picture be believed? Cases worked by hand, and laws that hold for any numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.artifacts.artifact import Rendering
from generator.artifacts.blobs import Blob
from generator.findings import trust as figures
from generator.findings.trust import RISING, SELECTIVE, STABLE, Trust, gain
from generator.recipes.presets import maco, multiscale

NOTHING = Trust(strength=None, selectivity=None, of=3, stability=None, gain=0.0)


def picture(response: object, filter_: int = 0, curve: tuple[float, ...] = ()) -> Rendering:
    """A picture whose channels respond so; its activation is that of its own filter."""
    values = np.asarray(response, dtype=float)
    return Rendering(
        layer="conv", filter=filter_, recipe="multiscale", size=96, seed=0, png=Blob.of(b""),
        activation=float(values[filter_]), history=(), sides=(), dead=False, device="cpu",
        curve=curve, response=tuple(values.tolist()),
    )  # fmt: skip


def trust(made: Rendering, probes: tuple[Rendering, ...], real: object) -> Trust:
    """The figures where photographs gave these means, shape (photographs, channels)."""
    return figures.trust(made, probes, figures.mean_activations(np.asarray(real, dtype=float)))


# Means 2, 20, 5 and deviations 1, 10, 0 of the three channels over two photographs.
REAL = ((1.0, 10.0, 5.0), (3.0, 30.0, 5.0))


def test_strength_is_counted_in_strongest_photographs() -> None:
    assert trust(picture([9.0, 0.0, 0.0]), (), REAL).strength == 3.0
    weaker = trust(picture([1.5, 0.0, 0.0]), (), REAL)
    assert (weaker.strength, weaker.strong) == (0.5, False)
    assert trust(picture([3.0, 0.0, 0.0]), (), REAL).strong


def test_selectivity_ranks_standardised_channels() -> None:
    # z = 4 and 3: the second channel's 50 is more than the first one's 6, but less unusual.
    assert trust(picture([6.0, 50.0, 5.0]), (), REAL).selectivity == 1
    # z = 4 and 5.
    assert trust(picture([6.0, 70.0, 5.0]), (), REAL).selectivity == 2
    # z = −1 and −2, and the third channel never varies: it stands at 0, before both.
    assert trust(picture([1.0, 0.0, 99.0]), (), REAL).selectivity == 2


def test_a_filter_that_never_varies_has_no_rank() -> None:
    silent = trust(picture([2.5, 15.0, 99.0], filter_=2), (), REAL)
    assert (silent.selectivity, silent.selective) == (None, None)
    assert silent.strength == 99 / 5


def test_a_constant_does_not_vary_by_its_rounding() -> None:
    real = np.full((10, 2), 0.1)
    real[:, 1] = np.arange(10)
    assert trust(picture([9.0, 0.0], filter_=0), (), real).selectivity is None


def test_a_picture_whose_responses_are_no_numbers_says_nothing() -> None:
    for broken in ([np.nan, 1.0, 2.0], [9.0, np.inf, 2.0]):
        assert trust(picture(broken), (), REAL) == NOTHING
    infinite = replace(picture([9.0, 0.0, 0.0]), activation=float("nan"))
    assert trust(infinite, (), REAL).strength is None


def test_seeds_that_are_no_numbers_cannot_be_compared() -> None:
    some, broken = picture([9.0, 0.0, 0.0]), picture([np.nan, 0.0, 0.0])
    assert trust(some, (some, broken), REAL).stability is None
    assert trust(some, (some, replace(some, response=())), REAL).stability is None


def test_ties_do_not_lower_the_rank() -> None:
    assert trust(picture([6.0, 60.0, 5.0]), (), REAL).selectivity == 1


def test_a_filter_that_no_photograph_raises_above_nothing_has_no_strength() -> None:
    below = [[-1.0, 1.0, 2.0], [0.0, 2.0, 1.0]]
    found = trust(picture([4.0, 0.0, 0.0]), (), below)
    assert (found.strength, found.strong, found.selectivity) == (None, None, 1)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_photographs_say_nothing(count: int) -> None:
    real = np.asarray(REAL)[:count]
    found = trust(picture([9.0, 0.0, 0.0]), (picture([1.0, 2.0, 3.0]),) * 2, real)
    assert found == NOTHING
    assert (found.strong, found.selective, found.stable) == (None, None, None)


def test_photographs_with_no_numbers_are_left_out() -> None:
    broken = ((np.nan, 1.0, 1.0), (np.inf, 1.0, 1.0))
    assert trust(picture([9.0, 0.0, 0.0]), (), (*REAL, *broken)).strength == 3.0
    assert trust(picture([9.0, 0.0, 0.0]), (), (REAL[0], *broken)) == NOTHING


def test_a_picture_that_was_kept_without_its_responses_says_nothing() -> None:
    old = replace(picture([9.0, 0.0, 0.0]), response=())
    assert trust(old, (), REAL) == replace(NOTHING, of=0)


def test_stability_is_the_mean_over_pairs_of_seeds() -> None:
    real = [[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]  # standardising changes nothing
    one, other = picture([1.0, 0.0, -1.0]), picture([-1.0, 0.0, 1.0])
    across = picture([1.0, -2.0, 1.0])  # correlation 0 with both
    assert trust(one, (one, other), real).stability == pytest.approx(-1)
    assert trust(one, (one, other, across), real).stability == pytest.approx(-1 / 3)


def test_seeds_that_cannot_be_compared_have_no_stability() -> None:
    flat = picture([2.0, 20.0, 7.0])  # every channel at its mean
    some = picture([9.0, 0.0, 0.0])
    assert (trust(some, (), REAL).stability, trust(some, (), REAL).seeds) == (None, 0)
    assert (trust(some, (some,), REAL).stability, trust(some, (some,), REAL).seeds) == (None, 1)
    assert trust(some, (some, flat), REAL).stability is None
    alone = [[1.0], [3.0]]
    assert trust(picture([9.0]), (picture([9.0]), picture([8.0])), alone).stability is None


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ((), 0.0),
        ((5.0,), 0.0),
        ((1.0, 0.0), 0.0),
        ((50.0, 80.0, 100.0), 0.2),
        ((100.0, 80.0), -0.25),
        ((-4.0, -2.0), 1.0),
    ],
)
def test_what_the_last_step_added(curve: tuple[float, ...], expected: float) -> None:
    assert gain(picture([0.0], curve=curve)) == pytest.approx(expected)


def test_where_every_step_sees_something_else_chance_is_no_gain() -> None:
    steps = multiscale(408).scales[-1].steps, maco(408).scales[-1].steps
    chance = np.random.default_rng(0).normal(100, 8, max(steps))
    curve = tuple(chance.tolist())
    seen = replace(picture([0.0], curve=curve), size=408, recipe="maco")
    assert abs(gain(seen)) < 0.002
    assert abs(gain(replace(seen, recipe="multiscale"))) > 0.02  # its last scale stands still
    rising = tuple((chance + 10 * np.arange(len(chance))).tolist())
    assert gain(replace(seen, curve=rising)) == pytest.approx(
        10 / np.mean(rising[len(rising) // 2 :]), rel=0.05
    )


def test_which_way_each_figure_points() -> None:
    base = Trust(strength=1.0, selectivity=1, of=512, stability=STABLE, gain=RISING)
    assert (base.strong, base.selective, base.stable, base.converged) == (True,) * 4
    worse = Trust(strength=0.99, selectivity=6, of=512, stability=0.69, gain=RISING + 0.01)
    assert (worse.strong, worse.selective, worse.stable, worse.converged) == (False,) * 4
    assert replace(base, selectivity=int(SELECTIVE * 512)).selective
    assert not replace(base, selectivity=2, of=64).selective


def whole(low: int, high: int) -> st.SearchStrategy[float]:
    return st.integers(low, high).map(float)


REALS = arrays(np.float64, (6, 5), elements=whole(-50, 50))
PICTURES = arrays(np.float64, 5, elements=whole(-90, 90))
# Powers of two and whole shifts are exact: no rank may hang on the last bit.
SCALES = arrays(np.float64, 5, elements=st.integers(-6, 6).map(lambda power: 2.0**power))
SHIFTS = arrays(np.float64, 5, elements=whole(-30, 30))


@given(REALS, PICTURES, SCALES, SHIFTS, st.integers(0, 4))
def test_units_of_the_channels_change_neither_rank_nor_stability(
    real: np.ndarray, shown: np.ndarray, scales: np.ndarray, shifts: np.ndarray, filter_: int
) -> None:
    probes = (shown, shown[::-1].copy())
    plain = trust(picture(shown, filter_), tuple(map(picture, probes)), real)
    moved = trust(
        picture(shown * scales + shifts, filter_),
        tuple(picture(each * scales + shifts) for each in probes),
        real * scales + shifts,
    )
    separate = _standard(shown, real)
    if np.diff(np.sort(separate)).min() > 1e-9:
        assert moved.selectivity == plain.selectivity
    if plain.stability is not None and moved.stability is not None:
        assert moved.stability == pytest.approx(plain.stability, abs=1e-6)


def _standard(shown: np.ndarray, real: np.ndarray) -> np.ndarray:
    spread = real.std(axis=0)
    return np.where(spread > 0, (shown - real.mean(axis=0)) / np.where(spread > 0, spread, 1), 0)


@given(REALS, PICTURES, st.integers(2, 5))
def test_identical_seeds_are_perfectly_stable(
    real: np.ndarray, shown: np.ndarray, seeds: int
) -> None:
    found = trust(picture(shown), (picture(shown),) * seeds, real)
    assert found.stability is None or found.stability == pytest.approx(1)
    if np.ptp(_standard(shown, real)) > 1e-6:
        assert found.stability is not None


@given(REALS, PICTURES, st.integers(0, 4), st.permutations(range(6)))
def test_ranks_are_ranks_and_the_order_of_photographs_does_not_matter(
    real: np.ndarray, shown: np.ndarray, filter_: int, order: list[int]
) -> None:
    found = trust(picture(shown, filter_), (), real)
    assert found.of == 5
    assert (found.selectivity is None) == (np.ptp(real[:, filter_]) == 0)
    assert found.selectivity is None or 1 <= found.selectivity <= 5
    again = trust(picture(shown, filter_), (), real[order])
    assert again.strength == found.strength
    separate = np.sort(_standard(shown, real))
    if np.diff(separate).min() > 1e-9:
        assert again.selectivity == found.selectivity


@given(REALS, PICTURES, st.integers(0, 4), st.integers(1, 40))
def test_more_of_the_filter_is_never_worse(
    real: np.ndarray, shown: np.ndarray, filter_: int, more: int
) -> None:
    stronger = shown.copy()
    stronger[filter_] += more
    before = trust(picture(shown, filter_), (), real)
    after = trust(picture(stronger, filter_), (), real)
    if before.selectivity is not None and after.selectivity is not None:
        assert after.selectivity <= before.selectivity
    if before.strength is not None and after.strength is not None:
        assert after.strength > before.strength


def test_a_filter_that_stays_dead_says_so_in_figures() -> None:
    """A channel that no photograph and no picture moves: nothing is claimed of it."""
    silent = [[0.0, 1.0, 2.0], [0.0, 2.0, 1.0]]
    found = trust(picture([0.0, 3.0, 1.0]), (picture([0.0, 3.0, 1.0]),) * 2, silent)
    assert (found.strength, found.selectivity) == (None, None)
    assert (found.strong, found.selective) == (None, None)
