"""The area under the ROC curve by Mann and Whitney's count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating]


class NotFiniteError(ValueError):
    """A sample is empty or holds something that is not a number: nothing may be said of it."""


def check(*samples: Numbers) -> None:
    """Refuse what would pass through a rank unnoticed.

    Raises
    ------
    NotFiniteError
        If a sample is empty or holds NaN or an infinity.
    """
    for sample in samples:
        if sample.shape[0] == 0:
            raise NotFiniteError("a sample is empty")
        if not np.isfinite(sample).all():
            raise NotFiniteError("a sample holds values that are not finite")


def auc(positives: Numbers, others: Numbers) -> Array:
    """P(a positive > another) + ½ P(equal), for every column: U / (n₁ n₀).

    Parameters
    ----------
    positives, others:
        Shapes (n₁, …) and (n₀, …) with the same trailing axes (the channels), or plain (n₁,)
        and (n₀,).

    Returns
    -------
    Array
        Of the trailing shape; a zero-dimensional array for plain samples.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.

    Notes
    -----
    Mann & Whitney (1947), Ann. Math. Statist. 18: 50–60; the identity with the ROC curve's area is
    Bamber's (1975), J. Math. Psychol. 12: 387–415.
    """
    check(positives, others)
    n1, n0 = positives.shape[0], others.shape[0]
    ranks = scipy.stats.rankdata(np.concatenate([positives, others]), axis=0)
    wins = ranks[:n1].sum(axis=0) - n1 * (n1 + 1) / 2
    return np.asarray(wins / (n1 * n0), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two plain samples compared pair by pair.

    ``positives[i]`` is the share of the others that positive i beats (ties count ½), shape (n₁,);
    ``others[j]`` the share of the positives that beat other j, shape (n₀,). Both average to
    ``auc``: they are DeLong's structural components (DeLong et al. 1988, Biometrics 44: 837–845).
    """

    auc: float
    positives: Array
    others: Array

    @property
    def sizes(self) -> tuple[int, int]:
        """How many positives and others: (n₁, n₀)."""
        return len(self.positives), len(self.others)

    @property
    def influences(self) -> tuple[Array, Array]:
        """(n−1)(mean of the leave-one-out estimates − each), for either sample."""
        return self.positives - self.auc, self.others - self.auc

    def mirrored(self) -> Comparison:
        """The same with all responses negated: 1 − AUC."""
        return Comparison(1 - self.auc, 1 - self.positives, 1 - self.others)

    def minus(self, rival: Comparison) -> tuple[Array, Array]:
        """Influences of the difference of two AUCs on the same photographs."""
        own, other = self.influences, rival.influences
        return own[0] - other[0], own[1] - other[1]


def compare(positives: Numbers, others: Numbers) -> Comparison:
    """Compare two plain samples, (n₁,) and (n₀,), pair by pair.

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(positives, others)
    wins = scores(positives[:, None], others[:, None])[0].astype(np.float64)
    return Comparison(float(wins.mean()), wins.mean(axis=1), wins.mean(axis=0))


def scores(positives: Numbers, others: Numbers) -> npt.NDArray[np.float32]:
    """1 where a positive beats another, ½ where they tie, 0 elsewhere: (K, n₁, n₀).

    From samples of shapes (n₁, K) and (n₀, K). Halves are exact in float32.
    """
    above = positives.T[:, :, None] > others.T[:, None, :]
    equal = positives.T[:, :, None] == others.T[:, None, :]
    result = above.astype(np.float32)
    result[equal] = 0.5
    return result
