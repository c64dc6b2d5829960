"""Sign-flip p-value of a mean."""

from __future__ import annotations

import numpy as np

from generator.statistics.auc import Numbers, check

FLIPS = 9_999
_EXACT = 14  # values: all 2ⁿ choices of signs are tried up to here


def sign_flip_p(values: Numbers, rng: np.random.Generator, *, flips: int = FLIPS) -> float:
    """One-sided p-value of a plain sample, (n,): its mean is not above 0.

    Exact where the values are symmetric about 0 (Fisher 1935, The Design of Experiments, section
    21). All choices of signs are tried for at most 14 values; else ``flips`` random ones are drawn
    and p = (1 + b) / (1 + R), which is valid and never 0 (Phipson & Smyth 2010).

    Raises
    ------
    NotFiniteError
        For an empty sample, NaN or an infinity.
    """
    check(values)
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    observed = float(np.asarray(values, dtype=np.float64).sum())
    least = observed - 1e-9 * float(sizes.sum())  # sums of equal values differ in their last digit
    if len(sizes) <= _EXACT:
        bits = np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes)) & 1
        return float(np.mean((2 * bits - 1) @ sizes >= least))
    signs = rng.integers(0, 2, (flips, len(sizes))) * 2 - 1
    return (1 + int(np.count_nonzero(signs @ sizes >= least))) / (1 + flips)
