"""Numbers in, numbers out: AUC, intervals, permutation tests, ranks, Holm. No state, no clock.

Randomness always comes in as a generator, so that the caller's seed decides everything.
"""

from generator.statistics.auc import Comparison, NotFiniteError, auc, compare
from generator.statistics.bootstrap import Resamples, draw, resampled_aucs
from generator.statistics.holm import holm
from generator.statistics.intervals import (
    Interval,
    auc_interval,
    bca,
    difference_interval,
    newcombe,
)
from generator.statistics.permutation import permutation_p
from generator.statistics.ranks import rank_interval, rank_of, standing

__all__ = [
    "Comparison",
    "Interval",
    "NotFiniteError",
    "Resamples",
    "auc",
    "auc_interval",
    "bca",
    "compare",
    "difference_interval",
    "draw",
    "holm",
    "newcombe",
    "permutation_p",
    "rank_interval",
    "rank_of",
    "resampled_aucs",
    "standing",
]
