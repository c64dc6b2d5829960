"""The engine checks itself: what its calibration page says, on smaller simulations."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.calibration import (
    FILE,
    auc_coverage,
    best_of_many,
    good_claims,
    label_noise,
    random_claims,
    random_network,
    swapped,
)
from generator.findings.calibration import calibration
from generator.pages.calibration import calibration_page
from generator.statistics import wilson


def test_random_filters_are_hardly_ever_supported():
    codes = random_claims(200, np.random.default_rng(7))
    assert codes.total() == 200
    assert codes["supported"] <= 0.05 * 200


def test_neither_are_the_best_of_many():
    codes = best_of_many(30, np.random.default_rng(8))
    assert codes["supported"] <= 0.05 * 30


def test_filters_of_a_random_network_are_hardly_ever_supported():
    assert random_network(60, np.random.default_rng(13))["supported"] <= 0.05 * 60


def test_swapped_roles_are_contradicted():
    assert swapped(20, np.random.default_rng(9)) == {"contradicted": 20}


def test_true_claims_are_mostly_supported():
    assert good_claims(20, np.random.default_rng(10))["supported"] >= 16


@pytest.mark.parametrize("add", [False, True])
def test_spoiled_labels_lower_the_agreement(add: bool):
    lower_r, lower_precision = label_noise(300, np.random.default_rng(11), add=add)
    assert lower_r > 0.9 * 300
    assert lower_precision > 0.9 * 300


@pytest.mark.parametrize("kind", ["normal", "skewed", "mixed"])
def test_intervals_cover(kind: str):
    held = auc_coverage(300, np.random.default_rng(12), sizes=(20, 100), auc=0.9, kind=kind)
    low, high = wilson(held, 300)
    assert low <= 0.97
    assert high >= 0.93


def test_the_page_shows_the_committed_figures():
    made = calibration()
    read = json.loads(FILE.read_text(encoding="utf-8"))
    page = calibration_page()
    assert len(page.view.rows) == len(made.checks) == len(read["rows"]) >= 12
    assert page.view.command == "python -m benchmarks.calibration"
    assert all(check.low <= check.found <= check.high for check in made.checks)


def test_the_committed_figures_hold_their_bounds():
    for check in calibration().checks:
        if "supported" in check.question and check.bound == "at most 5 %":
            assert check.found <= 0.05, check
        if check.bound == "93 to 97 %":
            # As far as so many draws can tell: the share's own interval reaches the bounds.
            assert check.low <= 0.97, check
            assert check.high >= 0.93, check
        if check.bound == "more than 90 %":
            assert check.found > 0.9, check
        if check.bound.startswith("at least"):
            assert check.found >= float(check.bound.split()[2]) / 100, check
