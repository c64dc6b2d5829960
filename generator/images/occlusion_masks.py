"""Masks of objects in photographs, and photographs with them occluded.

A mask comes from the boxes of the library's index, or from a cut-out's transparency, and goes
through the same resizing and cropping as the photograph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy

from generator.images.photographs import Box, Photograph, Pixels, as_seen, opacity

PLACES = 4  # how often the same shape is put elsewhere: their mean is less a matter of luck
_MOST_PIECES = 8
_HALF = 128

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class OccludedImages:
    """A photograph as the network sees it, with parts covered: (side, side, 3) each.

    Attributes
    ----------
    mask:
        Where the thing is, (side, side).
    covered:
        The thing under the mean colour of the whole view.
    alone:
        Everything else under that colour.
    elsewhere:
        The same shape and area, beside the thing, under that colour; none where there is no room.
    """

    mask: Mask
    plain: Pixels
    covered: Pixels
    alone: Pixels
    elsewhere: tuple[Pixels, ...]


def masked(photograph: Photograph) -> bool:
    """Whether it is known where on the photograph the thing is."""
    return bool(photograph.boxes) or photograph.cutout


def mask_of(photograph: Photograph, *, resize: int, crop: int) -> Mask:
    """Where the thing is on what the network sees: (crop, crop); boxes go before transparency."""
    if photograph.boxes:
        whole = _from_boxes(photograph.boxes, *photograph.size)
    else:
        found = opacity(Path(photograph.path))
        whole = np.zeros((1, 1), np.uint8) if found is None else found
    mask: Mask = as_seen(whole, resize=resize, crop=crop) >= _HALF
    return mask


def occlude(plain: Pixels, mask: Mask, *, seed: str) -> OccludedImages:
    """Cover the thing, everything else, and the same shape elsewhere.

    Parameters
    ----------
    plain:
        The photograph as the network sees it, (side, side, 3).
    seed:
        Decides where else the shape is put: the same text, the same places.
    """
    rng = np.random.default_rng(int(hashlib.sha256(seed.encode()).hexdigest()[:16], 16))
    colour = np.round(plain.reshape(-1, 3).mean(axis=0)).astype(np.uint8)
    others = tuple(_elsewhere(mask, rng)) if mask.any() else ()
    return OccludedImages(
        mask,
        plain,
        covered=_painted(plain, mask, colour),
        alone=_painted(plain, ~mask, colour),
        elsewhere=tuple(_painted(plain, other, colour) for other in others),
    )


def _painted(pixels: Pixels, mask: Mask, colour: Pixels) -> Pixels:
    return np.where(mask[..., None], colour, pixels)


def _from_boxes(boxes: tuple[Box, ...], width: int, height: int) -> Pixels:
    mask = np.zeros((height, width), np.uint8)
    for left, top, right, bottom in boxes:
        rows = slice(int(top * height), max(int(top * height) + 1, round(bottom * height)))
        columns = slice(int(left * width), max(int(left * width) + 1, round(right * width)))
        mask[rows, columns] = 255
    return mask


def _elsewhere(mask: Mask, rng: np.random.Generator) -> Iterator[Mask]:
    """The mask's shape in up to ``PLACES`` other places; whole, or piece by piece."""
    for _ in range(PLACES):
        moved = _moved((mask,), mask, rng)
        if moved is None:
            numbered, count = scipy.ndimage.label(mask)
            pieces = sorted((numbered == k for k in range(1, count + 1)), key=lambda m: -m.sum())
            moved = _moved(tuple(pieces), mask, rng) if 1 < count <= _MOST_PIECES else None
        if moved is None:
            return
        yield moved


def _moved(pieces: tuple[Mask, ...], mask: Mask, rng: np.random.Generator) -> Mask | None:
    """Each piece in a random place where it meets neither the thing nor a piece before it."""
    moved = np.zeros_like(mask)
    for piece in pieces:
        shape = _trimmed(piece)
        taken = (mask | moved).astype(np.float32)
        # How much of what is taken the shape would meet, with its corner at each place.
        meets = scipy.signal.fftconvolve(taken, shape[::-1, ::-1].astype(np.float32), mode="valid")
        free = np.argwhere(meets < 0.5)
        if not len(free):
            return None
        top, left = free[rng.integers(len(free))]
        moved[top : top + shape.shape[0], left : left + shape.shape[1]] |= shape
    return moved


def _trimmed(mask: Mask) -> Mask:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
