"""The network of every measurement: VGG-16's convolutions from one file, in plain fp32.

Tools that are compared, and the evaluator that judges what they saved, all use this and nothing of
the engine. ImageNet's mean and deviation is the space in which each of them works; what the
weights want instead is made of it here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class FromImageNet(nn.Module):
    """ImageNet-normalised pixels → the weights' own normalisation; one multiplication, one sum."""

    factor: Tensor
    offset: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        theirs, spread = torch.tensor(mean), torch.tensor(std)
        self.register_buffer("factor", (torch.tensor(STD) / spread).view(1, 3, 1, 1))
        self.register_buffer("offset", ((torch.tensor(MEAN) - theirs) / spread).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """(batch, 3, height, width) in both spaces."""
        return pixels * self.factor + self.offset


def save(tensors: Mapping[str, Tensor], path: Path, *, mean: object, std: object) -> None:
    """Write the weights for the subprocesses, with the preprocessing that they want."""
    features = {name: each for name, each in tensors.items() if name.startswith("features.")}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(features, path, {"mean": repr(mean), "std": repr(std)})


def convolutions(source: Path, *, upto: str = "") -> nn.Sequential:
    """``features`` of VGG-16, whole or up to a layer, on ImageNet-normalised pixels.

    Children are named as in ``features``, so that ``network.get_submodule("28")`` is the layer
    ``features.28``. Eval mode, weights frozen: a tool that fills weight gradients is spared it.
    """
    with safe_open(source, framework="pt") as file:
        mean, std = (_numbers(file.metadata()[name]) for name in ("mean", "std"))
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
    with torch.device("meta"):
        features = torchvision.models.vgg16().features
    named = {name.removeprefix("features."): tensor for name, tensor in tensors.items()}
    features.load_state_dict(named, assign=True)
    last = index(upto) if upto else len(features) - 1
    children = OrderedDict[str, nn.Module](normalise=FromImageNet(mean, std))
    children.update({name: m for name, m in features.named_children() if int(name) <= last})
    return nn.Sequential(children).eval().requires_grad_(False)


def index(layer: str) -> int:
    """``features.28`` → 28."""
    return int(layer.removeprefix("features."))


def imagenet_normalise(pixels: Tensor) -> Tensor:
    """RGB in [0, 1], (batch, 3, height, width) → ImageNet's mean and deviation; differentiable."""
    mean, std = (pixels.new_tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (pixels - mean) / std


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.strip("()").split(","))
