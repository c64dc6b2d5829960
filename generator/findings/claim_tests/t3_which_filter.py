"""T3: the filter's rank among all filters of its layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.findings.claim_tests.auc_test import Photographs, comparison_of, seeded
from generator.findings.claim_tests.base import (
    Cell,
    ClaimTest,
    Details,
    Sample,
    TestRow,
    estimate_cells,
    group_labels,
)
from generator.findings.estimate import Estimate
from generator.findings.number_text import estimated
from generator.findings.thresholds import Thresholds
from generator.statistics import (
    auc,
    difference_interval,
    draw,
    rank_interval,
    rank_of,
    resampled_aucs,
)
from generator.statistics.auc import Array


@dataclass(frozen=True, slots=True)
class LibraryRank:
    """The filter's rank by the AUC against all other photographs of the library."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the filter stands among all filters of its layer by T1's AUC; 1 is the best.

    ``low`` and ``high`` are a bootstrap range, not a confidence interval: it holds the true rank in
    76 to 98 % (docs/decisions/evidence-ranks.md). ``margin`` is the tested filter's AUC minus that
    of the best other filter (paired bootstrap); ``rival`` is that other filter. ``library`` is None
    where the library holds nothing else.
    """

    value: int
    low: int
    high: int
    of: int
    rival: int
    margin: Estimate
    library: LibraryRank | None = None

    def __str__(self) -> str:
        return f"{self.value} of {self.of}"


def resampled_layer(sample: Sample, others: Photographs) -> Array:
    """T1's AUC of every filter under the same stratified resamples of groups, (K, R)."""
    positives = sample.evidence.positives
    labels = group_labels(positives), group_labels(others)
    resamples = draw(seeded(sample.claim.id, "T3 bootstrap"), *labels)
    return resampled_aucs(sample.layer(positives), sample.layer(others), resamples)


def which_filter(sample: Sample) -> Rank | None:
    """Rank of the filter among all K by T1's AUC, and its margin to the best other filter.

    The rival is the other filter with the highest AUC on these photographs (the lowest index of
    equals), and stays that filter in all resamples: the margin compares two named filters. Having
    been picked as the best of K − 1, the rival looks better than it is, so the margin errs against
    the claim; that is why a margin below 0 counts only together with a poor rank.

    Returns
    -------
    Rank or None
        None where the layer has no other filter.
    """
    own, positives, controls = (
        sample.claim.filter,
        sample.evidence.positives,
        sample.evidence.controls,
    )
    aucs = auc(sample.layer(positives), sample.layer(controls))
    if len(aucs) < 2:
        return None
    resampled = resampled_layer(sample, controls)
    others = aucs.copy()
    others[own] = -np.inf
    rival = int(np.argmax(others))
    value = rank_of(aucs, own)
    low, high = rank_interval(resampled, own, value=value)
    mine = comparison_of(sample, positives, controls)
    best_other = comparison_of(sample, positives, controls, channel=rival)
    margin = difference_interval(mine, best_other, resampled[own] - resampled[rival])
    difference = Estimate(mine.auc - best_other.auc, *margin)
    return Rank(value, low, high, len(aucs), rival, difference, _in_the_library(sample))


def _in_the_library(sample: Sample) -> LibraryRank | None:
    others, own = sample.library, sample.claim.filter
    if not others:
        return None
    value = rank_of(auc(sample.layer(sample.evidence.positives), sample.layer(others)), own)
    return LibraryRank(value, *rank_interval(resampled_layer(sample, others), own, value=value))


def worst_allowed(filters: int, lines: Thresholds) -> float:
    """The last rank that still passes in a layer of that many filters."""
    return max(lines.t3_rank, lines.t3_share * filters)


def passes(t3: Rank | None, lines: Thresholds) -> bool:
    """Hardly any other filter does it as well; without another filter, nothing is left to ask."""
    return t3 is None or worst(t3) <= worst_allowed(t3.of, lines)


def worst(t3: Rank) -> int:
    """The worst rank of the two ranges."""
    return max(t3.high, t3.library.high if t3.library else 0)


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
        "range, and its margin to the best other filter; and the same against all other "
        "photographs of the library. The range is no confidence interval: it holds the true rank "
        "in 76 to 98 % of simulations, and errs against the claim."
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
        return which_filter(sample)

    def row(self, result: Rank | None, lines: Thresholds) -> TestRow:
        """The worst rank of the interval has to be good enough."""
        if result is None:
            return TestRow()
        return TestRow(
            statistic=f"rank {result}",
            interval=f"{result.low} to {result.high}",
            limit=f"ranges to {worst_allowed(result.of, lines):.0f} at most",
            passed=passes(result, lines),
        )

    def details(self, result: Rank) -> Details:
        """The ranks, and the best other filter."""
        margin = f"{estimated(result.margin)} to filter {result.rival}"
        rows = [("Rank against the controls", f"{result} ({result.low} to {result.high})")]
        if found := result.library:
            rows.append(
                ("Rank against the library", f"{found.value} ({found.low} to {found.high})")
            )
        rows.append(("Margin in AUC to the best other filter", margin))
        return Details("T3 in numbers: the filter among others", "T3: ranks", tuple(rows))

    def cells(self, result: Rank | None) -> tuple[Cell, ...]:
        """The rank, and the margin to the rival."""
        if result is None:
            return super().cells(None)
        place = (result.value, result.low, result.high, result.of, result.rival)
        return (*place, *estimate_cells(result.margin))


T3 = WhichFilter()
