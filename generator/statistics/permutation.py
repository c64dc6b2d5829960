"""Permutation p-value of an AUC."""

from __future__ import annotations

from itertools import chain, combinations
from math import comb

import numpy as np
import numpy.typing as npt
import scipy

from generator.statistics.auc import Numbers, check

EXACT_LIMIT = 20_000
SHUFFLES = 9_999
_CHUNK = 1_000

Whole = npt.NDArray[np.int64]


def permutation_p(
    positives: Numbers, others: Numbers, rng: np.random.Generator, *, shuffles: int = SHUFFLES
) -> float:
    """One-sided permutation p-value of the AUC: the positives are not higher than the others.

    All splits of the pooled values are enumerated where there are at most 20,000; else ``shuffles``
    random ones are drawn and p = (1 + b) / (1 + R), which is valid and never 0 (Phipson & Smyth
    2010, Stat. Appl. Genet. Mol. Biol. 9: 39).

    Parameters
    ----------
    positives, others:
        Plain samples, (n₁,) and (n₀,).

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, others)
    n1, total = len(positives), len(positives) + len(others)
    # Doubled mid-ranks are whole numbers: sums compare exactly, ties included.
    ranks = np.rint(2 * scipy.stats.rankdata(np.concatenate([positives, others]))).astype(np.int64)
    size = min(n1, total - n1)
    sign = 1 if size == n1 else -1  # a low sum of the others is a high sum of the positives
    observed = sign * (ranks[:n1] if size == n1 else ranks[n1:]).sum()
    if comb(total, size) <= EXACT_LIMIT:
        sums = sign * _all_sums(ranks, size)
        return float(np.count_nonzero(sums >= observed) / len(sums))
    reached = 0
    for start in range(0, shuffles, _CHUNK):
        sums = sign * _random_sums(ranks, size, rng, count=min(_CHUNK, shuffles - start))
        reached += int(np.count_nonzero(sums >= observed))
    return (1 + reached) / (1 + shuffles)


def _all_sums(ranks: Whole, size: int) -> Whole:
    """Sum of the ranks of every subset of that size."""
    subsets = chain.from_iterable(combinations(ranks.tolist(), size))
    sums = np.fromiter(subsets, dtype=np.int64).reshape(-1, size).sum(axis=1)
    return np.asarray(sums, dtype=np.int64)


def _random_sums(ranks: Whole, size: int, rng: np.random.Generator, *, count: int) -> Whole:
    """Sum of the ranks of ``count`` random subsets of that size."""
    keys = rng.random((count, len(ranks)))
    chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
    return np.asarray(ranks[chosen].sum(axis=1), dtype=np.int64)
