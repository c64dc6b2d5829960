"""The rank of one channel among all channels of its layer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from generator.statistics.auc import Array

Counts = npt.NDArray[np.int64]


def standing(values: npt.NDArray[np.floating], channel: int) -> tuple[Counts, Counts]:
    """Best and worst rank that ties leave to a channel, for every column; 1 is the best.

    Parameters
    ----------
    values:
        Shape (K, …): one row for each channel.
    """
    own = values[channel]
    best = 1 + np.count_nonzero(values > own, axis=0)
    worst = np.count_nonzero(values >= own, axis=0)
    return np.asarray(best, dtype=np.int64), np.asarray(worst, dtype=np.int64)


def rank_of(values: npt.NDArray[np.floating], channel: int) -> int:
    """Rank of a channel among (K,) values; ties count against it.

    A filter that ties with a hundred others is no better than any of them, so it stands
    hundred-and-first: a rank never claims more than the values show.
    """
    return int(standing(values, channel)[1])


def rank_interval(resampled: Array, channel: int, *, value: int) -> tuple[int, int]:
    """95 % bootstrap percentile interval of a channel's rank: (best, worst).

    Parameters
    ----------
    resampled:
        AUCs under the resamples, shape (K, R).
    value:
        The rank on the sample itself; the interval is widened to hold it.

    Notes
    -----
    Ties count for the channel at the lower end and against it at the upper one. The bootstrap is
    known to be cautious about who is first where many are close (Hall & Miller 2009, Ann. Statist.
    37: 3929–3959): resampling adds noise to noise, which pushes a true leader back, never forward.
    """
    best, worst = standing(resampled, channel)
    low = int(np.quantile(best, 0.025, method="lower"))
    high = int(np.quantile(worst, 0.975, method="higher"))
    return min(low, value), max(high, value)
