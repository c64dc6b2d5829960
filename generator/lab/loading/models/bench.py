"""A network with weights, layers and preprocessing, on its device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import ReportError
from generator.lab import devices
from generator.models.card import ModelCard
from generator.models.layers import Layer


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A network ready to be looked into: eval mode, weights frozen, on its device.

    ``network`` takes (batch, 3, height, width) as the weights want it; ``prepare`` makes that
    from RGB in [0, 1].
    """

    card: ModelCard
    network: nn.Module
    device: torch.device

    def prepare(self, pixels: Tensor) -> Tensor:
        """RGB in [0, 1] → the network's input, channels last in memory; differentiable.

        A picture of a side that the network does not take is shown to it enlarged or reduced.
        """
        pixels = self._fitted(pixels)
        fit = self.card.preprocessing
        mean, std = (devices.colours(values, pixels.device) for values in (fit.mean, fit.std))
        made: Tensor = (pixels - mean) / std
        return made.contiguous(memory_format=torch.channels_last)

    def _fitted(self, pixels: Tensor) -> Tensor:
        side = pixels.shape[-1]
        wanted = self.card.catalogue.side(side)
        if wanted == side:
            return pixels
        return functional.interpolate(
            pixels, size=(wanted, wanted), mode="bilinear", antialias=True, align_corners=False
        )

    def check(self, name: str, filters: Iterable[int]) -> None:
        """ReportError if a layer has not all of these: weights may have a classifier of their own.

        A layer that these weights do not reach is refused where it is asked for.
        """
        layer = self.card.catalogue.find(name)
        missing = [number for number in filters if layer and number >= layer.channels]
        if layer and missing:
            raise ReportError(
                f"{name} has {layer.channels} channels with {self.card.weights}, filters 0 to"
                f" {layer.channels - 1}: no {missing[0]}",
                "correct the filters of that layer, and the claims about it",
            )

    def layer(self, name: str) -> Layer:
        """The layer of that name; ReportError if the network has none."""
        found = self.card.catalogue.find(name)
        if found is None:
            raise ReportError(
                f"{self.card.architecture} with {self.card.weights} has no layer {name!r}",
                f"the last layer with weights is {self.card.catalogue.layers[-1].name}",
            )
        return found
