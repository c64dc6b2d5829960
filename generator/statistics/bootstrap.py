"""Stratified bootstrap of AUCs for all channels of a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.statistics.auc import Array, Numbers, check, scores

RESAMPLES = 2_000
_CHUNK_BYTES = 32 * 2**20
_EXACT_HALVES = 2**23  # float32 holds every multiple of ½ up to here


Weights = npt.NDArray[np.int64]
Labels = int | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """How often each observation is drawn: ``positives`` (R, n₁), ``others`` (R, n₀).

    Every row draws at least one of either.
    """

    positives: Weights
    others: Weights


def draw(
    rng: np.random.Generator, positives: Labels, others: Labels, *, count: int = RESAMPLES
) -> Resamples:
    """Draw ``count`` resamples, each sample on its own (stratified).

    Parameters
    ----------
    positives, others:
        The group of each observation, (n₁,) and (n₀,), or a number of observations that stand
        alone. Groups are drawn whole: the photographs of one scene are no independent draws.
    """
    return Resamples(_drawn(rng, positives, count), _drawn(rng, others, count))


def _drawn(rng: np.random.Generator, labels: Labels, count: int) -> Weights:
    group = (
        np.arange(labels) if isinstance(labels, int) else np.unique(labels, return_inverse=True)[1]
    )
    size = int(group.max()) + 1
    return rng.multinomial(size, np.full(size, 1 / size), size=count)[:, group]


def resampled_aucs(positives: Numbers, others: Numbers, resamples: Resamples) -> Array:
    """AUC of every channel under every resample: wᵀ G v / (Σw Σv), shape (K, R).

    Parameters
    ----------
    positives, others:
        Shapes (n₁, K) and (n₀, K).

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.

    Notes
    -----
    G holds 0, ½ and 1 and the weights are whole numbers, so the products are exact in whatever
    order they are summed: ties between channels stay ties, on every machine. Memory is bounded by
    working through the channels in chunks of about 32 MiB.
    """
    check(positives, others)
    pairs = resamples.positives.sum(axis=1) * resamples.others.sum(axis=1)
    if positives.shape[0] <= others.shape[0]:
        won = _wins(positives, others, resamples.positives, resamples.others)
    else:  # the matrix product should leave the smaller side
        won = -_wins(others, positives, resamples.others, resamples.positives)
        won += pairs
    return np.asarray(won / pairs, dtype=np.float64)


def _wins(few: Numbers, many: Numbers, few_weights: Weights, many_weights: Weights) -> Array:
    """Weighted pairs that ``few`` win, ties counting ½: (K, R)."""
    (rows, channels), columns, count = few.shape, many.shape[0], len(few_weights)
    exact: type[np.floating] = np.float32 if rows * columns < _EXACT_HALVES else np.float64
    w: Numbers = np.ascontiguousarray(few_weights.T, dtype=exact)
    v: Numbers = np.ascontiguousarray(many_weights.T, dtype=exact)
    chunk = max(1, _CHUNK_BYTES // (4 * rows * max(columns, count)))
    wins = np.empty((channels, count), dtype=np.float64)
    for start in range(0, channels, chunk):
        part = slice(start, start + chunk)
        beaten: Numbers = scores(few[:, part], many[:, part]).astype(exact, copy=False)
        flat = beaten.reshape(-1, columns) @ v
        wins[part] = np.einsum("kir,ir->kr", flat.reshape(-1, rows, count), w)
    return wins
