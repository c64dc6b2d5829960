"""T1: the claim's photographs excite the filter more than ordinary photographs do."""

from __future__ import annotations

from generator.findings.claim_tests.auc_test import (
    AucClaimTest,
    AucEstimate,
    auc_row,
    auc_test,
    seeded,
)
from generator.findings.claim_tests.base import Sample, TestRow
from generator.findings.estimate import Estimate
from generator.findings.number_text import fixed
from generator.findings.thresholds import Thresholds


def passes(t1: Estimate, lines: Thresholds) -> bool:
    """The filter certainly prefers what the claim names."""
    return t1.low >= lines.t1_low


def undecided(t1: Estimate, lines: Thresholds) -> bool:
    """T1 neither passes nor contradicts: its interval reaches below the one line, above the other.

    An interval that has cleared either line has decided, however wide it is.
    """
    return not passes(t1, lines) and t1.high >= lines.t1_contradicted


def between(t1: Estimate, lines: Thresholds) -> bool:
    """The AUC itself lies where T1 can neither pass nor contradict, however many photographs."""
    return lines.t1_contradicted <= t1.value < lines.t1_low


def wide(t1: Estimate, lines: Thresholds) -> bool:
    """The interval is wider than ± the line: too wide to leave it at "undecided"."""
    return (t1.high - t1.low) / 2 > lines.max_half_width


class MoreThanOrdinary(AucClaimTest):
    """More than ordinary photographs: an AUC."""

    name = "T1"
    heading = "more than ordinary images?"
    question = "Do the positives excite it more than ordinary photographs do?"
    explanation = (
        "The AUC of positives against controls: how often a random positive excites the filter "
        "more than a random control. 0.5 is chance, 1 is perfect. With a one-sided permutation "
        "p and a 95 % score interval on DeLong’s components (DeLong et al. 1988), which below "
        "allows for positives of a kind that so few may by chance not hold; <a "
        'href="{calibration}">calibration</a> has its coverage.'
    )
    record = Estimate
    columns = ("t1", "t1_low", "t1_high", "t1_p")

    def measure(self, sample: Sample) -> AucEstimate:
        """AUC of positives against controls."""
        positives, _, controls = sample.groups
        rng = seeded(sample.claim.id, "T1 permutation")
        return auc_test(positives, controls, rng=rng, shuffles=sample.shuffles)

    def row(self, result: AucEstimate | None, lines: Thresholds) -> TestRow:
        """Its interval has to lie above the line."""
        limit = f"interval from {fixed(lines.t1_low)} up"
        return auc_row(result, limit, passes(result, lines) if result else None)


T1 = MoreThanOrdinary()
