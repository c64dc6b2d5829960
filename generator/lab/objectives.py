"""What is maximised: a number for each picture of a batch, and its description in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Channels:
    """The spatial mean of one channel of a layer's output for each picture of a batch.

    The output is the layer's own, before its activation function, so that a channel which is
    silent on the starting noise still has a gradient.
    """

    layer: str
    filters: tuple[int, ...]

    def on(self, device: torch.device) -> Callable[[Tensor], Tensor]:
        """The objective as a function: feature maps (batch, channels, height, width) → (batch,).

        What it needs on the device is put there once, not in every step.
        """
        pictures = torch.arange(len(self.filters), device=device)
        chosen = torch.tensor(self.filters, device=device)
        return lambda feature_maps: feature_maps[pictures, chosen].mean(dim=(1, 2))

    def describe(self) -> str:
        """What is maximised, in words."""
        return f"mean activation of {_listed(self.filters)} of {self.layer}"


def _listed(filters: Sequence[int]) -> str:
    word = "filter" if len(filters) == 1 else "filters"
    return f"{word} {', '.join(str(number) for number in filters)}"
