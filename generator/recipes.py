"""Recipes: every constant of an optimisation as a value, for the one loop in ``lab.visualize``.

No torch: the plan puts a recipe into a picture's key, and the method page prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Some steps at one size: ``side`` in pixels, ``rate`` in units of the normalised image."""

    side: int
    steps: int
    rate: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a picture is optimised; equal recipes give equal pictures.

    Attributes
    ----------
    version:
        Counts changes of the loop itself that the other fields do not show.
    scales:
        From coarse to fine; the last side is the published picture's.
    betas, weight_decay:
        Of Adam (Kingma & Ba 2015), which starts anew at every scale.
    bounded:
        Whether pixels are kept in the range that a file can hold after every step.
    blur:
        Side of the box blur after each enlargement, in pixels; 0 for none.
    """

    name: str
    version: int
    scales: tuple[Scale, ...]
    betas: tuple[float, float]
    weight_decay: float
    bounded: bool
    blur: int

    @property
    def size(self) -> int:
        """Side of the published picture in pixels."""
        return self.scales[-1].side

    @property
    def cost(self) -> float:
        """What a picture costs, counted in passes of one 224 x 224 image through the network."""
        return sum(scale.steps * scale.side**2 for scale in self.scales) / 224**2


def article(size: int = 408) -> Recipe:
    """The article's algorithm: twelve scales from 56 to 408 pixels, twenty steps of Adam each.

    For another size the sides are the same as long as they are smaller, and ``size`` comes last.
    """
    sides = [56]
    while int(1.2 * sides[-1]) < size:
        sides.append(int(1.2 * sides[-1]))
    sides = [side for side in sides if side < size] + [size]
    scales = tuple(Scale(side, 20, 0.1) for side in sides)
    return Recipe("article", 1, scales, (0.9, 0.999), 1e-6, bounded=False, blur=5)


def multiscale(size: int = 408) -> Recipe:
    """Bounded pixels, few scales, fewer steps the larger the picture is (docs/benchmarks.md)."""
    scales = tuple(
        Scale(max(32, round(share * size)), steps, 0.2)
        for share, steps in ((64 / 408, 32), (128 / 408, 24), (256 / 408, 10), (1.0, 4))
    )
    return Recipe("multiscale", 1, scales, (0.5, 0.9), 0.0, bounded=True, blur=3)


RECIPES: dict[str, Callable[[int], Recipe]] = {"article": article, "multiscale": multiscale}
