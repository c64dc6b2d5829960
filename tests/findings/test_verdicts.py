"""Each verdict, from responses that deserve it; and the order in which they are tried."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from generator.findings.claim_tests.auc_test import AucEstimate
from generator.findings.claim_tests.t1_more_than_ordinary import OrdinaryEstimate
from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.claim_tests.t5_whole_range import ResponseRange
from generator.findings.estimate import Estimate
from generator.findings.measure import Measurements
from generator.findings.power import positives_needed, positives_to_narrow
from generator.findings.test_results import TestResults
from generator.findings.thresholds import THRESHOLDS
from generator.findings.verdicts import decide, judge
from generator.spec.report import EvidenceSpec
from generator.spec.study import Evidence
from tests.findings.studies import case, claim, detector, noise, photographs

GOOD_T1 = Estimate(0.93, 0.88, 0.97, 0.0001)
GOOD_T2 = Estimate(0.81, 0.70, 0.90, 0.0002)
MARGIN = Estimate(0.02, -0.03, 0.06)
GOOD_T3 = Rank(1, 1, 3, 512, 7, MARGIN)


def measured(
    t1: Estimate = GOOD_T1,
    t2: Estimate | None = GOOD_T2,
    t3: Rank | None = GOOD_T3,
    *,
    t5: ResponseRange | None = None,
    positives: int = 20,
    lookalikes: int = 30,
    controls: int = 100,
) -> Measurements:
    evidence = Evidence(
        claim(index=456),
        photographs("positive", positives),
        photographs("lookalike", lookalikes if t2 else 0),
        photographs("control", controls),
        (),
        (),
    )
    aucs = {
        "T1": OrdinaryEstimate(*astuple(t1), share=0.8),
        "T2": AucEstimate(*astuple(t2), share=0.5) if t2 else None,
    }
    results = TestResults({**aucs, "T3": t3, "T5": t5})
    return Measurements(evidence, "", results, 0.001, strongest="a/b.jpg")


def code(found: Measurements, p_holm: float = 0.001) -> str:
    return decide(found, p_holm, THRESHOLDS)


def test_all_tests_passed_is_supported():
    assert code(measured()) == "supported"
    assert code(measured(t3=None)) == "supported"


def test_without_holm_it_is_not_significant():
    assert code(measured(), 0.0500001) == "not_significant"
    assert code(measured(), 0.05) == "supported"


@pytest.mark.parametrize(
    ("t2", "expected"),
    [
        (Estimate(0.60, 0.45, 0.72, 0.1), "too_narrow"),
        (Estimate(0.69, 0.56, 0.80, 0.01), "too_narrow"),
        (Estimate(0.70, 0.51, 0.85, 0.01), "supported"),
        (Estimate(0.80, 0.50, 0.97, 0.01), "underpowered"),  # two look-alikes cannot tell
        (None, "underpowered"),
    ],
)
def test_lookalikes_decide_whether_it_is_specific(t2: Estimate | None, expected: str):
    assert code(measured(t2=t2)) == expected


@pytest.mark.parametrize(
    ("high", "of", "expected"),
    [
        (10, 512, "supported"),
        (11, 512, "shared"),
        (5, 64, "supported"),
        (6, 64, "shared"),
        (3, 3, "supported"),
    ],
)
def test_the_rank_decides_whether_it_is_shared(high: int, of: int, expected: str):
    assert code(measured(t3=replace(GOOD_T3, high=high, of=of))) == expected


def test_without_lookalikes_it_can_still_be_shared():
    shared = replace(GOOD_T3, high=100)
    assert code(measured(t2=None, t3=shared)) == "shared"


@pytest.mark.parametrize(
    ("t1", "expected"),
    [
        (Estimate(0.50, 0.36, 0.64, 0.5), "contradicted"),
        (Estimate(0.52, 0.39, 0.65, 0.4), "underpowered"),  # 0.65 itself is not below 0.65
        (Estimate(0.80, 0.749, 0.85, 0.001), "underpowered"),
        (Estimate(0.80, 0.75, 0.85, 0.001), "supported"),
        (Estimate(0.20, 0.10, 0.55, 0.99), "contradicted"),  # wide, but decided
        (Estimate(0.98, 0.76, 1.0, 0.001), "supported"),
        (Estimate(0.70, 0.40, 0.90, 0.01), "underpowered"),
        (Estimate(0.70, 0.67, 0.73, 0.001), "weak"),  # narrow, between the lines
        (Estimate(0.65, 0.60, 0.70, 0.01), "weak"),
        (Estimate(0.64, 0.60, 0.68, 0.01), "underpowered"),  # more would contradict
    ],
)
def test_t1_decides_when_its_interval_clears_a_line(t1: Estimate, expected: str):
    assert code(measured(t1=t1)) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0.8, "supported"), (0.799, "mixed"), (0.1, "mixed")]
)
def test_the_top_of_the_range_decides_whether_it_is_mixed(share: float, expected: str):
    t5 = ResponseRange((), Estimate(share, share - 0.1, share + 0.1))
    assert code(measured(t5=t5)) == expected
    assert code(measured(t2=None, t5=t5)) == expected.replace("supported", "underpowered")
    assert code(measured(t3=replace(GOOD_T3, high=100), t5=t5)) == "shared"


def test_a_filter_whose_strongest_responses_are_to_something_else_is_mixed():
    positives, controls, lookalikes = detector(shift=3)
    controls[:14, 0] += 9
    found = case(positives, controls, lookalikes).claim()
    assert found.results.t1 is not None
    assert found.results.t1.low > 0.75
    assert found.verdict.code == "mixed"
    assert "Of its strongest responses they are only" in found.verdict.sentence
    assert "(T5)" in found.verdict.change
    assert found.results.t5 is not None
    assert sum(each.controls for each in found.results.t5.bins) == 100
    assert found.results.t5.bins[-1].controls == 14


@pytest.mark.parametrize("auc", [0.2, 0.6, 0.99])
def test_few_photographs_decide_nothing_whatever_the_auc(auc: float):
    estimate = Estimate(auc, max(0, auc - 0.1), min(1, auc + 0.01), 0.5)
    assert code(measured(t1=estimate, positives=9)) == "underpowered"
    assert code(measured(t1=estimate, controls=9)) == "underpowered"


def test_a_better_rival_is_meant_only_with_a_poor_rank_and_while_t1_is_open():
    behind, open_ = Estimate(-0.06, -0.10, -0.02), Estimate(0.8, 0.7, 0.88, 0.1)
    assert code(measured(t1=open_, t3=Rank(60, 26, 90, 512, 7, behind))) == "another_filter"
    assert code(measured(t1=open_, t3=Rank(60, 25, 90, 512, 7, behind))) == "underpowered"
    assert code(measured(t3=Rank(60, 26, 90, 512, 7, behind))) == "shared"
    level = Estimate(-0.06, -0.12, 0.0)
    assert code(measured(t1=open_, t3=Rank(60, 26, 90, 512, 7, level))) == "underpowered"


def test_few_lookalikes_say_nothing_of_a_claim_being_specific():
    assert code(measured(lookalikes=9)) == "underpowered"
    assert code(measured(lookalikes=10)) == "supported"
    assert code(measured(t2=Estimate(0.5, 0.3, 0.6, 0.5), lookalikes=9)) == "too_narrow"


def test_unsound_evidence_comes_before_everything():
    found = Measurements(measured().evidence, "a.jpg chose the filter")
    verdict = judge(found, 1.0, THRESHOLDS)
    assert verdict.code == "invalid"
    assert verdict.sentence == "Nothing can be said: a.jpg chose the filter."
    assert verdict.change


# From responses to verdicts.


def test_a_detector_is_supported():
    found = case(*detector(shift=3.5)).claim()
    assert found.verdict.code == "supported"
    assert found.results.t3 is not None
    assert found.results.t3.value == 1


def test_positives_and_controls_swapped_contradict():
    positives, controls, lookalikes = detector(shift=3.5, sizes=(100, 60, 40))
    found = case(controls, positives, lookalikes).claim()
    assert found.verdict.code == "contradicted"


def test_lookalikes_as_strong_as_positives_make_the_claim_too_narrow():
    positives, controls, lookalikes = detector(shift=3.5)
    lookalikes[:, 0] += 3.5
    assert case(positives, controls, lookalikes).claim().verdict.code == "too_narrow"


def test_half_the_layer_doing_it_is_shared():
    positives, controls, lookalikes = noise(0)
    positives[:, :20] += 3.5
    assert case(positives, controls, lookalikes).claim().verdict.code == "shared"


def test_random_filters_and_photographs_are_hardly_ever_supported():
    codes = [case(*noise(seed, channels=16)).claim().verdict.code for seed in range(60)]
    assert codes.count("supported") <= 3


def test_the_best_of_many_random_filters_is_hardly_ever_supported():
    codes = []
    for seed in range(30):
        groups = noise(seed, sizes=(12, 60, 30), channels=100)
        gap = groups[0].mean(axis=0) - groups[1].mean(axis=0)
        codes.append(case(*groups, index=int(gap.argmax())).claim().verdict.code)
    assert codes.count("supported") <= 1


@pytest.mark.parametrize(("positives", "expected"), [(60, "contradicted"), (9, "underpowered")])
def test_a_dead_filter(positives: int, expected: str):
    found = case(np.zeros((positives, 8)), np.zeros((200, 8)), np.zeros((30, 8))).claim()
    assert found.verdict.code == expected
    assert found.results.t1 is not None
    assert (found.results.t1.value, found.results.t1.p) == (0.5, 1)
    assert found.results.t3 is not None
    assert (found.results.t3.value, found.results.t3.low, found.results.t3.high) == (8, 1, 8)
    assert "responds to all of them alike" in found.verdict.sentence
    assert all(np.isnan(score.z) for score in found.scores)


def test_a_layer_of_one_filter_has_no_rank():
    found = case(*detector(shift=4, channels=1)).claim()
    assert found.results.t3 is None
    assert found.verdict.code == "supported"
    assert "has no other filter" in found.verdict.sentence


def test_one_positive_proves_nothing():
    positives, controls, lookalikes = detector(shift=9, sizes=(1, 100, 40))
    found = case(positives, controls, lookalikes).claim()
    assert found.verdict.code == "underpowered"
    assert found.results.t1 is not None
    assert found.results.t1.value == 1
    assert found.results.t1.high - found.results.t1.low > 0.5
    assert "1 positive" in found.verdict.sentence


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("channel", [0, 5])
def test_responses_that_are_no_numbers_make_it_invalid(bad: float, channel: int):
    groups = detector()
    groups[1][7, channel] = bad
    found = case(*groups).claim()
    assert found.verdict.code == "invalid"
    assert "control/007.jpg" in found.verdict.sentence
    assert (found.results.by_name, found.p) == ({}, 1)
    assert found.best == found.counterexamples == ()
    assert len(found.scores) == 160


def test_a_photograph_that_was_never_scored_makes_it_invalid():
    base = case(*detector())
    found = replace(base, responses=base.responses[1:]).claim()
    assert found.verdict.code == "invalid"
    assert "positive/000.jpg" in found.verdict.sentence
    assert replace(base, responses=()).claim().verdict.code == "invalid"


def test_discovery_photographs_among_the_evidence_make_it_invalid():
    base = case(*detector())
    evidence = base.study.evidence[0]
    leaked = replace(evidence, discovery=evidence.positives[:2])
    found = replace(base, study=replace(base.study, evidence=(leaked,))).claim()
    assert found.verdict.code == "invalid"
    assert "positive/000.jpg and 1 more" in found.verdict.sentence


def test_a_photograph_in_two_roles_makes_it_invalid():
    base = case(*detector())
    evidence = base.study.evidence[0]
    doubled = replace(evidence, controls=evidence.controls + evidence.positives[:1])
    found = replace(base, study=replace(base.study, evidence=(doubled,))).claim()
    assert found.verdict.code == "invalid"
    assert "more than once" in found.verdict.sentence


@pytest.mark.parametrize("role", ["positives", "controls"])
def test_an_empty_role_makes_it_invalid(role: str):
    base = case(*detector())
    emptied = replace(base.study.evidence[0], **{role: ()})
    found = replace(base, study=replace(base.study, evidence=(emptied,))).claim()
    assert found.verdict.code == "invalid"
    assert f"there are no {role}" in found.verdict.sentence


def test_the_pooling_and_the_side_that_the_spec_names_decide():
    positives, controls, lookalikes = detector(shift=3.5)
    plain = case(positives, controls, lookalikes).claim()
    other = EvidenceSpec(pooling="max", unit="before")
    found = case(positives, controls, lookalikes, evidence=other).claim()
    first, same = plain.scores[0], found.scores[0]
    assert same.mean == pytest.approx(first.mean - 100)
    assert same.max == pytest.approx(2 * first.mean - 100, rel=1e-5)
    assert same.z == pytest.approx(first.z, rel=1e-3)
    assert found.results.t1 == plain.results.t1


# How many more photographs.


def auc(estimate: Estimate, share: float) -> AucEstimate:
    return AucEstimate(*astuple(estimate), share=share)


def test_positives_needed_follow_the_square_of_the_arm():
    estimate = Estimate(0.85, 0.65, 0.95, 0.01)
    assert positives_needed(auc(estimate, 1.0), 10, line=0.75) == 40
    assert positives_needed(auc(estimate, 0.8), 10, line=0.75) == 160
    assert positives_needed(auc(estimate, 0.7), 10, line=0.75) is None
    assert positives_to_narrow(auc(estimate, 1.0), 10, half_width=0.075) == 40
    assert positives_to_narrow(auc(estimate, 1.0), 10, half_width=0.2) == 10


def test_the_upper_end_counts_for_a_line_above():
    estimate = Estimate(0.55, 0.35, 0.75, 0.3)
    assert positives_needed(auc(estimate, 1.0), 10, line=0.65) == 40
