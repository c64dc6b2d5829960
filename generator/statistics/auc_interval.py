"""95 % interval of an AUC by DeLong's variance.

A value is in the interval if the estimate lies within t standard errors of it, where the standard
error is what it would be at that value (a score interval), as Wilson's is for a share. Plain DeLong
and BCa intervals take the sample's own spread for granted, and cover too little where the AUC is
high and the positives are few. See ``docs/decisions/evidence-intervals.md`` for the figures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from generator.statistics.auc import Array, Comparison
from generator.statistics.intervals import Interval, holding, newcombe

_TAIL = 0.025
_PRIOR = 0.5  # observations with the largest variance that an AUC allows, added for the lower end
_SPENT_ABOVE = 0.02  # of the chance of a miss: from the lower tail, which few positives need not
_NOTHING = 1e-12

Variances = Callable[[float], tuple[float, float]]


def auc_interval(comparison: Comparison) -> Interval:
    """95 % interval of an AUC from its structural components (DeLong et al. 1988).

    Above one half, the lower end allows for positives of a kind that the sample holds none of and
    that excites the filter no more than other photographs do: the spread of few positives says
    nothing of them. So few can hardly miss below, and may therefore miss a little more above.
    Below one half, all of it is mirrored; at one half, either will do, and the wider ends are
    taken. Where nothing varies, or with a sample of one, it is Newcombe's interval, from the sizes
    alone.
    """
    if comparison.auc > 0.5:
        return _above_half(comparison)
    low, high = _above_half(comparison.mirrored())
    if comparison.auc < 0.5:
        return Interval(1 - high, 1 - low)
    own = _above_half(comparison)
    return Interval(min(own.low, 1 - high), max(own.high, 1 - low))


def auc_p(comparison: Comparison, theta: float) -> float:
    """One-sided p-value: the AUC is not above ``theta``, which is at least one half.

    It is the smallest tail of an interval whose lower end is ``theta``: at 2.5 %, it agrees with
    `auc_interval` on whether the AUC is certainly above. 1 where the estimate itself is not.
    """
    auc, sizes = comparison.auc, comparison.sizes
    if auc <= theta or min(sizes) < 2:
        return 1.0
    total, freedom = _error(comparison, theta, prior=_PRIOR)
    tail = float(scipy.stats.t.sf((auc - theta) / np.sqrt(total), freedom))
    unseen = (auc - theta) / (auc - 0.5)  # the share of unseen positives that would do
    return max(tail, float((1 - unseen) ** sizes[0]))


def _above_half(comparison: Comparison) -> Interval:
    nothing = sum(float((part**2).sum()) for part in comparison.influences) < _NOTHING
    if min(comparison.sizes) < 2 or (nothing and comparison.auc < 1):
        return newcombe(comparison.auc, *comparison.sizes)
    unseen = _unseen(comparison.sizes[0])
    spent = _few(unseen) * min(1.0, (comparison.auc - 0.5) / 0.2)
    high = _end(comparison, tail=_TAIL + _SPENT_ABOVE * spent, prior=0.0, up=True)
    low = _end(comparison, tail=_TAIL, prior=_PRIOR, up=False)
    low = min(low, comparison.auc - unseen * (comparison.auc - 0.5))
    return holding(comparison.auc, Interval(low, high), floor=0.0)


def _variances(comparison: Comparison, *, prior: float) -> Variances:
    """The parts of the AUC's variance that come from either sample, were θ the AUC.

    The components' spread is scaled by θ(1 − θ), which bounds the variance of anything between 0
    and 1 with that mean, and ``prior`` observations of that very variance are added to it.
    """
    estimate = comparison.auc
    at_estimate = max(estimate * (1 - estimate), _NOTHING)

    def at(theta: float) -> tuple[float, float]:
        bound = theta * (1 - theta)
        first, second = (
            (float((part**2).sum()) * bound / at_estimate + prior * bound)
            / (len(part) - 1 + prior)
            / len(part)
            for part in comparison.influences
        )
        return first, second

    return at


def _freedom(part: Array, *, prior: float) -> float:
    """Degrees of freedom of a sample's variance, from the kurtosis κ of the sample.

    A variance of n values has itself the relative variance (κ − 1)/n, and one with f degrees of
    freedom 2/f. Components that fill the span from 0 to 1 evenly (κ = 1.8) tell their variance as
    2.5 times as many normal values would; fewer than n − 1 degrees are not assumed, nor more than
    for those.
    """
    square = float((part**2).mean())
    kurtosis = float((part**4).mean()) / square**2 if square > _NOTHING else 3.0
    return (len(part) - 1 + prior) * float(np.clip(2 / max(kurtosis - 1, _NOTHING), 1, 2.5))


def _end(comparison: Comparison, *, tail: float, prior: float, up: bool) -> float:
    """The value furthest from the estimate, on one side, that lies within t standard errors."""

    def excess(theta: float) -> float:
        total, freedom = _error(comparison, theta, prior=prior)
        if total <= 0:
            return abs(theta - comparison.auc)
        reach = float(scipy.stats.t.ppf(1 - tail, freedom)) * float(np.sqrt(total))
        return abs(theta - comparison.auc) - reach

    return _root(excess, comparison.auc, 1.0 if up else 0.0)


def _error(comparison: Comparison, theta: float, *, prior: float) -> tuple[float, float]:
    """Variance of the AUC, were θ the truth, and its degrees of freedom (Welch, Satterthwaite)."""
    parts = _variances(comparison, prior=prior)(theta)
    total = sum(parts)
    if total <= 0:
        return 0.0, 1.0
    freedoms = [_freedom(part, prior=prior) for part in comparison.influences]
    return total, total**2 / sum(p**2 / f for p, f in zip(parts, freedoms, strict=True))


def _unseen(positives: int) -> float:
    """The largest share of all positives of which so many may hold none: (1 − s)^n₁ = 2.5 %."""
    return 1 - float(_TAIL ** (1 / positives))


def _few(unseen: float) -> float:
    """1 for up to 16 positives, which can hardly miss below; 0 from 30 on."""
    return float(np.clip((unseen - _unseen(30)) / (_unseen(16) - _unseen(30)), 0, 1))


def _root(excess: Callable[[float], float], inner: float, outer: float) -> float:
    """Where the excess changes its sign between the estimate and the end of the scale."""
    start = inner + 1e-9 * (outer - inner)  # at 0 and at 1 nothing can vary; beside them, it can
    if inner == outer or excess(outer) <= 0:
        return outer
    if excess(start) >= 0:
        return inner
    return float(scipy.optimize.brentq(excess, start, outer, xtol=1e-10))
