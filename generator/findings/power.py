"""How many more positives would let an interval clear a threshold."""

from __future__ import annotations

from math import ceil

from generator.findings.claim_tests.auc_test import AucEstimate

LIKELY = "80 %"
_LIKELY = 1.96 / (1.96 + 0.84)  # of the way to the line: what the interval's end may take of it
_MOST = 100_000


def positives_needed(
    t1: AucEstimate, positives: int, *, line: float, likely: bool = False
) -> int | None:
    """Positives in all at which the interval would just clear ``line``, or None if none would do.

    Further samples give a higher AUC as often as a lower one, so that this is an even chance; with
    ``likely``, the interval of 80 % of them would clear the line.

    Supposes that further positives are like those at hand: the AUC stays, and so does the spread.
    The interval's arm towards the line then shrinks with √variance, of which the part ``share``
    falls as 1/n₁ and the rest, which the controls leave, stays (DeLong et al. 1988). None where the
    AUC is on the wrong side of the line, or where the controls' part alone is too much.
    """
    arm, wanted = _arm(t1, line)
    return _grown(t1.share, positives, arm=arm, wanted=wanted * (_LIKELY if likely else 1))


def growth_needed(t1: AucEstimate, *, line: float) -> float:
    """How many times as many positives *and* controls would let the interval clear ``line``."""
    arm, wanted = _arm(t1, line)
    return (arm / wanted) ** 2


def _arm(t1: AucEstimate, line: float) -> tuple[float, float]:
    """How far the interval reaches towards the line, and how far it may reach."""
    arm = t1.value - t1.low if line < t1.value else t1.high - t1.value
    return arm, abs(t1.value - line)


def positives_to_narrow(t1: AucEstimate, positives: int, *, half_width: float) -> int | None:
    """Positives in all at which the interval would be no wider than ± ``half_width``."""
    return _grown(t1.share, positives, arm=(t1.high - t1.low) / 2, wanted=half_width)


def _grown(share: float, positives: int, *, arm: float, wanted: float) -> int | None:
    if arm <= wanted:
        return positives
    allowed = (wanted / arm) ** 2 - (1 - share)
    if allowed <= 0:
        return None
    needed = ceil(positives * share / allowed)
    return needed if needed <= _MOST else None
