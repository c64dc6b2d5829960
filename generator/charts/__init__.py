"""Numbers → inline SVG that takes its colours from the page around it. No disk, no network."""

from generator.charts.curve import axis, curve
from generator.charts.drawing import VERSION, draw
from generator.charts.path import path
from generator.charts.profile import profile
from generator.charts.records import Chart, Dots, Interval, Intervals, Strip, Svg

__all__ = [
    "VERSION",
    "Chart",
    "Dots",
    "Interval",
    "Intervals",
    "Strip",
    "Svg",
    "axis",
    "curve",
    "draw",
    "path",
    "profile",
]
