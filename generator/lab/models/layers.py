"""Which layers a network has: seen from one pass without weights, not guessed from names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import nn
from torchvision.ops import Permute, StochasticDepth

from generator.catalogue import Catalogue, Layer
from generator.lab.hooks import Call, outputs_by_call
from generator.lab.models.architectures import build

_SIDE = 224

_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.GELU, nn.Hardswish, nn.ELU, nn.Mish)
_NORMALISATIONS = (nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm, nn.Identity)
_CHANNELS_LAST = (nn.Linear, Permute, StochasticDepth)  # of transformers: no stacks of maps


@lru_cache(maxsize=8)
def catalogue(architecture: str) -> Catalogue:
    """Every module whose output is a stack of feature maps, in calling order, without weights.

    The activation function of a layer is the one that reads its output itself or through
    normalisation: seen from which tensor is handed on, not guessed from names.
    """
    network = build(architecture)
    calls = outputs_by_call(network, torch.zeros(1, 3, _SIDE, _SIDE, device="meta"))
    maps = list(_stacks_of_maps(network, calls))
    layers: dict[str, Layer] = {}
    for position, call in enumerate(maps):
        if call.name not in layers:
            channels = call.made.tensor.shape[1]
            layers[call.name] = Layer(call.name, channels, _reader(network, maps[position:]))
    return Catalogue(architecture, tuple(layers.values()))


def _stacks_of_maps(network: nn.Module, calls: list[Call]) -> Iterator[Call]:
    """The calls that give (batch, channels, height, width): not those with channels last."""
    channels_last: list[Call] = []
    for call in calls:
        module = network.get_submodule(call.name)
        last = isinstance(module, _CHANNELS_LAST) or type(module) is nn.LayerNorm
        if last or any(call.given.same(other.made) for other in channels_last):
            channels_last.append(call)
        elif call.made.tensor.ndim == 4:
            yield call


def _reader(network: nn.Module, calls: list[Call]) -> str:
    """The activation function that reads the first call's output; '' where there is none."""
    if isinstance(network.get_submodule(calls[0].name), _ACTIVATIONS):
        return ""
    handed_on = calls[0].made
    for call in calls[1:]:
        module = network.get_submodule(call.name)
        if not call.given.same(handed_on):
            return ""
        if isinstance(module, _ACTIVATIONS):
            return call.name
        if not isinstance(module, _NORMALISATIONS):
            return ""
        handed_on = call.made
    return ""
