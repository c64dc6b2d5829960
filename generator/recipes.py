"""Recipes: every constant of an optimisation as a value, for the one loop in ``lab.visualize``.

No torch: the plan puts a recipe into a picture's key, and the method page prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Some steps at one size.

    ``side`` is in pixels, ``rate`` in units of the normalised image; ``blur`` is the side in
    pixels of the box blur of the enlarged picture before the first step, 0 for none.
    """

    side: int
    steps: int
    rate: float
    blur: int


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
    """

    name: str
    version: int
    scales: tuple[Scale, ...]
    betas: tuple[float, float]
    weight_decay: float
    bounded: bool

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
    scales = tuple(Scale(side, 20, 0.1, blur=5) for side in sides)
    return Recipe("article", 1, scales, (0.9, 0.999), 1e-6, bounded=False)


def multiscale(size: int = 408) -> Recipe:
    """Bounded pixels, doubling scales, and fewer steps the larger the picture is.

    Most of the picture is decided while it is small and a step is cheap; the last steps, on the
    published size, bring back the fine structure that enlarging takes away, and a blur before
    them would only make that harder (docs/benchmarks.md has the measurements).
    """
    sides = [64]
    while 1.25 * 2 * sides[-1] < size:
        sides.append(2 * sides[-1])
    sides = [side for side in sides if 1.25 * side < size] + [size]
    coarse = tuple(_tapered(side, blur=3) for side in sides[:-1])
    return Recipe("multiscale", 1, (*coarse, _tapered(size, blur=0)), (0.5, 0.9), 0.0, bounded=True)


def _tapered(side: int, *, blur: int) -> Scale:
    """Steps of ``multiscale`` at a side: 32 up to 80 pixels, 4 above 256."""
    for largest, steps, rate in ((80, 32, 0.2), (160, 20, 0.2), (320, 6, 0.25)):
        if side <= largest:
            return Scale(side, steps, rate, blur)
    return Scale(side, 4, 0.25, blur)


RECIPES: dict[str, Callable[[int], Recipe]] = {"article": article, "multiscale": multiscale}
