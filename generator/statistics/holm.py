"""Holm's correction for several claims."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values: at most α of them are wrongly small, however the tests depend.

    The i-th smallest of m is multiplied by m − i + 1, then made monotone and capped at 1
    (Holm 1979, Scand. J. Statist. 6: 65–70).

    Raises
    ------
    ValueError
        If a p-value is not in (0, 1]; NaN is not.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p > 0) & (p <= 1)).all():
        raise ValueError("a p-value lies in (0, 1]")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return tuple(adjusted.tolist())
