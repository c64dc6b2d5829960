"""Machine 2AFC: perfect, hopeless and undecided pictures; the ranks that ask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.agreement import agreement, of_photographs, question


def test_ranks_ten_to_thirty_nine_of_a_thousand() -> None:
    responses = np.random.default_rng(0).permutation(1000).astype(float)
    asked = question(responses)
    assert sorted(999 - responses[asked.exciting]) == list(range(10, 40))
    assert sorted(999 - responses[asked.first]) == list(range(10))
    assert sorted(999 - responses[asked.other]) == list(range(500, 1000))


def test_too_few_photographs_are_refused() -> None:
    with pytest.raises(ValueError, match="30 photographs are too few"):
        question(np.arange(30.0))
    assert len(question(np.arange(40.0)).exciting) == 1


def photographs(towards: float) -> np.ndarray:
    """A hundred photographs; those that excite most lie in the direction (1, 0), or against it."""
    features = np.tile([0.0, 1.0], (100, 1))
    features[:10] = [towards, 0.1]
    return features


def test_a_picture_like_the_exciting_ones_is_always_right() -> None:
    asked = question(-np.arange(100.0))
    assert agreement(np.array([1.0, 0.0]), photographs(1.0), asked) == 1
    assert agreement(np.array([1.0, 0.0]), photographs(-1.0), asked) == 0
    assert of_photographs(photographs(1.0), asked) == 1


def test_a_picture_that_says_nothing_is_at_chance() -> None:
    asked = question(-np.arange(100.0))
    assert agreement(np.zeros(2), photographs(1.0), asked) == 0.5


@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_it_is_a_share_and_knows_no_lengths(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    features, picture = rng.normal(size=(60, 5)), rng.normal(size=5)
    asked = question(rng.normal(size=60))
    share = agreement(picture, features, asked)
    assert 0 <= share <= 1
    assert agreement(factor * picture, features, asked) == pytest.approx(share, abs=0.02)
    assert agreement(-picture, features, asked) == pytest.approx(1 - share)
