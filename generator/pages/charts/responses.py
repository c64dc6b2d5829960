"""All responses of a claim by role, drawn with Altair."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

from generator.pages.charts.data import Chart, Dots, Intervals, Strip, Svg
from generator.pages.escaping import escaped

VERSION = 5  # raise when the same numbers are drawn differently
# So narrow, and with its labels above the rows, that a phone shows a chart whole and legibly.
WIDTH, ROW, LINE = 420, 54, 42
TEXT = 13
GOLDEN = 0.618033988749895  # low-discrepancy jitter: even, and the same at every build
# A row of marks. What each is called stands for its name: vl-convert sees none of a user's text.
MARKS = re.compile(r'<g class="mark-symbol[^>]*>((?:<path aria-label="mark\d+"[^>]*/>)+)</g>')
MARK = re.compile(
    r'aria-label="mark(\d+)"[^>]* transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]* stroke="(#\w+)"'
)
SHAPES = {  # around a point, in the least number of signs: a chart has hundreds of them
    "circle": "m3.2 0a3.2 3.2 0 1 1-6.4 0a3.2 3.2 0 1 1 6.4 0",
    "triangle-up": "m0-3.4l3.6 6.2h-7.2z",
    "diamond": "m0-4.2l3 4.2l-3 4.2l-3-4.2z",
    "dot": "m4.6 0a4.6 4.6 0 1 1-9.2 0a4.6 4.6 0 1 1 9.2 0",
}
ADDED = re.compile(r' (?:font-family|aria-[a-z]+|role|pointer-events)="[^"]*"')
CLASSES = re.compile(r' class="(?:mark-|background|foreground)[^"]*"')
ROOT = re.compile(r"^<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>")


def draw(chart: Chart) -> Svg:
    """Draw a chart; colours are ``currentColor`` and classes, so that a style sheet decides.

    The markup has no ids, scripts, fonts or addresses: any number of charts share a page.
    """
    import altair as alt  # noqa: PLC0415 - costs a second, which a cached build does not need
    import vl_convert  # noqa: PLC0415

    picture = _strip(alt, chart) if isinstance(chart, Strip) else _intervals(alt, chart)
    spec = picture.configure(**_quiet(alt)).to_dict()
    return Svg(_inline(vl_convert.vegalite_to_svg(spec), chart.alt, _names(chart)))


def _names(chart: Chart) -> list[tuple[str, str]]:
    """The shape of every mark and what it stands for, in the order in which they are drawn."""
    if isinstance(chart, Strip):
        return [(row.shape, name) for row in chart.rows for name in row.names]
    return [("dot", row.text) for row in chart.rows]


def _strip(alt: Any, chart: Strip) -> Any:
    labels = [_label(row) for row in chart.rows]
    starts = accumulate((len(row.values) for row in chart.rows), initial=0)
    x = alt.X("x:Q", title=chart.axis, scale=alt.Scale(zero=False, nice=True))
    rows = [
        _points(alt, row, start).encode(x=x) for row, start in zip(chart.rows, starts, strict=False)
    ]
    return (
        alt.layer(_labels(alt, labels), *rows)
        .properties(width=WIDTH, height=ROW * len(labels))
        .encode(
            y=alt.Y("row:N", scale=alt.Scale(domain=labels), axis=None),
        )
    )


def _points(alt: Any, row: Dots, start: int) -> Any:
    points = [
        {
            "x": value,
            "row": _label(row),
            "jitter": (index * GOLDEN) % 1.0 - 0.5,
            "mark": f"mark{start + index}",
        }
        for index, value in enumerate(row.values)
    ]
    return (
        alt.Chart(alt.InlineData(values=points))
        .mark_point(shape=row.shape, size=42, strokeWidth=1.4, opacity=1, color=_tone(row.css))
        .encode(
            yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-1.5, 0.7])),
            description=alt.Description("mark:N"),
        )
    )


def _labels(alt: Any, labels: list[str]) -> Any:
    """What each row is called, above it from the left."""
    rows = alt.Chart(alt.InlineData(values=[{"row": label} for label in labels]))
    text = rows.mark_text(align="left", baseline="top", dy=5, color="currentColor", fontSize=TEXT)
    return text.encode(text="row:N", x=alt.value(0), y=alt.Y("row:N", axis=None, bandPosition=0))


def _label(row: Dots) -> str:
    return f"{row.label} ({len(row.values)})"


def _intervals(alt: Any, chart: Intervals) -> Any:
    rows = [
        {"row": r.label, "x": r.value, "low": r.low, "high": r.high, "mark": f"mark{at}"}
        for at, r in enumerate(chart.rows)
    ]
    order = [row.label for row in chart.rows]
    scale = alt.Scale(domain=order)
    y = alt.Y("row:N", scale=scale, axis=None, bandPosition=0.7)
    lowest = min(0.4, *(r.low for r in chart.rows))
    across = alt.Scale(domain=[lowest, 1.0], nice=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    axis = alt.X("low:Q", title=chart.axis, scale=across)
    lines = base.mark_rule(strokeWidth=2, color=_tone("fb-ink")).encode(x=axis, x2="high:Q")
    dots = base.mark_point(size=70, opacity=1, color=_tone("fb-accent")).encode(
        description=alt.Description("mark:N")
    )
    limit = alt.Chart(alt.InlineData(values=[{"limit": chart.threshold}]))
    dashed = limit.mark_rule(strokeDash=[4, 4], color=_tone("fb-ink")).encode(
        x=alt.X("limit:Q", scale=across)
    )
    dots = dots.encode(x=alt.X("x:Q", title=chart.axis, scale=across))
    layers = alt.layer(dashed, _labels(alt, order), lines, dots)
    return layers.properties(width=WIDTH, height=LINE * len(order))


TONES = {"fb-ink": "#010101", "fb-accent": "#020202", "fb-muted": "#030303"}


def _tone(css: str) -> str:
    """A colour that stands for a class until :func:`_inline` swaps it."""
    return TONES[css]


def _quiet(alt: Any) -> dict[str, Any]:
    """No frame, no background, every line and letter in the colour of the text around."""
    axis = alt.AxisConfig(
        labelColor="currentColor",
        titleColor="currentColor",
        domainColor="currentColor",
        tickColor="currentColor",
        gridColor="currentColor",
        gridOpacity=0.12,
        labelFontSize=TEXT,
        titleFontSize=TEXT,
        titleFontWeight="normal",
        titlePadding=10,
        tickCount=6,
    )
    padding = {"left": 8, "top": 5, "right": 12, "bottom": 5}
    return {
        "background": "transparent",
        "padding": padding,
        "axis": axis,
        "view": alt.ViewConfig(stroke=None),
    }


def _inline(svg: str, words: str, names: list[tuple[str, str]]) -> str:
    """Strip what collides or repeats on a page, name the classes, and give it its alternative."""
    match = ROOT.match(svg)
    if match is None:
        raise ValueError("vl-convert gave no SVG with a size")
    width, height = match.groups()
    named = MARKS.sub(lambda group: _marks(group[1], names), svg[match.end() :])
    body = CLASSES.sub("", ADDED.sub("", named))
    for css, colour in TONES.items():
        body = body.replace(f'"{colour}"', f'"var(--{css}, currentColor)"')
    return (
        f'<svg class="fb-chart" data-search-exclude viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escaped(words)}">{body}'
    )


def _marks(group: str, names: list[tuple[str, str]]) -> str:
    """A row of marks in their shapes, each with its name for whoever points at it."""
    marks = []
    for at, x, y, _ in MARK.findall(group):
        shape, name = names[int(at)]
        place = f"M{float(x):.1f} {float(y):.1f}{SHAPES[shape]}"
        marks.append(f'<path d="{place}"><title>{escaped(name)}</title></path>')
    tone = MARK.findall(group)[0][3]
    fill = tone if names[0][0] == "dot" else "none"
    return f'<g class="fb-marks" stroke="{tone}" fill="{fill}">{"".join(marks)}</g>'
