"""Chains of convolutions in 8-bit integers, with their input gradients.

A CPU with VNNI multiplies twice as many of them in the same time as numbers in bf16, and moves half
as many bytes. The convolution itself brings its sums to 8 bits, for which it has to know how large
they will get: a quarter more than in the picture's last step (docs/decisions/int8.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.lab.accelerate.int8_conv import Int8Conv
from generator.lab.accelerate.int8_tensor import (
    SIGNED,
    UNSIGNED,
    ZERO,
    Int8Tensor,
    halved,
    through_halving,
    through_relu,
)
from generator.lab.accelerate.onednn import geometry_of, input_gradient_geometry, rotated

_MARGIN = 1.25  # of the next step's range over what was reached
_GROWTH = 1.6  # of what was reached where it lay beyond the range
_LIKENESS = 0.9  # of gradients, as the cosine between them
Place = tuple[Literal["there", "back"], int]


def quantizable(module: nn.Module | None) -> bool:
    """Of what is packable: whether it is a convolution whose way back is one too."""
    if not isinstance(module, nn.Conv2d):
        return False
    return input_gradient_geometry(module.weight, geometry_of(module)) is not None


@dataclass(frozen=True, slots=True, eq=False)
class ChainStage:
    """A convolution, its ReLU, and a halving of its maps where ``pooled``."""

    there: Int8Conv
    back: Int8Conv
    pooled: bool

    @classmethod
    def of(cls, convolution: nn.Conv2d, *, pooled: bool) -> ChainStage:
        """Of a convolution whose way back is one too."""
        weight, geometry = convolution.weight, geometry_of(convolution)
        back = input_gradient_geometry(weight, geometry)
        assert back is not None  # noqa: S101 - `quantizable` has seen to it
        there = Int8Conv.of(weight, convolution.bias, geometry[0])
        return cls(there, Int8Conv.of(rotated(weight), None, back[0]), pooled)


@dataclass(frozen=True, slots=True, eq=False)
class StageOutput:
    """What the way back needs of a stage: the maps behind its ReLU, and what its pooling makes."""

    maps: Tensor
    halves: tuple[Tensor, Tensor] | None


class Int8Chain(nn.Module):
    """Stages one after the other; gradients go to their input alone.

    What a picture's maps and gradients reached is kept from step to step, for each picture by
    itself, so that it does not depend on its company: ``turn`` says whose pass comes.
    """

    def __init__(self, stages: Sequence[ChainStage]) -> None:
        super().__init__()
        self.stages = tuple(stages)
        self._reached: dict[int, dict[Place, float]] = {}
        self._whose = 0

    def forget(self) -> None:
        """Other pictures come."""
        self._reached.clear()

    def turn(self, picture: int) -> None:
        """The next pass, there and back, is of this picture."""
        self._whose = picture

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, channels, height, width), views of one picture → the maps, of the same dtype."""
        made: Tensor = _Run.apply(inputs, self)
        return made

    def there(self, inputs: Tensor) -> tuple[Int8Tensor, list[StageOutput]]:
        """The last stage's maps, and what the way back needs."""
        given, passed = Int8Tensor.of(inputs), []
        for number, stage in enumerate(self.stages):
            maps = self._levels(stage.there, given, ("there", number))
            self._note(("there", number), maps)
            halves = halved(maps.values) if stage.pooled else None
            passed.append(StageOutput(maps.values, halves))
            given = Int8Tensor(halves[0] if halves else maps.values, maps.scale, maps.zero)
        return given, passed

    def back(self, gradient: Tensor, passed: Sequence[StageOutput]) -> Tensor:
        """The gradient of the input, from that of the last stage's maps."""
        given = Int8Tensor.around_0(gradient)
        for number in range(len(self.stages) - 1, -1, -1):
            stage, each = self.stages[number], passed[number]
            if each.halves:
                values = through_halving(given.values, each.maps, *each.halves)
            else:
                values = through_relu(given.values, each.maps)
            given = Int8Tensor(values, given.scale, ZERO)
            if stage is not self.stages[-1]:
                self._note(("back", number + 1), given)  # of what passed: the rest may exceed it
            if number:
                given = self._levels(stage.back, given, ("back", number))
        return self.stages[0].back.numbers_of(given, gradient.dtype)

    def _levels(self, kernels: Int8Conv, given: Int8Tensor, place: Place) -> Int8Tensor:
        """The convolution in levels whose range follows from the picture's last step."""
        reached, back = self._reached.setdefault(self._whose, {}), place[0] == "back"
        if place not in reached:
            exact = kernels.numbers_of(given, torch.float32)
            reached[place] = float((exact.abs() if back else exact).amax())
        top = SIGNED if back else UNSIGNED
        return kernels.levels_of(given, max(reached[place], 1e-30) * _MARGIN / top, back=back)

    def _note(self, place: Place, levels: Int8Tensor) -> None:
        """What was reached, for the next step; it is sought anew after one in which all was 0."""
        top = SIGNED if levels.zero else UNSIGNED
        highest = levels.highest()
        if highest:
            beyond = _GROWTH if highest >= top else 1
            self._reached[self._whose][place] = highest * levels.scale * beyond
        else:
            self._reached[self._whose].pop(place)


def chains_in(network: nn.Module) -> tuple[Int8Chain, ...]:
    """All chains of a network."""
    return tuple(each for each in network.modules() if isinstance(each, Int8Chain))


def faithful(chain: Int8Chain, plain: nn.Module) -> bool:
    """Whether a chain's maps of noise, and its gradient, point where those of its modules do.

    Not so where a few weights or maps are so large that nothing is left of the others in 8 bits.
    """
    weight = next(plain.parameters())
    side = 2 ** (3 + sum(stage.pooled for stage in chain.stages))
    noise = torch.Generator().manual_seed(0)
    inputs = torch.randn(1, weight.shape[1], side, side, generator=noise)
    inputs = inputs.to(weight.dtype).requires_grad_()
    wanted = plain(inputs)
    pull = torch.randn(wanted.shape, generator=noise).to(weight.dtype)
    made = chain(inputs)
    (own,), (true,) = (torch.autograd.grad(maps, inputs, pull) for maps in (made, wanted))
    chain.forget()
    return _cosine(made, wanted) >= _LIKENESS and _cosine(own, true) >= _LIKENESS


def _cosine(one: Tensor, two: Tensor) -> float:
    """Not a number where a number in them is none."""
    first, second = (each.detach().flatten().float() for each in (one, two))
    return float(functional.cosine_similarity(first, second, dim=0))


class _Run(torch.autograd.Function):
    """A chain to autograd."""

    @staticmethod
    def forward(context: Any, inputs: Tensor, chain: Int8Chain) -> Tensor:
        made, context.passed = chain.there(inputs)
        context.chain = chain
        return made.numbers(inputs.dtype)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return context.chain.back(gradients[0], context.passed), None
