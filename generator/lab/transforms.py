"""Views of a picture: jittered, scaled and turned at random, so that only what is robust grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.recipes import Transforms


def generators(keys: Sequence[Sequence[int]]) -> list[np.random.Generator]:
    """One generator for each picture of a batch, independent of its neighbours."""
    return [np.random.default_rng([*key, 1]) for key in keys]


def view(pictures: Tensor, wanted: Transforms, own: Sequence[np.random.Generator]) -> Tensor:
    """Each picture (batch, 3, side, side) through its own random shift, scale and turn.

    One affine resampling (bilinear), with the picture mirrored beyond its border; differentiable.
    """
    side = pictures.shape[-1]
    motions = np.stack([_motion(wanted, side, generator) for generator in own])
    theta = torch.from_numpy(motions).to(pictures)
    grid = functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    return functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def _motion(wanted: Transforms, side: int, own: np.random.Generator) -> np.ndarray:
    """A random affine map of the unit square, (2, 3): where each pixel of the view comes from."""
    angle = np.deg2rad(own.uniform(-wanted.degrees, wanted.degrees))
    zoom = own.uniform(*wanted.zoom)
    shift = own.uniform(-wanted.jitter, wanted.jitter, 2) * 2 / side
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / zoom
    return np.hstack([turn, shift[:, None]]).astype(np.float32)
