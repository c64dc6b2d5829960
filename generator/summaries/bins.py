"""Logarithmic bins of float32 values.

Sign, exponent and the first five bits of the mantissa make 32 bins to an octave, from 2⁻²⁰ to 2²⁰.
A value taken for the middle of its bin is wrong by 1/64 of itself at most; what is smaller than
2⁻²⁰ counts as zero, what is larger falls into the last bin. (The idea is HdrHistogram's, Tene 2012,
and DDSketch's, Masson et al. 2019: relative bins merge by adding.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SHIFT = 23 - 5  # bits of a float32's mantissa that are dropped
_BELOW = ((127 - 20) << 5) - 1  # the number of the bin under 2⁻²⁰
SIDE = 40 * 32  # bins on each side of zero
BINS = 2 * SIDE + 1  # zero's own lies in the middle

Numbers = npt.NDArray[np.float64]


def bin_of(values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The bin of each value, 0 to 2560 upwards; values must be finite."""
    patterns = np.abs(values).astype(np.float32).view(np.uint32) >> _SHIFT
    size = np.clip(patterns.astype(np.int64) - _BELOW, 0, SIDE)
    return np.where(values < 0, SIDE - size, SIDE + size)


def edges() -> tuple[Numbers, Numbers]:
    """Lower and upper end of every bin, each (2561,); zero's reaches 2⁻²⁰ to both sides."""
    patterns = (np.arange(SIDE + 1, dtype=np.uint32) + np.uint32(_BELOW + 1)) << np.uint32(_SHIFT)
    ends = patterns.view(np.float32).astype(np.float64)  # 2⁻²⁰ … 2²⁰
    lower = np.concatenate((-ends[:0:-1], [-ends[0]], ends[:-1]))
    upper = np.concatenate((-ends[-2::-1], [ends[0]], ends[1:]))
    return lower, upper


def middles() -> Numbers:
    """What stands for the values of each bin: its middle, (2561,); 0 for zero's."""
    lower, upper = edges()
    return (lower + upper) / 2
