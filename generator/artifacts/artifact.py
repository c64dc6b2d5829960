"""Artifacts, the results of tasks: renderings, responses, feature maps, occlusions, traces.

Records only. Nothing here knows torch, a disk or a clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from generator.artifacts.blobs import NOTHING, Blob
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.images.photographs import Photograph
from generator.summaries import Summary

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A picture of what a filter, or another objective, looks for.

    Attributes
    ----------
    filter:
        The filter, or the first one of an objective that names several.
    png:
        The published file, 8-bit RGB, ``size`` × ``size``.
    activation:
        Published activation: the objective measured on the decoded ``png``, without augmentation.
    history:
        The objective at the end of every scale, as the optimiser saw it.
    sides:
        The side of the image at those scales, in pixels.
    dead:
        True if the published activation is not above that of the noise it began with.
    curve:
        The objective before every step, as the optimiser saw it.
    response:
        Mean of every channel of the layer on the decoded ``png``, before the activation function.
    growth:
        A WebP strip of square frames side by side: the picture at the start and as it grew.
    frames:
        How many steps had been taken at each frame of ``growth``.
    ends:
        How many steps had been taken at the end of each scale.
    device, arithmetic:
        What it was really made on, and with: ``fp32``, ``bf16`` or ``int8``.
    objective:
        What was maximised, in words; empty for the mean of the filter's whole map.
    variant:
        0 for the picture itself; picture k is kept away from those before it.
    importance:
        An 8-bit grey PNG of ``size`` × ``size``: how much each place of the picture was changed
        by the gradient (Fel et al. 2023); empty where the recipe keeps none.
    """

    layer: str
    filter: int
    recipe: str
    size: int
    seed: int
    png: Blob = field(repr=False)
    activation: float
    history: tuple[float, ...]
    sides: tuple[int, ...]
    dead: bool
    device: str
    curve: tuple[float, ...] = ()
    response: tuple[float, ...] = ()
    growth: Blob = field(default=NOTHING, repr=False)
    frames: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    arithmetic: str = "fp32"
    objective: str = ""
    variant: int = 0
    importance: Blob = field(default=NOTHING, repr=False)

    @property
    def sha256(self) -> str:
        """Of the published file."""
        return self.png.sha256


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """How every channel of a layer responds to one photograph; arrays of shape (channels,).

    ``*_before`` is the layer's own output, ``*_after`` the same after its activation function
    (the same numbers where it has none).
    """

    layer: str
    photograph: str  # SHA-256 of the file
    mean_before: Floats
    max_before: Floats
    mean_after: Floats
    max_after: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMap:
    """One channel's map on one photograph, after the activation function: (height, width)."""

    layer: str
    filter: int
    photograph: str  # SHA-256 of the file
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """Some channels' maps on one photograph: ``values`` has the shape (filters, height, width)."""

    layer: str
    photograph: str  # SHA-256 of the file
    filters: tuple[int, ...]
    values: Floats

    def __iter__(self) -> Iterator[FeatureMap]:
        """One map after the other."""
        for number, values in zip(self.filters, self.values, strict=True):
            yield FeatureMap(self.layer, number, self.photograph, values)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What an image does to the layers that it passes: the mean of each of their channels.

    ``means`` holds ``widths[k]`` channels of ``layers[k]``, one layer after the other.
    """

    image: str  # SHA-256 of the file
    layers: tuple[str, ...]
    widths: tuple[int, ...]
    means: Floats

    def at(self, layer: str) -> Floats:
        """The channels of one layer; none where the image was not followed there."""
        if layer not in self.layers:
            return self.means[:0]
        place = self.layers.index(layer)
        start = sum(self.widths[:place])
        return self.means[start : start + self.widths[place]]


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """What one filter says of a photograph when the thing in it is covered, or something else is.

    Four numbers each: mean and maximum before the activation function, then after it.

    Attributes
    ----------
    plain, covered, alone:
        The photograph as it is; the thing covered; everything but the thing covered: (4,).
    elsewhere:
        The same shape covered in other places, (places, 4); none where there is no room.
    inside:
        Share of the strongest 1 % of the map, after the activation function, that lies on the
        thing; NaN where the map does not vary.
    area:
        Share of the picture that the thing takes.
    """

    layer: str
    filter: int
    photograph: str  # SHA-256 of the file
    plain: Floats
    covered: Floats
    alone: Floats
    elsewhere: Floats
    inside: float
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Ablation:
    """The classifier's logits for a photograph with channels of a layer set to zero, one by one.

    Attributes
    ----------
    channels:
        The channels; the claimed one first.
    plain:
        The logits of the whole network, (classes,).
    without:
        The logits without each of the channels, (channels, classes).
    """

    layer: str
    channels: tuple[int, ...]
    photograph: str  # SHA-256 of the file
    plain: Floats
    without: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """How the network names photographs of known classes, in several ways of preparing them.

    Arrays of shape (ways, photographs), the report's own way first; empty where the network has
    no classifier. ``named`` is 1 where a right class is among the five likeliest, ``likelihood``
    the logarithm of the right classes' probability.
    """

    named: Floats
    likelihood: Floats


Artifact = (
    Rendering
    | Responses
    | FeatureMaps
    | Occlusion
    | Ablation
    | Recognition
    | Trace
    | ConvWeights
    | LayerInputs
    | Summary
)


@dataclass(frozen=True, slots=True, eq=False)
class ScanResult:
    """What a scan of images by the million left behind.

    Attributes
    ----------
    summaries:
        One for each layer.
    photographs:
        Copies of the images that are shown, by identity.
    responses:
        Of each layer to the images that it shows.
    """

    summaries: tuple[Summary, ...]
    photographs: Mapping[int, Photograph]
    responses: tuple[Responses, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Artifacts:
    """Everything that the tasks of a report left behind."""

    renderings: tuple[Rendering, ...]
    responses: tuple[Responses, ...]
    maps: tuple[FeatureMaps, ...] = ()
    coverings: tuple[Occlusion, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    traces: tuple[Trace, ...] = ()
    kernels: tuple[ConvWeights, ...] = ()
    signals: tuple[LayerInputs, ...] = ()
    streamed: ScanResult | None = None
