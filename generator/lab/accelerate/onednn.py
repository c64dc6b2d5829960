"""Convolutions with weights in oneDNN's order, and max-pooling in strips."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.lab.capabilities import Geometry, packs

Packed = tuple[torch.Size, Tensor]


def packable(convolution: nn.Conv2d) -> bool:
    """Whether oneDNN takes the convolution with its weights in an order of its own."""
    return (
        convolution.weight.device.type == "cpu"
        and convolution.weight.dtype in (torch.float32, torch.bfloat16)
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
        and not convolution.weight.requires_grad
        and packs(convolution.weight.dtype)
    )


def geometry_of(convolution: nn.Conv2d) -> Geometry:
    """Padding in numbers, stride, dilation and groups."""
    padding = list(map(int, convolution.padding))
    return padding, list(convolution.stride), list(convolution.dilation), convolution.groups


def input_gradient_geometry(weight: Tensor, geometry: Geometry) -> Geometry | None:
    """The geometry in which the `turned` kernels give a convolution's gradient; None if none does.

    That of a convolution without gaps or groups is a convolution itself.
    """
    padding, stride, dilation, groups = geometry
    back = [side - 1 - each for side, each in zip(weight.shape[2:], padding, strict=True)]
    if [*stride, *dilation, groups] != [1, 1, 1, 1, 1] or min(back) < 0:
        return None
    return back, stride, dilation, groups


def rotated(weight: Tensor) -> Tensor:
    """Every kernel turned half round, and the channels exchanged."""
    return weight.transpose(0, 1).flip(2, 3)


def halves(pooling: nn.Module | None) -> bool:
    """Whether a module takes the maximum of squares of 2 × 2 that do not overlap."""
    if not isinstance(pooling, nn.MaxPool2d) or pooling.ceil_mode:
        return False
    pairs = (pooling.kernel_size, pooling.stride, pooling.padding, pooling.dilation)
    plain = [(each, each) if isinstance(each, int) else tuple(each) for each in pairs]
    return plain == [(2, 2), (2, 2), (0, 0), (1, 1)]


class StripMaxPool2d(nn.Module):
    """The maximum of squares of 2 × 2; torch shares out the way back among cores by images alone.

    Two rows of a map that lies channels last are an image of their own to it.
    """

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, channels, height, width) → half of the height and width."""
        batch, channels, height, width = inputs.shape
        if height % 2 or inputs.device.type != "cpu":
            return functional.max_pool2d(inputs, 2)
        rows = inputs.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
        strips = rows.reshape(batch * height // 2, 2, width, channels).permute(0, 3, 1, 2)
        made = functional.max_pool2d(strips, 2).permute(0, 2, 3, 1)
        return made.reshape(batch, height // 2, width // 2, channels).permute(0, 3, 1, 2)


class PackedConvolution(nn.Module):
    """A convolution, with its ReLU where ``activated``, that keeps its weights in oneDNN's order.

    Gradients go to its input alone. The order is made for one size of input at a time.
    """

    def __init__(self, convolution: nn.Conv2d, *, activated: bool) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self.geometry = geometry_of(convolution)
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
        """The gradient of the inputs, from that of the maps before the ReLU."""
        geometry = input_gradient_geometry(self.weight, self.geometry)
        if geometry is None:
            return self._pulled_by_torch(gradient, inputs)
        if self._backward is None or self._backward[0] != gradient.shape:
            if self._turned is None:
                weight = rotated(self.weight)
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
