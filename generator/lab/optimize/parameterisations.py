"""How a picture is parameterised: pixels, Fourier spectrum, or phases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generator.lab.optimize import image_ops
from generator.recipes import spectrum
from generator.recipes.presets import Recipe, Scale


class Parameterisation(Protocol):
    """Parameters ↔ pictures (batch, 3, side, side) in [0, 1]."""

    def start(self, keys: Sequence[Sequence[int]], device: torch.device) -> Tensor:
        """The parameters before the first step; each picture's own, seeded by its key."""

    def picture(self, parameters: Tensor) -> Tensor:
        """The pictures, differentiable."""

    def project(self, parameters: Tensor) -> Tensor:
        """The nearest parameters that are allowed."""

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """The parameters of the same pictures at a larger side."""


def of(recipe: Recipe) -> Parameterisation:
    """The parameterisation that a recipe names."""
    if recipe.parameterisation == "pixels":
        return Pixels(recipe)
    return Fourier(recipe) if recipe.parameterisation == "fourier" else Phase(recipe)


class Pixels:
    """The normalised image itself, as in the article; bounded on request."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def start(self, keys: Sequence[Sequence[int]], device: torch.device) -> Tensor:
        """The article's noise."""
        noise = image_ops.noise(keys, self.recipe.scales[0].side, device)
        return self.project(image_ops.normalise(noise))

    def picture(self, parameters: Tensor) -> Tensor:
        """Denormalised, not clipped."""
        return image_ops.denormalise(parameters)

    def project(self, parameters: Tensor) -> Tensor:
        """Into the range that a file can hold, where the recipe is bounded."""
        return (
            parameters.clamp(*image_ops.bounds(parameters)) if self.recipe.bounded else parameters
        )

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """Bicubic, then the scale's blur."""
        larger = image_ops.enlarge(image_ops.denormalise(parameters), scale.side)
        return self.project(image_ops.normalise(image_ops.box_blur(larger, scale.blur)))


class Fourier:
    """A spectrum with amplitudes as of 1/f noise and decorrelated colours (Olah et al. 2017).

    Equal steps change slow waves more than fast ones, and hues as often as real pictures do. The
    parameters are (batch, 3, side, side // 2 + 1, 2): real and imaginary parts.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def start(self, keys: Sequence[Sequence[int]], device: torch.device) -> Tensor:
        """Small Gaussian coefficients: an almost grey picture."""
        side = self.recipe.scales[0].side
        shape = (3, side, side // 2 + 1, 2)
        drawn = [np.random.default_rng(list(key)).normal(0, 0.01, shape) for key in keys]
        return torch.from_numpy(np.stack(drawn).astype(np.float32)).to(device)

    def picture(self, parameters: Tensor) -> Tensor:
        """Inverse transform, colours correlated again, squeezed into [0, 1]."""
        side = parameters.shape[2]
        waves = torch.view_as_complex(parameters * _amplitudes(side, parameters.device))
        planes = torch.fft.irfft2(waves, s=(side, side), norm="ortho") / 4
        return _coloured(planes)

    def project(self, parameters: Tensor) -> Tensor:
        """Every spectrum is allowed."""
        return parameters

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """The same waves on more pixels; faster ones begin at nothing."""
        before, after = parameters.shape[2], scale.side
        amplitudes = _amplitudes(before, parameters.device)
        low = parameters * amplitudes * (after / before)
        half = before // 2
        larger = parameters.new_zeros((*parameters.shape[:2], after, after // 2 + 1, 2))
        larger[:, :, :half, :half] = low[:, :, :half, :half]
        larger[:, :, -half + 1 :, :half] = low[:, :, -half + 1 :, :half]
        return larger / _amplitudes(after, parameters.device)


class Phase:
    """The phases of a spectrum whose magnitudes are those of photographs (Fel et al. 2023).

    The spectrum is that of a canvas of which the picture is the middle, and the picture's contrast
    is given, so that nothing but structure can make the objective grow (docs/decisions/maco.md).
    The parameters are (batch, 3, canvas, canvas // 2 + 1), in radians.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def start(self, keys: Sequence[Sequence[int]], device: torch.device) -> Tensor:
        """The phases of Gaussian noise."""
        self.keys = keys
        return self._drawn(self._canvas(self.recipe.scales[0]), device)

    def _canvas(self, scale: Scale) -> int:
        return round(self.recipe.canvas * scale.side)

    def _drawn(self, side: int, device: torch.device) -> Tensor:
        drawn = [np.random.default_rng(list(key)).normal(size=(3, side, side)) for key in self.keys]
        phases = np.angle(np.fft.rfft2(np.stack(drawn)))
        return torch.from_numpy(phases.astype(np.float32)).to(device)

    def picture(self, parameters: Tensor) -> Tensor:
        """Inverse transform, colours correlated again, squeezed into [0, 1]."""
        side = parameters.shape[2]
        waves = torch.polar(_magnitudes(side, parameters.device).expand_as(parameters), parameters)
        planes = torch.fft.irfft2(waves, s=(side, side), norm="ortho")
        shown = _middle(planes, round(side / self.recipe.canvas))
        return _coloured(_at_contrast(shown, self.recipe.contrast))

    def project(self, parameters: Tensor) -> Tensor:
        """Every phase is allowed."""
        return parameters

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """The same waves on more pixels; faster ones begin with the phases of noise."""
        before, after = parameters.shape[2], self._canvas(scale)
        half = before // 2
        larger = self._drawn(after, parameters.device)
        larger[:, :, :half, :half] = parameters[:, :, :half, :half]
        larger[:, :, -half + 1 :, :half] = parameters[:, :, -half + 1 :, :half]
        return larger


def _middle(planes: Tensor, side: int) -> Tensor:
    start = (planes.shape[-1] - side) // 2
    return planes[..., start : start + side, start : start + side]


def _at_contrast(planes: Tensor, wanted: float) -> Tensor:
    """Planes (batch, 3, side, side) brought to a root mean square; 0 leaves them.

    Means and gradients are summed up row by row: a single sum over a large picture is divided among
    threads, and its last bits depend on how many there are.
    """
    if not wanted:
        return planes
    found = planes.square().mean(dim=-1).mean(dim=-1).mean(dim=-1).sqrt()
    factor = (wanted / found)[:, None, None, None]
    return planes * factor.expand(*planes.shape[:3], 1)


def _coloured(planes: Tensor) -> Tensor:
    """Decorrelated planes (batch, 3, side, side) as colours in [0, 1]."""
    return torch.einsum("nchw,dc->ndhw", planes, _colours(planes.device)).sigmoid()


@lru_cache(maxsize=8)
def _colours(device: torch.device) -> Tensor:
    return torch.tensor(spectrum.COLOUR, dtype=torch.float32, device=device)


@lru_cache(maxsize=8)
def _magnitudes(side: int, device: torch.device) -> Tensor:
    return torch.from_numpy(spectrum.magnitudes(side)).to(device)


@lru_cache(maxsize=16)
def _amplitudes(side: int, device: torch.device) -> Tensor:
    """1/f for every coefficient, (side, side // 2 + 1, 1), as Lucid scales it."""
    down = torch.fft.fftfreq(side, device=device)[:, None]
    across = torch.fft.rfftfreq(side, device=device)[None, :]
    frequency = (down.square() + across.square()).sqrt()
    amplitudes: Tensor = frequency.clamp_min(1 / side).reciprocal().unsqueeze(-1)
    return amplitudes
