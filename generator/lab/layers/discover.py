"""Discovers a network's layers from one forward pass on the meta device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn

from generator.errors import ReportError
from generator.lab.layers.call_trace import Call, calls_of
from generator.lab.layers.channel_sources import ChannelSource, ChannelTracer
from generator.lab.layers.geometry import GeometryTracer
from generator.lab.layers.geometry_rules import Geometry
from generator.lab.loading.networks import build
from generator.models.layers import Catalogue, Layer, Layout

_SIDES = (224, 32, 64, 96, 128, 256, 299, 384, 512)  # tried in turn where the network names none
_SMALLER = (32, 48, 64, 80, 96, 128, 160, 192)
_CLASS_TOKENS = ("class_token", "cls_token")  # what torchvision, timm and most others call it
_MOST_PREFIXES = 16  # class tokens and registers before the image's own

_Seen = Geometry | None
_NORMALISATIONS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
_POOLINGS = ("torch.nn.modules.pooling", "timm.layers.adaptive_avgmax_pool")
_ACTIVATIONS = (
    "torch.nn.modules.activation",
    "timm.layers.activations",
    "timm.layers.activations_me",
)
_SILENCING = (
    nn.ReLU,
    nn.Hardtanh,
    nn.Threshold,
)  # flat where they are off; Hardtanh is ReLU6's kin
_NO_ACTIVATIONS = (nn.Softmax, nn.LogSoftmax, nn.Softmin, nn.Softmax2d, nn.MultiheadAttention)


@lru_cache(maxsize=8)
def catalogue(architecture: str, *, code: Path | None = None) -> Catalogue:
    """Every module whose output has channels, in calling order, without weights.

    The activation function of a layer is the one that reads its output itself or through
    normalisation: seen from which tensor is handed on, not guessed from names. ``code`` is the
    folder whose Python may be run to find the user's own network.
    """
    return catalogue_of(architecture, build(architecture, code=code))


def catalogue_of(architecture: str, network: nn.Module) -> Catalogue:
    """The same of a network on the meta device.

    Raises
    ------
    ReportError
        If it takes no image of (3, side, side).
    """
    side = _native_side(network)
    image = _image(side)
    with GeometryTracer(image) as places, ChannelTracer(network, image) as sources:
        calls = calls_of(
            network, image, lambda made: places.of(made) if places.in_order(made) else None
        )
    layers: dict[str, Layer] = {}
    for call in calls:
        found = _layer(network, call, calls)
        if found is not None and call.name not in layers:
            layers[call.name] = _fed(found, sources.fed.get(call.name))
            if found.prefix and not found.activation and _has_class_token(network):
                layers[found.class_token().name] = found.class_token()
    if not layers:
        raise ReportError(f"{architecture} has no layer whose output has channels")
    bound = not _runs(network, side + 32)
    least = side if bound else next((s for s in _SMALLER if s < side and _runs(network, s)), side)
    return Catalogue(architecture, tuple(layers.values()), least, side if bound else None)


def _has_class_token(network: nn.Module) -> bool:
    """Whether the first token is one that is learnt; registers alone stand for nothing."""
    names = (name.rpartition(".")[2] for name, _ in network.named_parameters())
    return any(name.startswith(_CLASS_TOKENS) for name in names)


def _native_side(network: nn.Module) -> int:
    """The side of an image that it takes: its own word, else the first usual one that works."""
    config = getattr(network, "pretrained_cfg", None) or {}
    named = (config.get("input_size", (3, 0, 0))[-1], getattr(network, "image_size", 0))
    for side in (*(s for s in named if isinstance(s, int) and s), *_SIDES):
        if _runs(network, side):
            return side
    raise ReportError(
        "the network takes no square RGB image",
        f"tried with sides of {', '.join(map(str, _SIDES))} pixels",
    )


def _image(side: int) -> Tensor:
    return torch.zeros(1, 3, side, side, device="meta")


def _runs(network: nn.Module, side: int) -> bool:
    try:
        with torch.no_grad():
            network(_image(side))
    except Exception:  # a network refuses a size in whatever way its author chose
        return False
    return True


def _layer(network: nn.Module, call: Call[_Seen], calls: Sequence[Call[_Seen]]) -> Layer | None:
    """The call as a layer; None if its output has no channels, or it is a copy of its input."""
    module, place = network.get_submodule(call.name), call.seen
    kind = _kind(module)
    if place is None or place.channels is None or (kind == "other" and not any(module.children())):
        return None
    shape = call.made.tensor.shape
    laid_out = _layout(tuple(shape), place)
    if laid_out is None:
        return None
    layout, prefix = laid_out
    single = layout == "vector" or place.grid == (1, 1)
    return Layer(
        name=call.name,
        channels=shape[place.channels],
        activation=_reader(network, call, calls),
        kind=kind,
        layout=layout,
        prefix=prefix,
        stride=None if single else max(place.stride),
        field=None if place.field is None else max(place.field),
        ends=tuple(_ends(network, call, calls)),
    )


def _fed(layer: Layer, source: ChannelSource | None) -> Layer:
    if source is None:
        return layer
    return replace(layer, fed=source.parts, unfed=source.why, groups=source.groups)


def _ends(
    network: nn.Module, layer: Call[_Seen], calls: Sequence[Call[_Seen]]
) -> Iterator[tuple[str, int]]:
    """The ReLUs within the layer that nothing within it reads, poolings apart."""
    inside = [c for c in calls if layer.began <= c.began and c.ended <= layer.ended]
    leaves = [c for c in inside if not any(network.get_submodule(c.name).children())]
    for call in leaves:
        if not isinstance(network.get_submodule(call.name), _SILENCING):
            continue
        if _unread(network, call, leaves):
            yield call.name, sum(c.name == call.name and c.ended < call.ended for c in calls)


def _unread(network: nn.Module, call: Call[_Seen], leaves: Sequence[Call[_Seen]]) -> bool:
    """Whether no other call reads the output, or only poolings whose own is not read."""
    readers = [c for c in leaves if c.began > call.ended and c.given.same(call.made)]
    return all(
        _kind(network.get_submodule(c.name)) == "pooling" and _unread(network, c, leaves)
        for c in readers
    )


def _layout(shape: tuple[int, ...], place: Geometry) -> tuple[Layout, int] | None:
    """How the output is laid out, and how many tokens stand before the grid."""
    if shape[0] != 1:  # windows or heads in place of the batch
        return None
    match len(shape), place.channels:
        case 4, 1:
            return ("maps", 0) if shape[2:] == place.grid else None
        case 4, 3:  # else windows by their positions (MaxViT)
            return ("maps, channels last", 0) if shape[1:3] == place.grid else None
        case 2, 1:
            return "vector", 0
        case 3, 2:
            before = shape[1] - place.grid[0] * place.grid[1]
            return ("tokens", before) if 0 <= before <= _MOST_PREFIXES else None
    return None


def _kind(module: nn.Module) -> str:
    depthwise = isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1
    kinds = {
        "depthwise convolution": depthwise,
        "convolution": isinstance(module, nn.Conv2d),
        "linear": isinstance(module, nn.Linear),
        "normalisation": isinstance(module, _NORMALISATIONS),
        "activation": _is_activation(module),
        "pooling": type(module).__module__ in _POOLINGS,
        "attention": "attention" in type(module).__name__.lower(),
        "block": any(module.children()),
    }
    return next((kind for kind, holds in kinds.items() if holds), "other")


def _is_activation(module: nn.Module) -> bool:
    return type(module).__module__ in _ACTIVATIONS and not isinstance(module, _NO_ACTIVATIONS)


def _reader(network: nn.Module, layer: Call[_Seen], calls: Sequence[Call[_Seen]]) -> str:
    """The activation function that reads the call's output; '' where there is none."""
    if _is_activation(network.get_submodule(layer.name)):
        return ""
    handed_on = layer.made
    for call in sorted(calls, key=lambda call: call.began):
        module = network.get_submodule(call.name)
        steps = isinstance(module, _NORMALISATIONS) or not any(module.children())
        if call.began < layer.ended or not steps:
            continue
        if not call.given.same(handed_on):
            return ""
        if _is_activation(module):
            return call.name
        if inner := _activation_within(module):
            return f"{call.name}.{inner}"
        if not isinstance(module, (*_NORMALISATIONS, nn.Identity)):
            return ""
        handed_on = call.made
    return ""


def _activation_within(module: nn.Module) -> str:
    """The activation function that a normalisation carries with it, as timm's do."""
    inner = (name for name, child in module.named_children() if _is_activation(child))
    return next(inner, "") if isinstance(module, _NORMALISATIONS) else ""
