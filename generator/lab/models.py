"""From a model's name to a Bench: the network in eval mode, its layers, its preprocessing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
import torchvision
from torch import Tensor, nn
from torchvision.ops import Permute, StochasticDepth

from generator.artifacts import ModelCard
from generator.catalogue import Catalogue, Layer
from generator.errors import ReportError, WeightsError
from generator.lab import devices
from generator.lab.hooks import Call, outputs_by_call
from generator.lab.weights import Weights

_SIDE = 224

_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.GELU, nn.Hardswish, nn.ELU, nn.Mish)
_NORMALISATIONS = (nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm, nn.Identity)
_CHANNELS_LAST = (nn.Linear, Permute, StochasticDepth)  # of transformers: no stacks of maps
# Networks whose published weights want the input turned to their own range within the network.
_OPTIONS = {
    name: {"transform_input": True, "init_weights": False} for name in ("googlenet", "inception_v3")
}


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
            raise ReportError(
                f"{self.card.architecture} with {self.card.weights} has no layer {name!r}",
                f"the last layer with weights is {self.card.catalogue.layers[-1].name}",
            )
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
        near = difflib.get_close_matches(architecture.lower(), known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see torchvision.models"
        raise ReportError(f"torchvision has no model {architecture!r}", hint)
    options = _OPTIONS.get(architecture, {})
    try:
        with torch.device("meta"):
            network: nn.Module = torchvision.models.get_model(architecture, **options)
    except NotImplementedError:  # it computes with tensors while it is made (RegNet)
        network = torchvision.models.get_model(architecture, **options).to("meta")
    return network.eval()


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
    return Catalogue(everything.architecture, tuple(usable))


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
