"""Numbers → inline SVG that takes its colours from the page around it. No disk, no network."""

from generator.pages.charts.curve import axis, curve
from generator.pages.charts.data import Bar, Chart, Dots, Interval, Intervals, Strip, Svg
from generator.pages.charts.histogram import histogram
from generator.pages.charts.path import path
from generator.pages.charts.profile import profile
from generator.pages.charts.responses import VERSION, draw

__all__ = [
    "VERSION",
    "Bar",
    "Chart",
    "Dots",
    "Interval",
    "Intervals",
    "Strip",
    "Svg",
    "axis",
    "curve",
    "draw",
    "histogram",
    "path",
    "profile",
]
