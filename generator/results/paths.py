"""Paths and number formats of downloadable files."""

from __future__ import annotations

import math


def picture_path(layer: str, filter_index: int) -> str:
    """Where the site keeps a filter's picture, relative to its root."""
    return f"pictures/{layer}/{filter_index}.png"


def other_path(layer: str, unit: int | str, label: str) -> str:
    """Where the site keeps a picture beside the main one; by number, or by an objective's id."""
    folder = unit if isinstance(unit, int) else f"objectives/{unit}"
    return f"pictures/{layer}/{folder}/{label.replace(' ', '-')}.png"


def objective_path(layer: str, name: str) -> str:
    """Where the site keeps the picture of an objective."""
    return f"pictures/{layer}/objectives/{name}.png"


def six_digits(value: float) -> float | None:
    """A number with six significant digits; None for NaN and infinities."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
