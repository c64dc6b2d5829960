"""Objectives: a number for each picture, from feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import ReportError
from generator.recipes.objective import Objective, Place


@dataclass(frozen=True, slots=True)
class Objectives:
    """An objective for each picture of a batch, all of one layer's own output.

    The output is taken before the layer's activation function, so that a channel which is silent
    on the starting noise still has a gradient. ``final`` is (height, width) of the map in the
    published picture, in which places are meant; on smaller pictures they lie in proportion.
    """

    layer: str
    wanted: tuple[Objective, ...]
    final: tuple[int, int] = (1, 1)

    def check(self) -> None:
        """Refuse places that do not lie on the map; `ReportError` names the first."""
        for each in self.wanted:
            for term in each.terms:
                self._share(term.at)

    def values(self, maps: Tensor, which: slice, views: int = 1) -> Tensor:
        """Feature maps of the pictures ``which``, ``views`` of each → (some,), means over views."""
        wanted = self.wanted[which]
        found = [
            self._value(own[:, [term.filter for term in each.terms]], each)
            for own, each in zip(
                maps.reshape(len(wanted), views, *maps.shape[1:]), wanted, strict=True
            )
        ]
        return torch.stack(found)

    def pulls(self, module: nn.Module, inputs: Tensor) -> ObjectiveGradients:
        """The objectives by what a plain convolution is given, (·, channels, height, width).

        Every objective is linear in the layer's output, and so is that in its input: the gradient
        is a constant, and the layer itself need not run in any step. Only the channels that the
        objective names are computed, once.
        """
        assert isinstance(module, nn.Conv2d)  # noqa: S101 - see is_plain
        gradients: list[Tensor] = []
        values: list[Tensor] = []
        for each in self.wanted:
            zero = inputs.new_zeros((1, *inputs.shape[1:]), dtype=torch.float32, requires_grad=True)
            chosen = [term.filter for term in each.terms]
            bias = None if module.bias is None else module.bias[chosen].float()
            maps = functional.conv2d(
                zero,
                module.weight[chosen].float(),
                bias,
                module.stride,
                module.padding,
                module.dilation,
            )
            value = self._value(maps, each)
            gradients += torch.autograd.grad(value, zero)
            values.append(value.detach())
        return ObjectiveGradients(torch.cat(gradients).to(inputs.dtype), torch.stack(values))

    def _value(self, maps: Tensor, each: Objective) -> Tensor:
        """One objective from the maps of its terms, (views, terms, height, width)."""
        parts = [
            weight * _at(maps[:, index].float(), self._share(term.at))
            for index, (term, weight) in enumerate(zip(each.terms, each.weights, strict=True))
        ]
        total = torch.stack(parts).sum(dim=0) if len(parts) > 1 else parts[0]
        return total.mean()

    def _share(self, at: Place | None) -> tuple[float, float] | None:
        """A place as a share of the map's height and width; None for the whole map."""
        if at is None:
            return None
        height, width = self.final
        row, column = (height // 2, width // 2) if at == "centre" else at
        if row >= height or column >= width:
            raise ReportError(
                f"the map of {self.layer} is {height} × {width} in the published picture: it has"
                f" no row {row}, column {column}",
                "rows and columns count from 0; name a place on the map, or a larger `size`",
            )
        return (row + 0.5) / height, (column + 0.5) / width


@dataclass(frozen=True, slots=True, eq=False)
class ObjectiveGradients:
    """Objectives as linear functions of a layer's input, (batch, channels, height, width).

    ``gradient`` has that shape; ``offset``, (batch,), is the value where the input is 0.
    """

    gradient: Tensor
    offset: Tensor

    def of(self, which: slice) -> ObjectiveGradients:
        """Those of some pictures."""
        return ObjectiveGradients(self.gradient[which], self.offset[which])

    def values(self, inputs: Tensor, views: int) -> Tensor:
        """The objectives, (batch,), means over the views that ``inputs`` are of each picture."""
        own = inputs
        if views > 1:
            own = inputs.reshape(len(self.offset), views, *inputs.shape[1:]).float().mean(dim=1)
        # In bf16 each product is rounded, up as often as down: the sum of a map's many is not.
        # Over positions, then over channels: one sum over all would be divided among threads.
        found = (own * self.gradient).sum(dim=(2, 3), dtype=torch.float32).sum(dim=1)
        return found + self.offset

    def down(self, views: int) -> Tensor:
        """The gradient for every view, downwards: Adam minimises."""
        gradient = self.gradient.neg()
        return gradient.div(views).repeat_interleave(views, dim=0) if views > 1 else gradient


def is_plain(module: nn.Module) -> bool:
    """Whether a layer is a convolution that ``pulls`` can take the place of."""
    return type(module) is nn.Conv2d and module.groups == 1 and module.padding_mode == "zeros"


def _at(maps: Tensor, share: tuple[float, float] | None) -> Tensor:
    if share is None:
        found: Tensor = _MeanOfMap.apply(maps)
        return found
    height, width = maps.shape[-2:]
    return maps[..., int(share[0] * height), int(share[1] * width)]


class _MeanOfMap(torch.autograd.Function):
    """The mean over positions, (…, height, width) → (…), row by row.

    A single sum over a large map is divided among threads, and its last bits depend on how many
    there are. The gradient is the plain mean's.
    """

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        ctx.shape = maps.shape
        return maps.mean(dim=-1).mean(dim=-1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        height, width = ctx.shape[-2:]
        each: Tensor = (gradients[0] / (height * width))[..., None, None]
        return each.expand(ctx.shape)
