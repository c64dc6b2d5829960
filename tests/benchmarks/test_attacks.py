"""Attacks on the evidence, on small samples of what the calibration page simulates."""

from __future__ import annotations

import numpy as np

from benchmarks import attacks


def test_chosen_controls_support_no_claim() -> None:
    assert attacks.picked_controls(8, np.random.default_rng(1), filters=16) == 0


def test_many_claims_on_the_line_are_hardly_ever_significant() -> None:
    assert attacks.many_claims(60, np.random.default_rng(2), claims=20) <= 8


def test_photographs_of_one_scene_count_as_one() -> None:
    held, above = attacks.scenes(200, np.random.default_rng(3), groups=10, size=4, icc=0.5)
    assert held >= 0.93 * 200
    assert above <= 0.05 * 200
