"""One form for numbers and paths in everything that can be downloaded."""

from __future__ import annotations

import math


def picture_path(layer: str, filter_index: int) -> str:
    """Where the site keeps a filter's picture, relative to its root."""
    return f"pictures/{layer}/{filter_index}.png"


def six_digits(value: float) -> float | None:
    """A number with six significant digits; None for NaN and infinities."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
