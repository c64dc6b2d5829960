"""How pictures are held: a canvas whose middle is the picture, waves that outlive enlarging."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from generator.lab import parameterisations
from generator.lab.views import Views, generators
from generator.recipes import Scale, maco

CPU = torch.device("cpu")
STEPS = Scale(64, 400, 0.1, 0)


@given(side=st.integers(56, 200), canvas=st.floats(1, 3))
def test_the_picture_is_the_middle_of_its_canvas(side: int, canvas: float) -> None:
    recipe = replace(maco(side), canvas=canvas, scales=(Scale(side, 1, 0.1, 0),))
    held = parameterisations.of(recipe)
    phases = held.start([(0, 1)], CPU)
    shown = held.picture(phases)
    assert shown.shape == (1, 3, side, side)
    whole = parameterisations.of(replace(recipe, canvas=1.0)).picture(phases)
    start = (whole.shape[2] - side) // 2
    assert torch.allclose(shown, whole[..., start : start + side, start : start + side], atol=1e-5)


def test_enlarged_phases_show_the_same_picture() -> None:
    recipe = replace(maco(192), scales=(Scale(96, 1, 0.1, 0), Scale(192, 1, 0.1, 0)))
    held = parameterisations.of(recipe)
    small = held.start([(0, 1)], CPU)
    before = held.picture(small)
    after = held.picture(held.enlarge(small, recipe.scales[1]))
    assert after.shape == (1, 3, 192, 192)
    shrunk = functional.interpolate(after, size=(96, 96), mode="area")
    alike = torch.corrcoef(torch.stack([before.flatten(), shrunk.flatten()]))[0, 1]
    assert alike > 0.95


@pytest.mark.parametrize(("size", "edges", "corners"), [(224, 0.44, 0.2), (408, 0.2, 0.05)])
def test_squares_see_borders_more_often_than_by_chance(
    size: int, edges: float, corners: float
) -> None:
    crops = maco(size).transforms
    assert crops
    views = Views(generators([(0, 1)]), replace(crops, noise=0.0), STEPS)
    share, across, down = (views.motions[:, 0, 0, *at] for at in ((0, 0), (0, 2), (1, 2)))

    def seen(x: float, y: float) -> float:
        return float((((x - across).abs() < share) & ((y - down).abs() < share)).float().mean())

    middle, edge, corner = seen(0, 0), seen(0.9, 0), seen(0.9, 0.9)
    assert edge > edges * middle
    assert corner > corners * middle
