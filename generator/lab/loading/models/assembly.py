"""Network and weights → a Bench that is ready to run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from generator.errors import ReportError, WeightsError
from generator.lab import devices
from generator.lab.layers.discover import catalogue
from generator.lab.layers.trial import Trial, trial_of
from generator.lab.loading.models import heads, reparametrization
from generator.lab.loading.models.bench import Bench
from generator.lab.loading.models.classifier import class_names
from generator.lab.loading.networks import build
from generator.lab.loading.weights import Weights
from generator.models.card import ModelCard
from generator.models.layers import Catalogue, Layer
from generator.spec.model import is_function
from generator.system import user_code

_SAME = 1e-3  # up to which two outputs are the same: kernels of GPUs add in any order


def assemble(
    architecture: str, weights: Weights, device: torch.device, *, code: Path | None = None
) -> Bench:
    """Put the weights into the architecture, in eval mode, frozen, on the device.

    Raises
    ------
    WeightsError
        If a tensor has the wrong shape, is not finite, or is no part of the architecture, or if
        the weights have nothing for it. What the weights lack (a classifier's head) stays empty:
        only layers that run on what is there are in the card's catalogue. A classifier of other
        classes is no wrong shape: whoever trains a known architecture on their own has one.
    """
    everything = catalogue(architecture, code=code)
    _check_crop(everything, weights)
    network = build(architecture, code=code)
    if _computes_tensors(network):
        network = build(architecture, code=code, real=True)
    classes = heads.fit(network, everything, weights.tensors)
    _check_tensors(network, weights)
    lacking = _put(weights, network)
    usable = heads.in_catalogue(_layers_with_weights(everything, lacking), classes)
    _drop_empty(network, lacking)
    reparametrization.remove(network.eval())
    network = network.requires_grad_(False)
    network = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    card = ModelCard(
        architecture=architecture,
        weights=weights.name,
        digest=weights.digest,
        source="; ".join((weights.source, *weights.notes)),
        licence=weights.licence,
        preprocessing=weights.preprocessing,
        catalogue=usable,
        classes=()
        if lacking
        else heads.names(class_names(architecture, weights.classes, code=code), classes),
    )
    devices.settle(device)
    trial = trial_of(architecture, code=code)
    _check_forward(trial, network, device, code)
    if is_function(architecture) and not lacking:
        _check_repeats(trial, network, device)
    return Bench(card, network, device)


def _check_forward(
    trial: Trial, network: nn.Module, device: torch.device, code: Path | None
) -> None:
    """A network whose forward makes tensors on the CPU cannot run elsewhere."""
    if trial.device == "meta" or device.type == "cpu":
        return
    try:
        with torch.no_grad():
            network(trial.image().to(device))
    except Exception as reason:  # the user's own, whatever it is
        where = user_code.place(reason, code)
        raise WeightsError(
            f"the network does not run on {device.type}: {user_code.message(reason)}",
            f"{where + ': ' if where else ''}write `device=x.device` where it makes tensors, or use"
            " --device cpu",
        ) from reason


def _check_repeats(trial: Trial, network: nn.Module, device: torch.device) -> None:
    """A network that draws random numbers gives figures that nobody can repeat."""
    image = trial.noise().to(device)
    try:
        with torch.no_grad():
            outputs = [tree_leaves(network(image)) for _ in range(2)]
    except Exception:  # it is shown images of the report's size later on, which may be the only one
        return
    first, second = ([x.float() for x in each if isinstance(x, torch.Tensor)] for each in outputs)
    pairs = zip(first, second, strict=False)
    if not all(torch.allclose(a, b, rtol=_SAME, atol=_SAME, equal_nan=True) for a, b in pairs):
        raise ReportError(
            "the network gives other numbers each time for the same image: its forward draws some",
            "draw none in eval mode: `F.dropout(x, training=self.training)`, no torch.rand",
        )


def _check_crop(everything: Catalogue, weights: Weights) -> None:
    """A network of one size cannot be shown photographs of another."""
    crop, most = weights.preprocessing.crop, everything.most
    if most is not None and crop != most:
        raise WeightsError(
            f"{everything.architecture} takes images of {most} x {most} pixels, not {crop}",
            f"write `preprocessing: {{crop: {most}}}` under `model:`",
        )


def _computes_tensors(network: nn.Module) -> bool:
    """Whether it holds tensors that no state dict carries: computed while it is made."""
    named = network.state_dict().keys()
    unnamed = any(name not in named for name, _ in network.named_buffers())
    plain = (value for module in network.modules() for value in vars(module).values())
    return unnamed or any(isinstance(value, torch.Tensor) for value in plain)


def _put(weights: Weights, network: nn.Module) -> frozenset[str]:
    """Load the tensors; the names of those that the weights lack."""
    wanted = network.state_dict()
    counters = {name for name in wanted if name.endswith("num_batches_tracked")}  # of training
    tensors = {name: torch.tensor(0) for name in counters}
    tensors |= {name: tensor.to(wanted[name].dtype) for name, tensor in weights.tensors.items()}
    lacking = frozenset(wanted.keys() - tensors.keys())
    for name in lacking:
        del wanted[name]
    wanted.update(tensors)  # it carries the formats' versions, without which MNASNet loads nothing
    network.load_state_dict(wanted, strict=False, assign=True)
    return lacking


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


def _layers_with_weights(everything: Catalogue, lacking: frozenset[str]) -> Catalogue:
    """The layers that can run: those called before the first module that has no weights.

    A tensor belongs to its module and to every one around it.
    """
    empty = {name.rpartition(".")[0] for name in lacking}
    usable: list[Layer] = []
    for layer in everything.layers:
        path = layer.name.split(".")
        around = (".".join(path[:depth]) for depth in range(len(path) + 1))
        if any(name in empty for name in around):
            break
        usable.append(layer)
    if not usable:
        raise WeightsError(f"the weights hold nothing for {everything.architecture}")
    return replace(everything, layers=tuple(usable))


def _drop_empty(network: nn.Module, lacking: frozenset[str]) -> None:
    """Replace modules without weights by ones that do nothing.

    They come after every usable layer, where the network is stopped before it reaches them; on
    the meta device they could not be moved to another one.
    """
    for owner in sorted({name.rpartition(".")[0] for name in lacking} - {""}, reverse=True):
        parent, _, child = owner.rpartition(".")
        setattr(network.get_submodule(parent), child, nn.Identity())
