"""T3: the filter's rank among all filters of its layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.findings.claim_tests.auc_test import seeded
from generator.findings.claim_tests.base import Cell, ClaimTest, Sample, TestRow, estimate_cells
from generator.findings.estimate import Estimate
from generator.findings.thresholds import Thresholds
from generator.statistics import (
    auc,
    compare,
    difference_interval,
    draw,
    rank_interval,
    rank_of,
    resampled_aucs,
)
from generator.statistics.auc import Array, Numbers


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the filter stands among all filters of its layer by T1's AUC; 1 is the best.

    ``margin`` is the tested filter's AUC minus that of the best other filter (paired bootstrap);
    ``rival`` is that other filter.
    """

    value: int
    low: int
    high: int
    of: int
    rival: int
    margin: Estimate

    def __str__(self) -> str:
        return f"{self.value} of {self.of}"


def resampled_layer(claim: str, positives: Numbers, controls: Numbers) -> Array:
    """T1's AUC of every filter under the same stratified resamples, (K, R)."""
    resamples = draw(seeded(claim, "T3 bootstrap"), len(positives), len(controls))
    return resampled_aucs(positives, controls, resamples)


def which_filter(
    positives: Numbers, controls: Numbers, filter_index: int, *, resampled: Array
) -> Rank | None:
    """Rank of the filter among all K by T1's AUC, and its margin to the best other filter.

    The rival is the other filter with the highest AUC on these photographs (the lowest index of
    equals), and stays that filter in all resamples: the margin compares two named filters. Having
    been picked as the best of K − 1, the rival looks better than it is, so the margin errs against
    the claim; that is why a margin below 0 contradicts a claim only together with a poor rank.

    Returns
    -------
    Rank or None
        None where the layer has no other filter.
    """
    aucs = auc(positives, controls)
    if len(aucs) < 2:
        return None
    others = aucs.copy()
    others[filter_index] = -np.inf
    rival = int(np.argmax(others))
    value = rank_of(aucs, filter_index)
    low, high = rank_interval(resampled, filter_index, value=value)
    own = compare(positives[:, filter_index], controls[:, filter_index])
    best_other = compare(positives[:, rival], controls[:, rival])
    difference = resampled[filter_index] - resampled[rival]
    margin = difference_interval(own, best_other, difference)
    return Rank(value, low, high, len(aucs), rival, Estimate(own.auc - best_other.auc, *margin))


def worst_allowed(filters: int, lines: Thresholds) -> float:
    """The last rank that still passes in a layer of that many filters."""
    return max(lines.t3_rank, lines.t3_share * filters)


def passes(t3: Rank | None, lines: Thresholds) -> bool:
    """Hardly any other filter does it as well; without another filter, nothing is left to ask."""
    return t3 is None or t3.high <= worst_allowed(t3.of, lines)


def beaten(t3: Rank | None, lines: Thresholds) -> bool:
    """Another filter is certainly better, and this one is certainly not among the best."""
    return t3 is not None and t3.margin.high < 0 and t3.low > lines.rival_share * t3.of


class WhichFilter(ClaimTest[Rank]):
    """The rank of the filter in its layer."""

    name = "T3"
    heading = "this filter, or half of the layer?"
    question = "Is it this filter, or half of the layer?"
    explanation = (
        "The rank of the filter by T1’s AUC among all filters of its layer, with a bootstrap "
        "interval, and its margin to the best other filter."
    )
    record = Rank
    columns = (
        "rank",
        "rank_low",
        "rank_high",
        "of",
        "rival",
        "margin",
        "margin_low",
        "margin_high",
    )

    def measure(self, sample: Sample) -> Rank | None:
        """The filter's rank; None where the layer has no other filter."""
        positives = sample.layer(sample.evidence.positives)
        controls = sample.layer(sample.evidence.controls)
        resampled = resampled_layer(sample.claim.id, positives, controls)
        return which_filter(positives, controls, sample.claim.filter, resampled=resampled)

    def row(self, result: Rank | None, lines: Thresholds) -> TestRow:
        """The worst rank of the interval has to be good enough."""
        if result is None:
            return TestRow()
        return TestRow(
            statistic=f"rank {result}",
            interval=f"{result.low} to {result.high}",
            limit=f"interval to {worst_allowed(result.of, lines):.0f} at most",
            passed=passes(result, lines),
        )

    def cells(self, result: Rank | None) -> tuple[Cell, ...]:
        """The rank, and the margin to the rival."""
        if result is None:
            return super().cells(None)
        place = (result.value, result.low, result.high, result.of, result.rival)
        return (*place, *estimate_cells(result.margin))


T3 = WhichFilter()
