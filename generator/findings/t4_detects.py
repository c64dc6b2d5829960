"""T4: whether the filter detects the concept or merely prefers it."""

from __future__ import annotations

from generator.findings.standardize import scale_of
from generator.findings.test_records import Detection, Estimate
from generator.findings.thresholds import Thresholds
from generator.statistics import average_precision, correlation, f1, hits, precision, wilson
from generator.statistics.auc import Numbers


def detection(
    positives: Numbers, lookalikes: Numbers, controls: Numbers, *, lines: Thresholds
) -> Detection:
    """Hits and false alarms at the controls' quantile, of plain samples (n,)."""
    found = hits(positives, controls, quantile=lines.t4_quantile)
    likely = precision(found.rate, found.false_alarms, prevalence=lines.prevalence)
    return Detection(
        threshold=found.threshold,
        z=scale_of(controls).z(found.threshold),
        hits=Estimate(found.rate, *found.interval),
        controls=Estimate(found.false_alarms, *found.false_interval),
        lookalikes=_share_above(lookalikes, found.threshold),
        prevalence=lines.prevalence,
        precision=likely,
        f1=f1(likely, found.rate),
        average_precision=average_precision(positives, controls, prevalence=lines.prevalence),
        r=correlation(positives, controls),
    )


def _share_above(responses: Numbers, threshold: float) -> Estimate | None:
    if not len(responses):
        return None
    above = int((responses > threshold).sum())
    return Estimate(above / len(responses), *wilson(above, len(responses)))


def detects(t4: Detection, lines: Thresholds) -> bool:
    """Enough positives are certainly told from nearly all controls to speak of a detector."""
    return t4.hits.low >= lines.t4_hits
