"""Numbers in, numbers out: AUC, intervals, permutation tests, ranks, Holm. No state, no clock.

Randomness always comes in as a generator, so that the caller's seed decides everything.
"""

from generator.statistics.auc import Comparison, NotFiniteError, auc, compare
from generator.statistics.bootstrap import Resamples, draw, resampled_aucs
from generator.statistics.detection import (
    Hits,
    average_precision,
    correlation,
    f1,
    hits,
    precision,
)
from generator.statistics.holm import holm
from generator.statistics.intervals import (
    Interval,
    auc_interval,
    bca,
    difference_interval,
    newcombe,
    wilson,
)
from generator.statistics.permutation import permutation_p
from generator.statistics.ranges import BINS, Balanced, top_interval
from generator.statistics.ranks import rank_interval, rank_of, standing

__all__ = [
    "BINS",
    "Balanced",
    "Comparison",
    "Hits",
    "Interval",
    "NotFiniteError",
    "Resamples",
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
