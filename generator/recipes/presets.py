"""The recipes: every constant of an optimisation as a value.

No torch: the plan puts a recipe into a picture's key, and the method page prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any, Literal

from generator.recipes import spectrum

# Fields that came later, and their values in recipes that do without them.
_UNUSED = {"exact": False, "importance": False, "spectrum": "", "canvas": 1.0, "contrast": 0.0}
RecipeName = Literal["multiscale", "article", "fourier", "maco"]
Precision = Literal["auto", "fp32", "bf16", "int8"]  # of what is computed on the way to a picture


@dataclass(frozen=True, slots=True)
class Scale:
    """Some steps at one size.

    ``side`` is in pixels, ``rate`` in units of the normalised image; ``blur`` is the side in
    pixels of the box blur of the enlarged picture before the first step, 0 for none. The rate
    falls evenly until ``fade`` of it is left at the last step. ``moved`` says whether the recipe's
    views are used.
    """

    side: int
    steps: int
    rate: float
    blur: int
    fade: float = 1.0
    moved: bool = True


@dataclass(frozen=True, slots=True)
class Transforms:
    """How far each step's view of the picture is moved at random.

    ``jitter`` in pixels each way, ``zoom`` as least and largest factor, ``degrees`` each way.
    """

    jitter: float
    zoom: tuple[float, float]
    degrees: float


@dataclass(frozen=True, slots=True)
class Crops:
    """Each step sees ``count`` random squares of the picture.

    ``share`` is how much of the picture's side a square takes, least and most, and ``shown`` the
    side at which the network is shown it, in units of the same; ``noise`` is the deviation of the
    noise over it, in units of [0, 1].
    """

    count: int
    shown: float
    share: tuple[float, float]
    noise: float

    def side(self, scale: Scale) -> int:
        """Of what the network is shown, in pixels."""
        return max(1, round(self.shown * scale.side))


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
    parameterisation:
        ``pixels``; ``fourier``, a spectrum with decorrelated colours (Olah et al. 2017); or
        ``phase``, the phases alone of a spectrum whose magnitudes are those of photographs (Fel
        et al. 2023).
    transforms:
        Random views that every step sees instead of the picture itself; None for none.
    exact:
        Whether it has to be what it once was: fp32 unless asked otherwise, nothing left out.
    importance:
        Whether it is kept how much the objective depended on each pixel.
    spectrum:
        SHA-256 of the magnitudes, where they are given.
    canvas:
        What is optimised is this many times as wide as the picture, which is its middle; the rest
        takes up what the picture has no use for.
    contrast:
        The root mean square to which every picture's decorrelated colours are brought before they
        are squeezed into [0, 1]; 0 leaves them as they are.
    """

    name: str
    version: int
    scales: tuple[Scale, ...]
    betas: tuple[float, float]
    weight_decay: float
    bounded: bool
    parameterisation: Literal["pixels", "fourier", "phase"] = "pixels"
    transforms: Transforms | Crops | None = None
    exact: bool = False
    importance: bool = False
    spectrum: str = ""
    canvas: float = 1.0
    contrast: float = 0.0

    @property
    def size(self) -> int:
        """Side of the published picture in pixels."""
        return self.scales[-1].side

    @property
    def constants(self) -> dict[str, Any]:
        """All fields, less those that mean nothing to this recipe: what its pictures depend on."""
        return {k: v for k, v in asdict(self).items() if _UNUSED.get(k, ...) != v}

    @property
    def cost(self) -> float:
        """What a picture costs, counted in passes of one 224 x 224 image through the network."""
        crops = self.transforms if isinstance(self.transforms, Crops) else None
        seen = (crops.count * crops.side(s) ** 2 if crops else s.side**2 for s in self.scales)
        return sum(s.steps * each for s, each in zip(self.scales, seen, strict=True)) / 224**2

    @property
    def moments(self) -> tuple[int, ...]:
        """Counts of steps after which the picture is kept, to show how it grew: ten at most.

        The start, the powers of two of the first scale, and the end of every scale.
        """
        ends = list(accumulate(scale.steps for scale in self.scales))
        early = [0, *(2**k for k in range(1, 12) if 2**k < ends[0])]
        left = max(1, 10 - len(early))
        late = [ends[-1 - round(k * (len(ends) - 1) / max(1, left - 1))] for k in range(left)]
        return tuple(sorted({*early, *late}))


def article(size: int = 408) -> Recipe:
    """The article's algorithm: twelve scales from 56 to 408 pixels, twenty steps of Adam each.

    For another size the sides are the same as long as they are smaller, and ``size`` comes last.
    """
    sides = [56]
    while int(1.2 * sides[-1]) < size:
        sides.append(int(1.2 * sides[-1]))
    sides = [side for side in sides if side < size] + [size]
    scales = tuple(Scale(side, 20, 0.1, blur=5) for side in sides)
    return Recipe("article", 1, scales, (0.9, 0.999), 1e-6, bounded=False, exact=True)


def multiscale(size: int = 408) -> Recipe:
    """Bounded pixels, doubling scales, and fewer steps the larger the picture is.

    Most of the picture is decided while it is small and a step is cheap. Until the last scale,
    every step sees it shifted, scaled and turned a little, so that only what survives this grows;
    the last steps, on the picture as it is published, bring back the fine structure that enlarging
    takes away, each smaller than the one before, until they gain next to nothing
    (docs/benchmarks.md has the measurements).
    """
    sides = [64]
    while 1.25 * 2 * sides[-1] < size:
        sides.append(2 * sides[-1])
    sides = [side for side in sides if 1.25 * side < size]
    coarse = tuple(Scale(side, _steps(side), 0.2, blur=3) for side in sides)
    last = Scale(size, _steps(size), 0.3, blur=0, fade=0.1, moved=not sides)
    return Recipe(
        name="multiscale",
        version=2,
        scales=(*coarse, last),
        betas=(0.5, 0.9),
        weight_decay=0.0,
        bounded=True,
        transforms=Transforms(jitter=6, zoom=(0.95, 1.05), degrees=3),
    )


def _steps(side: int) -> int:
    """Steps of ``multiscale`` at a side: 24 up to 80 pixels, 10 above 160."""
    return next((steps for largest, steps in ((80, 24), (160, 20)) if side <= largest), 10)


def fourier(size: int = 408) -> Recipe:
    """Lucid's way: a 1/f spectrum with decorrelated colours, robust to shifts, zooms and turns.

    Slow waves are decided on a small picture first, where a step costs little; the steps on the
    published one begin with a stride and end with small ones (docs/benchmarks.md).
    """
    plan = ((96, 64), (204, 16))
    coarse = tuple(Scale(*each, 0.08, blur=0) for each in plan if 1.25 * each[0] < size)
    steps = 64 if size <= 256 else 24
    return Recipe(
        name="fourier",
        version=3,
        scales=(*coarse, Scale(size, steps, 0.1, blur=0, fade=0.1)),
        betas=(0.9, 0.999),
        weight_decay=0.0,
        bounded=False,
        parameterisation="fourier",
        transforms=Transforms(jitter=8, zoom=(0.9, 1.1), degrees=5),
    )


def maco(size: int = 408) -> Recipe:
    """MACO (Fel et al. 2023): magnitudes of photographs, and only the phases are sought.

    Every step sees a random square of the picture, at most a little enlarged. The magnitudes are
    those of a canvas, of which the picture is the middle: waves that are of use gather there, the
    others in the rest of it, and the contrast is that of a photograph. Slow waves are decided on a
    small picture first (docs/benchmarks.md has the measurements).
    """
    coarse = (Scale(size // 2, 64, 0.5, blur=0),) if size >= 192 else ()
    shown = min(0.72, max(224 / size, 0.4))
    return Recipe(
        name="maco",
        version=2,
        scales=(*coarse, Scale(size, 96 if coarse else 160, 0.5, blur=0, fade=0.1)),
        betas=(0.9, 0.999),
        weight_decay=0.0,
        bounded=False,
        parameterisation="phase",
        transforms=Crops(
            count=1, shown=shown, share=(0.9 * shown, min(1.0, 1.4 * shown)), noise=0.05
        ),
        importance=True,
        spectrum=spectrum.digest(),
        canvas=2.0,
        contrast=2.0,  # of photographs: 1.93 in the median (benchmarks/spectrum.py)
    )


RECIPES: dict[str, Callable[[int], Recipe]] = {
    "article": article,
    "multiscale": multiscale,
    "fourier": fourier,
    "maco": maco,
}
