"""The penalty that keeps variants of a picture apart."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

STRENGTH = 1.0  # share of the objective that a variant just like those before it loses


class Diversity:
    """Keeps each variant away from those before it (after Olah et al. 2017, diversity).

    Pictures are compared by the cosine between their Gram matrices, which hold how often two
    channels respond together, wherever in the picture (Gatys et al. 2015). The others' are those
    of the step before and constant, so that pictures may pass the network one by one, and variant
    k depends on those before it and on nothing else.
    """

    def __init__(self, before: Sequence[tuple[int, ...]]) -> None:
        """``before`` names, for each picture of the batch, those it is kept away from."""
        self.before = before
        self.needed = any(before)
        self._last: list[Tensor | None] = [None] * len(before)
        self._next: list[Tensor | None] = [None] * len(before)

    def likeness(self, maps: Tensor, which: slice, views: int = 1) -> Tensor:
        """Mean cosine between each picture of ``which`` and those before it: (some,) in [0, 1]."""
        grams = _grams(maps, views)
        found = []
        for gram, index in zip(grams, range(len(self.before))[which], strict=True):
            self._next[index] = gram.detach()
            others = [last for j in self.before[index] if (last := self._last[j]) is not None]
            cosine = torch.stack([(gram * other).sum() for other in others]) if others else None
            found.append(torch.zeros_like(gram[0, 0]) if cosine is None else cosine.mean())
        return torch.stack(found)

    def step(self) -> None:
        """The step is done: what it saw is what the next one is kept away from."""
        self._last = list(self._next)


def _grams(maps: Tensor, views: int) -> Tensor:
    """Gram matrices of rectified maps, each of length 1: (batch, channels, channels)."""
    own = maps.float().relu().reshape(-1, views, *maps.shape[1:])
    flat = own.transpose(1, 2).flatten(2)
    grams = flat @ flat.transpose(1, 2)
    lengths: Tensor = grams.flatten(1).norm(dim=1).clamp_min(1e-8)
    return grams.div(lengths[:, None, None])
