"""The same network in fewer passes over memory, for climbing on its input.

On a CPU half of a step on a large picture goes into activation functions and poolings, which
compute nothing and move everything, and most of a step on a small picture into convolutions that
bring their weights into oneDNN's order again and again. Here a ReLU is done by the convolution
before it, or after the pooling behind it, on a quarter of the map; and weights are brought into
order once for each size. The results are the same, in bf16 to the last bit
(docs/decisions/fusion.md).
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from generator.catalogue import Layer

Packed = tuple[torch.Size, Tensor]
_latest: WeakKeyDictionary[nn.Module, tuple[Layer, nn.Module]] = WeakKeyDictionary()


def fused(network: nn.Module, layer: Layer) -> nn.Module:
    """A copy that shares the network's tensors and is to be run up to ``layer``.

    At the layer, and at the ReLUs by which it ends, it stays as it was; so do modules in containers
    of the network's own, whose order nobody knows. The latest copy of a network is kept.
    """
    for_layer, made = _latest.get(network, (None, network))
    if for_layer != layer:
        made = _fused(network, layer)
        _latest[network] = layer, made
    return made


def _fused(network: nn.Module, layer: Layer) -> nn.Module:
    held = {id(each): each for each in (*network.parameters(), *network.buffers())}
    made = copy.deepcopy(network, held)
    left_alone = {layer.name, *(name for name, _ in layer.ends)}
    for name, container in list(made.named_modules()):
        if type(container).forward is nn.Sequential.forward:
            _fuse(container, f"{name}." if name else "", left_alone | _shared(made))
    return made


def _shared(network: nn.Module) -> set[str]:
    """Names of modules that stand in several places: what follows one of them is not known."""
    named = list(network.named_modules(remove_duplicate=False))
    places = Counter(id(module) for _, module in named)
    return {name for name, module in named if places[id(module)] > 1}


def _fuse(container: nn.Module, prefix: str, left_alone: Container[str]) -> None:
    """Put quicker modules into the places of those that may go together."""
    free = dict(_free(container, prefix, left_alone))
    names = list(container._modules)
    for name, following in pairwise(names):
        first, second = free.get(name), free.get(following)
        if type(first) is nn.ReLU and type(second) is nn.MaxPool2d and not second.return_indices:
            setattr(container, name, nn.Identity())
            setattr(container, following, nn.Sequential(second, nn.ReLU(inplace=True)))
    for name, following in pairwise([*names, ""]):
        module = free.get(name)
        if type(module) is not nn.Conv2d or not packable(module):
            continue
        activated = following in free and type(getattr(container, following)) is nn.ReLU
        setattr(container, name, PackedConvolution(module, activated=activated))
        if activated:
            setattr(container, following, nn.Identity())


def _free(
    container: nn.Module, prefix: str, left_alone: Container[str]
) -> Iterator[tuple[str, nn.Module]]:
    for name, module in container.named_children():
        if prefix + name not in left_alone:
            yield name, module


def packable(convolution: nn.Conv2d) -> bool:
    """Whether oneDNN takes the convolution with its weights in an order of its own."""
    return (
        convolution.weight.device.type == "cpu"
        and convolution.weight.dtype in (torch.float32, torch.bfloat16)
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
        and not convolution.weight.requires_grad
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
    )


class PackedConvolution(nn.Module):
    """A convolution, with its ReLU where ``activated``, that keeps its weights in oneDNN's order.

    Gradients go to its input alone. The order is made for one size of input at a time.
    """

    def __init__(self, convolution: nn.Conv2d, *, activated: bool) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self.geometry = (
            list(map(int, convolution.padding)),
            list(convolution.stride),
            list(convolution.dilation),
            convolution.groups,
        )
        self.activated = activated
        self._turned: Tensor | None = None
        self._forward: Packed | None = None
        self._backward: Packed | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, channels, height, width), in any order in memory → the maps."""
        made: Tensor = _Run.apply(inputs.contiguous(memory_format=torch.channels_last), self)
        return made

    def maps(self, inputs: Tensor) -> Tensor:
        """The maps of inputs that lie channels last."""
        if self._forward is None or self._forward[0] != inputs.shape:
            self._forward = inputs.shape, _ordered(self.weight, inputs, self.geometry)
        attribute = "relu" if self.activated else "none"
        return _convolve(inputs, self._forward[1], self.bias, self.geometry, attribute)

    def pulled(self, gradient: Tensor, inputs: Tensor) -> Tensor:
        """The gradient of the inputs, from that of the maps before the ReLU.

        That of a convolution with stride 1 is a convolution itself, with every kernel turned half
        round and the channels exchanged.
        """
        padding, stride, dilation, groups = self.geometry
        kernel = list(self.weight.shape[2:])
        turned = [side - 1 - each for side, each in zip(kernel, padding, strict=True)]
        if [*stride, *dilation, groups] != [1, 1, 1, 1, 1] or min(turned) < 0:
            return self._pulled_by_torch(gradient, inputs)
        geometry = (turned, stride, dilation, groups)
        if self._backward is None or self._backward[0] != gradient.shape:
            if self._turned is None:
                weight = self.weight.transpose(0, 1).flip(2, 3)
                self._turned = weight.contiguous(memory_format=torch.channels_last)
            self._backward = gradient.shape, _ordered(self._turned, gradient, geometry)
        return _convolve(gradient, self._backward[1], None, geometry, "none")

    def _pulled_by_torch(self, gradient: Tensor, inputs: Tensor) -> Tensor:
        padding, stride, dilation, groups = self.geometry
        found = torch.ops.aten.convolution_backward(
            gradient, inputs, self.weight, None, stride, padding, dilation,
            False, [0, 0], groups, [True, False, False],
        )  # fmt: skip
        pulled: Tensor = found[0]
        return pulled


Geometry = tuple[list[int], list[int], list[int], int]


def _ordered(weight: Tensor, inputs: Tensor, geometry: Geometry) -> Tensor:
    made: Tensor = torch.ops.mkldnn._reorder_convolution_weight(
        weight, *geometry, list(inputs.shape)
    )
    return made


def _convolve(
    inputs: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry, attribute: str
) -> Tensor:
    made: Tensor = torch.ops.mkldnn._convolution_pointwise(
        inputs, weight, bias, *geometry, attribute, [], ""
    )
    return made


class _Run(torch.autograd.Function):
    """A packed convolution to autograd."""

    @staticmethod
    def forward(context: Any, inputs: Tensor, convolution: PackedConvolution) -> Tensor:
        maps = convolution.maps(inputs)
        context.convolution = convolution
        context.save_for_backward(inputs, maps if convolution.activated else None)
        return maps

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        inputs, maps = context.saved_tensors
        gradient = gradients[0].contiguous(memory_format=torch.channels_last)
        if maps is not None:
            gradient = torch.ops.aten.threshold_backward(gradient, maps, 0)
        return context.convolution.pulled(gradient, inputs), None
