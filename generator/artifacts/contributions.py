"""Artifacts that tell what feeds a filter: convolution weights and mean layer inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class ConvWeights:
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
class LayerInputs:
    """What a layer is given on average over photographs and positions.

    ``means`` has the shape (input channels, rows, columns): for each weight of a kernel the mean of
    what it is multiplied with. ``photographs`` counts them.
    """

    layer: str
    photographs: int
    means: npt.NDArray[np.float32]
