"""The optimisation loop over the steps of one scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generator.lab import cancellation, devices
from generator.lab.accelerate.int8_chain import Int8Chain
from generator.lab.loading.models import Bench
from generator.lab.optimize.adam import Adam, captured, pays
from generator.lab.optimize.diversity import STRENGTH, Diversity
from generator.lab.optimize.objectives import ObjectiveGradients, Objectives
from generator.lab.optimize.parameterisations import Parameterisation
from generator.lab.optimize.transforms import Views
from generator.models.layers import Layer
from generator.recipes.presets import Recipe, Scale


@dataclass(frozen=True, slots=True, eq=False)
class OptimisationSetup:
    """What stays the same over all scales of a batch.

    ``run`` takes what the network is given to the layer's maps, or to its input where ``linear``
    says that the objectives follow from that; ``module`` is the layer itself. ``chains`` are those
    of the network, in 8 bits, which want to know whose pass comes.
    """

    bench: Bench
    layer: Layer
    recipe: Recipe
    objectives: Objectives
    diversity: Diversity
    held: Parameterisation
    run: Callable[[Tensor], Tensor]
    module: nn.Module
    linear: bool
    dtype: torch.dtype
    chains: tuple[Int8Chain, ...]
    warn: Callable[[str], None]


class ScaleOptimizer:
    """The steps of one scale; short ones on a GPU as a CUDA graph, which replays without Python.

    ``curve``, (steps, batch), is the objective before every step; ``importance``, (batch, side,
    side), sums up how much the objective depended on each pixel, where the recipe keeps that.
    """

    def __init__(
        self, scene: OptimisationSetup, parameters: Tensor, scale: Scale, views: Views | None
    ) -> None:
        self.scene, self.views = scene, views
        self.parameters = parameters.detach().clone().requires_grad_()
        self.adam = Adam(self.parameters, scale, scene.recipe)
        self.curve = parameters.new_zeros(scale.steps, len(parameters))
        self.at = torch.zeros(1, dtype=torch.long, device=parameters.device)
        self.count = 0
        self.importance: Tensor | None = None
        if scene.recipe.importance:
            self.importance = parameters.new_zeros(len(parameters), scale.side, scale.side)
        self.pulls: ObjectiveGradients | None = None
        self._step = self._eager
        alone = not scene.diversity.needed
        if parameters.is_cuda and alone and pays(len(parameters), scale.side):
            self._step = captured(self._eager, self._buffers(), scene.warn)
            self.count = 0

    def step(self) -> None:
        """One step of all pictures."""
        cancellation.check()
        self._step()

    def _buffers(self) -> tuple[Tensor, ...]:
        own = (*self.adam.buffers, self.curve, self.at)
        return own if self.importance is None else (*own, self.importance)

    def _eager(self) -> None:
        reached, gradient = self._ascent()
        self.scene.diversity.step()
        with torch.no_grad():
            self.curve.index_copy_(0, self.at, reached[None])
            self.adam.step(gradient, self.count, self.at)
            self.parameters.copy_(self.scene.held.project(self.parameters))
            self.at += 1
        self.count += 1

    def _ascent(self) -> tuple[Tensor, Tensor]:
        """The objective (batch,) and the gradient by which Adam, who minimises, climbs."""
        reached, gradients = [], []
        for part, which in passes(self.parameters, self.scene.bench.device):
            for chain in self.scene.chains:
                chain.turn(which.start)
            pictures = self.scene.held.picture(part)
            seen = pictures if self.views is None else self.views.of(pictures, which, self.at)
            given = self.scene.bench.prepare(seen).to(self.scene.dtype)
            outputs = self.scene.run(given)
            values, heads, pulls = self._objective(outputs, which)
            wanted = (part,) if self.importance is None else (part, pictures)
            found = torch.autograd.grad(heads, wanted, pulls)
            if self.importance is not None:
                self.importance[which] += found[1].abs().sum(dim=1)
            reached.append(values)
            gradients.append(found[0])
        return torch.cat(reached), torch.cat(gradients)

    def _objective(
        self, outputs: Tensor, which: slice
    ) -> tuple[Tensor, list[Tensor], list[Tensor | None]]:
        """Values (some,), and what to derive with which gradients so as to climb them."""
        each = 1 if self.views is None else self.views.count
        if self.scene.linear:
            self.pulls = self.pulls or self._pulls(outputs)
            some = self.pulls.of(which)
            values = some.values(outputs.detach(), each)
            heads: list[Tensor] = [outputs]
            pulls: list[Tensor | None] = [some.down(each)]
        else:
            reached = self.scene.objectives.values(outputs, which, each)
            values, heads, pulls = reached.detach(), [-reached.sum()], [None]
        if self.scene.diversity.needed:
            maps = self.scene.module.forward(outputs) if self.scene.linear else outputs
            likeness = self.scene.diversity.likeness(maps, which, each)
            if likeness.requires_grad:
                heads.append((STRENGTH * values.abs() * likeness).sum())
                pulls.append(None)
        return values, heads, pulls

    def _pulls(self, outputs: Tensor) -> ObjectiveGradients:
        module = self.scene.bench.network.get_submodule(self.scene.layer.module)
        return self.scene.objectives.pulls(module, outputs)


def passes(batch: Tensor, device: torch.device) -> Iterator[tuple[Tensor, slice]]:
    """The batch as it goes through the network, and which of it each part is."""
    size = devices.pictures_per_pass(device) or len(batch)
    for start in range(0, len(batch), size):
        which = slice(start, start + size)
        yield batch[which], which
