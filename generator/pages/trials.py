"""The tests of a claim as a table in plain words, with what each has to reach."""

from __future__ import annotations

from generator.findings import t1_more_than_ordinary as t1_
from generator.findings import t2_more_than_lookalikes as t2_
from generator.findings import t3_which_filter as t3_
from generator.findings.records import ClaimFinding, Estimate
from generator.findings.thresholds import THRESHOLDS
from generator.pages.views import Row, Trial
from generator.pages.words import NONE, amount, fixed, interval, probability, ranked

QUESTIONS = {
    "T1": "Do the positives excite it more than ordinary photographs do?",
    "T2": "Is it the concept itself, or its look-alikes as well?",
    "T3": "Is it this filter, or half of the layer?",
}


def trials(finding: ClaimFinding) -> tuple[Trial, ...]:
    """One line for each test; whether it passes is decided where the verdict is."""
    t1, t2, rank = finding.t1, finding.t2, finding.t3
    lines = THRESHOLDS
    floor = f"interval from {fixed(lines.t1_low)} up"
    concept = f"interval above {fixed(lines.t2_low)}, AUC from {fixed(lines.t2_auc)} up"
    return (
        _auc("T1", t1, floor, t1_.passes(t1, lines) if t1 else None),
        _auc("T2", t2, concept, t2_.passes(t2, lines) if t2 else None),
        Trial(
            name="T3",
            question=QUESTIONS["T3"],
            statistic=f"rank {ranked(rank)}" if rank else "not measured",
            interval=f"{rank.low} to {rank.high}" if rank else NONE,
            p=NONE,
            limit=f"interval to {t3_.worst_allowed(rank.of, lines):.0f} at most" if rank else NONE,
            passed=t3_.passes(rank, lines) if rank else None,
        ),
    )


def _auc(name: str, estimate: Estimate | None, limit: str, passed: bool | None) -> Trial:
    return Trial(
        name=name,
        question=QUESTIONS[name],
        statistic=f"AUC {fixed(estimate.value)}" if estimate else "not measured",
        interval=interval(estimate),
        p=probability(estimate.p if estimate else None),
        limit=limit,
        passed=passed,
    )


def thresholds() -> tuple[Row, ...]:
    """Every line that a verdict depends on, with its meaning."""
    return tuple(
        Row(row.name, (amount(row.value) if row.value < 1 else f"{row.value:g}", row.meaning))
        for row in THRESHOLDS.rows
    )
