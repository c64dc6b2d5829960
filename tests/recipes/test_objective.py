"""Objectives are values that can say what they maximise."""

from __future__ import annotations

import pytest

from generator.recipes.objective import Objective, Term, of_channel


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (of_channel(3), "the mean of filter 3"),
        (Objective((Term(3, at=(7, 8)),)), "filter 3 at row 7, column 8 of its map"),
        (Objective((Term(3, at="centre"),)), "filter 3 at the centre of its map"),
        (
            Objective((Term(3, -1.0),)),
            "the negative of the mean of filter 3, which silences it",
        ),
        (
            Objective((Term(501), Term(286, -0.5))),
            "the mean of filter 501 − 0.5 × the mean of filter 286",
        ),
        (
            Objective((Term(5, 2.0), Term(6)), direction=True),
            "the direction 2 × filter 5 + filter 6 over the map",
        ),
        (
            Objective((Term(5, -1.0, "centre"), Term(6, 1.0, "centre")), direction=True),
            "the direction −filter 5 + filter 6 at the centre of the map",
        ),
        (
            Objective((Term(5, 1.0, (2, 3)),), direction=True),
            "the direction filter 5 at row 2, column 3 of the map",
        ),
    ],
)
def test_words(objective: Objective, words: str) -> None:
    assert objective.words == words


def test_a_direction_has_length_one_whatever_it_was_written_with() -> None:
    short, long = (
        Objective((Term(1, 0.3 * times), Term(2, 0.4 * times)), direction=True)
        for times in (1.0, 100.0)
    )
    assert short.weights == pytest.approx((0.6, 0.8)) == long.weights
    assert Objective((Term(1, 3.0),)).weights == (3.0,)


def test_only_the_mean_of_one_filter_is_a_channel() -> None:
    assert of_channel(7).channel == 7
    for other in (
        Objective((Term(7, 2.0),)),
        Objective((Term(7, at="centre"),)),
        Objective((Term(7), Term(8))),
        Objective((Term(7),), direction=True),
    ):
        assert other.channel is None


def test_digests_tell_objectives_apart() -> None:
    every = [
        Objective((Term(n, w),), d) for n in (1, 2) for w in (1.0, -1.0) for d in (True, False)
    ]
    assert len({each.digest for each in every}) == len(every)
