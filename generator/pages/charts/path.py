"""Path similarity over layers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from generator.pages.charts.data import Svg

LOW, HIGH = -1.0, 2.0  # beyond these, values are drawn at the edge
HEIGHT = 90  # of the plot's own units; the page scales it
WIDE = 20  # from one layer to the next

Values = Sequence[float | None]


def path(values: Values, kin: Values, arbitrary: Values, alt: str) -> Svg:
    """Draw a line with a dot for each layer over the bands of the photographs themselves.

    Parameters
    ----------
    values:
        The picture's similarity at every layer; None leaves a gap.
    kin, arbitrary:
        Half the height of the bands around 1 and around 0.
    alt:
        The chart in words.
    """
    width = WIDE * max(1, len(values))
    bands = "".join(
        f'<path class="fb-path-{name}" d="{_band(level, spread)}"/>'
        for name, level, spread in (("kin", 1.0, kin), ("arbitrary", 0.0, arbitrary))
    )
    levels = "".join(f"M0 {_height(level):.1f}H{width}" for level in (0.0, 1.0))
    dots = "".join(
        f'<circle class="fb-path-dot" cx="{_middle(at)}" cy="{_height(value):.1f}" r="3"/>'
        for at, value in enumerate(values)
        if value is not None
    )
    return Svg(
        f'<svg class="fb-path" viewBox="0 0 {width} {HEIGHT}" role="img" '
        f'aria-label="{escape(alt)}" focusable="false">{bands}'
        f'<path class="fb-path-levels" d="{levels}"/>'
        f'<path class="fb-path-line" d="{_line(values)}"/>{dots}</svg>'
    )


def _line(values: Values) -> str:
    """One stroke for each run of layers without a gap."""
    drawn, pen = "", "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        drawn += f"{pen}{_middle(at)} {_height(value):.1f}"
        pen = "L"
    return drawn


def _band(level: float, spread: Values) -> str:
    """A box for each layer, from ``level`` minus to ``level`` plus its spread."""
    return "".join(
        f"M{WIDE * at} {_height(level + half):.1f}h{WIDE}V{_height(level - half):.1f}h-{WIDE}z"
        for at, half in enumerate(spread)
        if half is not None
    )


def _middle(at: int) -> int:
    return WIDE * at + WIDE // 2


def _height(value: float) -> float:
    return HEIGHT * (HIGH - min(max(value, LOW), HIGH)) / (HIGH - LOW)
