"""Numbers in, numbers out: AUC, intervals, permutation tests, ranks, Holm. No state, no clock.

Randomness always comes in as a generator, so that the caller's seed decides everything.
"""

from generator.statistics.auc import Comparison, NotFiniteError, auc, compare
from generator.statistics.auc_interval import auc_interval
from generator.statistics.bootstrap import Resamples, draw, resampled_aucs
from generator.statistics.detection import (
    Hits,
    alarms,
    average_precision,
    correlation,
    f1,
    hits,
    precision,
)
from generator.statistics.holm import holm
from generator.statistics.intervals import Interval, bca, difference_interval, newcombe, wilson
from generator.statistics.mean_interval import mean_interval
from generator.statistics.permutation import permutation_p
from generator.statistics.ranks import rank_interval, rank_of, standing
from generator.statistics.response_bins import BINS, Balanced, top_interval

__all__ = [
    "BINS",
    "Balanced",
    "Comparison",
    "Hits",
    "Interval",
    "NotFiniteError",
    "Resamples",
    "alarms",
    "auc",
    "auc_interval",
    "average_precision",
    "bca",
    "compare",
    "correlation",
    "difference_interval",
    "draw",
    "f1",
    "hits",
    "holm",
    "mean_interval",
    "newcombe",
    "permutation_p",
    "precision",
    "rank_interval",
    "rank_of",
    "resampled_aucs",
    "standing",
    "top_interval",
    "wilson",
]
