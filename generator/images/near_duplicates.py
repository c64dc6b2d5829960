"""Finds near-duplicate photographs: resized, cropped, mirrored or saved again.

Two steps. Perceptual hashes of one picture, whole and mirrored, against those of many parts of the
other find the pairs that could be the same; the grey values of these are then laid over each other
and must agree. Hashes alone would take cut-outs of like outline for copies. See
``docs/decisions/evidence-near-duplicates.md`` for the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.images.metadata_cache import (
    Array,
    Fingerprint,
    MetadataCache,
    Pairs,
    Prints,
    digest_of,
)
from generator.images.photographs import Photograph, Pixels, content, decode_bytes

NEAR = 8  # bits of 64 by which hashes of a copy may differ
ALIKE = 0.94  # correlation of the grey values, from which two pictures are the same
_SIDE, _KEPT = 64, 8
_GRID = 16  # pixels on a side, in which pictures are laid over each other
_FLAT = 2.0  # grey levels: less contrast than this is no picture, and its hash would be of noise
_ROWS = 32

Span = tuple[float, float]


def _spans(*sizes: float) -> tuple[Span, ...]:
    """Parts of a side of these sizes, in steps of a twentieth; the whole comes first."""
    steps = ((size, step / 20) for size in sizes for step in range(round((1 - size) * 20) + 1))
    return tuple((start, start + size) for size, start in steps)


# A copy that shows between half and all of a picture meets one of these parts, to 2.5 % of a side.
_COARSE = _spans(1.0, 0.9, 0.8, 0.7)
_FINE = _spans(1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)


def _sampling(span: Span, count: int) -> Array:
    """The matrix that takes the means of ``count`` equal parts of a span, (count, side)."""
    edges = np.linspace(span[0], span[1], count + 1) * _SIDE
    pixels = np.arange(_SIDE)
    parts = [np.clip(np.minimum(pixels + 1, b) - np.maximum(pixels, a), 0, None)
             for a, b in pairwise(edges)]  # fmt: skip
    weights = np.stack(parts)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def _waves(count: int) -> Array:
    """The lowest frequencies of the discrete cosine transform of ``count`` values."""
    phase = np.pi * (np.arange(count) + 0.5) / count
    waves = np.cos(np.arange(_KEPT)[:, None] * phase)
    waves[0] /= np.sqrt(2)
    return np.asarray(waves * np.sqrt(2 / count), np.float64)


_HASHING = np.stack([_waves(32) @ _sampling(span, 32) for span in _COARSE])
_LAYING = np.stack([_sampling(span, _GRID) for span in _FINE])


def fingerprint(pixels: Pixels) -> Fingerprint | None:
    """Perceptual hashes of a picture and of its parts; None if it is flat.

    Each is the sign, against their median, of the 8 × 8 lowest frequencies of the discrete cosine
    transform of the part in 32 × 32 grey pixels (pHash; Zauner 2010).
    """
    small = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    grey = np.asarray(small, np.float64)
    if grey.std() < _FLAT:
        return None
    whole = np.concatenate([_hashes(view, _HASHING[:1]) for view in (grey, grey[:, ::-1])])
    return Fingerprint(grey, whole, _hashes(grey, _HASHING))


def _hashes(grey: Array, spans: Array) -> Prints:
    """A hash for each pair of a span down and a span across, in that order."""
    count = len(spans)
    down = spans.reshape(-1, _SIDE) @ grey @ spans.reshape(-1, _SIDE).T
    waves = down.reshape(count, _KEPT, count, _KEPT).swapaxes(1, 2).reshape(-1, _KEPT**2)
    bits = waves > np.median(waves, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64).reshape(-1)


def distances(some: Prints, others: Prints) -> npt.NDArray[np.uint8]:
    """Bits by which the nearest of each one's hashes differ, (n, m), from (n, a) and (m, b)."""
    least = np.full((len(some), len(others)), 64, np.uint8)
    for own in some.T:
        for start in range(0, len(some), _ROWS):
            rows = slice(start, start + _ROWS)
            found = np.bitwise_count(own[rows, None, None] ^ others).min(axis=2)
            np.minimum(least[rows], found, out=least[rows])
    return least


def similarity(copy: Fingerprint, original: Fingerprint) -> float:
    """The best correlation of a picture, as it is or mirrored, with any part of another."""
    parts = _LAYING.reshape(-1, _SIDE) @ original.grey @ _LAYING.reshape(-1, _SIDE).T
    count = len(_FINE)
    laid = _standard(parts.reshape(count, _GRID, count, _GRID).swapaxes(1, 2))
    whole = np.stack([_LAYING[0] @ view @ _LAYING[0].T for view in (copy.grey, copy.grey[:, ::-1])])
    return float((_standard(whole) @ laid.T).max())


def _standard(views: Array) -> Array:
    """Views (…, 16, 16) as rows of mean 0 and length 1."""
    rows = views.reshape(-1, _GRID**2)
    rows = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float64)


class NearDuplicates:
    """Finds near-duplicates; what the cache holds of a photograph is not measured again."""

    def __init__(self, cache: MetadataCache | None = None) -> None:
        self._cache = MetadataCache() if cache is None else cache

    def among(self, photographs: Sequence[Photograph], *, thorough: int | None = None) -> Pairs:
        """Pairs of places in the sequence, i < j, of pictures that are nearly the same.

        Parameters
        ----------
        thorough:
            How many of the first are compared with every part of all others; the rest among
            themselves only as wholes, for their pairs are the many. All of them unless given.
        """
        name = digest_of([each.sha256 for each in photographs], thorough)
        if name not in self._cache.pairs:
            prints = [self._print(photograph) for photograph in photographs]
            self._cache.pairs[name] = [
                (i, j)
                for i, j in _candidates(prints, thorough)
                if self._similarity(photographs[i].sha256, photographs[j].sha256) >= ALIKE
            ]
        return self._cache.pairs[name]

    def _print(self, photograph: Photograph) -> Fingerprint | None:
        known = self._cache.fingerprints
        if photograph.sha256 not in known:
            pixels = decode_bytes(content(photograph), photograph.name, at_least=2 * _SIDE)
            known[photograph.sha256] = fingerprint(pixels)
        return known[photograph.sha256]

    def _similarity(self, one: str, other: str) -> float:
        """Of two photographs by their SHA-256, whichever of them is the copy."""
        known, pair = self._cache.similarities, (min(one, other), max(one, other))
        if pair not in known:
            first, second = (self._cache.fingerprints[each] for each in pair)
            assert first is not None  # noqa: S101 - flat pictures are no candidates
            assert second is not None  # noqa: S101
            known[pair] = max(similarity(first, second), similarity(second, first))
        return known[pair]


def _candidates(prints: Sequence[Fingerprint | None], thorough: int | None) -> Pairs:
    """Pairs of places whose hashes are near each other."""
    known = [(i, each) for i, each in enumerate(prints) if each is not None]
    if not known:
        return []
    careful = sum(thorough is None or i < thorough for i, _ in known)
    whole = np.stack([each.whole for _, each in known])
    parts = np.stack([each.parts for _, each in known])
    least = distances(whole, parts[:, :1])
    np.minimum(least[:careful], distances(whole[:careful], parts), out=least[:careful])
    np.minimum(least[:, :careful], distances(whole, parts[:careful]), out=least[:, :careful])
    least = np.minimum(least, least.T)
    places = [i for i, _ in known]
    return [
        (places[a], places[b]) for a, b in zip(*np.nonzero(np.triu(least <= NEAR, 1)), strict=True)
    ]
