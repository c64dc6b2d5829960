"""The magnitude spectrum of photographs and the colour matrix of `maco`.

The numbers in spectrum.npy were computed from the example library by benchmarks/spectrum.py.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("spectrum.npy")
# Lucid's decorrelation of colours: the square root of the covariance of ImageNet's pixels, its
# largest column scaled to length 1 (Olah et al. 2017).
_ROOT = np.array(((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03)))
COLOUR = _ROOT / np.linalg.norm(_ROOT, axis=0).max()

Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


@lru_cache(maxsize=4)
def magnitudes(side: int) -> Floats:
    """Magnitudes for a picture of that side, (3, side, side // 2 + 1), as ``rfft2`` orders them.

    A picture of any side shows as much of the world as a photograph did: waves are counted per
    picture. Beyond the fastest one known, magnitudes fall on as 1/f (Field 1987).
    """
    known = np.load(FILE).astype(np.float32)  # (3, n // 2 + 1, n // 2 + 1): waves down, across
    last = known.shape[1] - 1
    down = np.abs(np.fft.fftfreq(side, 1 / side))[:, None]
    across = np.fft.rfftfreq(side, 1 / side)[None, :]
    frequency = np.maximum(np.hypot(down, across), 1e-6)
    within = np.minimum(1, last / np.maximum(np.maximum(down, across), 1e-6))
    rows = np.rint(down * within).astype(int)
    columns = np.rint(across * within).astype(int)
    found = known[:, rows, columns] * within * (side / (2 * last))
    found[:, frequency < 0.5] = 0  # the mean colour is left to the others
    return np.asarray(found, dtype=np.float32)


def decorrelated(pictures: Floats) -> npt.NDArray[np.float64]:
    """Pictures (n, side, side, 3) in [0, 1] as planes of the same shape, before their sigmoid."""
    inner = np.clip(pictures, 1 / 64, 63 / 64)
    return np.asarray(np.log(inner / (1 - inner)) @ np.linalg.inv(COLOUR).T)


def contrast(pictures: Floats) -> npt.NDArray[np.float64]:
    """The root mean square of each picture's decorrelated planes, (n,)."""
    return np.asarray(np.sqrt(np.square(decorrelated(pictures)).mean(axis=(1, 2, 3))))


def measure(pictures: Floats) -> Floats:
    """Mean magnitudes of pictures (n, side, side, 3) in [0, 1]: (3, side // 2 + 1, side // 2 + 1).

    Of their decorrelated planes; both signs of the waves down the picture are put together.
    """
    side = pictures.shape[1]
    planes = decorrelated(pictures)
    window = np.hanning(side + 2)[1:-1]
    weights = window[:, None] * window[None, :]
    planes = (planes - planes.mean(axis=(1, 2), keepdims=True)) * weights[None, ..., None]
    found = np.abs(np.fft.rfft2(planes, axes=(1, 2), norm="ortho")).mean(axis=0)
    half = side // 2
    both = (found[: half + 1] + found[[0, *range(side - 1, side - half - 1, -1)]]) / 2
    both /= np.sqrt((weights**2).mean())
    return np.asarray(both.transpose(2, 0, 1), dtype=np.float32)
