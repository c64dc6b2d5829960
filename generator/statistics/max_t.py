"""Ranks channels by AUC with max-T correction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from generator.statistics.auc import Array, Numbers, check

SHUFFLES = 9_999
_CHUNK = 1_000
_EXACT_WHOLE = 2**24  # float32 holds every whole number up to here


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Every channel's AUC with what chance would have made of it; arrays of shape (K,).

    Attributes
    ----------
    p:
        Of the channel alone: how often a random split puts *it* this high.
    p_max:
        Family-wise: how often a random split puts *any* of the K channels this high.
    q:
        Benjamini and Hochberg's: the share of false ones among all channels with this q or less.
    """

    auc: Array
    p: Array
    p_max: Array
    q: Array


def rank_channels(
    positives: Numbers, others: Numbers, rng: np.random.Generator, *, shuffles: int = SHUFFLES
) -> Ranking:
    """AUC of every channel, with max-T permutation p-values over all of them.

    The labels of the photographs are shuffled ``shuffles`` times; a shuffle is the same for all
    channels, so that their dependence is kept. Both p-values are (1 + b) / (1 + R), which is valid
    and never 0 (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9: 39). The maximum's
    distribution controls the chance of any false channel (Westfall & Young 1993, single step).

    Parameters
    ----------
    positives, others:
        Shapes (n₁, K) and (n₀, K).

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    ValueError
        If there are no channels or no shuffles.
    """
    check(positives, others)
    n1, n0 = len(positives), len(others)
    channels = positives.shape[1]
    if not channels or shuffles < 1:
        raise ValueError("nothing to rank")
    # Doubled mid-ranks are whole numbers: their sums compare exactly, ties included.
    pooled = np.concatenate([positives, others])
    ranks: npt.NDArray[np.float64] = np.rint(2 * scipy.stats.rankdata(pooled, axis=0))
    observed = ranks[:n1].sum(axis=0)
    alone, any_ = _reached(ranks, n1, observed, rng, shuffles=shuffles)
    p = (1 + alone) / (1 + shuffles)
    return Ranking(
        auc=(observed / 2 - n1 * (n1 + 1) / 2) / (n1 * n0),
        p=p,
        p_max=(1 + any_) / (1 + shuffles),
        q=np.asarray(scipy.stats.false_discovery_control(p), dtype=np.float64),
    )


def _reached(
    ranks: Array, n1: int, observed: Array, rng: np.random.Generator, *, shuffles: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How many shuffles put each channel, and any channel, where each was observed: two (K,)."""
    total = len(ranks)
    size = min(n1, total - n1)  # the smaller side is drawn; the larger is what it leaves
    exact: type[np.floating] = np.float32 if 2 * total * size < _EXACT_WHOLE else np.float64
    table = ranks.astype(exact)
    alone = np.zeros(len(observed), dtype=np.int64)
    largest = np.empty(shuffles)
    for start in range(0, shuffles, _CHUNK):
        count = min(_CHUNK, shuffles - start)
        drawn = np.argpartition(rng.random((count, total)), size - 1, axis=1)
        members = np.zeros((count, total), dtype=exact)
        np.put_along_axis(members, drawn[:, :size], 1, axis=1)
        sums = (members @ table).astype(np.float64)
        if size != n1:
            sums = ranks.sum(axis=0) - sums
        alone += np.count_nonzero(sums >= observed, axis=0)
        largest[start : start + count] = sums.max(axis=1)
    largest.sort()
    return alone, shuffles - np.searchsorted(largest, observed, side="left")
