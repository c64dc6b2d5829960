"""Views: drawn at once, the same numbers as one after the other, each picture's from its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from generator.lab.optimize.transforms import Views, generators, grid
from generator.recipes.presets import Crops, Scale, Transforms

SCALE = Scale(64, 5, 0.1, blur=0)
MOVED = Transforms(jitter=6, zoom=(0.9, 1.2), degrees=7)
CROPPED = Crops(count=3, shown=0.5, share=(0.3, 0.8), noise=0.05)


def one_motion(own: np.random.Generator) -> list[list[float]]:
    angle = np.deg2rad(own.uniform(-7, 7))
    zoom = own.uniform(0.9, 1.2)
    across, down = own.uniform(-6, 6, 2) * 2 / 64
    cosine, sine = np.cos(angle), np.sin(angle)
    return [[cosine / zoom, -sine / zoom, across], [sine / zoom, cosine / zoom, down]]


def one_crop(own: np.random.Generator) -> list[list[float]]:
    share = own.uniform(0.3, 0.8)
    down, across = (1 - share) * own.uniform(-1.5, 1.5, 2).clip(-1, 1)
    return [[share, 0, across], [0, share, down]]


@pytest.mark.parametrize(("wanted", "one"), [(MOVED, one_motion), (CROPPED, one_crop)])
def test_no_earlier_picture_gets_other_views(
    wanted: Transforms | Crops, one: Callable[[np.random.Generator], list[list[float]]]
) -> None:
    keys = [(0, 1), (7,)]
    views = Views(generators(keys), wanted, SCALE)
    assert views.motions.shape == (5, 2, views.count, 2, 3)
    for at, own in enumerate(generators(keys)):
        each = [[one(own) for _ in range(views.count)] for _ in range(5)]
        assert torch.equal(views.motions[:, at], torch.tensor(np.array(each, dtype=np.float32)))


@pytest.mark.parametrize("wanted", [MOVED, CROPPED])
def test_a_picture_s_views_do_not_depend_on_its_neighbours(wanted: Transforms | Crops) -> None:
    alone = Views(generators([(7,)]), wanted, SCALE)
    beside = Views(generators([(0, 1), (7,), (3,)]), wanted, SCALE)
    assert torch.equal(alone.motions[:, 0], beside.motions[:, 1])
    if alone.grain is not None and beside.grain is not None:
        assert torch.equal(alone.grain[0], beside.grain[1])


@settings(max_examples=50, deadline=None)
@given(side=st.integers(1, 40), count=st.integers(1, 3), seed=st.integers(0, 99))
def test_pixels_come_from_where_torch_says(side: int, count: int, seed: int) -> None:
    theta = torch.randn(count, 2, 3, generator=torch.Generator().manual_seed(seed))
    wanted = functional.affine_grid(theta, [count, 3, side, side], align_corners=False)
    assert torch.allclose(grid(theta, side), wanted, atol=1e-5)
