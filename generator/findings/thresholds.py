"""The protocol's default thresholds; a report may set its own."""

from __future__ import annotations

from generator.spec.thresholds import Threshold, Thresholds

__all__ = ["THRESHOLDS", "Threshold", "Thresholds"]

THRESHOLDS = Thresholds()
