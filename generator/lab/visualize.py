"""The optimisation loop: pictures that excite filters, batched over the filters of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor

from generator.artifacts import Rendering
from generator.catalogue import Layer
from generator.lab import devices, parameterisations, pixels, transforms
from generator.lab.diversity import STRENGTH, Diversity
from generator.lab.hooks import Recorder, record
from generator.lab.models import Bench
from generator.lab.objectives import Objectives
from generator.objectives import Objective, of_channel
from generator.recipes import Recipe, Scale


@dataclass(frozen=True, slots=True)
class Subject:
    """One picture that is wanted: what it maximises, from which seed, as which variant."""

    objective: Objective
    seed: int = 0
    variant: int = 0

    def key(self, layer: str) -> tuple[int, ...]:
        """What seeds the picture's noise and views: nothing of the pictures beside it."""
        channel = self.objective.channel
        own = (self.objective.digest, 3) if channel is None else (channel,)
        variant = (2, self.variant) if self.variant else ()
        return (self.seed, *layer.encode(), *own, *variant)


def visualize(
    bench: Bench, layer: Layer, filters: Sequence[int], *, recipe: Recipe, seed: int
) -> tuple[Rendering, ...]:
    """One picture for each filter of a layer, all in one batch."""
    return picture(bench, layer, [Subject(of_channel(n), seed) for n in filters], recipe=recipe)


def picture(
    bench: Bench, layer: Layer, subjects: Sequence[Subject], *, recipe: Recipe
) -> tuple[Rendering, ...]:
    """One picture for each subject, all in one batch.

    A picture depends on (recipe, layer, subject) and the weights, not on its neighbours in the
    batch: every operation works on each picture alone, and so do its noise and its views. Only
    variants of one objective know those before them, which have to be in the batch.

    Raises
    ------
    ReportError
        If an objective names a place that does not lie on the layer's map.
    """
    with record(bench.network, [layer]) as recorder:
        loop = _Loop(bench, recorder, subjects, recipe)
        grown = loop.run()
        files = [pixels.to_png(each) for each in grown.pictures]
        decoded = torch.stack([pixels.from_png(data) for data in files])
        (values, responses), (silent, _) = loop.measure(decoded), loop.measure(grown.frames[0])
    ends = list(accumulate(scale.steps for scale in recipe.scales))
    return tuple(
        Rendering(
            layer=layer.name,
            filter=each.objective.terms[0].filter,
            recipe=recipe.name,
            size=recipe.size,
            seed=each.seed,
            png=files[index],
            activation=float(values[index]),
            history=tuple(float(grown.curve[end - 1, index]) for end in ends),
            sides=tuple(scale.side for scale in recipe.scales),
            dead=not float(values[index]) > float(silent[index]),
            device=devices.describe(bench.device),
            curve=tuple(grown.curve[:, index].tolist()),
            response=tuple(responses[index].tolist()),
            growth=pixels.to_strip([frame[index] for frame in grown.frames]),
            frames=recipe.moments,
            objective="" if each.objective.channel is not None else each.objective.words,
            variant=each.variant,
        )
        for index, each in enumerate(subjects)
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
        self, bench: Bench, recorder: Recorder, subjects: Sequence[Subject], recipe: Recipe
    ) -> None:
        self.bench, self.recorder, self.recipe = bench, recorder, recipe
        self.layer = recorder.layers[0].name
        self.keys = [each.key(self.layer) for each in subjects]
        wanted = tuple(each.objective for each in subjects)
        self.objective = Objectives(self.layer, wanted, self._final(wanted)).on(bench.device)
        self.diversity = Diversity([_before(each, subjects) for each in subjects])
        self.held = parameterisations.of(recipe)
        self.own = transforms.generators(self.keys)

    def run(self) -> Growth:
        """All scales of the recipe."""
        parameters = self.held.start(self.keys, self.bench.device)
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

    def measure(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """On pictures (batch, 3, side, side) in [0, 1]: the objective, (batch,), and every mean.

        The latter are those of the layer's channels, (batch, channels).
        """
        values, means = [], []
        with torch.no_grad():
            for part, which in self._passes(pictures.to(self.bench.device)):
                maps = self._maps(part)
                values.append(self.objective(maps, which))
                means.append(maps.mean(dim=(2, 3)))
        return torch.cat(values).float().cpu(), torch.cat(means).float().cpu()

    def _final(self, wanted: Sequence[Objective]) -> tuple[int, int]:
        """Height and width of the layer's map in the published picture, where places are meant."""
        if all(term.at is None for each in wanted for term in each.terms):
            return (1, 1)
        side = self.recipe.size
        with torch.no_grad():
            height, width = self._maps(
                torch.zeros(1, 3, side, side, device=self.bench.device)
            ).shape[2:]
        return height, width

    def _maps(self, pictures: Tensor) -> Tensor:
        self.recorder.run(self.bench.prepare(pictures))
        return self.recorder.before[self.layer]

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
            maps = self._maps(pictures)
            activation = self.objective(maps, which)
            wanted = activation
            if self.diversity.needed:
                lost = STRENGTH * activation.detach().abs() * self.diversity.likeness(maps, which)
                wanted = activation - lost
            gradients += torch.autograd.grad(-wanted.sum(), part)
            reached.append(activation.detach())
        self.diversity.step()
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


def _before(each: Subject, subjects: Sequence[Subject]) -> tuple[int, ...]:
    """Which of the batch are earlier variants of the same picture."""
    own = (each.objective, each.seed)
    return tuple(
        index
        for index, other in enumerate(subjects)
        if (other.objective, other.seed) == own and other.variant < each.variant
    )
