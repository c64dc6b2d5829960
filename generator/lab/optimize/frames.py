"""The result of an optimisation, and its image files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from torch import Tensor

from generator.images.photographs import Pixels
from generator.lab import devices
from generator.lab.optimize import image_ops


@dataclass(frozen=True, slots=True, eq=False)
class OptimisationResult:
    """What a run of the loop leaves: pictures in [0, 1], and how they came about.

    ``curve`` is the objective before every step, (steps, batch); ``frames`` are the pictures after
    the steps that the recipe's ``moments`` name, each (batch, 3, side, side); ``importance`` says
    how much the objective depended on each pixel, (batch, side, side).
    """

    pictures: Tensor
    curve: Tensor
    frames: tuple[Tensor, ...]
    importance: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """Of one picture: ``shown``, (side, side, 3), is what a reader of ``png`` gets.

    ``strip`` holds the frames; ``importance`` is empty where the recipe keeps none.
    """

    png: bytes
    shown: Pixels
    strip: bytes
    importance: bytes


def files_of(growth: OptimisationResult) -> list[Files]:
    """The files of every picture, in order.

    Encoding takes a core 30 to 40 ms for a picture of 408 pixels, longer than a GPU may take for
    the optimisation: so all cores encode together, and what they encode leaves the device as 8
    bits, each frame of the batch at once.
    """
    pictures = image_ops.to_levels(growth.pictures)
    frames = [image_ops.to_levels(frame) for frame in growth.frames]
    importance = None if growth.importance is None else growth.importance.cpu()

    def png(index: int) -> tuple[bytes, Pixels]:
        made = image_ops.to_png(pictures[index])
        return made, image_ops.decode_png(made)

    def strip(index: int) -> bytes:
        return image_ops.to_strip([frame[index] for frame in frames])

    def grey(index: int) -> bytes:
        return b"" if importance is None else image_ops.to_grey(importance[index])

    which = range(len(pictures))
    with ThreadPoolExecutor(devices.usable_cores(), "files") as pool:  # OpenCV frees Python's lock
        strips, pngs, greys = pool.map(strip, which), pool.map(png, which), pool.map(grey, which)
        return [Files(*each, *rest) for each, *rest in zip(pngs, strips, greys, strict=True)]
