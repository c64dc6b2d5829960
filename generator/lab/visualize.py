"""The optimisation loop: pictures that excite filters, batched over the filters of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from generator.artifacts import Rendering
from generator.catalogue import Layer
from generator.lab import devices, pixels
from generator.lab.hooks import Recorder, record
from generator.lab.models import Bench
from generator.lab.objectives import Channels
from generator.recipes import Recipe, Scale


def visualize(
    bench: Bench, layer: Layer, filters: Sequence[int], *, recipe: Recipe, seed: int
) -> tuple[Rendering, ...]:
    """One picture for each filter of a layer, all in one batch.

    A picture depends on (recipe, seed, layer, filter) and the weights, not on its neighbours in
    the batch: every operation works on each picture alone, and so does its starting noise.
    """
    objective = Channels(layer.name, tuple(filters))
    history: list[Tensor] = []
    with record(bench.network, [layer]) as recorder:
        loop = _Loop(bench, recorder, layer, objective, recipe)
        keys = [(seed, *layer.name.encode(), number) for number in filters]
        started = pixels.noise(keys, recipe.scales[0].side, bench.device)
        picture = started
        for position, scale in enumerate(recipe.scales):
            if position:
                picture = pixels.box_blur(pixels.enlarge(picture, scale.side), scale.blur)
            picture, reached = loop.ascend(picture, scale)
            history.append(reached)
        files = [pixels.to_png(each) for each in picture]
        published = loop.measure(torch.stack([pixels.from_png(data) for data in files]))
        silent = loop.measure(started)
    return tuple(
        Rendering(
            layer=layer.name,
            filter=number,
            recipe=recipe.name,
            size=recipe.size,
            seed=seed,
            png=files[index],
            activation=float(published[index]),
            history=tuple(float(reached[index]) for reached in history),
            sides=tuple(scale.side for scale in recipe.scales),
            dead=not float(published[index]) > float(silent[index]),
            device=devices.describe(bench.device),
        )
        for index, number in enumerate(filters)
    )


class _Loop:
    """Gradient ascent on one batch; what stays the same over the scales is kept here."""

    def __init__(
        self, bench: Bench, recorder: Recorder, layer: Layer, objective: Channels, recipe: Recipe
    ) -> None:
        self.bench, self.recorder, self.layer = bench, recorder, layer
        self.objective, self.recipe = objective.on(bench.device), recipe

    def ascend(self, picture: Tensor, scale: Scale) -> tuple[Tensor, Tensor]:
        """Take a scale's steps from ``picture`` (batch, 3, side, side) in [0, 1].

        Returns the new picture and the objective before the last step, (batch,).
        """
        image = pixels.normalise(picture)
        least, largest = pixels.bounds(image)
        image = (image.clamp(least, largest) if self.recipe.bounded else image).requires_grad_()
        adam = torch.optim.Adam(
            [image], scale.rate, betas=self.recipe.betas, weight_decay=self.recipe.weight_decay
        )
        reached = torch.zeros(len(image))
        for _ in range(scale.steps):
            reached, image.grad = self._ascent(image)
            adam.step()
            if self.recipe.bounded:
                with torch.no_grad():
                    image.copy_(image.clamp(least, largest))
        return pixels.denormalise(image.detach()), reached.detach()

    def measure(self, picture: Tensor) -> Tensor:
        """The objective on finished pictures (batch, 3, side, side) in [0, 1]: (batch,)."""
        with torch.no_grad():
            parts = [
                self._activation(part, which)
                for part, which in self._passes(picture.to(self.bench.device))
            ]
        return torch.cat(parts).cpu()

    def _ascent(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """The objective (batch,) and the gradient by which Adam, who minimises, climbs."""
        reached: list[Tensor] = []
        gradients: list[Tensor] = []
        for part, which in self._passes(image):
            activation = self._activation(pixels.denormalise(part), which)
            gradients += torch.autograd.grad(-activation.sum(), part)
            reached.append(activation.detach())
        return torch.cat(reached), torch.cat(gradients)

    def _passes(self, pictures: Tensor) -> Iterator[tuple[Tensor, slice]]:
        """The pictures as they go through the network together, and which of the batch they are."""
        size = devices.pictures_per_pass(self.bench.device) or len(pictures)
        for start in range(0, len(pictures), size):
            which = slice(start, start + size)
            yield pictures[which], which

    def _activation(self, picture: Tensor, which: slice) -> Tensor:
        self.recorder.run(self.bench.prepare(picture))
        return self.objective(self.recorder.before[self.layer.name], which)
