"""The model behind a report: weights, digest, licence, preprocessing."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.models.layers import Catalogue


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a photograph becomes the network's input, from the weights' own entry.

    The shorter side is resized to ``resize`` pixels (antialiased, ``interpolation`` as in
    torchvision: ``nearest``, ``bilinear``, ``bicubic`` or ``lanczos``), the middle ``crop`` ×
    ``crop`` pixels are kept, scaled to [0, 1], and ``(x − mean) / std`` per RGB channel.
    """

    resize: int
    crop: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bilinear"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The network behind a report. ``digest`` is the SHA-256 of its tensors, names included.

    ``classes`` are the names of the classifier's outputs; none where the weights have no such part.
    ``name`` is what a report of several networks calls it.
    """

    architecture: str
    weights: str
    digest: str
    source: str
    licence: str
    preprocessing: Preprocessing
    catalogue: Catalogue
    classes: tuple[str, ...] = field(default=(), repr=False)
    checked: str = ""  # what photographs of known classes say of the preprocessing
    name: str = ""
