"""Behind what feeds a filter: its kernel, and what that is given on average; tasks and results."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.photographs import Photograph

# Raised by hand when a change of code changes what a task leaves behind.
KERNEL_VERSION = 1
SIGNAL_VERSION = 2


@dataclass(frozen=True, slots=True)
class KernelTask:
    """Keep the weights of some filters of a layer from some of its input channels.

    Both in ascending order; none stands for all of them.
    """

    layer: str
    filters: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"kernels {self.layer}{' by input' if self.inputs else ''}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        return {
            "layer": self.layer,
            "filters": self.filters,
            "inputs": self.inputs,
            "version": KERNEL_VERSION,
        }


@dataclass(frozen=True, slots=True)
class SignalTask:
    """Average what a layer is given, over photographs in the order of their hashes."""

    layer: str
    photographs: tuple[Photograph, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"signals {self.layer}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        hashes = "\n".join(each.sha256 for each in self.photographs)
        return {
            "layer": self.layer,
            "images": hashlib.sha256(hashes.encode()).hexdigest(),
            "version": SIGNAL_VERSION,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """Weights of a convolution, or of a linear layer as one of a single place.

    Attributes
    ----------
    filters, inputs:
        Which of the layer's filters and of their input channels; in a convolution of several
        groups, input channels are counted from each filter's own group.
    values:
        The weights: (filters, inputs, rows, columns).
    bias:
        Of the filters.
    """

    layer: str
    filters: tuple[int, ...]
    inputs: tuple[int, ...]
    values: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What a layer is given on average over photographs and positions.

    ``means`` has the shape (input channels, rows, columns): for each weight of a kernel the mean of
    what it is multiplied with. ``photographs`` counts them.
    """

    layer: str
    photographs: int
    means: npt.NDArray[np.float32]
