"""T1: the claim's photographs excite the filter more than ordinary photographs do."""

from __future__ import annotations

from generator.findings.auc_test import AucTest, auc_test, seeded
from generator.findings.test_records import Estimate
from generator.findings.thresholds import Thresholds
from generator.statistics.auc import Numbers


def more_than_ordinary(
    claim: str, positives: Numbers, controls: Numbers, *, shuffles: int
) -> AucTest:
    """AUC of positives against controls, plain samples."""
    rng = seeded(claim, "T1 permutation")
    return auc_test(positives, controls, rng=rng, shuffles=shuffles)


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
