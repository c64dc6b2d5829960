"""Discovers a network's layers from one forward pass on the meta device."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from torch import nn

from generator.errors import ReportError
from generator.lab.layers.geometry_rules import Geometry
from generator.lab.layers.module_kinds import kind_of
from generator.lab.layers.trace import Trace, traced
from generator.lab.layers.trial import Trial, found_for, trial_of
from generator.models.layers import Catalogue, Layer, Layout
from generator.models.value_names import is_function, of_call

_CLASS_TOKENS = ("class_token", "cls_token")  # what torchvision, timm and most others call it
_MOST_PREFIXES = 16  # class tokens and registers before the image's own


@lru_cache(maxsize=8)
def catalogue(architecture: str, *, code: Path | None = None) -> Catalogue:
    """Every module whose output has channels, in calling order, without weights.

    The activation function of a layer is the one that reads its output itself or through
    normalisation: seen from which tensor is handed on, not guessed from names. ``code`` is the
    folder whose Python may be run to find the user's own network.

    Raises
    ------
    ReportError
        If there is no such network, or it takes no image of (3, side, side).
    """
    return _catalogue(architecture, trial_of(architecture, code=code))


def catalogue_of(architecture: str, network: nn.Module) -> Catalogue:
    """The same of a network on the meta device."""
    return _catalogue(architecture, found_for(network, None))


def _catalogue(architecture: str, trial: Trial) -> Catalogue:
    layers = _layers(traced(trial.network, trial.image()))
    if not layers:
        raise ReportError(
            f"{architecture} has no layer whose output has channels",
            "a layer is a module that `forward` calls and that gives maps, tokens or a vector: make"
            " an nn.Conv2d of F.conv2d; volumes (Conv3d) are not read",
        )
    return Catalogue(architecture, layers, *trial.bounds())


def _layers(trace: Trace) -> tuple[Layer, ...]:
    """Every call whose output has channels, and the values of functions that follow them."""
    layers: dict[str, Layer] = {}
    tokens = _has_class_token(trace.network)
    for at in range(len(trace.calls)):
        found = _layer(trace, at)
        if found is None:
            continue
        layers[found.name] = found
        after = found.activated
        if after and is_function(after.name) and after.name not in layers:
            layers[after.name] = replace(after, ends=trace.ends_of(trace.activations[at]))
        if tokens and found.prefix and not found.activation:
            layers[found.class_token().name] = found.class_token()
    return tuple(layers.values())


def _has_class_token(network: nn.Module) -> bool:
    """Whether the first token is one that is learnt; registers alone stand for nothing."""
    names = (name.rpartition(".")[2] for name, _ in network.named_parameters())
    return any(name.startswith(_CLASS_TOKENS) for name in names)


def _layer(trace: Trace, at: int) -> Layer | None:
    """A call as a layer; None if its output has no channels, or it is a copy of its input."""
    call, activation = trace.calls[at], trace.activations[at]
    module, place = trace.network.get_submodule(call.name), call.seen
    name, kind = of_call(call.name, call.which), kind_of(module)
    if kind == "other" and name in trace.read:
        kind = "activation"  # of the user's own
    if place is None or place.channels is None or (kind == "other" and not any(module.children())):
        return None
    laid_out = _layout(call.made.shape, place)
    if laid_out is None:
        return None
    layout, prefix = laid_out
    single = layout == "vector" or place.grid == (1, 1)
    fed = trace.sources.get(call.name)
    return Layer(
        name=name,
        channels=call.made.shape[place.channels],
        activation=activation.name,
        activation_steps=activation.steps,
        kind=kind,
        layout=layout,
        prefix=prefix,
        stride=None if single else max(place.stride),
        field=None if place.field is None else max(place.field),
        ends=tuple(trace.ends(call)),
        fed=fed.parts if fed else (),
        unfed=fed.why if fed else "",
        groups=fed.groups if fed else 1,
        calls=trace.count(call.name),
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
