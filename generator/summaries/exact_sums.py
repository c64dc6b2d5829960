"""Sums that are exact in any order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Digits = npt.NDArray[np.int64]

LIMIT = 2.0**31  # of a response: its square, 2⁶², still fits the first digit 2³² times
_WEIGHTS = (2.0**32, 1.0, 2.0**-32, 2.0**-64)


def digits(values: npt.NDArray[np.float64]) -> Digits:
    """The sum over the first axis, (images, units) → (4, units).

    Every value is taken to the nearest multiple of 2⁻⁶⁴; beyond that nothing is rounded, for 2³²
    values below 2⁶² in size. Sums of digits are digits of sums.
    """
    rest, found = values.astype(np.float64), []
    for weight in _WEIGHTS:
        whole = np.trunc(rest / weight) if weight > _WEIGHTS[-1] else np.rint(rest / weight)
        found.append(whole.astype(np.int64).sum(axis=0))
        rest = rest - whole * weight  # exact: the leading bits go, the sign stays
    return np.stack(found)


def total(summed: Digits) -> npt.NDArray[np.float64]:
    """What the digits stand for, (4, units) → (units,), rounded once to float64."""
    parts = [
        part.astype(np.float64) * weight for part, weight in zip(summed, _WEIGHTS, strict=True)
    ]
    summed_up: npt.NDArray[np.float64] = parts[3] + parts[2] + parts[1] + parts[0]
    return summed_up
