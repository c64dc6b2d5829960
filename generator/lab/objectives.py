"""What is maximised, in torch: a number for each picture of a batch, from feature maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generator.errors import ReportError
from generator.objectives import Objective, Place

Values = Callable[[Tensor, slice], Tensor]
_WHOLE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Objectives:
    """An objective for each picture of a batch, all of one layer's own output.

    The output is taken before the layer's activation function, so that a channel which is silent
    on the starting noise still has a gradient. ``final`` is (height, width) of the map in the
    published picture, in which places are meant; on smaller pictures they lie in proportion.
    """

    layer: str
    wanted: tuple[Objective, ...]
    final: tuple[int, int] = (1, 1)

    def on(self, device: torch.device) -> Values:
        """The objectives as a function: feature maps of some pictures of the batch → (some,).

        What it needs on the device is put there once, not in every step.
        """
        most = max(len(each.terms) for each in self.wanted)
        channels = torch.zeros(len(self.wanted), most, dtype=torch.long)
        weights = torch.zeros(len(self.wanted), most)
        places = torch.full((len(self.wanted), most, 2), -1.0)
        for row, each in enumerate(self.wanted):
            count = len(each.terms)
            channels[row, :count] = torch.tensor([term.filter for term in each.terms])
            weights[row, :count] = torch.tensor(each.weights)
            shares = [self._share(term.at) for term in each.terms]
            places[row, :count] = torch.tensor(shares)
        return _Sums(channels.to(device), weights.to(device), places.to(device))

    def _share(self, at: Place | None) -> tuple[float, float]:
        """A place as a share of the map's height and width; (-1, -1) for the whole map."""
        if at is None:
            return _WHOLE
        height, width = self.final
        row, column = (height // 2, width // 2) if at == "centre" else at
        if row >= height or column >= width:
            raise ReportError(
                f"the map of {self.layer} is {height} × {width} in the published picture: it has"
                f" no row {row}, column {column}",
                "rows and columns count from 0; name a place on the map, or a larger `size`",
            )
        return (row + 0.5) / height, (column + 0.5) / width


class _Sums:
    """Weighted sums of channels, whole or at a place; tensors of (batch, terms)."""

    def __init__(self, channels: Tensor, weights: Tensor, places: Tensor) -> None:
        self.channels, self.weights, self.places = channels, weights, places
        self.local = places[..., 0] >= 0
        self.any_local = bool(self.local.any())

    def __call__(self, maps: Tensor, which: slice) -> Tensor:
        """Feature maps (some, channels, height, width) of the pictures ``which`` → (some,)."""
        rows = torch.arange(len(maps), device=maps.device)[:, None]
        picked = maps[rows, self.channels[which]]
        values = picked.mean(dim=(2, 3))
        if self.any_local:
            size = self.places.new_tensor(maps.shape[2:])
            row, column = (self.places[which].clamp_min(0) * size).long().unbind(-1)
            terms = torch.arange(picked.shape[1], device=maps.device)[None]
            values = torch.where(self.local[which], picked[rows, terms, row, column], values)
        return (values * self.weights[which]).sum(dim=1)
