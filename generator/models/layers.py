"""The layers of an architecture: names, channels, geometry. VGG's by rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generator.models.value_names import CLASS_SUFFIX, call_of, module_of

_WIDTHS = (64, 128, 256, 512, 512)  # channels of the convolutions of each block
_DEPTHS = {  # convolutions per block: configurations A, B, D and E of Simonyan & Zisserman
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}
_STATIONS = 16  # on the way to a layer at most
_SMALLEST = 32  # five poolings leave one position

# How a module's own output is laid out: (batch, channels, height, width), (batch, height, width,
# channels), (batch, tokens, channels) or (batch, channels). Of tokens the class token is a layer of
# its own, a map of one position.
Layout = Literal["maps", "maps, channels last", "tokens", "class token", "vector"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A unit-bearing module of the network.

    Attributes
    ----------
    activation:
        The activation function that reads this layer's output (through normalisation at most), by
        the name of its value (``value_names``); empty where there is none.
    activation_steps:
        The operations by which that function comes from its module's output, as ``forward`` calls
        them; ``!`` before those that read the value and do not belong to it. Empty where the
        activation function is a module of its own that reads the layer next.
    steps:
        The same of a layer that is itself what a function gives.
    calls:
        How many times a pass calls the module; the layer is one of these calls.
    kind:
        convolution, depthwise convolution, linear, normalisation, activation, pooling, attention,
        block (a module with modules in it), class token, or other.
    layout:
        The output's own; whoever reads the layer sees (batch, channels, height, width).
    prefix:
        Of tokens: how many stand before the grid of the image (a class token, registers).
    stride:
        Pixels of the input from one position to the next.
    field:
        The longer side of the receptive field in pixels of the input; None where no square of
        fixed size bounds it (attention, squeeze-and-excitation, whatever pools over the image).
    ends:
        The ReLUs from which the output comes, each with the number of its call in a pass: a channel
        that they silence has no gradient of its own.
    fed:
        Of a convolution or linear layer: the layers whose channels it reads, each with how many of
        them, in the order of its own input channels; only activation functions, poolings and
        normalisations lie between.
    unfed:
        Why ``fed`` is empty: image, sum, product, flattened, reused or other.
    groups:
        Into how many parts a convolution divides its channels.
    """

    name: str
    channels: int
    activation: str = ""
    kind: str = "other"
    layout: Layout = "maps"
    prefix: int = 0
    stride: int | None = None
    field: int | None = None
    ends: tuple[tuple[str, int], ...] = ()
    fed: tuple[tuple[str, int], ...] = ()
    unfed: str = ""
    groups: int = 1
    activation_steps: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    calls: int = 1

    @property
    def module(self) -> str:
        """The module whose output it is, by its dotted name in the network."""
        return module_of(self.name)

    @property
    def call(self) -> int:
        """Which call of the module it is, counted from 0."""
        return call_of(self.name)

    @property
    def follows_activation(self) -> bool:
        """Whether its own output comes from an activation function."""
        return self.kind == "activation" or bool(self.ends)

    @property
    def activated(self) -> Layer | None:
        """The value after the layer's activation function, as a layer; None where it has none."""
        if not self.activation:
            return None
        own = replace(self, activation="", activation_steps=(), ends=(), fed=(), kind="activation")
        return replace(own, name=self.activation, steps=self.activation_steps, unfed="", groups=1)

    def class_token(self) -> Layer:
        """The first of a layer's tokens, which stands for the whole image, as a layer."""
        return Layer(
            self.name + CLASS_SUFFIX, self.channels, kind="class token", layout="class token"
        )


UNACTIVATED = "no activation found: own output"


def activation_words(layer: Layer) -> str:
    """The activation function after a layer; or that none is found and its own output is read.

    Empty where the layer is itself what an activation function gives, or what is left of that.
    """
    if layer.activation or layer.follows_activation or layer.kind in ("class token", "pooling"):
        return layer.activation
    return UNACTIVATED


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be asked of an architecture: its layers, in the order in which they run.

    ``least`` and ``most`` are the sides of the square inputs that it takes, in pixels; ``most`` is
    None where there is no bound. From one side to the next are ``step`` pixels.
    """

    architecture: str
    layers: tuple[Layer, ...]
    least: int = 1
    most: int | None = None
    step: int = 1

    def side(self, size: int) -> int:
        """The side at which the network is shown a picture of ``size`` pixels."""
        if self.most is not None:
            return min(max(size, self.least), self.most)
        return self.least + math.ceil(max(size - self.least, 0) / self.step) * self.step

    @property
    def convolutions(self) -> tuple[Layer, ...]:
        """Those that are meant by all layers of a network."""
        kinds = ("convolution", "depthwise convolution")
        return tuple(layer for layer in self.layers if layer.kind in kinds and not layer.call)

    def find(self, name: str) -> Layer | None:
        """The layer of that dotted name, or None."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def rows(self, layer: Layer, size: int) -> int | None:
        """How many rows, and columns, the layer's map has at most in a picture of ``size`` pixels.

        A picture is shown to the network at a side that it takes. VGG's poolings leave out what
        does not fill a window; elsewhere strided convolutions, which see the rest, are the rule.
        None where no stride is known.
        """
        if layer.stride is None:
            return None
        side = self.side(size)
        if self.architecture.startswith("vgg"):
            return side // layer.stride
        return math.ceil(side / layer.stride)

    def way(self, name: str) -> tuple[Layer, ...]:
        """What the network computes on its way to a layer, the layer's own side of it the last.

        The activation functions that run until then (convolutions, where a network has none of
        them as modules); of more than 16, these are spread evenly. Empty for an unknown layer.
        """
        goal = self.find(name)
        if goal is None:
            return ()
        end = self.find(goal.activation) or goal
        before = self.layers[: self.layers.index(goal)]
        read = dict.fromkeys(layer.activation for layer in before if layer.activation)
        stations = [layer for layer in map(self.find, read) if layer and layer != end]
        if not read:
            stations = [layer for layer in before if layer.kind == "convolution"]
        last, steps = len(stations) - 1, min(len(stations), _STATIONS - 1) - 1
        chosen = [stations[round(k * last / max(1, steps))] for k in range(steps + 1)]
        return (*chosen, end)


def vgg(architecture: str) -> Catalogue | None:
    """The layers of torchvision's VGG networks, or None for any other name.

    Known by rule, so that layers and filters can be checked before torch is imported: blocks of
    convolution (batch normalisation) ReLU, each block closed by a pooling (Simonyan & Zisserman
    2015, table 1). A 3 x 3 convolution widens the receptive field by two strides, a 2 x 2 pooling
    by one, and doubles the stride.
    """
    depths = _DEPTHS.get(architecture.removesuffix("_bn"))
    if depths is None:
        return None
    layers: list[Layer] = []
    stride, field = 1, 1
    for width, depth in zip(_WIDTHS, depths, strict=True):
        for _ in range(depth):
            field += 2 * stride
            unit = _unit(len(layers), width, architecture.endswith("_bn"), (stride, field))
            layers += (_fed(unit[0], layers), *unit[1:])
        field, stride = field + stride, 2 * stride
        name = f"features.{len(layers)}"
        layers.append(Layer(name, width, kind="pooling", stride=stride, field=field))
    ends = ((f"features.{len(layers) - 2}", 0),)  # the pooling that follows it silences nothing
    whole = Layer("features", _WIDTHS[-1], "", "block", stride=stride, field=field, ends=ends)
    pooled = Layer("avgpool", _WIDTHS[-1], kind="pooling", stride=stride)
    return Catalogue(architecture, (*layers, whole, pooled, *_classifier()), least=_SMALLEST)


def _unit(index: int, channels: int, normalised: bool, reach: tuple[int, int]) -> tuple[Layer, ...]:
    """A convolution, its batch normalisation if there is one, and its ReLU."""
    kinds = ["convolution", *["normalisation"] * normalised, "activation"]
    relu = index + len(kinds) - 1
    return tuple(
        Layer(
            f"features.{index + offset}",
            channels,
            f"features.{relu}" if index + offset < relu else "",
            kind,
            stride=reach[0],
            field=reach[1],
            ends=((f"features.{relu}", 0),) if index + offset == relu else (),
        )
        for offset, kind in enumerate(kinds)
    )


def _fed(convolution: Layer, before: Sequence[Layer]) -> Layer:
    """A convolution with what it reads: the channels of the one before it, or the image."""
    last = next((layer for layer in reversed(before) if layer.kind == "convolution"), None)
    if last is None:
        return replace(convolution, unfed="image")
    return replace(convolution, fed=((last.name, last.channels),))


def _classifier() -> tuple[Layer, ...]:
    """Two hidden linear layers, each with its ReLU and a dropout, and the thousand classes."""
    names = (("classifier.0", "classifier.1"), ("classifier.3", "classifier.4"))
    hidden = [
        layer
        for name, relu in names
        for layer in (
            Layer(name, 4096, relu, "linear", "vector", fed=(("classifier.0", 4096),)),
            Layer(relu, 4096, kind="activation", layout="vector", ends=((relu, 0),)),
        )
    ]
    hidden[0] = replace(hidden[0], fed=(), unfed="flattened")
    last = (("classifier.3", 4096),)
    classes = Layer("classifier.6", 1000, kind="linear", layout="vector", fed=last)
    return (*hidden, classes, Layer("classifier", 1000, kind="block", layout="vector"))
