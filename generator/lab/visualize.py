"""The optimisation loop: pictures that excite filters, batched over the filters of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from numpy.random import Generator
from torch import Tensor

from generator.artifacts import Rendering
from generator.catalogue import Layer
from generator.lab import devices, parameterisations, pixels, transforms
from generator.lab.hooks import Recorder, record
from generator.lab.models import Bench
from generator.lab.objectives import Channels
from generator.recipes import Recipe, Scale


def visualize(
    bench: Bench, layer: Layer, filters: Sequence[int], *, recipe: Recipe, seed: int
) -> tuple[Rendering, ...]:
    """One picture for each filter of a layer, all in one batch.

    A picture depends on (recipe, seed, layer, filter) and the weights, not on its neighbours in
    the batch: every operation works on each picture alone, and so do its noise and its views.
    """
    keys = [(seed, *layer.name.encode(), number) for number in filters]
    with record(bench.network, [layer]) as recorder:
        loop = _Loop(bench, recorder, Channels(layer.name, tuple(filters)), recipe)
        grown = loop.run(keys)
        files = [pixels.to_png(each) for each in grown.pictures]
        decoded = torch.stack([pixels.from_png(data) for data in files])
        responses, silent = loop.measure(decoded), loop.measure(grown.frames[0])
    ends = list(accumulate(scale.steps for scale in recipe.scales))
    return tuple(
        Rendering(
            layer=layer.name,
            filter=number,
            recipe=recipe.name,
            size=recipe.size,
            seed=seed,
            png=files[index],
            activation=float(responses[index, number]),
            history=tuple(float(grown.curve[end - 1, index]) for end in ends),
            sides=tuple(scale.side for scale in recipe.scales),
            dead=not float(responses[index, number]) > float(silent[index, number]),
            device=devices.describe(bench.device),
            curve=tuple(grown.curve[:, index].tolist()),
            response=tuple(responses[index].tolist()),
            growth=pixels.to_strip([frame[index] for frame in grown.frames]),
            frames=recipe.moments,
        )
        for index, number in enumerate(filters)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """What a run of the loop leaves: pictures in [0, 1], and how they came about.

    ``curve`` is the objective before every step, (steps, batch); ``frames`` are the pictures after
    the steps that the recipe's ``moments`` name, each (batch, 3, side, side).
    """

    pictures: Tensor
    curve: Tensor
    frames: tuple[Tensor, ...]


class _Loop:
    """Gradient ascent on one batch, whatever the recipe."""

    def __init__(
        self, bench: Bench, recorder: Recorder, objective: Channels, recipe: Recipe
    ) -> None:
        self.bench, self.recorder, self.recipe = bench, recorder, recipe
        self.layer, self.objective = objective.layer, objective.on(bench.device)
        self.held = parameterisations.of(recipe)
        self.own: list[Generator] = []

    def run(self, keys: Sequence[Sequence[int]]) -> Growth:
        """All scales of the recipe, for the pictures that the keys seed."""
        self.own = transforms.generators(keys)
        parameters = self.held.start(keys, self.bench.device)
        curve: list[Tensor] = []
        frames = [self._shown(parameters)]
        for position, scale in enumerate(self.recipe.scales):
            if position:
                parameters = self.held.enlarge(parameters, scale)
            for after, reached in self._steps(parameters, scale):
                parameters = after
                curve.append(reached)
                if len(curve) in self.recipe.moments:
                    frames.append(self._shown(parameters))
        return Growth(self._shown(parameters), torch.stack(curve).cpu(), tuple(frames))

    def measure(self, pictures: Tensor) -> Tensor:
        """Mean of every channel on pictures (batch, 3, side, side) in [0, 1]: (batch, channels)."""
        means = []
        with torch.no_grad():
            for part, _ in self._passes(pictures.to(self.bench.device)):
                self.recorder.run(self.bench.prepare(part))
                means.append(self.recorder.before[self.layer].mean(dim=(2, 3)))
        return torch.cat(means).float().cpu()

    def _steps(self, parameters: Tensor, scale: Scale) -> Iterator[tuple[Tensor, Tensor]]:
        """A scale's steps: the parameters after each, and the objective before it, (batch,)."""
        parameters = parameters.detach().requires_grad_()
        adam = torch.optim.Adam(
            [parameters],
            scale.rate,
            betas=self.recipe.betas,
            weight_decay=self.recipe.weight_decay,
        )
        for _ in range(scale.steps):
            reached, parameters.grad = self._ascent(parameters)
            adam.step()
            with torch.no_grad():
                parameters.copy_(self.held.project(parameters))
            yield parameters.detach(), reached

    def _ascent(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        """The objective (batch,) and the gradient by which Adam, who minimises, climbs."""
        reached: list[Tensor] = []
        gradients: list[Tensor] = []
        for part, which in self._passes(parameters):
            pictures = self.held.picture(part)
            if self.recipe.transforms is not None:
                pictures = transforms.view(pictures, self.recipe.transforms, self.own[which])
            self.recorder.run(self.bench.prepare(pictures))
            activation = self.objective(self.recorder.before[self.layer], which)
            gradients += torch.autograd.grad(-activation.sum(), part)
            reached.append(activation.detach())
        return torch.cat(reached), torch.cat(gradients)

    def _passes(self, batch: Tensor) -> Iterator[tuple[Tensor, slice]]:
        """The batch as it goes through the network, and which of it each part is."""
        size = devices.pictures_per_pass(self.bench.device) or len(batch)
        for start in range(0, len(batch), size):
            which = slice(start, start + size)
            yield batch[which], which

    def _shown(self, parameters: Tensor) -> Tensor:
        with torch.no_grad():
            return self.held.picture(parameters)
