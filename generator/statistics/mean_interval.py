"""95 % interval of a mean."""

from __future__ import annotations

import numpy as np

from generator.statistics.auc import Array, Numbers, check
from generator.statistics.bootstrap import RESAMPLES
from generator.statistics.intervals import Interval


def mean_interval(values: Numbers, rng: np.random.Generator, *, count: int = RESAMPLES) -> Interval:
    """Studentised bootstrap interval of the mean of a plain sample, (n,).

    Each resample's mean is taken in its own standard errors, so that skewness is met where the
    percentiles of the means alone, BCa's included, are too narrow for ten to twenty values (Hall
    1988, Ann. Statist. 16: 927-953). Everything is possible for a single value; where all values
    are equal, the interval is a point.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(values)
    sample: Array = np.asarray(values, dtype=np.float64)
    if len(sample) < 2:
        return Interval(float("-inf"), float("inf"))
    mean, deviation = float(sample.mean()), float(sample.std())
    if np.ptp(sample) == 0:
        return Interval(mean, mean)
    drawn = sample[rng.integers(len(sample), size=(count, len(sample)))]
    spreads = drawn.std(axis=1)
    varied = spreads > 1e-9 * deviation  # a resample of one value, n times, has no standard error
    errors = (drawn.mean(axis=1)[varied] - mean) / spreads[varied]
    high, low = np.quantile(errors, (0.025, 0.975))
    return Interval(
        min(mean - float(low) * deviation, mean), max(mean - float(high) * deviation, mean)
    )
