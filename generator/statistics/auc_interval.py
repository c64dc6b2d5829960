"""95 % interval of an AUC: DeLong's variance, as a function of the AUC that is tested.

A value is in the interval if the estimate lies within t standard errors of it, where the standard
error is what it would be at that value (a score interval), as Wilson's is for a share. Plain DeLong
and BCa intervals take the sample's own spread for granted, and cover 84 to 92 % where the AUC is
high and the positives are few. See ``docs/decisions/evidence-intervals.md`` for the figures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import t as student

from generator.statistics.auc import Comparison
from generator.statistics.intervals import Interval, holding, newcombe

_TAIL = 0.025
_Z = float(ndtri(1 - _TAIL))
# The three constants below were chosen by simulation, for all kinds of responses together.
_PRIOR = 0.5  # observations with the largest variance that an AUC allows, added for the lower end
_TOWARDS_MIXTURE = 0.8  # how far the lower end is drawn out to that of the worst mixture
_SPENT_ABOVE = 0.02  # of the chance of a miss: taken from the lower tail, which that made too wide
_NOTHING = 1e-12

Variances = Callable[[float], tuple[float, float]]


def auc_interval(comparison: Comparison) -> Interval:
    """95 % interval of an AUC from its structural components (DeLong et al. 1988).

    Above one half, the lower end is drawn out towards that of a mixture: positives of which some
    excite the filter no more than other photographs do, and the rest more than all of them. A small
    sample may by chance hold none of the former, and then its spread says nothing of them. The tail
    above is a little larger than the one below for that. Below one half, all of it is mirrored; at
    one half, either will do, and the wider ends are taken. Where nothing varies, or with a sample
    of one, it is Newcombe's interval, from the sizes alone.
    """
    if comparison.auc > 0.5:
        return _above_half(comparison)
    low, high = _above_half(comparison.mirrored())
    if comparison.auc < 0.5:
        return Interval(1 - high, 1 - low)
    own = _above_half(comparison)
    return Interval(min(own.low, 1 - high), max(own.high, 1 - low))


def _above_half(comparison: Comparison) -> Interval:
    nothing = sum(float((part**2).sum()) for part in comparison.influences) < _NOTHING
    if min(comparison.sizes) < 2 or (nothing and comparison.auc < 1):
        return newcombe(comparison.auc, *comparison.sizes)
    above = _TAIL + _SPENT_ABOVE * min(1.0, (comparison.auc - 0.5) / 0.2)
    high = _end(comparison, _variances(comparison, prior=0.0), tail=above, prior=0.0, up=True)
    own = _variances(comparison, prior=_PRIOR)
    low = _end(comparison, own, tail=_TAIL, prior=_PRIOR, up=False)
    mixed = _mixture_low(comparison, own)
    low -= _TOWARDS_MIXTURE * max(0.0, low - mixed)
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


def _end(
    comparison: Comparison, variances: Variances, *, tail: float, prior: float, up: bool
) -> float:
    """The value furthest from the estimate, on one side, that lies within t standard errors."""
    freedoms = [size - 1 + prior for size in comparison.sizes]

    def excess(theta: float) -> float:
        parts = variances(theta)
        total = sum(parts)
        if total <= 0:
            return abs(theta - comparison.auc)
        # Welch and Satterthwaite's degrees of freedom.
        freedom = total**2 / sum(p**2 / f for p, f in zip(parts, freedoms, strict=True))
        reach = float(student.ppf(1 - tail, freedom)) * float(np.sqrt(total))
        return abs(theta - comparison.auc) - reach

    return _root(excess, comparison.auc, 1.0 if up else 0.0)


def _mixture_low(comparison: Comparison, own: Variances) -> float:
    """The lowest AUC from which a mixture of positives would still reach the estimate.

    At an AUC of θ, the share 2(1 − θ) of the positives is placed at random among the others, and
    the rest above all of them: their places have the variance (1 − θ)(2θ − 1)/2 + (1 − θ)/6. The
    others vary as they do in the sample.
    """
    n1 = comparison.sizes[0]

    def excess(theta: float) -> float:
        spread = (1 - theta) * (2 * theta - 1) / 2 + (1 - theta) / 6 if theta > 0.5 else 1 / 12
        reach = _Z * float(np.sqrt(spread / n1 + own(theta)[1]))
        return abs(theta - comparison.auc) - reach

    return _root(excess, comparison.auc, 0.0)


def _root(excess: Callable[[float], float], inner: float, outer: float) -> float:
    """Where the excess changes its sign between the estimate and the end of the scale."""
    start = inner + 1e-9 * (outer - inner)  # at 0 and at 1 nothing can vary; beside them, it can
    if inner == outer or excess(outer) <= 0:
        return outer
    if excess(start) >= 0:
        return inner
    return float(brentq(excess, start, outer, xtol=1e-10))
