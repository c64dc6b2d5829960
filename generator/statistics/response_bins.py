"""Shares of positives in bins over the range of responses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from generator.statistics.auc import Array, Numbers, check
from generator.statistics.bootstrap import Resamples
from generator.statistics.intervals import Interval, wilson

BINS = 10


@dataclass(frozen=True, eq=False)
class Balanced:
    """Positives and others in a mix where each side weighs one half, whatever their numbers.

    Equal responses share their weight: no order is made up between them. Where the others are of
    several groups, ``parts`` says how many there are of each, in their order: the groups weigh the
    same.
    """

    positives: Numbers
    others: Numbers
    parts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check(self.positives, self.others)

    @cached_property
    def shares_of_others(self) -> Array:
        """The weight of each of the others, (n₀,); together 1."""
        parts = [size for size in self.parts or (len(self.others),) if size]
        return np.concatenate([np.full(size, 1 / (size * len(parts))) for size in parts])

    @cached_property
    def _levels(self) -> tuple[Array, npt.NDArray[np.intp]]:
        pooled = np.concatenate([self.positives, self.others]).astype(np.float64)
        levels, places = np.unique(pooled, return_inverse=True)
        return levels, places

    @property
    def places(self) -> npt.NDArray[np.intp]:
        """Each photograph's level, counted from the weakest, positives first: (n₁ + n₀,)."""
        return self._levels[1]

    @cached_property
    def _weights(self) -> tuple[Array, Array]:
        """Weight of the positives and of everything at each level, ascending."""
        levels, place = self._levels
        n1 = len(self.positives)
        own = np.bincount(place[:n1], minlength=len(levels)) / (2 * n1)
        rest = np.bincount(place[n1:], self.shares_of_others, minlength=len(levels)) / 2
        return own, own + rest

    def shares(self, bins: int = BINS) -> Array:
        """Share of positives in each bin from the weakest responses to the strongest: (bins,).

        Every bin holds the same weight, so none is empty; a level on an edge is split.
        """
        own, every = self._weights
        shares = self._per_bin(own, bins) / self._per_bin(every, bins)
        return np.clip(shares.round(12), 0, 1)  # lines are compared with it: .8 is not .7999…

    def contributions(self, bins: int = BINS) -> Array:
        """Each bin's part of the expected response, (bins,); NaN where nothing responds.

        Responses are counted from zero, or from the weakest where some are below zero.
        """
        levels, every = self._levels[0], self._weights[1]
        excess = every * (levels - min(0.0, float(levels[0])))
        total = float(excess.sum())
        parts = self._per_bin(excess, bins)
        return parts / total if total > 0 else np.full(bins, np.nan)

    def edges(self, bins: int = BINS) -> Array:
        """Responses between which the bins lie, (bins + 1,)."""
        levels, every = self._levels[0], self._weights[1]
        ends = np.cumsum(every)
        at = np.searchsorted(ends, np.arange(1, bins) / bins - 1e-12)
        return np.concatenate([levels[:1], levels[at], levels[-1:]])

    def bins_of(self, bins: int = BINS) -> npt.NDArray[np.int64]:
        """The bin in which most of each photograph's weight lies, positives first: (n₁ + n₀,)."""
        every = self._weights[1]
        middles = np.cumsum(every) - every / 2
        found = np.minimum((middles * bins).astype(np.int64), bins - 1)
        return np.asarray(found[self.places], dtype=np.int64)

    def _per_bin(self, amounts: Array, bins: int) -> Array:
        """Sum of amounts in each bin; within a level they lie evenly."""
        every = self._weights[1]
        along = np.concatenate([[0.0], np.cumsum(every)])
        reached = np.concatenate([[0.0], np.cumsum(amounts)])
        inner = np.interp(np.arange(bins + 1) / bins, along / along[-1], reached)
        return np.asarray(np.diff(inner), dtype=np.float64)


def top_interval(mix: Balanced, resamples: Resamples, *, bins: int = BINS) -> Interval:
    """95 % interval of the share of positives in the top bin.

    The wider, at either end, of bootstrap percentiles and of what Wilson's interval for the others
    in the bin allows: where every resample agrees (no other reaches the top), it is no point.
    """
    low, high = np.quantile(_top_shares(mix, resamples, bins), (0.025, 0.975))
    share = float(mix.shares(bins)[-1])
    # So many of one weight say as much (Kish 1965, Survey Sampling).
    n0 = max(1, round(1 / float((mix.shares_of_others**2).sum())))
    own = 2 * share / bins  # part of the positives that lies in the bin
    rest = wilson(2 * (1 - share) / bins * n0, n0)
    return Interval(
        min(float(low), own / (own + rest.high), share),
        max(float(high), own / (own + rest.low) if own > 0 else 0.0, share),
    )


def _top_shares(mix: Balanced, resamples: Resamples, bins: int) -> Array:
    """Share of positives in the top bin under every resample, (R,)."""
    own = resamples.positives / (2 * resamples.positives.sum(axis=1, keepdims=True))
    rest = resamples.others * mix.shares_of_others
    rest /= 2 * rest.sum(axis=1, keepdims=True)
    order = np.argsort(-mix.places, kind="stable")
    starts = np.flatnonzero(np.diff(mix.places[order], prepend=-1))
    every = np.add.reduceat(np.hstack([own, rest])[:, order], starts, axis=1)
    own = np.add.reduceat(np.hstack([own, np.zeros_like(rest)])[:, order], starts, axis=1)
    own_sum, sums = np.cumsum(own, axis=1), np.cumsum(every, axis=1)
    rows = np.arange(len(own))
    last = np.argmax(sums >= 1 / bins - 1e-12, axis=1)
    beyond = sums[rows, last] - 1 / bins
    split = beyond * own[rows, last] / every[rows, last]
    shares: Array = np.clip((own_sum[rows, last] - split) * bins, 0, 1)
    return shares
