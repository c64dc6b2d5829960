"""Numbers as text: shares, estimates, p-values, counts; in one format on all pages."""

from __future__ import annotations

import math

from generator.findings.estimate import Estimate

NONE = "—"


def fixed(value: float | None, digits: int = 2) -> str:
    """A number with a fixed number of digits and a real minus sign."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−").replace(",", "\u202f")


def grouped(value: int) -> str:
    """A whole number with a thin space between its thousands."""
    return f"{value:,}".replace("-", "−").replace(",", "\u202f")


def amount(value: float) -> str:
    """An activation: whole where large, with digits where small."""
    size = abs(value) if math.isfinite(value) else 0.0
    return fixed(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def probability(p: float | None) -> str:
    """A p-value: four digits, and never a zero that was not measured."""
    if p is None or not math.isfinite(p):
        return NONE
    return "< 0.0001" if p < 0.0001 else fixed(p, 4)


def exact(value: float) -> str:
    """A constant with six significant digits."""
    return f"{value:.6g}".replace("-", "−")


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval as ``0.88 to 0.97``."""
    if estimate is None:
        return NONE
    return f"{fixed(estimate.low)} to {fixed(estimate.high)}"


def estimated(estimate: Estimate | None) -> str:
    """A statistic with its interval, as ``0.93 (0.88 to 0.97)``."""
    return NONE if estimate is None else f"{fixed(estimate.value)} ({interval(estimate)})"


def share_interval(share: Estimate | None) -> str:
    """The 95 % interval of a share as ``68 % to 92 %``."""
    return f"{percent(share.low)} to {percent(share.high)}" if share else NONE


def estimated_share(share: Estimate | None) -> str:
    """A share with its interval, as ``83 % (68 % to 92 %)``."""
    return f"{percent(share.value)} ({share_interval(share)})" if share else NONE


def percent(share: float) -> str:
    """A share as ``93 %``, with as many more digits as it takes to differ from 0 and 100 %."""
    digits = next((n for n in range(5) if 0 < round(share, n + 2) < 1), 0)
    return f"{100 * share:.{digits}f} %"


def number(value: float, *bars: float) -> str:
    """A share as ``0.93``, with as many more digits as it takes to show its side of every bar.

    0 and 1 are always bars: 0.998 is not 1.00.
    """
    for digits in range(2, 7):
        shown = round(value, digits)
        sides = ((shown - bar, value - bar) for bar in (*bars, 0.0, 1.0))
        if all((mine > 0, mine < 0) == (true > 0, true < 0) for mine, true in sides):
            break
    return f"{shown:.{digits}f}".replace("-", "−")


def plural(count: int, noun: str) -> str:
    """A count with its noun in the right number."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
