"""How a picture is held while it is optimised: as pixels, or as a spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generator.lab import pixels
from generator.recipes import Recipe, Scale

# Lucid's decorrelation of colours: the square root of the covariance of ImageNet's pixels, its
# largest column scaled to length 1 (Olah et al. 2017).
_COLOUR = ((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03))


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
    return Pixels(recipe) if recipe.parameterisation == "pixels" else Fourier(recipe)


class Pixels:
    """The normalised image itself, as in the article; bounded on request."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def start(self, keys: Sequence[Sequence[int]], device: torch.device) -> Tensor:
        """The article's noise."""
        noise = pixels.noise(keys, self.recipe.scales[0].side, device)
        return self.project(pixels.normalise(noise))

    def picture(self, parameters: Tensor) -> Tensor:
        """Denormalised, not clipped."""
        return pixels.denormalise(parameters)

    def project(self, parameters: Tensor) -> Tensor:
        """Into the range that a file can hold, where the recipe is bounded."""
        return parameters.clamp(*pixels.bounds(parameters)) if self.recipe.bounded else parameters

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """Bicubic, then the scale's blur."""
        larger = pixels.enlarge(pixels.denormalise(parameters), scale.side)
        return self.project(pixels.normalise(pixels.box_blur(larger, scale.blur)))


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
        spectrum = torch.view_as_complex(parameters * self._amplitudes(side, parameters.device))
        planes = torch.fft.irfft2(spectrum, s=(side, side), norm="ortho") / 4
        matrix = parameters.new_tensor(_COLOUR)
        matrix = matrix / matrix.norm(dim=0).max()
        return torch.einsum("nchw,dc->ndhw", planes, matrix).sigmoid()

    def project(self, parameters: Tensor) -> Tensor:
        """Every spectrum is allowed."""
        return parameters

    def enlarge(self, parameters: Tensor, scale: Scale) -> Tensor:
        """The same waves on more pixels; faster ones begin at nothing."""
        before, after = parameters.shape[2], scale.side
        amplitudes = self._amplitudes(before, parameters.device)
        low = parameters * amplitudes * (after / before)
        half = before // 2
        larger = parameters.new_zeros((*parameters.shape[:2], after, after // 2 + 1, 2))
        larger[:, :, :half, :half] = low[:, :, :half, :half]
        larger[:, :, -half + 1 :, :half] = low[:, :, -half + 1 :, :half]
        return larger / self._amplitudes(after, parameters.device)

    @staticmethod
    def _amplitudes(side: int, device: torch.device) -> Tensor:
        """1/f for every coefficient, (side, side // 2 + 1, 1), as Lucid scales it."""
        down = torch.fft.fftfreq(side, device=device)[:, None]
        across = torch.fft.rfftfreq(side, device=device)[None, :]
        frequency = (down.square() + across.square()).sqrt()
        amplitudes: Tensor = frequency.clamp_min(1 / side).reciprocal().unsqueeze(-1)
        return amplitudes
