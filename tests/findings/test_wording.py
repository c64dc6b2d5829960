"""Sentences give the numbers that decided, on their own side of every line."""

from dataclasses import replace

import pytest

from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.estimate import Estimate
from generator.findings.number_text import number
from generator.findings.thresholds import THRESHOLDS
from generator.findings.verdicts import judge
from tests.findings.test_verdicts import GOOD_T2, MARGIN, measured


@pytest.mark.parametrize(
    ("value", "bars", "text"),
    [
        (0.93, (), "0.93"),
        (0.7496, (0.75,), "0.7496"),
        (0.75, (0.75,), "0.75"),
        (0.7504, (0.75,), "0.7504"),
        (1.0, (), "1.00"),
        (0.998, (), "0.998"),
        (0.0, (), "0.00"),
        (0.002, (), "0.002"),
        (-0.031, (), "−0.03"),
    ],
)
def test_numbers_show_their_side_of_a_line(value: float, bars: tuple[float, ...], text: str):
    assert number(value, *bars) == text


def test_supported():
    verdict = judge(measured(), 0.001, THRESHOLDS)
    assert verdict.sentence == (
        "Photographs of what it claims excite filter 456 of features.24 more than ordinary ones"
        " (AUC 0.93, 95 % interval 0.88 to 0.97; 20 positives, 100 controls). They excite it"
        " more than their look-alikes do (AUC 0.81, 95 % interval 0.70 to 0.90; 30 look-alikes). No"
        " other filter of features.24 did better on these photographs, and at most 2 others may"
        " (rank 1 of 512, bootstrap range 1 to 3)."
    )
    assert "a/b.jpg" in verdict.change
    assert "filter 7" in verdict.change


def test_a_layer_has_the_name_that_titles_have():
    found = measured()
    titled = replace(found, evidence=replace(found.evidence, title="conv5_1"))
    for each in (titled, replace(titled, constant=True)):
        said = judge(each, 0.001, THRESHOLDS).sentence
        assert "ilter 456 of conv5_1 " in said
        assert "No other filter of conv5_1 did better" in said
        assert "features.24" not in said


def test_no_lookalikes_is_said():
    verdict = judge(measured(t2=None), 0.001, THRESHOLDS)
    assert "not tested against look-alikes" in verdict.sentence
    assert verdict.change.startswith("At least 10 look-alikes are needed for T2: ")


def test_underpowered_says_how_many_more():
    wide = Estimate(0.85, 0.69, 0.95, 0.001)
    verdict = judge(measured(t1=wide, positives=12), 0.001, THRESHOLDS)
    assert verdict.code == "underpowered"
    assert (
        "About 39 more positives like these (51 in all) would give T1 an even chance to pass"
        in (verdict.change)
    )


def test_few_positives_say_which_way_they_point():
    low = Estimate(0.2, 0.05, 0.45, 0.99)
    verdict = judge(measured(t1=low, positives=6), 1.0, THRESHOLDS)
    assert verdict.code == "underpowered"
    assert "hardly more than ordinary ones, or less (AUC 0.20" in verdict.sentence
    assert "6 positives are too few to decide: at least 10 are needed" in verdict.sentence
    assert verdict.change == "At least 10 positives are needed."


def test_a_weak_preference_is_called_weak():
    verdict = judge(measured(t1=Estimate(0.7, 0.66, 0.74, 0.001)), 0.001, THRESHOLDS)
    assert "the preference is weak" in verdict.sentence
    assert "No number of photographs like these would let T1 pass" in verdict.change


def test_an_interval_on_the_line_is_open_rather_than_weak():
    verdict = judge(measured(t1=Estimate(0.8, 0.7, 0.88, 0.001)), 0.001, THRESHOLDS)
    assert "weak" not in verdict.sentence
    assert "T1 asks that the whole interval lie at 0.75 or above" in verdict.sentence
    # (.1 / 0.05)² = 4 times; positives alone leave a fifth of the variance, of which a quarter fits
    assert (
        "About 300 more positives like these (320 in all) would give T1 an even chance to pass"
        in (verdict.change)
    )


def test_where_controls_are_the_limit_both_must_grow():
    verdict = judge(measured(t1=Estimate(0.8, 0.66, 0.9, 0.001)), 0.001, THRESHOLDS)
    assert "about 7.8 times as many positives and as many controls" in verdict.change


def test_few_controls_are_named():
    verdict = judge(measured(controls=4), 0.001, THRESHOLDS)
    assert "4 controls are too few" in verdict.sentence
    assert "At least 100 controls are needed." in verdict.change


def test_another_filter_is_named():
    behind = Rank(60, 40, 90, 512, 7, Estimate(-0.06, -0.10, -0.02))
    verdict = judge(measured(t1=Estimate(0.8, 0.7, 0.88, 0.1), t3=behind), 0.001, THRESHOLDS)
    assert verdict.code == "another_filter"
    assert (
        "Filter 7 of features.24 does it better by 0.06 in AUC (0.02 to 0.10)" in verdict.sentence
    )
    assert "Claim it of filter 7" in verdict.change


def test_a_remedy_names_every_test_that_fails():
    narrow = Estimate(0.6, 0.4, 0.7, 0.1)
    verdict = judge(measured(t2=narrow, t3=Rank(2, 1, 40, 512, 7, MARGIN)), 0.1, THRESHOLDS)
    assert verdict.code == "too_narrow"
    assert "(T2)" in verdict.change
    assert "(T3)" in verdict.change


def test_hopeless_counts_are_not_given_as_numbers():
    verdict = judge(measured(t1=Estimate(0.752, 0.69, 0.82, 0.4)), 0.5, THRESHOLDS)
    assert "more than ten times as many" in verdict.change


def test_shared_and_too_narrow_and_not_significant_say_why():
    shared = judge(measured(t3=Rank(2, 1, 40, 512, 7, MARGIN)), 0.001, THRESHOLDS)
    assert "Other filters of features.24 may do it as well (rank 2 of 512" in shared.sentence
    narrow = judge(measured(t2=Estimate(0.6, 0.5, 0.7, 0.1)), 0.1, THRESHOLDS)
    assert "Look-alikes excite it as well, or nearly (AUC 0.60" in narrow.sentence
    late = judge(measured(), 0.08, THRESHOLDS)
    assert "p is 0.080 by Holm's method, above 0.05" in late.sentence
    open_ = judge(measured(t2=Estimate(0.8, 0.45, 0.97, 0.1)), 0.1, THRESHOLDS)
    assert "more than their look-alikes is open" in open_.sentence
    assert "More look-alikes" in open_.change
    assert GOOD_T2.p is not None


def test_every_threshold_has_a_meaning():
    assert {row.name for row in THRESHOLDS.rows} >= {"t1_low", "t2_auc", "t3_rank", "alpha"}
    assert all(
        row.meaning and row.value == getattr(THRESHOLDS, row.name) for row in THRESHOLDS.rows
    )
