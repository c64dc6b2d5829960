"""T2: the claim's photographs excite the filter more than look-alikes do."""

from __future__ import annotations

from generator.findings.auc_test import AucTest, auc_test, seeded
from generator.findings.test_records import Estimate
from generator.findings.thresholds import Thresholds
from generator.statistics.auc import Numbers


def more_than_lookalikes(
    claim: str, positives: Numbers, lookalikes: Numbers, *, shuffles: int
) -> AucTest:
    """AUC of positives against look-alikes, plain samples."""
    rng = seeded(claim, "T2 permutation")
    return auc_test(positives, lookalikes, rng=rng, shuffles=shuffles)


def passes(t2: Estimate, lines: Thresholds) -> bool:
    """The filter tells what the claim names from what comes near it."""
    return t2.low > lines.t2_low and t2.value >= lines.t2_auc


def too_few(t2: Estimate, lines: Thresholds) -> bool:
    """The AUC would do, but the interval still reaches down to chance."""
    return t2.value >= lines.t2_auc and t2.low <= lines.t2_low
