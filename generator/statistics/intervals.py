"""95 % intervals of shares, bootstrapped statistics, AUC differences.

The interval of an AUC itself is in ``auc_interval``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from generator.statistics.auc import Array, Comparison

_TAIL = 0.025
_Z = 1.959963984540054  # ndtri(1 - _TAIL), written out: SciPy is imported where it is used
_NOTHING = 1e-12  # less than any difference between two AUCs of real samples


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def wilson(hits: float, trials: int) -> Interval:
    """Score interval of a share (Wilson 1927, JASA 22: 209–212); ``hits`` may be a fraction."""
    share, squared = hits / trials, _Z**2 / trials
    middle = (share + squared / 2) / (1 + squared)
    arm = float(np.sqrt(squared * (share * (1 - share) + squared / 4))) / (1 + squared)
    return Interval(max(0.0, min(share, middle - arm)), min(1.0, max(share, middle + arm)))


def newcombe(auc: float, n1: int, n0: int) -> Interval:
    """Score interval of an AUC from its value and the sample sizes alone.

    Solves |θ − θ̂| = z √V(θ) with V from exponential distributions and balanced sizes: method 5 of
    Newcombe (2006), Statist. Med. 25: 559–573. It never collapses: at θ̂ = 1 the lower end is what
    the sizes allow.
    """
    return Interval(_newcombe_low(auc, n1, n0), 1.0 - _newcombe_low(1.0 - auc, n1, n0))


def _newcombe_low(auc: float, n1: int, n0: int) -> float:
    if auc <= 0:
        return 0.0
    star = (n1 + n0) / 2 - 1

    def excess(theta: float) -> float:
        spread = 1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (auc - theta) ** 2 - _Z**2 * theta * (1 - theta) * spread / (n1 * n0)

    return float(scipy.optimize.brentq(excess, 0.0, min(auc, 1 - 1e-9), xtol=1e-12))


def expanded(influences: tuple[Array, ...]) -> tuple[float, float]:
    """Quantiles for small samples: Student's in place of the normal, n−1 in place of n.

    The bootstrap's own variance is too small by (n−1)/n, and it takes that variance for known
    (Hesterberg 2015, Am. Statist. 69: 371–386, "expanded percentile"). For two samples the degrees
    of freedom are Welch and Satterthwaite's.
    """
    plain = sum(float(part.var()) / len(part) for part in influences)
    parts = [float(part.var(ddof=1)) / len(part) for part in influences]
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(sample) - 1) for part, sample in zip(parts, influences, strict=True)
    )
    reach = float(scipy.stats.t.ppf(1 - _TAIL, freedom)) * float(np.sqrt(sum(parts) / plain))
    return -reach, reach


def difference_interval(own: Comparison, rival: Comparison, resampled: Array) -> Interval:
    """95 % interval of AUC − rival's AUC on the same photographs (paired, expanded percentiles).

    BCa's corrections, made for skewed statistics, only add noise to a difference that is nearly
    symmetric: with ten positives it covers 90 % where percentiles cover 94. Where nothing varies
    under resampling, the two score intervals are combined as if independent (Newcombe 1998,
    Statist. Med. 17: 873–890; "MOVER"), which is wide rather than falsely certain.

    Parameters
    ----------
    resampled:
        The difference under stratified resamples, shape (R,).
    """
    difference, influences = own.auc - rival.auc, own.minus(rival)
    if degenerate(resampled, influences):
        mine, theirs = newcombe(own.auc, *own.sizes), newcombe(rival.auc, *rival.sizes)
        down = np.hypot(own.auc - mine.low, theirs.high - rival.auc)
        up = np.hypot(mine.high - own.auc, rival.auc - theirs.low)
        found = Interval(difference - float(down), difference + float(up))
    else:
        ends = np.quantile(resampled, scipy.special.ndtr(expanded(influences)))
        found = Interval(float(ends[0]), float(ends[1]))
    return holding(difference, found, floor=-1.0)


def degenerate(resampled: Array, influences: tuple[npt.NDArray[np.float64], ...]) -> bool:
    """Whether resampling can say nothing about the spread."""
    if min(map(len, influences)) < 2 or float(np.ptp(resampled)) < _NOTHING:
        return True
    return sum(float((part**2).sum()) for part in influences) < _NOTHING


def holding(value: float, interval: Interval, *, floor: float) -> Interval:
    """The interval within [floor, 1], widened where it does not hold the estimate."""
    return Interval(
        max(min(interval.low, value), floor),
        min(max(interval.high, value), 1.0),
    )
