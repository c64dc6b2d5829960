"""AUCs of photographs that are not independent, and within strata."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generator.statistics.auc import Array, Comparison

Labels = npt.NDArray[np.int64]


def grouped(comparison: Comparison, positives: Labels, others: Labels) -> Comparison:
    """The same AUC, with the spread of groups in place of that of photographs.

    The variance between the positives' groups is G/(G−1) · Σ_g (Σ_{i∈g} (Vᵢ − A))² / n₁², and
    likewise for the others (Obuchowski 1997, Biometrics 53: 567–578). It is that of G values, each
    a group's sum of influences times G/n₁: these stand in place of DeLong's components, so that
    intervals count groups, not photographs. Where every photograph is its own group, nothing
    changes.

    Parameters
    ----------
    positives, others:
        The group of each photograph as a number, (n₁,) and (n₀,).
    """
    own, rest = comparison.influences
    return Comparison(
        comparison.auc,
        comparison.auc + _sums(own, positives),
        comparison.auc + _sums(rest, others),
    )


def _sums(influences: Array, labels: Labels) -> Array:
    """Each group's sum of influences, times the number of groups over that of photographs: (G,)."""
    groups, place = np.unique(labels, return_inverse=True)
    sums = np.bincount(place, influences, minlength=len(groups))
    return np.asarray(sums * len(groups) / len(influences), dtype=np.float64)


def stratified(parts: Sequence[Comparison], weights: Sequence[float]) -> Comparison:
    """The weighted mean of the AUCs of strata, AUC = Σ wₛ AUCₛ, with its variance Σ wₛ² Varₛ.

    Positives are compared with others of their own stratum alone, so that the AUC says nothing of
    what sets the strata apart (van Elteren 1960, Bull. Int. Stat. Inst. 37: 351–361). The
    influences are scaled so that the pooled sample has the variance of the sum.

    Parameters
    ----------
    weights:
        Of the strata; together 1.
    """
    auc = float(sum(w * each.auc for w, each in zip(weights, parts, strict=True)))
    sides = [[each.influences[side] for each in parts] for side in (0, 1)]
    own, rest = (_pooled(side, weights) for side in sides)
    return Comparison(auc, auc + own, auc + rest)


def _pooled(influences: Sequence[Array], weights: Sequence[float]) -> Array:
    total = sum(len(part) for part in influences)
    return np.concatenate(
        [
            part * weight * total / len(part) * _freed(len(part), total)
            for part, weight in zip(influences, weights, strict=True)
        ]
    )


def _freed(size: int, total: int) -> float:
    """The factor of values that turns a variance over ``total`` − 1 into one over ``size`` − 1."""
    return float(np.sqrt(size / (size - 1) * (total - 1) / total))
