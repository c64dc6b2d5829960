"""Views of a picture: moved, or cropped and noisy, at random; only what survives them grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.recipes import Crops, Scale, Transforms


class Views:
    """What every step of one scale sees of each picture, drawn up front.

    Each picture has its own generator, so that its views do not depend on its neighbours.
    ``count`` is how many views a step has of each picture.
    """

    def __init__(
        self, own: Sequence[np.random.Generator], wanted: Transforms | Crops, scale: Scale
    ) -> None:
        crops = wanted if isinstance(wanted, Crops) else None
        self.count = crops.count if crops else 1
        self.side = crops.side(scale) if crops else scale.side
        self.noise = crops.noise if crops else 0.0
        motions = [
            [[_motion(wanted, scale.side, each) for _ in range(self.count)] for each in own]
            for _ in range(scale.steps)
        ]
        self.motions = torch.from_numpy(np.array(motions, dtype=np.float32))
        self.grain: Tensor | None = None
        if self.noise:
            shape = (self.count, 3, self.side, self.side)
            drawn = [each.normal(0, self.noise, shape).astype(np.float32) for each in own]
            self.grain = torch.from_numpy(np.stack(drawn))
            # By which the grain is shifted in each step: the same for all pictures.
            shifts = np.random.default_rng(0).integers(0, self.side, (scale.steps, 2, 1))
            self.places = torch.from_numpy((shifts + np.arange(self.side)) % self.side)

    def to(self, device: torch.device) -> Views:
        """The same, with everything on the device."""
        self.motions = self.motions.to(device)
        if self.grain is not None:
            self.grain, self.places = self.grain.to(device), self.places.to(device)
        return self

    def of(self, pictures: Tensor, which: slice, at: Tensor) -> Tensor:
        """Pictures (some, 3, side, side) → their views of step ``at``: (some · count, 3, ·, ·).

        One affine resampling (bilinear), with the picture mirrored beyond its border.
        """
        theta = self.motions.index_select(0, at)[0, which].flatten(0, 1)
        if self.count > 1:
            pictures = pictures.repeat_interleave(self.count, dim=0)
        shape = [len(pictures), 3, self.side, self.side]
        grid = functional.affine_grid(theta, shape, align_corners=False)
        seen = functional.grid_sample(
            pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
        )
        if self.grain is None:
            return seen
        rows, columns = self.places.index_select(0, at)[0]
        grain = self.grain[which].flatten(0, 1).index_select(2, rows).index_select(3, columns)
        return seen + grain


def generators(keys: Sequence[Sequence[int]]) -> list[np.random.Generator]:
    """One generator for each picture of a batch, independent of its neighbours."""
    return [np.random.default_rng([*key, 1]) for key in keys]


def _motion(wanted: Transforms | Crops, side: int, own: np.random.Generator) -> np.ndarray:
    """A random affine map of the unit square, (2, 3): where each pixel of the view comes from."""
    if isinstance(wanted, Crops):
        share = own.uniform(*wanted.share)
        # Pushed back where they would hang over, or borders would hardly be seen.
        row, column = (1 - share) * own.uniform(-1.5, 1.5, 2).clip(-1, 1)
        return np.array([[share, 0, column], [0, share, row]], dtype=np.float32)
    angle = np.deg2rad(own.uniform(-wanted.degrees, wanted.degrees))
    zoom = own.uniform(*wanted.zoom)
    shift = own.uniform(-wanted.jitter, wanted.jitter, 2) * 2 / side
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / zoom
    return np.hstack([turn, shift[:, None]]).astype(np.float32)
