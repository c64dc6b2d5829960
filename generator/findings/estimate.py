"""The record of a statistic with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its 95 % interval and, where it was tested, its one-sided p-value."""

    value: float
    low: float
    high: float
    p: float | None = None
