"""Numbers in, numbers out: AUC, intervals, p-values, ranks, Holm. No state, no clock.

Randomness always comes in as a generator, so that the caller's seed decides everything.
"""

from generator.statistics.auc import Comparison, NotFiniteError, auc, compare
from generator.statistics.auc_interval import auc_interval, auc_p
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
from generator.statistics.groups import grouped, stratified
from generator.statistics.holm import holm
from generator.statistics.intervals import Interval, difference_interval, newcombe, wilson
from generator.statistics.mean_interval import mean_interval
from generator.statistics.ranks import rank_interval, rank_of, standing
from generator.statistics.response_bins import BINS, Balanced, top_interval
from generator.statistics.sign_flip import sign_flip_p

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
    "auc_p",
    "average_precision",
    "compare",
    "correlation",
    "difference_interval",
    "draw",
    "f1",
    "grouped",
    "hits",
    "holm",
    "mean_interval",
    "newcombe",
    "precision",
    "rank_interval",
    "rank_of",
    "resampled_aucs",
    "sign_flip_p",
    "standing",
    "stratified",
    "top_interval",
    "wilson",
]
