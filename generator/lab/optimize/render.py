"""Renders pictures that maximise objectives, in batches over a layer's filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor, nn

from generator.artifacts.artifact import Rendering
from generator.artifacts.blobs import Blob
from generator.lab import devices
from generator.lab.accelerate import fusion, precision
from generator.lab.accelerate.int8_chain import Int8Chain, chains_in
from generator.lab.accelerate.precision import Arithmetic
from generator.lab.hooks import stopped
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops, parameterisations
from generator.lab.optimize.diversity import Diversity
from generator.lab.optimize.frames import OptimisationResult, files_of
from generator.lab.optimize.loop import OptimisationSetup, ScaleOptimizer, passes
from generator.lab.optimize.objectives import Objectives, is_plain
from generator.lab.optimize.transforms import Views, generators
from generator.models.layers import Layer
from generator.models.value_names import is_function
from generator.recipes.objective import Objective, of_channel
from generator.recipes.presets import Precision, Recipe
from generator.spec.model import is_function as is_own_code


@dataclass(frozen=True, slots=True)
class PictureRequest:
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


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How pictures are made: recipe and arithmetic; ``warn`` is told of fallbacks."""

    recipe: Recipe
    precision: Precision = "auto"
    warn: Callable[[str], None] = print


def visualize(
    bench: Bench, layer: Layer, filters: Sequence[int], *, recipe: Recipe, seed: int
) -> tuple[Rendering, ...]:
    """One picture for each filter of a layer, all in one batch."""
    return picture(
        bench, layer, [PictureRequest(of_channel(n), seed) for n in filters], RenderSettings(recipe)
    )


def picture(
    bench: Bench, layer: Layer, subjects: Sequence[PictureRequest], way: RenderSettings
) -> tuple[Rendering, ...]:
    """One picture for each subject, all in one batch.

    A picture depends on (way, layer, subject) and the weights, not on its neighbours in the batch:
    every operation works on each picture alone, and so do its noise and its views. Only variants
    of one objective know those before them, which have to be in the batch. What is published of a
    picture is measured in fp32, whatever the arithmetic of its optimisation.

    Raises
    ------
    ReportError
        If an objective names a place that does not lie on the layer's map.
    MachineError
        If the device cannot do the arithmetic that was asked for.
    """
    climbed = _climbed(bench, layer, way)
    wanted = tuple(each.objective for each in subjects)
    objectives = Objectives(layer.name, wanted, _final(bench, layer, wanted, way.recipe))
    objectives.check()
    grown = _grow(bench, layer, subjects, (objectives, way, climbed))
    files = files_of(grown)
    decoded = image_ops.from_levels(np.stack([each.shown for each in files]), bench.device)
    values, responses = measure(bench, layer, objectives, decoded)
    silent, _ = measure(bench, layer, objectives, grown.frames[0])
    ends = list(accumulate(scale.steps for scale in way.recipe.scales))
    return tuple(
        Rendering(
            layer=layer.name,
            filter=each.objective.terms[0].filter,
            recipe=way.recipe.name,
            size=way.recipe.size,
            seed=each.seed,
            png=Blob.of(files[index].png),
            activation=float(values[index]),
            history=tuple(float(grown.curve[end - 1, index]) for end in ends),
            sides=tuple(scale.side for scale in way.recipe.scales),
            dead=not float(values[index]) > float(silent[index]),
            device=devices.describe(bench.device),
            curve=tuple(grown.curve[:, index].tolist()),
            response=tuple(responses[index].tolist()),
            growth=Blob.of(files[index].strip),
            frames=way.recipe.moments,
            ends=tuple(ends),
            arithmetic=climbed.arithmetic.name,
            objective="" if each.objective.channel is not None else each.objective.words,
            variant=each.variant,
            importance=Blob.of(files[index].importance),
        )
        for index, each in enumerate(subjects)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _PreparedNetwork:
    """The network as the pictures climb on it, its chains, and the arithmetic it has come to."""

    network: nn.Module
    chains: tuple[Int8Chain, ...]
    arithmetic: Arithmetic


def _climbed(bench: Bench, layer: Layer, way: RenderSettings) -> _PreparedNetwork:
    """In 8 bits only where the network has chains for it."""
    wanted = precision.choose(way.precision, bench.device, exact=way.recipe.exact)
    network = precision.network_in(bench.network, wanted.dtype)
    if network is not bench.network and not _runs(bench, network, layer, wanted.dtype):
        way.warn(f"{layer.name}: in fp32, as the network's own forward does not run in bf16")
        network, wanted = bench.network, Arithmetic(torch.float32, wanted.quantized)
    if not way.recipe.exact:
        network = fusion.fused(network, layer, quantized=wanted.quantized)
    chains = chains_in(network)
    done = replace(wanted, quantized=bool(chains))
    if way.precision == "int8" and not done.quantized:
        way.warn(f"{layer.name}: in {done.name}, for want of a chain of convolutions for int8")
    return _PreparedNetwork(network, chains, done)


def _runs(bench: Bench, network: nn.Module, layer: Layer, dtype: torch.dtype) -> bool:
    """Whether a network runs in that arithmetic: a forward of the user's own may make fp32."""
    if not is_own_code(bench.card.architecture):
        return True
    side = bench.card.preprocessing.crop
    black = bench.prepare(torch.zeros(1, 3, side, side, device=bench.device)).to(dtype)
    try:
        with stopped(network, layer, before=False) as run, torch.no_grad():
            run(black)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:  # tensors of two types meet
        return False
    return True


def _grow(
    bench: Bench,
    layer: Layer,
    subjects: Sequence[PictureRequest],
    how: tuple[Objectives, RenderSettings, _PreparedNetwork],
) -> OptimisationResult:
    """Gradient ascent on one batch, whatever the recipe."""
    objectives, way, climbed = how
    diversity = Diversity([_before(each, subjects) for each in subjects])
    network = climbed.network
    module = network.get_submodule(layer.module)
    plain = is_plain(module) and not is_function(layer.name)
    linear = layer.layout == "maps" and plain and not way.recipe.exact
    with stopped(network, layer, before=linear) as run:
        scene = OptimisationSetup(
            bench=bench,
            layer=layer,
            recipe=way.recipe,
            objectives=objectives,
            diversity=diversity,
            held=parameterisations.of(way.recipe),
            run=run,
            module=module,
            linear=linear,
            dtype=climbed.arithmetic.dtype,
            chains=climbed.chains,
            warn=way.warn,
        )
        return _through_scales(scene, [each.key(layer.name) for each in subjects])


def _through_scales(scene: OptimisationSetup, keys: Sequence[Sequence[int]]) -> OptimisationResult:
    """All scales of the recipe, each beginning where the one before it ended."""
    recipe, held, device = scene.recipe, scene.held, scene.bench.device
    own = generators(keys)
    for chain in scene.chains:
        chain.forget()
    parameters = held.start(keys, device)
    frames = [_shown(scene, parameters)]
    curves: list[Tensor] = []
    for position, scale in enumerate(recipe.scales):
        if position:
            parameters = held.enlarge(parameters, scale)
        views = None
        if recipe.transforms and scale.moved:
            views = Views(own, recipe.transforms, scale).to(device)
        climb = ScaleOptimizer(scene, parameters, scale, views)
        taken = sum(len(curve) for curve in curves)
        for step in range(1, scale.steps + 1):
            climb.step()
            if taken + step in recipe.moments:
                frames.append(_shown(scene, climb.parameters))
        parameters = climb.parameters.detach()
        curves.append(climb.curve)
    curve = torch.cat(curves).cpu()
    return OptimisationResult(_shown(scene, parameters), curve, tuple(frames), climb.importance)


def _shown(scene: OptimisationSetup, parameters: Tensor) -> Tensor:
    with torch.no_grad():
        return scene.held.picture(parameters.detach())


def measure(
    bench: Bench, layer: Layer, objectives: Objectives, pictures: Tensor
) -> tuple[Tensor, Tensor]:
    """On pictures (batch, 3, side, side) in [0, 1]: the objective, (batch,), and every mean.

    The latter are those of the layer's channels, (batch, channels). In fp32, without views.
    """
    values, means = [], []
    with stopped(bench.network, layer, before=False) as run, torch.no_grad():
        for part, which in passes(pictures.to(bench.device), bench.device):
            maps = run(bench.prepare(part))
            values.append(objectives.values(maps, which))
            means.append(maps.mean(dim=(2, 3)))
    return torch.cat(values).float().cpu(), torch.cat(means).float().cpu()


def _final(
    bench: Bench, layer: Layer, wanted: Sequence[Objective], recipe: Recipe
) -> tuple[int, int]:
    """Height and width of the layer's map in the published picture, where places are meant."""
    if all(term.at is None for each in wanted for term in each.terms):
        return (1, 1)
    black = torch.zeros(1, 3, recipe.size, recipe.size, device=bench.device)
    with stopped(bench.network, layer, before=False) as run, torch.no_grad():
        height, width = run(bench.prepare(black)).shape[2:]
    return height, width


def _before(each: PictureRequest, subjects: Sequence[PictureRequest]) -> tuple[int, ...]:
    """Which of the batch are earlier variants of the same picture."""
    own = (each.objective, each.seed)
    return tuple(
        index
        for index, other in enumerate(subjects)
        if (other.objective, other.seed) == own and other.variant < each.variant
    )
