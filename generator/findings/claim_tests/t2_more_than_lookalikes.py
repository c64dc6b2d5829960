"""T2: the claim's photographs excite the filter more than look-alikes do."""

from __future__ import annotations

from generator.findings.claim_tests.auc_test import (
    AucClaimTest,
    AucEstimate,
    auc_estimate,
    auc_row,
    comparison_of,
)
from generator.findings.claim_tests.base import Sample, TestRow
from generator.findings.estimate import Estimate
from generator.findings.number_text import fixed
from generator.findings.thresholds import Thresholds


def passes(t2: Estimate, lines: Thresholds) -> bool:
    """The filter tells what the claim names from what comes near it."""
    return t2.low > lines.t2_low and t2.value >= lines.t2_auc


def too_few(t2: Estimate, lines: Thresholds) -> bool:
    """The AUC would do, but the interval still reaches down to chance."""
    return t2.value >= lines.t2_auc and t2.low <= lines.t2_low


class MoreThanLookalikes(AucClaimTest[AucEstimate]):
    """More than look-alikes: an AUC."""

    name = "T2"
    heading = "the concept, or its look-alikes as well?"
    question = "Is it the concept itself, or its look-alikes as well?"
    explanation = "The same for positives against look-alikes."
    record = AucEstimate
    columns = ("t2", "t2_low", "t2_high", "t2_p")

    def measure(self, sample: Sample) -> AucEstimate | None:
        """AUC of positives against look-alikes; None without look-alikes."""
        evidence = sample.evidence
        if not evidence.lookalikes:
            return None
        comparison = comparison_of(sample, evidence.positives, evidence.lookalikes)
        return auc_estimate(comparison, line=sample.lines.t2_low)

    def row(self, result: AucEstimate | None, lines: Thresholds) -> TestRow:
        """Its interval has to lie above chance, and the AUC above its own line."""
        limit = f"interval above {fixed(lines.t2_low)}, AUC from {fixed(lines.t2_auc)} up"
        return auc_row(result, limit, passes(result, lines) if result else None)


T2 = MoreThanLookalikes()
