"""Which layers an architecture has, how many channels each, and what reads them. No torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

_WIDTHS = (64, 128, 256, 512, 512)  # channels of the convolutions of each block
_DEPTHS = {  # convolutions per block: configurations A, B, D and E of Simonyan & Zisserman
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A unit-bearing module of the network.

    ``activation`` names the activation function that reads this layer's output (through
    normalisation at most), or is empty where there is none. ``stride`` is how many pixels of the
    input lie between two places of the layer's map, each way; 0 where only the built model can
    tell.
    """

    name: str
    channels: int
    activation: str = ""
    stride: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be asked of an architecture: its layers, in the order in which they run."""

    architecture: str
    layers: tuple[Layer, ...]

    def find(self, name: str) -> Layer | None:
        """The layer of that dotted name, or None."""
        return next((layer for layer in self.layers if layer.name == name), None)


def vgg(architecture: str) -> Catalogue | None:
    """The layers below ``features`` of torchvision's VGG networks, or None for any other name.

    Known by rule, so that layers and filters can be checked before torch is imported: blocks of
    convolution (batch normalisation) ReLU, each block closed by a pooling (Simonyan & Zisserman
    2015, table 1).
    """
    depths = _DEPTHS.get(architecture.removesuffix("_bn"))
    if depths is None:
        return None
    layers: list[Layer] = []
    for block, (width, depth) in enumerate(zip(_WIDTHS, depths, strict=True)):
        for _ in range(depth):
            unit = _unit(len(layers), width, normalised=architecture.endswith("_bn"))
            layers += [replace(layer, stride=2**block) for layer in unit]
        layers.append(Layer(f"features.{len(layers)}", width, stride=2 ** (block + 1)))
    return Catalogue(architecture, tuple(layers))


def _unit(index: int, channels: int, *, normalised: bool) -> list[Layer]:
    """A convolution, its batch normalisation if there is one, and its ReLU."""
    relu = index + 1 + normalised
    readable = [Layer(f"features.{i}", channels, f"features.{relu}") for i in range(index, relu)]
    return [*readable, Layer(f"features.{relu}", channels)]
