"""Figures beside a picture in words, its growth, and its curve."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from generator.artifacts.blobs import NOTHING
from generator.findings.findings import FilterFinding, Findings
from generator.findings.trust import PathSimilarity, Trust
from generator.pages import compose
from generator.pages.charts import axis, curve, path
from generator.pages.filter_views import FilterView
from generator.pages.method import provenance_page
from generator.pages.page import StripFile
from generator.pages.recipes import recipe_view, recipe_views
from generator.pages.trust import constants, curve_view, figures, growth, marks, path_view
from generator.recipes.presets import RECIPES
from tests import records


@pytest.fixture(scope="module")
def findings() -> Findings:
    return records.findings()


def found(findings: Findings, number: int) -> FilterFinding:
    return next(f for layer in findings.layers for f in layer.filters if f.filter == number)


def told(finding: FilterFinding, photographs: int = 400, seeds: int = 3) -> dict[str, list[str]]:
    made = marks(finding, photographs=photographs, seeds=seeds)
    return {mark.name: [mark.value, mark.tone, mark.word, mark.meaning] for mark in made}


def test_figures_for_a_picture(findings: Findings):
    said = told(found(findings, 456))
    assert [said[name][0] for name in said] == [
        "3.2 ×", "rank 1 of 512", "0.81", "0.64 of 1", "converged", "alive",
    ]  # fmt: skip
    assert {(tone, word) for _, tone, word, _ in said.values()} == {("good", "speaks for it")}
    assert said["Convergence"][3] == "The last step still added 1.2\u00a0% of the objective."


def test_figures_against_a_picture(findings: Findings):
    said = told(found(findings, 45))
    assert [said[name][0] for name in said] == [
        "0.62 ×", "rank 87 of 512", "0.21", "−0.31 of 1", "still rising", "dead",
    ]  # fmt: skip
    assert {(tone, word) for _, tone, word, _ in said.values()} == {("bad", "speaks against it")}
    assert "86 other filters of the layer stand out more" in said["Selectivity"][3]


@pytest.mark.parametrize(
    ("photographs", "reason"), [(0, "no photographs"), (1, "Too few photographs")]
)
def test_what_was_not_measured_is_not_called_good(
    findings: Findings, photographs: int, reason: str
):
    said = told(found(findings, 286), photographs)
    for name in ("Strength", "Selectivity", "Stability"):
        value, tone, word, meaning = said[name]
        assert (value, tone, word) == ("—", "open", "not known")
        assert reason in meaning


def test_each_gap_has_its_own_reason(findings: Findings):
    plain = found(findings, 456)
    single = replace(plain, trust=replace(records.TRUST[456], stability=None))
    assert told(single, seeds=1)["Stability"][3].startswith("Pictures from a single seed")
    assert told(single, seeds=3)["Stability"][3] == "The seeds could not be compared."
    unexcited = replace(plain, trust=replace(records.TRUST[456], strength=None))
    assert "No photograph raises" in told(unexcited)["Strength"][3]
    constant = replace(plain, trust=replace(records.TRUST[456], selectivity=None))
    assert "to all photographs alike" in told(constant)["Selectivity"][3]
    second = replace(plain, trust=replace(records.TRUST[456], selectivity=2))
    assert "1 other filter of the layer stands" in told(second)["Selectivity"][3]
    old = replace(plain, rendering=replace(plain.rendering, curve=()))
    assert told(old)["Convergence"][:2] == ["—", "open"]
    fell = replace(plain, trust=replace(records.TRUST[456], gain=-0.03))
    assert "took away 3.0\u00a0%" in told(fell)["Convergence"][3]


def test_nothing_measured_at_all(findings: Findings):
    bare = replace(found(findings, 456), trust=None)
    assert [told(bare)[name][0] for name in ("Strength", "Selectivity", "Stability")] == ["—"] * 3
    assert [row.text for row in figures(bare)][:3] == ["—"] * 3


def test_a_strength_just_below_one_does_not_look_like_one(findings: Findings):
    close = Trust(strength=0.949, selectivity=1, of=512, stability=0.9, gain=0.0)
    assert figures(replace(found(findings, 456), trust=close))[0].text == "0.95 ×"


def test_the_path_is_told_in_words_and_drawn(findings: Findings):
    like, unlike, untold = (told(found(findings, number))["Path"] for number in (456, 45, 501))
    assert like[:2] == ["0.64 of 1", "good"]
    assert like[3].startswith("At 1 of 1 layer on the way the network processes it more like")
    assert unlike[:2] == ["−0.31 of 1", "bad"]
    assert untold[:2] == ["—", "open"]
    silent = replace(records.TRUST[45], path=PathSimilarity(records.WAY[:1] + records.WAY[3:]))
    quiet = replace(found(findings, 45), trust=silent)
    assert "no more alike than arbitrary ones" in told(quiet)["Path"][3]
    assert path_view(silent) is None
    assert path_view(None) is None
    view = path_view(records.TRUST[45])
    assert view is not None
    assert (view.first, view.last) == ("features.20", "features.25")
    assert [row.cells[0] for row in view.rows] == ["—", "−0.31", "0.91"]
    assert view.svg.markup.count("<circle") == 2
    assert "features.22: −0.31" in view.svg.markup


@pytest.mark.parametrize("value", [-40.0, 40.0])
def test_a_path_stays_within_its_chart(value: float):
    markup = path([value, None, 0.5], [0.2, None, 9.0], [0.2, None, 0.1], "a & b").markup
    assert "a &amp; b" in markup
    heights = [float(y) for y in re.findall(r'cy="([-\d.]+)"', markup)]
    assert all(0 <= y <= 90 for y in heights)


def test_the_strip_is_written_as_it_was_kept(findings: Findings):
    site = compose(findings)
    strips = {asset.path: asset.webp for asset in site.assets if isinstance(asset, StripFile)}
    picture = found(findings, 456).rendering
    page = next(page.view for page in site.pages if page.path == "layers/features.24/456.md")
    assert isinstance(page, FilterView)
    assert page.growth is not None
    assert strips[page.growth.strip] == picture.growth
    assert page.growth.steps == tuple(map(str, records.FRAMES))
    with Image.open(io.BytesIO(picture.growth.read())) as strip:
        assert strip.size == (page.growth.side * len(page.growth.steps), page.growth.side)


def test_a_picture_without_frames_has_no_slider(findings: Findings):
    picture = found(findings, 456).rendering
    assert growth(replace(picture, growth=NOTHING, frames=()), "conv5_1 : 456") is None
    assert growth(replace(picture, frames=(0,)), "conv5_1 : 456") is None
    assert curve_view(replace(picture, curve=())) is None


def test_the_curve_says_in_words_what_it_shows(findings: Findings):
    made = curve_view(found(findings, 456).rendering)
    assert made is not None
    assert (made.low, made.high, made.steps) == ("0", "1\u202f110", "52 steps")
    assert 'aria-label="The objective over 52 steps: from 89.9 before the first' in made.svg.markup
    assert 'class="fb-curve-scales" d="M32 0V100"' in made.svg.markup


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_curve_survives_what_is_no_number(value: float):
    markup = curve([1.0, value, -2.0], [], 'words "and" <signs>').markup
    assert "nan" not in markup
    assert "inf" not in markup
    assert "<signs>" not in markup
    assert axis([1.0, value, -2.0]) == (-2.0, 1.0)


def test_a_curve_that_stays_at_nothing_is_drawn():
    assert "nan" not in curve([0.0, 0.0], [], "").markup


def test_every_line_is_printed(findings: Findings):
    rows = {row.head: row.cells[0] for row in constants(findings.study.spec)}
    assert rows == {
        "Strength": "≥ 1",
        "Selectivity": "≤ 1\u00a0%",
        "Path": "≥ 0.5",
        "Stability": "≥ 0.7",
        "Seeds": "3",
        "Small pictures": "96 px",
        "Convergence": "≤ 5\u00a0%",
    }


def test_the_method_page_knows_the_recipes_of_all_pictures(findings: Findings) -> None:
    assert [view.name for view in recipe_views(findings)] == ["fourier", "multiscale"]


def test_the_provenance_page_knows_the_devices_of_all_pictures(findings: Findings) -> None:
    layer = findings.layers[0]
    beside = next(f for f in layer.filters if f.others)
    first, *rest = beside.others
    other = replace(first, rendering=replace(first.rendering, device="another device"))
    filters = tuple(replace(f, others=(other, *rest)) if f is beside else f for f in layer.filters)
    layers = (replace(layer, filters=filters), *findings.layers[1:])
    told = provenance_page(replace(findings, layers=layers))
    assert "another device" in str(told.view)


def test_random_views_are_told():
    view = recipe_view(RECIPES["fourier"](408))
    assert view.parameterisation == "fourier"
    assert (
        view.views
        == "shifted by up to 8 px each way, scaled by 0.9 to 1.1, turned by up to 5° each way, "
        "and mirrored beyond its border"
    )
    assert recipe_view(RECIPES["article"](408)).views == ""
    assert recipe_view(RECIPES["fourier"](408)).canvas == ""
    assert recipe_view(RECIPES["fourier"](408)).contrast == ""
    squares = recipe_view(RECIPES["maco"](408))
    assert (squares.canvas, squares.contrast) == ("2", "2")
    assert squares.views == (
        "through a square of 0.49 to 0.77 of its side, shown at 112 and 224 px under noise of "
        "deviation 0.05"
    )


def test_steps_that_see_the_picture_itself_are_told_of() -> None:
    view = recipe_view(RECIPES["multiscale"](408))
    assert view.seeing == "Until the last side, every step"
    assert [row.cells[1] for row in view.scales] == ["0.2", "0.2", "0.2", "0.3 to 0.03"]
