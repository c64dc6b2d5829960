"""A filter as a detector: hits, false alarms, average precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from generator.statistics.auc import Array, Numbers, check
from generator.statistics.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Hits:
    """Shares of positives and of controls above ``threshold``, each with its interval."""

    threshold: float
    rate: float
    interval: Interval
    false_alarms: float
    false_interval: Interval


def hits(positives: Numbers, controls: Numbers, *, quantile: float) -> Hits:
    """Hit rate above the controls' quantile, for plain samples (n₁,) and (n₀,).

    The threshold is the number that these controls give, and both intervals are of the shares that
    lie above that very number: of photographs like the positives (Wilson's), and of photographs
    like the controls (``alarms``), of which it was meant to let through 1 − ``quantile``.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, controls)
    threshold = float(np.quantile(controls, quantile))
    hit = int(np.count_nonzero(positives > threshold))
    return Hits(
        threshold=threshold,
        rate=hit / len(positives),
        interval=wilson(hit, len(positives)),
        false_alarms=float(np.mean(controls > threshold)),
        false_interval=alarms(controls, threshold),
    )


def alarms(controls: Numbers, threshold: float) -> Interval:
    """95 % interval of the share of all controls above a threshold that a sample's quantile set.

    The threshold lies between two of the sample's values. The share of a population above the r-th
    smallest of n is distributed as Beta(n − r + 1, r), whatever the population (David & Nagaraja
    2003, Order Statistics, section 2.2). The interval reaches from what the upper of the two leaves
    to what the lower does; ties only make it wider.
    """
    n = len(controls)
    below = int(np.count_nonzero(controls <= threshold))
    above = below + 1  # the place of the upper neighbour
    low = float(scipy.stats.beta.ppf(0.025, n - above + 1, above)) if above <= n else 0.0
    high = float(scipy.stats.beta.ppf(0.975, n - below + 1, below)) if below else 1.0
    return Interval(low, high)


def precision(hit_rate: float, false_alarms: float, *, prevalence: float) -> float:
    """Share of true hits among all, were ``prevalence`` of all photographs positives; NaN for none.

    Bayes' rule; unlike the share in the sample, it does not depend on how many controls there are.
    """
    true, false = prevalence * hit_rate, (1 - prevalence) * false_alarms
    return true / (true + false) if true + false > 0 else float("nan")


def f1(precision_: float, recall: float) -> float:
    """Harmonic mean of precision and recall; 0 where there is no hit."""
    return 2 * precision_ * recall / (precision_ + recall) if recall > 0 else 0.0


def average_precision(positives: Numbers, others: Numbers, *, prevalence: float) -> float:
    """Σ (Rₙ − Rₙ₋₁) Pₙ over all thresholds, at that prevalence; ties share one threshold.

    Equals ``sklearn.metrics.average_precision_score`` with sample weights that add up to
    ``prevalence`` over the positives and to the rest over the others.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, others)
    levels, place = np.unique(-np.concatenate([positives, others]), return_inverse=True)
    n1, n0 = len(positives), len(others)
    true = np.cumsum(np.bincount(place[:n1], minlength=len(levels))) / n1
    false = np.cumsum(np.bincount(place[n1:], minlength=len(levels))) / n0
    flagged = prevalence * true + (1 - prevalence) * false
    return float(np.sum(np.diff(true, prepend=0.0) * prevalence * true / flagged))


def correlation(positives: Numbers, others: Numbers) -> float:
    """Pearson's r of the responses with 1 for positives and 0 for others; NaN if constant.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, others)
    values: Array = np.concatenate([positives, others]).astype(np.float64)
    labels = np.repeat((1.0, 0.0), (len(positives), len(others)))
    x, y = values - values.mean(), labels - labels.mean()
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread > 0 else float("nan")
