"""The histogram of a filter's responses."""

from __future__ import annotations

from math import log1p

from generator.pages.charts.data import Bar, Svg
from generator.pages.escaping import escaped

WIDTH, HEIGHT = 600, 110  # of the plot's own units; the page scales it


def histogram(bars: tuple[Bar, ...], threshold: float, alt: str) -> Svg:
    """Draw counts as bars on a logarithmic scale, so that a single photograph can still be seen.

    Parameters
    ----------
    threshold:
        Where the dashed line stands, as a share of the way from the first bar to the last.
    alt:
        The chart in words.
    """
    top = log1p(max((bar.count for bar in bars), default=0)) or 1.0
    wide = WIDTH / max(1, len(bars))
    drawn = "".join(
        f'<path d="M{at * wide:.1f} {HEIGHT}v-{HEIGHT * log1p(bar.count) / top:.1f}'
        f'h{wide - 1.5:.1f}V{HEIGHT}z"><title>{escaped(bar.text)}</title></path>'
        for at, bar in enumerate(bars)
    )
    line = f'<path class="fb-limit" d="M{threshold * WIDTH:.1f} 0V{HEIGHT}"/>'
    return Svg(
        f'<svg class="fb-chart fb-histogram" viewBox="0 -2 {WIDTH} {HEIGHT + 4}" width="{WIDTH}" '
        f'height="{HEIGHT + 4}" role="img" aria-label="{escaped(alt)}">'
        f'<g class="fb-marks fb-bars">{drawn}</g>{line}</svg>'
    )
