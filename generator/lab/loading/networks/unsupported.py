"""Refuses kinds of networks that cannot be reported, each with what to give instead."""

from __future__ import annotations

import torch
import torchvision
from torch import nn
from torch.nn.parameter import is_lazy

Refusal = tuple[str, str]  # what it is and why that cannot be; what to do

_SCRIPTED = (
    "a scripted network (TorchScript): its layers run without Python, and no hook can read them",
    "return the network as it was before torch.jit.script, torch.jit.trace or torch.jit.load",
)
_QUANTISED = (
    "a quantised network: its maps are integers and have no gradient",
    "return the network as it was before it was converted, in floating point",
)
_EXPORTED = (
    "an exported program (torch.export): its layers are no modules any more",
    "return the network as it was before torch.export.export",
)
_LAZY = (
    "a network with lazy modules, whose shapes an image must tell first",
    "run it once before it is returned: `network(torch.zeros(1, 3, 224, 224))`",
)
_DETECTION = (
    "a detection model: it takes a list of images and gives boxes, not the maps of one image",
    "return its backbone: `return network.backbone` (prefixes of weights are found by themselves)",
)
_SEVERAL = (
    "a network for several images at once",
    "return a network that takes a batch of RGB images (batch, 3, height, width)",
)
_QUANTISED_MODULES = (
    *("torch.ao.nn.quantized", "torch.nn.quantized", "torch.ao.nn.intrinsic.quantized"),
    *("torch.nn.intrinsic.quantized",),
)
_OTHERS = {
    "detection": _DETECTION,
    "quantization": _QUANTISED,
    "video": _SEVERAL,
    "optical_flow": _SEVERAL,
    "segmentation": (
        "a segmentation model, which torchvision makes with weights of its own only",
        "write a function beside the spec: `def make(): return"
        " torchvision.models.get_model(NAME, weights=None, weights_backbone=None)`",
    ),
}


def unwrapped(network: object) -> object:
    """The network within torch.compile's or parallel training's."""
    while isinstance(network, nn.Module):
        inner = getattr(network, "_orig_mod", None)
        if isinstance(network, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = network.module
        if not isinstance(inner, nn.Module):
            return network
        network = inner
    return network


def refusal(network: nn.Module) -> Refusal | None:
    """Why a network cannot be reported as far as its kind tells; None if it may be."""
    for name, module in network.named_modules():
        part = f"a network whose part {name} is " if name else ""
        if isinstance(module, torch.jit.ScriptModule):
            return part + _SCRIPTED[0], _SCRIPTED[1]
        if type(module).__module__.startswith(_QUANTISED_MODULES):
            return _QUANTISED
    if any(is_lazy(each) for each in (*network.parameters(), *network.buffers())):
        return _LAZY
    if _is_exported(network):
        return _EXPORTED
    if type(network).__module__.startswith("torchvision.models.detection"):
        return _DETECTION
    return None


def _is_exported(network: nn.Module) -> bool:
    """Whether it comes of torch.export, which forbids such a network to change its mode."""
    try:
        network.eval()
    except NotImplementedError:
        return isinstance(network, torch.fx.GraphModule)
    return False


def of_torchvision(name: str) -> Refusal | None:
    """Why one of torchvision's models that is no classifier cannot be reported; None if unknown."""
    if name not in torchvision.models.list_models():
        return None
    module = torchvision.models.get_model_builder(name).__module__
    return next((words for kind, words in _OTHERS.items() if f".{kind}." in module), None)
