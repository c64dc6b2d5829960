"""Numbers → inline SVG."""

import re

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.pages.charts import Chart, Dots, Interval, Intervals, Strip, draw, profile

STRIP = Strip(
    (
        Dots("positives", "circle", "fb-accent", (1.0, 2.5), ("lark: z = 1", "<b>{ onclick=x }")),
        Dots("controls", "diamond", "fb-muted", (0.0, -1.0, 0.25), ("a", "b", "c")),
    ),
    "z",
    'words "and" <signs>',
)
INTERVALS = Intervals(
    (Interval("arches", 0.9, 0.8, 0.95, "arches: 0.90"),), 0.75, "AUC", "arches: 0.90"
)


@pytest.mark.parametrize("chart", [STRIP, INTERVALS], ids=["strip", "intervals"])
def test_a_chart_can_be_repeated_on_any_page(chart: Chart):
    markup = draw(chart).markup
    assert markup == draw(chart).markup
    assert not re.search(r'\bid="|http|<script|<style|<image|font-family', markup)
    svg = LexborHTMLParser(markup).css_first("svg")
    assert svg is not None
    assert (svg.attributes["role"], svg.attributes["aria-label"]) == ("img", chart.alt)


def test_a_chart_takes_its_colours_from_the_page():
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', draw(STRIP).markup))
    assert colours <= {
        "none",
        "transparent",
        "currentColor",
        "var(--fb-accent, currentColor)",
        "var(--fb-muted, currentColor)",
    }


def test_a_profile_marks_the_tested_filter():
    values = np.zeros(512, dtype=np.float32)
    values[300] = 4.0
    markup = profile(values, 300).markup
    assert 'viewBox="0 0 512 73"' in markup
    assert 'd="M300.5 73.0V9.0"' in markup


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_profile_survives_what_is_no_number(value: float):
    values = np.array([1.0, value, -2.0], dtype=np.float32)
    markup = profile(values, 1).markup
    assert "nan" not in markup
    assert "inf" not in markup
    flat = profile(np.zeros(3, dtype=np.float32), 0).markup
    assert "nan" not in flat


def test_a_narrow_profile_keeps_every_peak():
    values = np.zeros(512, dtype=np.float32)
    values[[5, 300]] = 4.0, 2.0
    markup = profile(values, 300, columns=128).markup
    assert 'd="M300.5 73.0V41.0"' in markup
    assert "M0 73V73h4V9h4V73h292V41h4V73h208V73z" in markup
    assert 'viewBox="0 0 512 73"' in markup


def test_every_mark_says_what_it_stands_for_and_nothing_else():
    svg = LexborHTMLParser(draw(STRIP).markup)
    said = [title.text() for title in svg.css(".fb-marks title")]
    assert said == ["lark: z = 1", "<b>{ onclick=x }", "a", "b", "c"]
    assert svg.css_first("b") is None
    assert "{ " not in draw(STRIP).markup
    (only,) = LexborHTMLParser(draw(INTERVALS).markup).css(".fb-marks title")
    assert only.text() == "arches: 0.90"
