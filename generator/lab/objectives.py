"""What is maximised: a number for each picture of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Objective = Callable[[Tensor, slice], Tensor]


@dataclass(frozen=True, slots=True)
class Channels:
    """The spatial mean of one channel of a layer's output for each picture of a batch.

    The output is the layer's own, before its activation function, so that a channel which is
    silent on the starting noise still has a gradient.
    """

    layer: str
    filters: tuple[int, ...]

    def on(self, device: torch.device) -> Objective:
        """The objective as a function: feature maps of some pictures of the batch → (some,).

        What it needs on the device is put there once, not in every step.
        """
        chosen = torch.tensor(self.filters, device=device)
        pictures = torch.arange(len(self.filters), device=device)

        def activation(feature_maps: Tensor, which: slice) -> Tensor:
            return feature_maps[pictures[: len(feature_maps)], chosen[which]].mean(dim=(1, 2))

        return activation
