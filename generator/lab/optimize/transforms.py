"""Random transforms of a picture: shift, zoom, rotation, crop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from generator.recipes.presets import Crops, Scale, Transforms

Floats = npt.NDArray[np.floating]


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
        shape = (scale.steps, self.count, 3 if crops else 4)
        motions = [_motions(wanted, scale.side, each.random(shape)) for each in own]
        self.motions = torch.from_numpy(np.stack(motions, axis=1))
        self.grain: Tensor | None = None
        if self.noise:
            squares = (self.count, 3, self.side, self.side)
            drawn = [each.normal(0, self.noise, squares).astype(np.float32) for each in own]
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
        seen = functional.grid_sample(
            pictures,
            grid(theta, self.side),
            mode="bilinear",
            padding_mode="reflection",
            align_corners=False,
        )
        if self.grain is None:
            return seen
        rows, columns = self.places.index_select(0, at)[0]
        grain = self.grain[which].flatten(0, 1).index_select(2, rows).index_select(3, columns)
        return seen + grain


def grid(theta: Tensor, side: int) -> Tensor:
    """Affine maps, (·, 2, 3) → where the pixels of views come from, (·, side, side, 2).

    ``functional.affine_grid`` to rounding; but all of one coordinate lie together in memory, which
    the resampling reads in half of the time.
    """
    centres = (2 * torch.arange(side, device=theta.device) + 1) / side - 1
    across, down = theta[..., :1] * centres, theta[..., 1:2] * centres + theta[..., 2:]
    return (across[:, :, None] + down[..., None]).permute(0, 2, 3, 1)


def generators(keys: Sequence[Sequence[int]]) -> list[np.random.Generator]:
    """One generator for each picture of a batch, independent of its neighbours."""
    return [np.random.default_rng([*key, 1]) for key in keys]


def _motions(wanted: Transforms | Crops, side: int, drawn: Floats) -> Floats:
    """Random numbers in [0, 1), (steps, count, ·) → affine maps of the unit square, (·, ·, 2, 3).

    They say where each pixel of the view comes from. A crop takes three numbers, a motion four.
    """
    if isinstance(wanted, Crops):
        share = _between(*wanted.share, drawn[..., 0])
        # Pushed back where they would hang over, or borders would hardly be seen.
        centre = (1 - share)[..., None] * _between(-1.5, 1.5, drawn[..., 1:3]).clip(-1, 1)
        turn = share[..., None, None] * np.eye(2)
        return np.concatenate([turn, centre[..., ::-1, None]], axis=-1).astype(np.float32)
    angle = np.deg2rad(_between(-wanted.degrees, wanted.degrees, drawn[..., 0]))
    zoom = _between(*wanted.zoom, drawn[..., 1])
    shift = _between(-wanted.jitter, wanted.jitter, drawn[..., 2:]) * 2 / side
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
    turn = turn / zoom[..., None, None]
    return np.concatenate([turn, shift[..., None]], axis=-1).astype(np.float32)


def _between(low: float, high: float, drawn: Floats) -> Floats:
    return low + (high - low) * drawn
