"""A filter as a detector: hits above a threshold that hardly any control reaches, and agreement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.statistics.auc import Array, Numbers, check
from generator.statistics.bootstrap import RESAMPLES
from generator.statistics.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Hits:
    """Shares of positives and of controls above ``threshold``; ``interval`` is of ``rate``."""

    threshold: float
    rate: float
    interval: Interval
    false_alarms: float


def hits(
    positives: Numbers,
    controls: Numbers,
    rng: np.random.Generator,
    *,
    quantile: float,
    count: int = RESAMPLES,
) -> Hits:
    """Hit rate at the controls' quantile, for plain samples (n₁,) and (n₀,).

    The threshold is estimated too: positives and controls are resampled together, and each resample
    sets its own. The interval is the wider, at either end, of the bootstrap's percentiles and of
    Wilson's for a known threshold, which does not collapse where all or none are hits.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, controls)
    threshold = float(np.quantile(controls, quantile))
    hit = int(np.count_nonzero(positives > threshold))
    n1, n0 = len(positives), len(controls)
    lines = np.quantile(controls[rng.integers(n0, size=(count, n0))], quantile, axis=1)
    drawn = positives[rng.integers(n1, size=(count, n1))]
    rates = np.mean(drawn > lines[:, None], axis=1)
    low, high = np.quantile(rates, (0.025, 0.975))
    known = wilson(hit, n1)
    return Hits(
        threshold=threshold,
        rate=hit / n1,
        interval=Interval(min(float(low), known.low), max(float(high), known.high)),
        false_alarms=float(np.mean(controls > threshold)),
    )


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
