"""The mean activation of every feature map."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from generator.artifacts.artifact import Floats
from generator.pages.charts.data import Svg

HEIGHT = 64  # of the plot's own units; the page scales it
HEAD = 9  # room above the bars for the mark


def profile(values: Floats, filter_index: int, columns: int = 1024) -> Svg:
    """Draw one bar per feature map, without text: the caption beside it says the numbers.

    Parameters
    ----------
    values:
        Mean activation of every feature map, shape (channels,).
    filter_index:
        The tested filter; its bar is drawn in the accent colour under a triangle.
    columns:
        How many bars may be drawn at most. Of more maps, neighbours share a bar, which is as high
        as the strongest of them; the tested filter's own bar is drawn at its own height.
    """
    finite = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = min(0.0, float(finite.min())), max(0.0, float(finite.max()))
    heights = HEIGHT * (high - finite) / ((high - low) or 1.0) + HEAD
    zero = HEIGHT * high / ((high - low) or 1.0) + HEAD
    count, wide = len(finite), max(2.0, len(finite) / 110)
    middle = filter_index + 0.5
    edge = min(max(middle, wide * 1.5), count - wide * 1.5)
    mark = f"M{edge - wide * 1.5:.1f} 0h{wide * 3:.1f}l{-wide * 1.5:.1f} 7z"
    bar = f"M{middle:.1f} {zero:.1f}V{heights[filter_index]:.1f}"
    return Svg(
        f'<svg class="fb-profile" viewBox="0 0 {count} {HEIGHT + HEAD}" '
        'preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<path class="fb-profile-bars" d="{_outline(heights, zero, -(-count // columns))}"/>'
        f'<path class="fb-profile-tested" stroke-width="{wide:.1f}" d="{bar}"/>'
        f'<path class="fb-profile-mark" d="{mark}"/></svg>'
    )


def _outline(heights: np.ndarray[tuple[int], np.dtype[np.float64]], zero: float, step: int) -> str:
    """One filled path over all bars, each ``step`` units wide: a few bytes a bar."""
    tops = [f"{heights[at : at + step].min():.0f}" for at in range(0, len(heights), step)]
    widths = [min(step, len(heights) - at) for at in range(0, len(heights), step)]
    bars = "".join(
        f"V{top}h{sum(width for _, width in same)}"
        for top, same in groupby(zip(tops, widths, strict=True), key=lambda bar: bar[0])
    )
    return f"M0 {zero:.0f}{bars}V{zero:.0f}z"
