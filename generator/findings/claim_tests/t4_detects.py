"""T4: whether the filter detects the concept or merely prefers it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests.base import (
    Cell,
    ClaimTest,
    Details,
    Sample,
    TestRow,
    estimate_cells,
)
from generator.findings.estimate import Estimate
from generator.findings.number_text import amount, estimated_share, fixed, percent, share_interval
from generator.findings.standardize import scale_of
from generator.findings.thresholds import Thresholds
from generator.statistics import average_precision, correlation, f1, hits, precision, wilson
from generator.statistics.auc import Numbers


@dataclass(frozen=True, slots=True)
class Detection:
    """T4: the filter as a detector, at a threshold that hardly any control reaches.

    Attributes
    ----------
    threshold:
        The pooled response above which a photograph counts as a hit; ``z`` is the same,
        standardised on the controls (NaN where they do not vary).
    hits:
        Share of positives above that very threshold.
    controls, lookalikes:
        False alarms: shares of these above it; None without look-alikes. The interval of the former
        counts in that the threshold was set by these controls.
    precision, f1, average_precision:
        Against controls, were ``prevalence`` of all photographs positives; NaN where undefined.
    r:
        Pearson's correlation of the response with being a positive, among positives and controls.
    preferred:
        Whether T1 and T2 pass: what is not preferred is not detected.
    """

    threshold: float
    z: float
    hits: Estimate
    controls: Estimate
    lookalikes: Estimate | None
    prevalence: float
    precision: float
    f1: float
    average_precision: float
    r: float
    preferred: bool


def detection(
    positives: Numbers,
    lookalikes: Numbers,
    controls: Numbers,
    *,
    lines: Thresholds,
    preferred: bool,
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
        preferred=preferred,
    )


def _share_above(responses: Numbers, threshold: float) -> Estimate | None:
    if not len(responses):
        return None
    above = int((responses > threshold).sum())
    return Estimate(above / len(responses), *wilson(above, len(responses)))


def detects(t4: Detection, lines: Thresholds) -> bool:
    """Enough positives are certainly told from nearly all controls to speak of a detector."""
    is_above = t4.lookalikes is not None and t4.hits.value > t4.lookalikes.value
    return t4.preferred and is_above and t4.hits.low >= lines.t4_hits


class Detects(ClaimTest[Detection]):
    """Hits at a threshold that hardly any control reaches."""

    name = "T4"
    heading = "does it detect, or merely prefer?"
    question = "Does it detect what is claimed, or merely prefer it?"
    explanation = (
        "The share of positives that excite the filter more than nearly all controls do (the "
        "threshold is a quantile of the controls), with Wilson’s 95 % interval (1927) of the "
        "share above that very threshold. Beside it: false alarms among controls, with an "
        "interval that counts in that they set the threshold, and among look-alikes; precision, "
        "F1 and average precision at a stated prevalence, because the share of positives in a "
        "library is its author’s choice; Pearson’s r. With a low hit rate the page says "
        "“prefers”, not “detects”. No verdict depends on it."
    )
    record = Detection
    columns = ("hits", "hits_low", "hits_high", "false_alarms", "average_precision", "r")

    def measure(self, sample: Sample) -> Detection | None:
        """Hits and false alarms at the controls' quantile; None with too few controls for it."""
        lines, (t1, t2) = sample.lines, (sample.earlier["T1"], sample.earlier["T2"])
        if len(sample.evidence.controls) < lines.t4_controls:
            return None
        few = len(sample.evidence.positives) < lines.min_positives
        preferred = not few and t1_test.passes(t1, lines) and bool(t2) and t2_test.passes(t2, lines)
        return detection(*sample.responses, lines=lines, preferred=preferred)

    def row(self, result: Detection | None, lines: Thresholds) -> TestRow:
        """Whether it detects or prefers."""
        limit = f"interval from {percent(lines.t4_hits)} up"
        if result is None:
            return TestRow(f"not measured: it needs {lines.t4_controls} controls", limit=limit)
        passed = detects(result, lines)
        return TestRow(
            statistic=f"{percent(result.hits.value)} hits",
            interval=share_interval(result.hits),
            limit=limit,
            passed=passed,
            outcome="detects" if passed else "prefers",
        )

    def json(self, result: Detection, lines: Thresholds) -> dict[str, Any]:
        """With whether it detects."""
        return {**asdict(result), "detects": detects(result, lines)}

    def cells(self, result: Detection | None) -> tuple[Cell, ...]:
        """Hits, and what stands beside them."""
        if result is None:
            return super().cells(None)
        beside = (result.controls.value, result.average_precision, result.r)
        return (*estimate_cells(result.hits), *beside)

    def details(self, result: Detection) -> Details:
        """The figures beside the hit rate."""
        world = f"where {percent(result.prevalence)} of photographs show it"
        return Details(
            "T4 in numbers: the filter as a detector",
            "T4: the filter as a detector",
            (
                ("Threshold", f"{amount(result.threshold)} (z = {fixed(result.z)})"),
                ("Positives above it", estimated_share(result.hits)),
                ("Controls above it", estimated_share(result.controls)),
                ("Look-alikes above it", estimated_share(result.lookalikes)),
                (f"Precision, {world}", fixed(result.precision)),
                ("F1, there", fixed(result.f1)),
                ("Average precision, there", fixed(result.average_precision)),
                ("Pearson’s r, positives and controls as they are", fixed(result.r)),
            ),
        )


T4 = Detects()
