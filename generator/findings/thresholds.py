"""The lines between verdicts, as the protocol draws them; a report's own are in its spec."""

from __future__ import annotations

from generator.spec.thresholds import Threshold, Thresholds

__all__ = ["THRESHOLDS", "Threshold", "Thresholds"]

THRESHOLDS = Thresholds()
