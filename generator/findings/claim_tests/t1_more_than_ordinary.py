"""T1: the claim's photographs excite the filter more than ordinary photographs do.

Three AUCs have to pass. The first is against the controls, which the author chooses; the second is
against all other photographs of the library, which nobody chooses; where the report names strata,
the third compares photographs with others of their own kind alone, so that a filter for a style
does not pass for one of a content. The weakest of them decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.findings.claim_tests.auc_test import (
    AucClaimTest,
    AucEstimate,
    auc_estimate,
    auc_row,
    comparison_of,
)
from generator.findings.claim_tests.base import Details, Sample, TestRow
from generator.findings.number_text import estimated, fixed, percent
from generator.findings.thresholds import Thresholds
from generator.images.photographs import Photograph
from generator.statistics import stratified
from generator.statistics.auc import Comparison

LEAST_POSITIVES, LEAST_CONTROLS = 2, 10  # groups of a stratum; with fewer it is left out


@dataclass(frozen=True, slots=True)
class OrdinaryEstimate(AucEstimate):
    """The AUC against the controls, and those that have to pass beside it.

    Attributes
    ----------
    p:
        The largest of the three.
    library, others:
        Against all other photographs of the library, and how many these are.
    within:
        Within strata, None where the report names none, or none can be compared.
    unmatched:
        Share of the positives in strata with too few controls to compare.
    """

    library: AucEstimate | None = None
    others: int = 0
    within: AucEstimate | None = None
    unmatched: float = 0.0

    @property
    def weakest(self) -> AucEstimate:
        """The one that decides: that with the lowest end."""
        return min((each for each in (self, self.library, self.within) if each), key=_low)


def _low(estimate: AucEstimate) -> float:
    return estimate.low


def passes(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """The filter certainly prefers what the claim names."""
    return t1.weakest.low >= lines.t1_low


def contradicted(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """The filter certainly does not prefer it by enough."""
    return t1.weakest.high < lines.t1_contradicted


def undecided(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """T1 neither passes nor contradicts: its interval reaches below the one line, above the other.

    An interval that has cleared either line has decided, however wide it is.
    """
    return not passes(t1, lines) and not contradicted(t1, lines)


def between(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """The AUC itself lies where T1 can neither pass nor contradict, however many photographs."""
    return lines.t1_contradicted <= t1.weakest.value < lines.t1_low


def wide(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """The interval is wider than ± the line: too wide to leave it at "undecided"."""
    return (t1.weakest.high - t1.weakest.low) / 2 > lines.max_half_width


def unmatched(t1: OrdinaryEstimate, lines: Thresholds) -> bool:
    """Too many positives are of a kind of which there are no controls."""
    return t1.unmatched > lines.max_unmatched


class MoreThanOrdinary(AucClaimTest[OrdinaryEstimate]):
    """More than ordinary photographs: an AUC."""

    name = "T1"
    heading = "more than ordinary images?"
    question = "Do the positives excite it more than ordinary photographs do?"
    explanation = (
        "The AUC of positives against controls: how often a random positive excites the filter "
        "more than a random control. 0.5 is chance, 1 is perfect. With a 95 % score interval on "
        "DeLong’s components (DeLong et al. 1988), which below allows for positives of a kind that "
        "so few may by chance not hold, and which counts groups where photographs belong to any "
        "(Obuchowski 1997); p is that of an AUC no higher than the line. It has to pass against "
        "the controls, against all other photographs of the library, which the author does not "
        "choose, and, where the report names strata, within these (van Elteren 1960); "
        '<a href="{calibration}">calibration</a> has the coverage.'
    )
    record = OrdinaryEstimate
    columns = ("t1", "t1_low", "t1_high", "t1_p")

    def measure(self, sample: Sample) -> OrdinaryEstimate:
        """The three AUCs."""
        line, positives, others = sample.lines.t1_low, sample.evidence.positives, sample.library

        def against(photographs: tuple[Photograph, ...]) -> AucEstimate:
            return auc_estimate(comparison_of(sample, positives, photographs), line=line)

        first = against(sample.evidence.controls)
        library = against(others) if others else None
        inner, left_out = within_strata(sample)
        within = auc_estimate(inner, line=line) if inner else None
        ps = [each.p or 0.0 for each in (first, library, within) if each]
        return OrdinaryEstimate(
            first.value,
            first.low,
            first.high,
            max(ps),
            first.share,
            library=library,
            others=len(others),
            within=within,
            unmatched=left_out,
        )

    def row(self, result: OrdinaryEstimate | None, lines: Thresholds) -> TestRow:
        """Every interval has to lie above the line."""
        limit = f"intervals from {fixed(lines.t1_low)} up"
        return auc_row(result, limit, passes(result, lines) if result else None)

    def details(self, result: OrdinaryEstimate) -> Details:
        """The AUCs beside that against the controls."""
        rows = [
            ("Against the controls", estimated(result)),
            (
                f"Against all other photographs of the library ({result.others})",
                estimated(result.library),
            ),
        ]
        if result.within or result.unmatched:
            rows += [
                ("Within strata", estimated(result.within)),
                ("Positives in strata without enough controls", percent(result.unmatched)),
            ]
        return Details("T1 in numbers: what it was compared with", "T1: AUCs", tuple(rows))


def within_strata(sample: Sample) -> tuple[Comparison | None, float]:
    """Positives against controls of their own stratum, and the share of positives left out."""
    if not sample.strata:
        return None, 0.0
    parts, sizes = [], []
    for stratum in (*sample.strata, ""):
        positives, controls = (
            tuple(each for each in group if stratum_of(each, sample.strata) == stratum)
            for group in (sample.evidence.positives, sample.evidence.controls)
        )
        if not positives or not controls:
            continue
        compared = comparison_of(sample, positives, controls)
        if compared.sizes[0] >= LEAST_POSITIVES and compared.sizes[1] >= LEAST_CONTROLS:
            parts.append(compared)
            sizes.append(len(positives))
    every = len(sample.evidence.positives)
    if not parts:
        return None, 1.0
    weights = [size / sum(sizes) for size in sizes]
    return stratified(parts, weights), 1 - sum(sizes) / every


def stratum_of(photograph: Photograph, strata: tuple[str, ...]) -> str:
    """The first of the strata whose tag a photograph has; empty for none."""
    return next((each for each in strata if each in photograph.tags), "")


T1 = MoreThanOrdinary()
