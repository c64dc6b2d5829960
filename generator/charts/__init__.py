"""Numbers → inline SVG that takes its colours from the page around it. No disk, no network."""

from generator.charts.curve import axis, curve
from generator.charts.drawing import VERSION, draw
from generator.charts.histogram import histogram
from generator.charts.path import path
from generator.charts.profile import profile
from generator.charts.records import Bar, Chart, Dots, Interval, Intervals, Strip, Svg

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
