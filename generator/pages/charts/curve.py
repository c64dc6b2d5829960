"""The curve of the objective over optimisation steps."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from generator.pages.charts.data import Svg

HEIGHT = 100  # of the plot's own units; the page scales it


def curve(values: Sequence[float], ends: Sequence[int], alt: str) -> Svg:
    """Draw a line over the steps, without text: what stands around it says the numbers.

    Parameters
    ----------
    values:
        The objective before every step; what is no number is drawn as 0.
    ends:
        Counts of steps after which a new scale begins; each is a thin line from top to bottom.
    alt:
        The curve in words.
    """
    finite = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = axis(finite.tolist())
    heights = HEIGHT * (high - finite) / ((high - low) or 1.0)
    line = "".join(f"{'L' if at else 'M'}{at} {height:.1f}" for at, height in enumerate(heights))
    bounds = "".join(f"M{end} 0V{HEIGHT}" for end in ends)
    return Svg(
        f'<svg class="fb-curve" viewBox="0 0 {max(1, len(finite))} {HEIGHT}" '
        f'preserveAspectRatio="none" role="img" aria-label="{escape(alt)}" focusable="false">'
        f'<path class="fb-curve-scales" d="{bounds}"/><path class="fb-curve-line" d="{line}"/>'
        f'<path class="fb-curve-now" d=""/></svg>'
    )


def axis(values: Sequence[float]) -> tuple[float, float]:
    """Both ends of the curve's axis, which always holds 0."""
    finite = [value for value in values if np.isfinite(value)]
    return min([0.0, *finite]), max([0.0, *finite])
