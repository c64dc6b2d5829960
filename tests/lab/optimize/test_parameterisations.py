"""How pictures are held: a canvas with a picture in its middle, waves that outlive enlarging."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from generator.lab.optimize import parameterisations
from generator.lab.optimize.transforms import Views, generators
from generator.recipes import spectrum
from generator.recipes.presets import Scale, maco

CPU = torch.device("cpu")
STEPS = Scale(64, 400, 0.1, 0)


@given(side=st.integers(56, 200), canvas=st.floats(1, 3))
def test_the_picture_is_the_middle_of_its_canvas(side: int, canvas: float) -> None:
    recipe = replace(maco(side), canvas=canvas, contrast=0.0, scales=(Scale(side, 1, 0.1, 0),))
    held = parameterisations.of(recipe)
    phases = held.start([(0, 1)], CPU)
    shown = held.picture(phases)
    assert shown.shape == (1, 3, side, side)
    whole = parameterisations.of(replace(recipe, canvas=1.0)).picture(phases)
    start = (whole.shape[2] - side) // 2
    assert torch.allclose(shown, whole[..., start : start + side, start : start + side], atol=1e-5)


@given(side=st.integers(24, 120), contrast=st.floats(0.5, 2.5), seed=st.integers(0, 99))
def test_every_picture_has_the_contrast_that_is_wanted(
    side: int, contrast: float, seed: int
) -> None:
    recipe = replace(maco(side), contrast=contrast, scales=(Scale(side, 1, 0.1, 0),))
    held = parameterisations.of(recipe)
    shown = held.picture(held.start([(seed, 1), (seed, 2)], CPU)).double().clamp(1e-9, 1 - 1e-9)
    logits = shown.logit().permute(0, 2, 3, 1).numpy()
    planes = logits @ np.linalg.inv(spectrum.COLOUR).T
    assert np.sqrt(np.square(planes).mean(axis=(1, 2, 3))) == pytest.approx(contrast, rel=0.01)


def test_phases_neither_know_the_number_of_threads_nor_their_neighbours() -> None:
    held = parameterisations.of(replace(maco(224), scales=(Scale(224, 1, 0.1, 0),)))
    both = held.start([(0, 1), (0, 2)], CPU)
    weights = torch.randn(3, 224, 224, generator=torch.Generator().manual_seed(0))

    def climbed(phases: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        phases = phases.clone().requires_grad_()
        shown = held.picture(phases)
        (gradient,) = torch.autograd.grad((shown * weights).sum(), phases)
        return shown.detach()[:1], gradient[:1]

    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = climbed(both[:1])
    finally:
        torch.set_num_threads(threads)
    batches = [both[:1]]
    # Without AVX2 torch adds up the contrast's gradient in another order for two pictures than for
    # one. On a CPU pictures go through the network one by one (`passes`).
    if torch.backends.cpu.get_cpu_capability() != "DEFAULT":
        batches.append(both)
    for found in map(climbed, batches):
        assert all(torch.equal(*pair) for pair in zip(alone, found, strict=True))


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
