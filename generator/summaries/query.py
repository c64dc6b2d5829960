"""Queries a summary: quantiles, shares, top images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.summaries.bins import edges, middles
from generator.summaries.exact_sums import total
from generator.summaries.image_id import ImageId
from generator.summaries.summary import Summary

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_LOWER, _UPPER = edges()
_MIDDLES = middles()


@dataclass(frozen=True, slots=True)
class TopImage:
    """One of the strongest images."""

    image: ImageId
    value: float


@dataclass(frozen=True, slots=True)
class RangeImage:
    """An image on the way through a unit's range; ``share`` of all images respond less."""

    image: ImageId
    value: float
    share: float


@dataclass(frozen=True, slots=True)
class SummaryQuery:
    """A summary with its images by identity, and its histograms sorted by unit.

    Those of unit ``u`` are ``bins`` and ``counts`` from ``starts[u]`` to ``starts[u + 1]``.
    """

    summary: Summary
    images: dict[int, ImageId]
    bins: Integers
    counts: Integers
    starts: Integers

    @classmethod
    def of(cls, summary: Summary) -> SummaryQuery:
        """Read a summary."""
        bins, units = np.divmod(summary.cells.astype(np.int64), summary.units)
        order = np.argsort(units, kind="stable")
        starts = np.searchsorted(units[order], np.arange(summary.units + 1))
        counts = summary.counts[order].astype(np.int64)
        return cls(summary, summary.images(), bins[order], counts, starts)

    def mean(self, unit: int) -> float:
        """Of all responses; NaN without images."""
        return self._moments(unit)[0]

    def deviation(self, unit: int) -> float:
        """The sample's standard deviation (n − 1); 0 where nothing varies."""
        return self._moments(unit)[1]

    def quantile(self, unit: int, share: float) -> float:
        """The response that ``share`` of all images stay below, within 1/64 of itself."""
        bins, counts = self.histogram(unit)
        if not len(bins):
            return float("nan")
        rank = share * (counts.sum() - 1)
        at = int(np.searchsorted(np.cumsum(counts), rank, side="right"))
        low, high = float(self.summary.low[unit]), float(self.summary.high[unit])
        return float(np.clip(_MIDDLES[bins[min(at, len(bins) - 1)]], low, high))

    def shares_below(self, unit: int, values: npt.ArrayLike) -> Numbers:
        """Which share of all images responds less than each of ``values``, (n,) → (n,).

        Exact at the ends of bins; within one, as if its images were spread evenly.
        """
        bins, counts = self.histogram(unit)
        asked = np.asarray(values, np.float64)[:, None]
        lower = np.maximum(_LOWER[bins], float(self.summary.low[unit]))
        upper = np.minimum(_UPPER[bins], float(self.summary.high[unit]))
        width = np.maximum(upper - lower, np.finfo(np.float64).tiny)
        inside = np.clip((asked - lower) / width, 0, 1)
        shares: Numbers = (inside * counts).sum(axis=1) / max(1, int(counts.sum()))
        return shares

    def histogram(self, unit: int) -> tuple[Integers, Integers]:
        """The bins that hold images, ascending, and how many."""
        mine = slice(self.starts[unit], self.starts[unit + 1])
        return self.bins[mine], self.counts[mine]

    def strongest(self, unit: int) -> tuple[TopImage, ...]:
        """The strongest distinct images, the strongest first."""
        ids, values = self.summary.top_ids[:, unit], self.summary.top_values[:, unit]
        return tuple(
            TopImage(self.images[int(id_)], float(value))
            for id_, value in zip(ids, values, strict=True)
            if value > -np.inf
        )

    def through(self, unit: int, shares: Sequence[float]) -> tuple[RangeImage, ...]:
        """A sampled image for each share of all images that are to respond less, in that order.

        The nearest one that is not shown yet, neither for an earlier share nor as one of the
        strongest; its own share is told. The least share gives the weakest of the sample.
        """
        values, ids = self.summary.sample_values[:, unit], self.summary.sample_ids
        below = self.shares_below(unit, values)
        free = ~np.isin(ids, self.summary.top_ids[:, unit])
        found: list[RangeImage] = []
        for share in shares:
            if not free.any():
                break
            row = int(np.argmin(np.where(free, np.abs(below - share), np.inf)))
            free[row] = False
            image = self.images[int(ids[row])]
            found.append(RangeImage(image, float(values[row]), float(below[row])))
        return tuple(found)

    def _moments(self, unit: int) -> tuple[float, float]:
        n = self.summary.count
        if not n:
            return float("nan"), 0.0
        column = slice(unit, unit + 1)
        mean = float(total(self.summary.sums[:, column])[0]) / n
        squares = float(total(self.summary.squares[:, column])[0])
        varies = n > 1 and self.summary.high[unit] > self.summary.low[unit]
        return mean, float(
            np.sqrt(max(0.0, (squares - n * mean * mean) / (n - 1)))
        ) if varies else 0.0
