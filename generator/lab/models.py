"""From a model's name to a Bench: the network in eval mode, its layers, its preprocessing."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache

import torch
import torchvision
from torch import Tensor, nn

from generator.artifacts import ModelCard
from generator.catalogue import Catalogue, Layer
from generator.errors import ReportError, WeightsError
from generator.lab import devices
from generator.lab.hooks import outputs_by_call
from generator.lab.weights import Weights

_SIDE = 224

_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.GELU, nn.Hardswish, nn.ELU, nn.Mish)
_NORMALISATIONS = (nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm, nn.Identity)


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A network ready to be looked into: eval mode, weights frozen, on its device.

    ``network`` takes (batch, 3, height, width) as the weights want it; ``prepare`` makes that
    from RGB in [0, 1].
    """

    card: ModelCard
    network: nn.Module
    device: torch.device

    def prepare(self, pixels: Tensor) -> Tensor:
        """RGB in [0, 1] → the network's input, channels last in memory; differentiable."""
        mean, std = (
            pixels.new_tensor(values).view(1, 3, 1, 1)
            for values in (self.card.preprocessing.mean, self.card.preprocessing.std)
        )
        return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)

    def layer(self, name: str) -> Layer:
        """The layer of that name; ReportError if the network has none."""
        found = self.card.catalogue.find(name)
        if found is None:
            raise ReportError(f"{self.card.architecture} has no layer {name!r}")
        return found


def build(architecture: str) -> nn.Module:
    """The architecture without weights, on the meta device: costs no memory and no time.

    Raises
    ------
    ReportError
        If torchvision has no such classifier; near matches are named.
    """
    known = torchvision.models.list_models(module=torchvision.models)
    if architecture not in known:
        near = difflib.get_close_matches(architecture, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see torchvision.models"
        raise ReportError(f"torchvision has no model {architecture!r}", hint)
    with torch.device("meta"):
        network: nn.Module = torchvision.models.get_model(architecture, weights=None)
    return network.eval()


@lru_cache(maxsize=8)
def catalogue(architecture: str) -> Catalogue:
    """Every module whose output is a stack of feature maps, in calling order, without weights.

    The activation function of a layer is the one that reads its output itself or through
    normalisation: seen from which tensor is handed on, not guessed from names.
    """
    calls = outputs_by_call(build(architecture), torch.zeros(1, 3, _SIDE, _SIDE, device="meta"))
    network = build(architecture)
    maps = [(name, given, made) for name, given, made in calls if made.ndim == 4]
    layers: dict[str, Layer] = {}
    for position, (name, _, made) in enumerate(maps):
        if name not in layers:
            layers[name] = Layer(name, made.shape[1], _reader(network, maps[position:]))
    return Catalogue(architecture, tuple(layers.values()))


def _reader(network: nn.Module, calls: list[tuple[str, Tensor, Tensor]]) -> str:
    """The activation function that reads the first call's output; '' where there is none."""
    first = network.get_submodule(calls[0][0])
    if isinstance(first, _ACTIVATIONS):
        return ""
    handed_on = calls[0][2]
    for name, given, made in calls[1:]:
        if given is not handed_on:
            return ""
        module = network.get_submodule(name)
        if isinstance(module, _ACTIVATIONS):
            return name
        if not isinstance(module, _NORMALISATIONS):
            return ""
        handed_on = made
    return ""


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
    network.load_state_dict(weights.tensors, strict=False, assign=True)
    network.requires_grad_(False)
    complete = _layers_with_weights(network, catalogue(architecture))
    _drop_empty(network)
    network = network.eval().to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    card = ModelCard(
        architecture=architecture,
        weights=weights.name,
        digest=weights.digest,
        source=weights.source,
        licence=weights.licence,
        preprocessing=weights.preprocessing,
        catalogue=complete,
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
        if any(tensor.is_meta for tensor in network.get_submodule(layer.name).parameters()):
            break
        usable.append(layer)
    if not usable:
        raise WeightsError(f"the weights hold nothing for {everything.architecture}")
    return Catalogue(everything.architecture, tuple(usable))


def _drop_empty(network: nn.Module) -> None:
    """Replace modules without weights, which cannot be moved to a device, by ones that do nothing.

    They come after every usable layer, where the network is stopped before it reaches them.
    """
    for name, module in list(network.named_modules()):
        own = [*module.parameters(recurse=False), *module.buffers(recurse=False)]
        if name and any(tensor.is_meta for tensor in own):
            parent, _, child = name.rpartition(".")
            setattr(network.get_submodule(parent), child, nn.Identity())
