"""T3: the filter's rank among all filters of its layer."""

from __future__ import annotations

import numpy as np

from generator.findings.auc_test import seeded
from generator.findings.test_records import Estimate, Rank
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
