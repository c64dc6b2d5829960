"""Near-duplicates among photographs: the same picture resized, saved anew, or slightly cropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.fft import dctn

from generator.photographs import Photograph, Pixels, decode

NEAR = 6  # bits of 64; see docs/decisions/evidence-near-duplicates.md
_MARGINS = (0.0, 0.025, 0.05)  # cut from each side: a cropped copy meets the inside of its original
_SIDE, _KEPT = 32, 8
_FLAT = 2.0  # grey levels: less contrast than this is no picture, and its hash would be of noise
_ROWS = 256

Prints = npt.NDArray[np.uint64]


def fingerprint(pixels: Pixels) -> Prints | None:
    """Perceptual hashes of a picture and of its inside, (3,) of 64 bits; None if it is flat.

    Each is the sign, against their median, of the 8 × 8 lowest frequencies of the discrete cosine
    transform of the picture in 32 × 32 grey pixels (pHash; Zauner 2010).
    """
    grey = Image.fromarray(pixels).convert("L")
    width, height = grey.size
    boxes = [(width * m, height * m, width * (1 - m), height * (1 - m)) for m in _MARGINS]
    views = np.stack(
        [
            np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS, box), np.float64)
            for box in boxes
        ]
    )
    if views[0].std() < _FLAT:
        return None
    waves = dctn(views, axes=(1, 2), norm="ortho")[:, :_KEPT, :_KEPT].reshape(len(views), -1)
    bits = waves > np.median(waves, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64).reshape(-1)


def distances(some: Prints, others: Prints) -> npt.NDArray[np.uint8]:
    """Bits by which pictures differ, (n, m), from prints (n, 3) and (m, 3).

    The least of: whole against whole, and whole against the inside of the other, both ways.
    """
    pairs = [(0, view) for view in range(len(_MARGINS))]
    pairs += [(view, 0) for view in range(1, len(_MARGINS))]
    found = (np.bitwise_count(some[:, None, a] ^ others[None, :, b]) for a, b in pairs)
    least: npt.NDArray[np.uint8] = next(found)
    for each in found:
        np.minimum(least, each, out=least)
    return least


class Twins:
    """Finds near-duplicates; each photograph is looked at once."""

    def __init__(self) -> None:
        self._prints: dict[str, Prints | None] = {}

    def among(self, photographs: Sequence[Photograph]) -> Iterator[tuple[int, int]]:
        """Pairs of places in the sequence, i < j, of pictures that are nearly the same."""
        known = [
            (i, prints) for i, p in enumerate(photographs) if (prints := self._print(p)) is not None
        ]
        if not known:
            return
        places, prints = [i for i, _ in known], np.stack([each for _, each in known])
        for start in range(0, len(places), _ROWS):
            near = distances(prints[start : start + _ROWS], prints) <= NEAR
            for row, column in zip(*np.nonzero(near), strict=True):
                if start + row < column:
                    yield places[start + row], places[column]

    def _print(self, photograph: Photograph) -> Prints | None:
        if photograph.sha256 not in self._prints:
            pixels = decode(Path(photograph.path), at_least=2 * _SIDE)
            self._prints[photograph.sha256] = fingerprint(pixels)
        return self._prints[photograph.sha256]
