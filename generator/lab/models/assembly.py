"""Weights into a network: every tensor fits, and what has none is left out."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from generator.artifacts import ModelCard
from generator.catalogue import Catalogue, Layer
from generator.errors import WeightsError
from generator.lab import devices
from generator.lab.models.architectures import build
from generator.lab.models.bench import Bench
from generator.lab.models.classifier import class_names
from generator.lab.models.layers import catalogue
from generator.lab.weights import Weights


def assemble(architecture: str, weights: Weights, device: torch.device) -> Bench:
    """Put the weights into the architecture, in eval mode, frozen, on the device.

    Raises
    ------
    WeightsError
        If a tensor has the wrong shape, is not finite, or is no part of the architecture, or if
        the weights have nothing for it. What the weights lack (a classifier's head) stays empty:
        only layers that run on what is there are in the card's catalogue.
    """
    network = build(architecture)
    _check_tensors(network, weights)
    wanted = network.state_dict()
    tensors = {name: tensor.to(wanted[name].dtype) for name, tensor in weights.tensors.items()}
    network.load_state_dict(tensors, strict=False, assign=True)
    network.requires_grad_(False)
    complete = _layers_with_weights(network, catalogue(architecture))
    headless = any(_lacks_weights(module) for module in network.modules())
    _drop_empty(network)
    network = network.eval().to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    card = ModelCard(
        architecture=architecture,
        weights=weights.name,
        digest=weights.digest,
        source="; ".join((weights.source, *weights.notes)),
        licence=weights.licence,
        preprocessing=weights.preprocessing,
        catalogue=complete,
        classes=() if headless else class_names(architecture, weights.classes),
    )
    devices.settle(device)
    return Bench(card, network, device)


def _check_tensors(network: nn.Module, weights: Weights) -> None:
    wanted = network.state_dict()
    place = f"the weights {weights.name!r} do not fit {network.__class__.__name__}"
    extra = sorted(weights.tensors.keys() - wanted.keys())
    if extra:
        raise WeightsError(f"{place}: it has no {extra[0]!r} ({len(extra)} such names)")
    for name, tensor in weights.tensors.items():
        if tensor.shape != wanted[name].shape:
            shapes = f"{tuple(tensor.shape)} instead of {tuple(wanted[name].shape)}"
            raise WeightsError(f"{place}: {name!r} has the shape {shapes}")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise WeightsError(f"{place}: {name!r} holds values that are not finite")


def _layers_with_weights(network: nn.Module, everything: Catalogue) -> Catalogue:
    """The layers that can run: those called before the first module that has no weights."""
    usable: list[Layer] = []
    for layer in everything.layers:
        path = layer.name.split(".")
        around = (".".join(path[:depth]) for depth in range(len(path) + 1))
        if any(_lacks_weights(network.get_submodule(name)) for name in around):
            break
        usable.append(layer)
    if not usable:
        raise WeightsError(f"the weights hold nothing for {everything.architecture}")
    return replace(everything, layers=tuple(usable))


def _drop_empty(network: nn.Module) -> None:
    """Replace modules without weights, which cannot be moved to a device, by ones that do nothing.

    They come after every usable layer, where the network is stopped before it reaches them.
    """
    for name, module in list(network.named_modules()):
        if name and _lacks_weights(module):
            parent, _, child = name.rpartition(".")
            setattr(network.get_submodule(parent), child, nn.Identity())


def _lacks_weights(module: nn.Module) -> bool:
    """Whether a tensor of the module's own, running statistics included, was not given."""
    own = (*module.parameters(recurse=False), *module.buffers(recurse=False))
    return any(tensor.is_meta for tensor in own)
