"""Path similarity: whether earlier layers process a picture as they process photographs.

Geirhos et al. (2024, *Don't trust your eyes*, ICML) compare, layer by layer, what a network
computes of a picture with what it computes of natural images: Spearman's rank correlation of a
layer's activations, set to 1 for natural images of the same class among themselves and to 0 for
images of different classes. A picture that explains how photographs are processed would have to
stay near 1 on the whole way to its unit; theirs stay near 0 for two thirds of it.

Here "the same class" are the nine photographs that excite the filter most. Two things differ.
Activations are averaged over positions, as things stand anywhere on a photograph. And each channel
is first standardised by its mean and deviation over arbitrary photographs: the channels' own levels
are alike on any image, so that without it photographs of a kind correlate hardly more than
arbitrary ones, and what is divided by nearly nothing says nothing (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt
import scipy

from generator.artifacts.artifact import Trace
from generator.images.photographs import Photograph
from generator.statistics.auc import Numbers

KIN = 9  # photographs that excite the filter most: those that its page shows
ARBITRARY = 60  # photographs to compare with
FEWEST = 3  # of either, to say anything
LIKE = 0.5  # half way: nearer to photographs of its kind than to arbitrary ones
CERTAIN = 2.0  # standard errors by which photographs of a kind must be more alike

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PathLayer:
    """One layer on the way.

    Attributes
    ----------
    value:
        Similarity of the picture to the photographs that excite the filter: 1 is theirs among
        themselves, 0 that of arbitrary photographs to them. None where these two are not certainly
        different: then the layer cannot tell.
    kin, arbitrary:
        Standard deviations of the photographs' own values around 1 and around 0.
    """

    layer: str
    value: float | None
    kin: float | None = None
    arbitrary: float | None = None


@dataclass(frozen=True, slots=True)
class PathSimilarity:
    """The way of a picture through the network; the last station is the filter's own layer.

    The picture was made to be at its goal there, which is why that one does not count.
    """

    stations: tuple[PathLayer, ...]

    @property
    def told(self) -> tuple[float, ...]:
        """Values of the earlier layers, as far as they can tell."""
        return tuple(each.value for each in self.stations[:-1] if each.value is not None)

    @property
    def value(self) -> float | None:
        """Their median; None where no earlier layer can tell.

        Not their mean: at the first layers even photographs of a kind lie far apart.
        """
        return median(self.told) if self.told else None

    @property
    def like(self) -> bool | None:
        """Whether it is nearer to photographs that excite the filter than to arbitrary ones."""
        return None if self.value is None else self.value >= LIKE


def arbitrary(library: Sequence[Photograph]) -> tuple[Photograph, ...]:
    """Photographs that stand for any other: those with the smallest hashes, whatever they show."""
    return tuple(sorted(library, key=lambda photograph: photograph.sha256)[:ARBITRARY])


def reference_of(photographs: int) -> int:
    """How many photographs stand for a filter's kind: nine, or a third of a small library."""
    return min(KIN, photographs // 3)


def paths(
    layers: Sequence[str],
    photographs: Sequence[Trace],
    pictures: Sequence[Trace],
    *,
    kin: Indices,
    others: Sequence[int],
) -> tuple[PathSimilarity, ...]:
    """The ways of several filters' pictures, all at once.

    Parameters
    ----------
    layers:
        The stations, in the order in which they run.
    kin:
        For each picture the places among ``photographs`` of those that excite its filter most,
        shape (pictures, kin).
    others:
        The places of arbitrary photographs; those that excite a filter do not count as such for it.
    """
    ways = [
        _station(
            np.stack([each.at(layer) for each in photographs]).astype(float),
            np.stack([each.at(layer) for each in pictures]).astype(float),
            kin,
            np.asarray(others),
        )
        for layer in layers
    ]
    return tuple(
        PathSimilarity(
            tuple(_told(layer, way[:, row]) for layer, way in zip(layers, ways, strict=True))
        )
        for row in range(len(pictures))
    )


def _told(layer: str, numbers: Numbers) -> PathLayer:
    if not np.isfinite(numbers).all():
        return PathLayer(layer, None)
    value, kin, others = numbers.tolist()
    return PathLayer(layer, value, kin, others)


def _station(photographs: Numbers, pictures: Numbers, kin: Indices, others: Indices) -> Numbers:
    """Value and both deviations of every picture at one layer, NaN where it cannot tell: (3, n)."""
    unknown = np.full((3, len(pictures)), np.nan)
    if kin.shape[1] < FEWEST or not np.isfinite(photographs).all():
        return unknown
    seen, made = _ranks(photographs, photographs[others]), _ranks(pictures, photographs[others])
    alike = seen @ seen.T
    among = alike[kin[:, :, None], kin[:, None, :]]
    among[:, np.arange(kin.shape[1]), np.arange(kin.shape[1])] = 0
    is_kin = (kin[:, :, None] == others).any(axis=1)[:, None, :]
    away = np.where(is_kin, np.nan, alike[kin[:, :, None], others])
    enough = np.isfinite(away[:, 0]).sum(axis=1) >= FEWEST
    enough &= np.isfinite(pictures).all(axis=1)
    own = np.take_along_axis(made @ seen.T, kin, axis=1).mean(axis=1)
    found = unknown.copy()
    if enough.any():
        found[:, enough] = _compare(among[enough], away[enough], own[enough])
    return found


def _compare(among: Numbers, away: Numbers, own: Numbers) -> Numbers:
    """Set similarities to the photographs' own: (3, pictures).

    ``among`` (pictures, kin, kin) has zeros on its diagonal, ``away`` (pictures, kin, others) NaN
    where another photograph is kin itself; ``own`` are the pictures' mean similarities.
    """
    count = among.shape[1]
    within, beyond = among.sum(axis=2) / (count - 1), np.nanmean(away, axis=2)
    base = beyond.mean(axis=1)
    gap = within.mean(axis=1) - base
    certain = gap > CERTAIN * _jackknife(among, beyond)
    scale = np.where(certain, gap, np.nan)
    kin, others = within.std(axis=1), np.nanstd(away.mean(axis=1), axis=1)
    return np.asarray(np.stack([own - base, kin, others]) / scale)


def _jackknife(among: Numbers, beyond: Numbers) -> Numbers:
    """Standard error of the gap, leaving out each of the photographs of a kind: (pictures,)."""
    count = among.shape[1]
    total, rows = among.sum(axis=(1, 2)), among.sum(axis=2)
    within = (total[:, None] - 2 * rows) / ((count - 1) * (count - 2))
    left_out = within - (beyond.sum(axis=1)[:, None] - beyond) / (count - 1)
    return np.asarray(np.sqrt((count - 1) * left_out.var(axis=1)))


def _ranks(values: Numbers, reference: Numbers) -> Numbers:
    """Ranks of standardised channels, centred and of length 1: their products are Spearman's r."""
    spread = reference.std(axis=0)
    standard = np.zeros_like(values)
    np.divide(values - reference.mean(axis=0), spread, out=standard, where=spread > 0)
    ranks = scipy.stats.rankdata(standard, axis=1)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 0))
